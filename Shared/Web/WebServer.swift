import CMicroHTTPD
import Glibc
import HTTP

/// One request that waits for its answer.
package struct Ticket: Hashable, Sendable {
    package let number: UInt64

    package init(number: UInt64) { self.number = number }
}

/// HTTP over GNU libmicrohttpd, without a thread of its own: whoever owns the loop waits for `descriptor` in poll(2), at most `patience`,
/// and calls `run`.
///
/// It speaks HTTP without encryption. Beyond the loopback something that encrypts belongs in front of it.
package final class WebServer {
    /// No address, no memory, or another program that listens there.
    package struct Unavailable: Error, CustomStringConvertible {
        package let description: String
    }

    private let daemon: OpaquePointer
    private let connections: Connections
    /// When slow and silent connections were last looked for, in milliseconds of the monotonic clock.
    private var swept: Int64 = 0

    private static let sweepsEvery: Int64 = 1000
    /// Connections above the limit, for those who are told that there are too many and those who are on their way out. At its own limit the
    /// library takes nobody any more, and newcomers hear nothing.
    private static let spare: UInt32 = 64

    package init(_ address: ListenAddress, limits: WebLimits = WebLimits()) throws(Unavailable) {
        connections = Connections(limits)
        allowDescriptors(limits.connections)
        let context = Unmanaged.passUnretained(connections).toOpaque()
        errno = 0
        let started = address.with { socket, isIPv6 in
            mhd_start(
                isIPv6 ? MHD_USE_IPv6.rawValue : 0, socket, calls, context, limits.connections + Self.spare, limits.connectionsOfOne,
                limits.seconds, limits.bytes)
        }
        guard let started else {
            let reason = errno == 0 ? "" : ": \(String(cString: strerror(errno)))"
            throw Unavailable(description: "nothing can listen at \(address)\(reason). Does another program? Choose another port.")
        }
        daemon = started
    }

    deinit {
        // The library is not to be stopped while connections are suspended (microhttpd.h, MHD_suspend_connection).
        connections.all.values.forEach { $0.resume() }
        MHD_stop_daemon(daemon)
    }

    /// Where it listens, when the system chose.
    package var port: Int { Int(mhd_port(daemon)) }

    package var descriptor: Int32 { mhd_epoll_descriptor(daemon) }

    /// Milliseconds until `run` must be called even if nothing arrives; `nil` while nothing is pending.
    package var patience: Int64? {
        guard !connections.all.isEmpty else { return nil }
        // Neither the descriptor nor MHD_get_timeout tells of these in 0.9.75: the pipe that wakes a daemon is left out where somebody else polls.
        guard !connections.haveResumed else { return 0 }
        var milliseconds: UInt64 = 0
        let sweep = max(0, swept + Self.sweepsEvery - monotonicNow())
        return MHD_get_timeout(daemon, &milliseconds) == .YES ? min(Int64(clamping: milliseconds), sweep) : sweep
    }

    /// Takes connections, reads, sends, closes who is too slow. Gives the requests that are whole now and wait for `answer` or `open`.
    package func run() -> [(ticket: Ticket, request: Request)] {
        let now = monotonicNow()
        if now >= swept + Self.sweepsEvery {
            swept = now
            connections.all.values.forEach { $0.sweep(now) }
        }
        connections.haveResumed = false
        MHD_run(daemon)
        defer { connections.whole = [] }
        return connections.whole
    }

    /// A ticket whose client has gone, or that was answered: nothing happens.
    package func answer(_ ticket: Ticket, _ response: Response) { connections.waiting.removeValue(forKey: ticket)?.answer(response) }

    /// Answers with a stream of events that stays open (`text/event-stream`, HTML 9.2).
    /// - Parameter first: whole events that this listener alone is given, before all others.
    package func open(_ ticket: Ticket, on feeds: Set<String>, first: [UInt8], headers: [String: String] = [:]) {
        connections.waiting.removeValue(forKey: ticket)?.open(feeds, first: first, headers: headers)
    }

    /// To all who hear it. The bytes are whole events; all listeners share them.
    package func say(_ bytes: [UInt8], on feed: String) {
        connections.feeds[feed]?.values.forEach { $0.say(bytes) }
    }

    /// Ends the streams that hear it, once what was said has been sent.
    package func close(feed: String) { connections.feeds[feed]?.values.forEach { $0.end() } }

    /// Streams that are open.
    package var listeners: Int { connections.listeners }
}

/// Milliseconds of the monotonic clock: how long a connection may take is the only thing here that knows the time.
func monotonicNow() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
}

/// Raises what this process may have open, as far as the system lets it: a connection is a descriptor, and some are needed besides.
private func allowDescriptors(_ connections: UInt32) {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let wanted = min(rlim_t(connections) + 256, limit.rlim_max)
    guard limit.rlim_cur < wanted else { return }
    limit.rlim_cur = wanted
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
