import Contracts
import Glibc

/// A named pipe into which somebody plays the sensors of a virtual lock.
struct SensorPipe {
    private let file: Int32
    private var reader = LineReader()

    init(path: String) throws(Failure) {
        guard mkfifo(path, 0o600) == 0 || errno == EEXIST else { throw Self.failure(path) }
        // Also open for writing: otherwise the pipe is at its end whenever nobody holds the other side.
        file = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw Self.failure(path) }
    }

    private static func failure(_ path: String) -> Failure {
        .refused("the pipe \(path) cannot be used: \(String(cString: strerror(errno))). Choose another with --sensors.")
    }

    var interest: pollfd { pollfd(fd: file, events: Int16(POLLIN), revents: 0) }

    mutating func lines() -> [String] { reader.read(file).lines }
}

extension LockCondition {
    /// `open exit`, `45%`; `nil` where a word is none of the known ones.
    init?(words line: String) {
        self.init()
        for word in line.split(separator: " ") {
            switch word {
            case "open", "closed": contact = Contact(rawValue: String(word))
            case "locked", "unlocked", "jammed": bolt = Bolt(rawValue: String(word))
            case "exit": exit = true
            case "tamper", "untampered": tamper = word == "tamper"
            default:
                guard word.hasSuffix("%"), let percent = Int(word.dropLast()) else { return nil }
                battery = percent
            }
        }
    }
}
