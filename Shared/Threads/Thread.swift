import Glibc

/// Starts a thread that runs the body once, to be joined or detached. It takes no signals: those are for the owner's loop.
package func startThread(_ body: @escaping @Sendable () -> Void) throws(ThreadError) -> pthread_t {
    final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let start = Unmanaged.passRetained(Start(body))
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    // Many times what any of them needs, and not the 8 MiB of address space a thread has by default.
    pthread_attr_setstacksize(&attributes, 256 << 10)
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let result = pthread_create(
        &thread, &attributes,
        { pointer in
            guard let pointer else { return nil }
            Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue().body()
            return nil
        }, start.toOpaque())
    guard result == 0 else {
        start.release()
        throw ThreadError(description: "cannot start a thread: \(String(cString: strerror(result))).")
    }
    return thread
}

/// The system has no thread or descriptor left. The description is a sentence for a person.
package struct ThreadError: Error, Equatable, CustomStringConvertible {
    package let description: String
}
