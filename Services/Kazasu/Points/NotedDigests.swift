import Contracts
import Glibc
import Seal

/// How the ledger ended when it was checked: number, digest and moment, a line each. A ledger that is written anew, or cut short, no longer fits.
struct NotedDigests {
    struct Line: Equatable {
        let number: Int64
        let digest: String
        let at: String
    }

    private(set) var lines: [Line]
    private let path: String
    /// Of the file. A check a day makes 40 KiB a year.
    private static let limit = 1024 * 1024

    /// A file that is not there yet has no lines.
    init(_ path: String) throws(Failure) {
        self.path = path
        lines = []
        guard access(path, F_OK) == 0 || errno != ENOENT else { return }
        let bytes: [UInt8]
        do throws(SealError) { bytes = try SecretFile.read(path, atMost: Self.limit) } catch { throw .refused("\(error)") }
        for (place, text) in String(decoding: bytes, as: UTF8.self).split(separator: "\n").enumerated() {
            let parts = text.split(separator: " ").map(String.init)
            guard parts.count == 3, let number = Int64(parts[0]), number >= 0, Base64URL.decode(Array(parts[1].utf8)) != nil else {
                throw .refused("\(path) line \(place + 1): expected a number, a digest and a time, as kazasu points verify writes them.")
            }
            lines.append(Line(number: number, digest: parts[1], at: parts[2]))
        }
    }

    /// Notes how it ends now, where that is not the last line already.
    mutating func note(_ number: Int64, _ digest: String, at moment: String) throws(Failure) {
        guard lines.last?.number != number || lines.last?.digest != digest else { return }
        lines.append(Line(number: number, digest: digest, at: moment))
        let text = lines.map { "\($0.number) \($0.digest) \($0.at)\n" }.joined()
        do throws(SealError) { try SecretFile.replace(path, Array(text.utf8)) } catch { throw .refused("\(error)") }
    }
}
