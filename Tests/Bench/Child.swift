import Glibc
import ServiceKit

/// A process the bench started.
final class Child {
    let pid: pid_t

    init(_ command: [String]) throws {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child = pid_t()
        let code = posix_spawnp(&child, command[0], nil, &attributes, &arguments, environ)
        guard code == 0 else { throw Fatal("\(command[0]) cannot be started: \(String(cString: strerror(code)))") }
        pid = child
    }

    func stop() {
        kill(pid, SIGTERM)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    var residentKilobytes: Int { statusField("VmRSS") }

    private func statusField(_ name: String) -> Int {
        guard let file = fopen("/proc/\(pid)/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, 256, file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if text.hasPrefix(name + ":") { return Int(text.filter(\.isNumber)) ?? 0 }
        }
        return 0
    }
}

/// A mosquitto on a free port of loopback.
final class Broker {
    let port: Int
    private let child: Child

    init(folder: String) throws {
        port = 20_000 + Int(getpid()) % 20_000
        let conf = """
            listener \(port) 127.0.0.1
            allow_anonymous true
            set_tcp_nodelay true
            max_inflight_messages 2000
            max_queued_messages 0
            persistence false
            user \(getuid() == 0 ? "root" : "nobody")
            log_dest none
            """
        let path = "\(folder)/mosquitto.conf"
        guard let file = fopen(path, "w") else { throw Fatal("\(path) cannot be written") }
        fputs(conf, file)
        fclose(file)
        child = try Child(["mosquitto", "-c", path])
        usleep(300_000)
    }

    func stop() { child.stop() }
}

/// One line on stdout, at once.
func say(_ items: Any...) {
    let bytes = Array((items.map { "\($0)" }.joined(separator: " ") + "\n").utf8)
    _ = write(STDOUT_FILENO, bytes, bytes.count)
}
