import Glibc

/// How urgent a line is, by the numbers of syslog (RFC 5424, 6.2.1).
package enum Priority: Int, Sendable { case error = 3, warning, notice }

/// One line an event: bounded, and marked with its urgency where the journal of systemd reads it.
package enum LogLine {
    /// Bytes of a line at most, the rest is cut: with its line feed it goes into a pipe in one piece (PIPE_BUF, pipe(7)).
    static let longest = 2000

    /// Whether standard error is the journal: systemd says by device and inode which stream is (systemd.exec(5), JOURNAL_STREAM). A pipe to a supervisor that
    /// has passed the variable on is not.
    package static let goesToJournal: Bool = {
        var status = stat()
        guard let stream = getenv("JOURNAL_STREAM"), fstat(STDERR_FILENO, &status) == 0 else { return false }
        return isJournal(stream: String(cString: stream), device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }()

    static func isJournal(stream: String, device: UInt64, inode: UInt64) -> Bool { stream == "\(device):\(inode)" }

    /// - Parameter forJournal: with `<4>` in front, as sd-daemon(3) has it; the journal takes it off.
    package static func text(_ line: String, _ priority: Priority, forJournal: Bool) -> String {
        // A line feed inside would make two events of one.
        var bytes = line.utf8.map { $0 == 10 || $0 == 13 ? 32 : $0 }
        if bytes.count > longest {
            bytes.removeLast(bytes.count - longest)
            // Not within a character.
            while let last = bytes.last, last & 0xc0 == 0x80 { bytes.removeLast() }
            if let last = bytes.last, last & 0x80 != 0 { bytes.removeLast() }
            bytes += Array("…".utf8)
        }
        return (forJournal ? "<\(priority.rawValue)>" : "") + String(decoding: bytes, as: UTF8.self) + "\n"
    }
}

/// How much one process may say: many lines at once, and few in the long run, so that one that stumbles over and over fills no disk and hides no other.
/// A token bucket.
package struct LineAllowance: Sendable {
    package static let atOnce: Int64 = 200
    package static let perSecond: Int64 = 20

    /// Thousandths of a line.
    private var left = atOnce * 1000
    private var lastLook: Int64?
    private var leftOut = 0

    package init() {}

    /// Whether a line may be written now, and how many before it were not.
    /// - Parameter milliseconds: of a clock that only goes forward.
    package mutating func take(at milliseconds: Int64) -> (isGranted: Bool, leftOut: Int) {
        left = min(Self.atOnce * 1000, left + max(0, milliseconds - (lastLook ?? milliseconds)) * Self.perSecond)
        lastLook = milliseconds
        guard left >= 1000 else {
            leftOut += 1
            return (false, 0)
        }
        left -= 1000
        defer { leftOut = 0 }
        return (true, leftOut)
    }

    /// What is said of lines that were not written.
    package static func remark(on count: Int) -> String { "\(count) lines were left out: more than \(perSecond) a second" }
}
