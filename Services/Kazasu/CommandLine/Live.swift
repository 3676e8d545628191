import Bus
import Glibc
import Launch
import Mosquitto
import Seal
import ServiceKit

extension Kazasu {
    /// The whole program.
    package static func main() -> Never {
        keepLibCryptoToTheEnd()
        let words = Array(Swift.CommandLine.arguments.dropFirst())
        exit(Kazasu(commands: commands, console: .live).run(words).rawValue)
    }
}

extension Console {
    /// This process's own terminal, clock and network.
    package static var live: Console {
        let terminal = Terminal()
        var generator = SystemRandomNumberGenerator()
        return Console(
            out: { terminal.write($0, to: STDOUT_FILENO) }, err: { terminal.write($0, to: STDERR_FILENO) }, progress: terminal.progress,
            read: { readLine() }, isTerminal: isatty(STDIN_FILENO) == 1, now: wallClock, random: { generator.next() }, connect: connect,
            programs: programFolder(), version: Launch.version)
    }

    private static func connect(_ login: Login) -> any Wire {
        let files = TLSFiles(authority: login.authority, certificate: login.certificate, key: login.key)
        return MosquittoTransport(BrokerSettings(host: login.host, port: login.port, client: login.client, tls: files, clean: true))
    }

    private static func programFolder() -> String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let length = readlink("/proc/self/exe", &path, path.count - 1)
        return length > 0 ? folder(of: String(decoding: path[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)) : "."
    }
}

/// Standard output and error, with one line of progress on a terminal that is wiped before anything else is said.
private final class Terminal {
    private let canRewrite = isatty(STDERR_FILENO) == 1
    private var hasProgress = false

    func write(_ text: String, to descriptor: Int32) {
        wipe()
        put(text, descriptor)
    }

    func progress(_ text: String) {
        guard canRewrite else { return }
        wipe()
        guard !text.isEmpty else { return }
        put(text, STDERR_FILENO)
        hasProgress = true
    }

    private func wipe() {
        if hasProgress { put("\r\u{1B}[K", STDERR_FILENO) }
        hasProgress = false
    }

    private func put(_ text: String, _ descriptor: Int32) {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress.map { $0 + sent }, $0.count - sent) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            // Whoever read our output has gone (kazasu tail | head); there is nobody left to tell.
            guard count > 0 else {
                if descriptor == STDOUT_FILENO { exit(0) }
                return
            }
            sent += count
        }
    }
}
