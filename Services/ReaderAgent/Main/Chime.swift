import Glibc
import ReaderAgent

/// Runs the configured program for each signal: `sound accepted`, `sound refused passback`. It is never waited for, and at most ten start in a second.
final class Chime {
    private let command: String
    private var started: [Int] = []

    init(command: String) {
        self.command = command
        // The kernel collects what has ended.
        signal(SIGCHLD, SIG_IGN)
    }

    func play(_ played: Signal) {
        let second = time(nil)
        started = started.filter { $0 == second }
        guard started.count < 10 else { return }
        started.append(second)
        // The loop keeps SIGTERM for itself; a child must not inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] =
            [command, played.kind.rawValue, played.reason].compactMap { $0.map { strdup($0) } } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child = pid_t()
        posix_spawn(&child, command, nil, &attributes, &arguments, environ)
    }
}
