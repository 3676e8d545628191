import Glibc

/// A program that is run once: a clerk's command, a witness.
final class Errand {
    let name: String
    private(set) var lines: [String] = []
    /// How it ended; `nil` while it runs. A signal's number counts from 128.
    private(set) var code: Int32?
    private let pid: pid_t
    private var output: Int32
    private var reader = LineReader()

    init(_ spec: ChildSpec) throws(Failure) {
        name = spec.name
        (pid, output) = try spawn(spec)
    }

    deinit {
        signal(SIGKILL)
        if code == nil { waitpid(pid, nil, 0) }
        if output >= 0 { close(output) }
    }

    var interest: [pollfd] { output >= 0 ? [pollfd(fd: output, events: Int16(POLLIN), revents: 0)] : [] }

    /// Takes what it has written, and its end.
    func look() {
        if output >= 0 {
            let (read, isOver) = reader.read(output)
            lines += read
            if isOver {
                close(output)
                output = -1
            }
        }
        guard code == nil else { return }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return }
        code = status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
        if output >= 0 { lines += reader.read(output).lines }
    }

    func signal(_ number: Int32) { if code == nil { kill(pid, number) } }
}
