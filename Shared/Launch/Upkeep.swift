import Bus
import Contracts
import Glibc
import Mosquitto
import ServiceKit

/// What a process looks at now and then beside its job: its clock, and once whether the broker keeps sessions.
final class Upkeep<S: Service> {
    private let host: Host<S>
    private let transport: MosquittoTransport
    private var probe: SessionProbe?
    private let everySecond: (Host<S>, Instant) -> Void
    private var nextLook: Int64 = 0

    /// Nobody ran this before; a clock that says so has not been set.
    private static var earliest: Instant { Instant(milliseconds: 1_767_225_600_000) }

    init(_ host: Host<S>, _ transport: MosquittoTransport, _ probe: SessionProbe, _ everySecond: @escaping (Host<S>, Instant) -> Void) {
        self.host = host
        self.transport = transport
        self.probe = probe
        self.everySecond = everySecond
    }

    var interest: pollfd? { probe?.interest }

    func tick(_ now: Instant) {
        advanceProbe()
        guard monotonicMilliseconds() >= nextLook else { return }
        nextLook = monotonicMilliseconds() + 1000
        // A start was written down at `epoch`: a clock behind it has been lost.
        let lastKnown = Instant(milliseconds: host.epoch.milliseconds) - .seconds(5)
        host.setClock(clockQuality(now: now, notBefore: max(Self.earliest, lastKnown)))
        everySecond(host, now)
    }

    private func advanceProbe() {
        guard let probe, transport.isConnected else { return }
        let verdict = probe.advance(milliseconds: monotonicMilliseconds()) { outgoing in
            guard transport.publish(outgoing) != nil else { return false }
            transport.flush()
            return true
        }
        guard let verdict else { return }
        self.probe = nil
        if verdict == .lost {
            host.alarm(
                "sessions",
                Problem(
                    .amber, "sessions",
                    "The broker does not keep sessions, so every reconnect is made good from the journals. Check persistent sessions and per_listener_settings in its configuration."
                ))
        }
    }
}
