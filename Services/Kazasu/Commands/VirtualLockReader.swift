import Contracts
import Glibc
import Seal
import VirtualLock

/// What a virtual lock with a reader of its own keeps beside its memory: the lists as they came, and what it has not been able to tell.
struct LeaseFiles {
    private let stem: String

    init(beside state: String) { stem = state.hasSuffix(".json") ? String(state.dropLast(5)) : state }

    func lease(_ part: Lease.Part) throws -> [UInt8]? {
        let path = path(part)
        guard exists(path) else { return nil }
        return try SecretFile.read(path, atMost: Lease.limit)
    }

    func keep(_ part: Lease.Part, _ bytes: [UInt8]) throws { try SecretFile.replace(path(part), bytes) }

    func journal() throws -> AdmissionJournal {
        guard exists(journalPath) else { return AdmissionJournal() }
        do { return try SecretFile.read(journalPath, atMost: 1 << 20).decoded() } catch {
            throw Failure.refused(
                "what the lock has decided alone, \(journalPath), cannot be read (\(error)). Put the file back, or move it away, and nobody will hear of those openings."
            )
        }
    }

    func keep(_ journal: AdmissionJournal) throws { try SecretFile.replace(journalPath, journal.json()) }

    private func path(_ part: Lease.Part) -> String { "\(stem).\(part.rawValue)" }
    private var journalPath: String { "\(stem).admissions" }
}

/// Lines of standard input, until it ends.
final class CardLines {
    private var rest: [UInt8] = []
    private var hasEnded = false

    var interest: pollfd? { hasEnded ? nil : pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0) }

    /// What has come, without waiting.
    func read() -> [String] {
        guard var polled = interest, poll(&polled, 1, 0) == 1 else { return [] }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let got = Glibc.read(STDIN_FILENO, &bytes, bytes.count)
        guard got > 0 else {
            hasEnded = got == 0 || errno != EINTR
            return []
        }
        rest += bytes[..<got]
        var lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // What has no end yet waits for it; nobody's card is longer than this.
        rest = Array(lines.removeLast().prefix(1024))
        return lines.map { String(decoding: $0, as: UTF8.self) }
    }
}

extension PresentedCard {
    /// `card-app 4B2D303030313234`, `felica 0123456789ABCDEF read`
    init?(line: String) {
        let words = line.split(separator: " ")
        guard (2...3).contains(words.count), let scheme = Scheme(rawValue: String(words[0])), let identifier = Hex.decode(words[1]),
            (1...64).contains(identifier.count), words.count == 2 || words[2] == "read"
        else { return nil }
        self.init(scheme: scheme, identifier: identifier, assurance: words.count == 3 || scheme != .cardApp ? .read : .proved)
    }
}

extension LeaseVerdict {
    /// One line for a person.
    var words: String {
        switch self {
        case .open(let seconds): "opens for \(seconds) s, by its lease"
        case .refuse(let refusal): "stays shut: \(refusal.rawValue)"
        }
    }
}
