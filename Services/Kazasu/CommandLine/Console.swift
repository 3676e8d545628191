import Bus
import Contracts
import Glibc
import Mosquitto

/// A broker connection one can wait for in poll(2).
package protocol Wire: Transport {
    /// The descriptor to wait for and its events; `nil` while there is none.
    var interest: pollfd? { get }
    /// Milliseconds until `receive` must be called even if nothing arrives.
    var patience: Int64 { get }
}

extension MosquittoTransport: Wire {}

/// Who connects, and where to.
package struct Login: Sendable {
    package var host: String
    package var port: Int
    package var user: UserID
    /// The client id. Several commands may run at once as one user, so it is the user's name and something drawn.
    package var client: String
    /// Paths of PEM files.
    package var authority: String
    package var certificate: String
    package var key: String
}

/// All a command has of the world around it.
package struct Console {
    /// Standard output: what was asked for.
    package var out: (String) -> Void
    /// Standard error: what a person should know beside it. Whole lines.
    package var err: (String) -> Void
    /// Rewrites the last line on standard error; does nothing where that is no terminal.
    package var progress: (String) -> Void
    /// The next line of standard input without its line feed; `nil` at the end.
    package var read: () -> String?
    /// Whether a person sits at standard input, who can be asked.
    package var isTerminal: Bool
    package var now: () -> Instant
    package var random: () -> UInt64
    package var connect: (Login) -> any Wire
    /// The folder this program lies in, where its siblings are found.
    package var programs: String
    package var version: String

    package init(
        out: @escaping (String) -> Void, err: @escaping (String) -> Void, progress: @escaping (String) -> Void,
        read: @escaping () -> String?, isTerminal: Bool, now: @escaping () -> Instant, random: @escaping () -> UInt64,
        connect: @escaping (Login) -> any Wire, programs: String, version: String
    ) {
        self.out = out
        self.err = err
        self.progress = progress
        self.read = read
        self.isTerminal = isTerminal
        self.now = now
        self.random = random
        self.connect = connect
        self.programs = programs
        self.version = version
    }

    func line(_ text: String) { out(text + "\n") }
    func note(_ text: String) { err("kazasu: \(text)\n") }

    /// One JSON value on one line, keys sorted.
    func json(_ value: some Encodable) throws { line(String(decoding: try value.json(), as: UTF8.self)) }

    func newID() -> EventID { EventID(at: now(), random: (UInt16(truncatingIfNeeded: random()), random())) }
}
