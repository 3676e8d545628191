import CLinux
import Glibc

/// SIGTERM, SIGINT and SIGHUP as something to poll for. Make it before anything that starts a thread: threads inherit what is blocked.
package struct Signals: ~Copyable {
    package let descriptor: Int32

    package init() throws(Failure) {
        var mask = sigset_t()
        sigemptyset(&mask)
        for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&mask, number) }
        sigprocmask(SIG_BLOCK, &mask, nil)
        // A broken connection is an error code, not a reason to die.
        signal(SIGPIPE, SIG_IGN)
        descriptor = signalfd(-1, &mask, Int32(SFD_CLOEXEC))
        guard descriptor >= 0 else { throw .refused("signals cannot be waited for: \(String(cString: strerror(errno))).") }
    }

    deinit { close(descriptor) }

    package var interest: pollfd { pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0) }

    /// Whether one has come.
    package func haveCome(atMost milliseconds: Int32 = 0) -> Bool {
        var polled = interest
        return poll(&polled, 1, milliseconds) > 0
    }
}
