import Glibc

/// A real program started for a test and ended with it.
package final class Process {
    private let id: pid_t
    private var status: Int32?

    /// Output and errors go to the file. Signals are unblocked, because a child inherits the mask of a test's thread.
    package init(_ program: String, _ arguments: [String], output: String) throws {
        var files = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        var none = sigset_t()
        posix_spawn_file_actions_init(&files)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&files)
            posix_spawnattr_destroy(&attributes)
        }
        sigemptyset(&none)
        posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&files, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&files, 1, 2)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        words.append(nil)
        defer { words.forEach { free($0) } }
        var id: pid_t = 0
        // Debian keeps the broker in /usr/sbin, which is not in every user's PATH.
        let broker = "/usr/sbin/\(program)"
        let path = access(broker, X_OK) == 0 ? broker : program
        let failed = posix_spawnp(&id, path, &files, &attributes, words, environ)
        guard failed == 0 else { throw Failure("cannot start \(program): \(String(cString: strerror(failed))). Install it first.") }
        self.id = id
    }

    /// The exit status, or 128 + signal.
    @discardableResult
    package func wait() -> Int32 {
        if let status { return status }
        var raw: Int32 = 0
        while waitpid(id, &raw, 0) < 0 && errno == EINTR {}
        let result = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + raw & 0x7f
        status = result
        return result
    }

    package var isRunning: Bool {
        guard status == nil else { return false }
        var raw: Int32 = 0
        guard waitpid(id, &raw, WNOHANG) == id else { return true }
        status = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + raw & 0x7f
        return false
    }

    deinit {
        guard isRunning else { return }
        kill(id, SIGKILL)
        wait()
    }
}
