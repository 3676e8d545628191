import Glibc
import ServiceKit

/// A process the bench started.
final class Child {
    let pid: pid_t
    let started = nanoseconds()

    /// - Parameter output: a file for what it says, which is otherwise thrown away.
    init(_ command: [String], environment: [String] = [], output: String = "/dev/null") throws {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, output == "/dev/null" ? output : "\(output).err", flags, 0o600)
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        // What one child is told, the next must not hear.
        let added = environment.map { strdup($0) }
        defer { for setting in added { free(setting) } }
        var inherited: [UnsafeMutablePointer<CChar>?] = []
        while let setting = environ[inherited.count] { inherited.append(setting) }
        var all = added + inherited + [nil]
        var child = pid_t()
        let code = posix_spawnp(&child, command[0], &actions, &attributes, &arguments, &all)
        guard code == 0 else { throw Fatal("\(command[0]) cannot be started: \(String(cString: strerror(code)))") }
        pid = child
    }

    func stop() {
        kill(pid, SIGTERM)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    /// Its exit code, once it has ended; then it is nobody's to stop.
    func ended() -> Int32? {
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }

    /// Megabytes in memory.
    var resident: Double { megabytes("VmRSS:") }

    /// The most it ever had there.
    var peak: Double { megabytes("VmHWM:") }

    /// Megabytes of that which are nobody else's: without the pages of programs and libraries, which processes share.
    var own: Double { megabytes("RssAnon:") }

    private func megabytes(_ field: String) -> Double {
        guard let file = fopen("/proc/\(pid)/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, 256, file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if text.hasPrefix(field) { return (Double(text.filter(\.isNumber)) ?? 0) / 1024 }
        }
        return 0
    }

    /// Seconds of processor time so far, its own and the kernel's for it (proc(5), stat: fields 14 and 15).
    var processor: Double {
        guard let file = fopen("/proc/\(pid)/stat", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 1024)
        fgets(&line, 1024, file)
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // The name, field 2, may hold blanks; it ends with the last parenthesis.
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        guard fields.count > 13, let own = Double(fields[12]), let kernel = Double(fields[13]) else { return 0 }
        return (own + kernel) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
