import Glibc

/// What a program that was run to its end has said, and how it ended.
struct Ended {
    /// The exit code, or 128 and the signal that ended it.
    let code: Int32
    /// What it wrote, standard error with it; no more than `longest`.
    let output: [UInt8]

    static let longest = 4 << 20

    /// The last line with something on it, for a sentence about a failure.
    var lastWords: String {
        let lines = String(decoding: output.suffix(4096), as: UTF8.self).split(separator: "\n").map { String($0).trimmed }.filter {
            !$0.isEmpty
        }
        return lines.last ?? "it said nothing"
    }
}

/// Runs a program, and waits for its end.
func runToEnd(_ spec: ChildSpec) throws(Failure) -> Ended {
    let child = try spawn(spec)
    defer { close(child.output) }
    var (output, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
    var interest = pollfd(fd: child.output, events: Int16(POLLIN), revents: 0)
    while true {
        guard poll(&interest, 1, -1) >= 0 || errno == EINTR else { break }
        let count = read(child.output, &chunk, chunk.count)
        if count < 0, errno == EINTR || errno == EAGAIN { continue }
        guard count > 0 else { break }
        // What is beyond the limit is read and forgotten, so that the program can go on.
        output += chunk[..<min(count, max(0, Ended.longest - output.count))]
    }
    var status: Int32 = 0
    while waitpid(child.pid, &status, 0) < 0, errno == EINTR {}
    return Ended(code: status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f, output: output)
}
