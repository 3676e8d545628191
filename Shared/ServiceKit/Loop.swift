import Bus
import CLinux
import Contracts
import Glibc

/// What the loop waits for beside the broker.
package struct Descriptor {
    package let fd: Int32
    package let events: Int16

    package init(_ fd: Int32, _ events: Int16 = Int16(POLLIN)) {
        self.fd = fd
        self.events = events
    }
}

/// The one loop of a process: waits in poll(2) and lets the host take a step when something may have happened.
package struct Loop<S: Service> {
    let host: Host<S>
    /// What to wait for, and for how many milliseconds at the most.
    let interest: () -> (descriptors: [Descriptor], patience: Int64)
    /// Takes what the machine has for the service, in order.
    let inputs: () -> [S.Input]
    let tick: (Host<S>, Instant) -> Void

    /// - Parameters:
    ///   - interest: descriptors of the transport and of the inputs.
    ///   - tick: called before each step, for things that are looked at now and then: the clock's quality, the session self-test.
    package init(
        _ host: Host<S>, interest: @escaping () -> (descriptors: [Descriptor], patience: Int64), inputs: @escaping () -> [S.Input] = { [] },
        tick: @escaping (Host<S>, Instant) -> Void = { _, _ in }
    ) {
        self.host = host
        self.interest = interest
        self.inputs = inputs
        self.tick = tick
    }

    /// Runs until SIGTERM or SIGINT; then what is committed leaves, the life says `stopped`, and it returns.
    package func run() throws {
        let signals = try StopSignals()
        var last = monotonicMilliseconds()
        while true {
            let now = wallClock()
            // A loop that waits at most a second and was away for three did not run: stopped, suspended, or starved.
            let stalled = monotonicMilliseconds() - last > 3000
            tick(host, now)
            let next = try host.step(now: now, inputs: inputs(), stalled: stalled)
            last = monotonicMilliseconds()
            let wanted = interest()
            var polled =
                wanted.descriptors.map { pollfd(fd: $0.fd, events: $0.events, revents: 0) } + [
                    pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)
                ]
            let wait = max(0, min((next - wallClock()).milliseconds, wanted.patience, 1000))
            poll(&polled, nfds_t(polled.count), Int32(wait))
            if polled.last?.revents ?? 0 != 0 { return try finish() }
        }
    }

    /// Waits a little for the broker's acknowledgements; what misses them is sent again at the next start, under the same ids.
    private func finish() throws {
        let end = monotonicMilliseconds() + 2000
        while host.isConnected, host.inFlight > 0 || host.unsent > 0, monotonicMilliseconds() < end {
            _ = try host.step(now: wallClock(), inputs: inputs())
            var polled = interest().descriptors.map { pollfd(fd: $0.fd, events: $0.events, revents: 0) }
            poll(&polled, nfds_t(polled.count), 100)
        }
        host.stop(now: wallClock())
    }
}

/// SIGTERM and SIGINT as something to poll for.
package struct StopSignals: ~Copyable {
    package let descriptor: Int32

    package init() throws {
        var mask = sigset_t()
        sigemptyset(&mask)
        sigaddset(&mask, SIGTERM)
        sigaddset(&mask, SIGINT)
        sigprocmask(SIG_BLOCK, &mask, nil)
        // A broken connection is an error code, not a reason to die.
        signal(SIGPIPE, SIG_IGN)
        descriptor = signalfd(-1, &mask, O_CLOEXEC)
        guard descriptor >= 0 else { throw Fatal("signals cannot be waited for: \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }
}

package func wallClock() -> Instant {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Instant(milliseconds: Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000)
}

package func monotonicMilliseconds() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
}

/// Milliseconds since the machine started, sleep included.
package func uptimeMilliseconds() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_BOOTTIME, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
}

/// What the kernel says of the clock (adjtimex(2)), and whether the time can be true at all.
package func clockQuality(now: Instant, notBefore: Instant) -> ClockQuality {
    guard now > notBefore else { return .boot }
    var state = timex()
    return adjtimex(&state) != TIME_ERROR && state.status & STA_UNSYNC == 0 ? .synced : .free
}
