import CCurl
import Glibc

/// One multi handle of curl behind one descriptor: an epoll set with curl's sockets, ours, and a timer in it. Nothing here waits.
final class Multi {
    /// Readable when `turn` has something to do.
    let descriptor: Int32
    private let timer: Int32
    private let handle: UnsafeMutableRawPointer
    /// When curl wants to be called in any case.
    private var due: Int64?
    private var armed: Int64?

    init() throws(PostError) {
        guard Self.library == CURLE_OK, let made = curl_multi_init() else { throw PostError("libcurl cannot be started: out of memory?") }
        // curl and OpenSSL write to connections that the other side has closed.
        signal(SIGPIPE, SIG_IGN)
        handle = made
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        timer = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK | TFD_CLOEXEC))
        guard descriptor >= 0, timer >= 0 else { throw PostError("no more file descriptors: \(String(cString: strerror(errno)))") }
        watch(timer, EPOLLIN.rawValue)
        curl_multi_set_pointer(handle, CURLMOPT_SOCKETDATA, Unmanaged.passUnretained(self).toOpaque())
        curl_multi_set_pointer(handle, CURLMOPT_TIMERDATA, Unmanaged.passUnretained(self).toOpaque())
        curl_multi_set_watcher(handle) { _, socket, what, context, _ in
            Multi.from(context)?.watch(socket, what)
            return 0
        }
        curl_multi_set_timer(handle) { _, milliseconds, context in
            Multi.from(context)?.due = milliseconds < 0 ? nil : monotonic() + Int64(milliseconds)
            return 0
        }
        // As many as there may be: one too many would be closed with a farewell that curl waits for.
        curl_multi_set_number(handle, CURLMOPT_MAXCONNECTS, 256)
    }

    deinit {
        curl_multi_cleanup(handle)
        close(timer)
        close(descriptor)
    }

    private static let library = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    func add(_ easy: UnsafeMutableRawPointer) { curl_multi_add_handle(handle, easy) }
    func remove(_ easy: UnsafeMutableRawPointer) { curl_multi_remove_handle(handle, easy) }

    /// Lets everything go on that can.
    /// - Parameter ours: takes what happened on a socket of ours; false if it is none.
    /// - Returns: the handles that are done, with their results.
    func turn(ours: (Int32) -> Bool) -> [(easy: UnsafeMutableRawPointer, result: CURLcode)] {
        var events = [epoll_event](repeating: epoll_event(), count: 128)
        // Others wait for the loop too: what is not done in so many rounds is done at the next turn.
        for _ in 0..<8 {
            let count = epoll_wait(descriptor, &events, Int32(events.count), 0)
            guard count > 0 else { break }
            for event in events[..<Int(count)] { happened(event, ours) }
        }
        if let due, due <= monotonic() { act(CURL_SOCKET_TIMEOUT, 0) }
        return finished()
    }

    /// - Parameter other: when something else of ours is due, in milliseconds of the monotonic clock.
    func arm(_ other: Int64?) {
        let next = [due, other].compactMap { $0 }.min()
        guard next != armed else { return }
        armed = next
        // All zeros would disarm it; what was due at the start of the machine is due now.
        let at = next.map { max($0, 1) } ?? 0
        var value = itimerspec()
        value.it_value = timespec(tv_sec: Int(at / 1000), tv_nsec: Int(at % 1000) * 1_000_000)
        timerfd_settime(timer, Int32(TFD_TIMER_ABSTIME), &value, nil)
    }

    /// Watches a socket, or watches it for something else.
    func watch(_ socket: Int32, _ what: UInt32) {
        var event = epoll_event()
        event.events = what
        event.data.fd = socket
        if epoll_ctl(descriptor, EPOLL_CTL_MOD, socket, &event) != 0 { epoll_ctl(descriptor, EPOLL_CTL_ADD, socket, &event) }
    }

    func unwatch(_ socket: Int32) {
        var event = epoll_event()
        epoll_ctl(descriptor, EPOLL_CTL_DEL, socket, &event)
    }

    private func happened(_ event: epoll_event, _ ours: (Int32) -> Bool) {
        let socket = event.data.fd
        if socket == timer {
            var count: UInt64 = 0
            _ = read(timer, &count, 8)
            armed = nil
        } else if !ours(socket) {
            let said = event.events
            var mask: Int32 = said & (EPOLLIN.rawValue | EPOLLHUP.rawValue) != 0 ? CURL_CSELECT_IN : 0
            if said & EPOLLOUT.rawValue != 0 { mask |= CURL_CSELECT_OUT }
            if said & EPOLLERR.rawValue != 0 { mask |= CURL_CSELECT_ERR }
            act(socket, mask)
        }
    }

    private func act(_ socket: Int32, _ mask: Int32) {
        // Forgotten before the call, in which curl says when it is due next.
        if socket == CURL_SOCKET_TIMEOUT { due = nil }
        var running: Int32 = 0
        curl_multi_socket_action(handle, socket, mask, &running)
    }

    private func finished() -> [(easy: UnsafeMutableRawPointer, result: CURLcode)] {
        var done: [(easy: UnsafeMutableRawPointer, result: CURLcode)] = []
        var left: Int32 = 0
        while let message = curl_multi_info_read(handle, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            done.append((easy, curl_result(message)))
        }
        return done
    }

    /// What curl asks for: `CURL_POLL_IN`, `OUT`, `INOUT` or `REMOVE`.
    private func watch(_ socket: Int32, _ what: Int32) {
        guard what != CURL_POLL_REMOVE else { return unwatch(socket) }
        let wanted = (what & CURL_POLL_IN != 0 ? EPOLLIN.rawValue : 0) | (what & CURL_POLL_OUT != 0 ? EPOLLOUT.rawValue : 0)
        watch(socket, wanted)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Multi? {
        context.map { Unmanaged<Multi>.fromOpaque($0).takeUnretainedValue() }
    }
}

/// Milliseconds of the monotonic clock.
func monotonic() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
}
