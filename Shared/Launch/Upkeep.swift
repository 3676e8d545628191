import Bus
import Contracts
import Glibc
import Mosquitto
import ServiceKit

/// What a process looks at now and then beside its job: its clock, whether a copy of its database is wanted, and once whether the broker keeps sessions.
final class Upkeep<S: Service> {
    private let host: Host<S>
    private let transport: MosquittoTransport
    private var probe: SessionProbe?
    private let copying: Copying
    private let everySecond: (Host<S>, Instant) -> Void
    private var nextLook: Int64 = 0

    /// Nobody ran this before; a clock that says so has not been set.
    private static var earliest: Instant { Instant(milliseconds: 1_767_225_600_000) }

    init(
        _ host: Host<S>, _ transport: MosquittoTransport, _ probe: SessionProbe, _ copying: Copying,
        _ everySecond: @escaping (Host<S>, Instant) -> Void
    ) {
        self.host = host
        self.transport = transport
        self.probe = probe
        self.copying = copying
        self.everySecond = everySecond
    }

    var interest: pollfd? { probe?.interest }

    /// Whether it wants to be called again at once.
    var isBusy: Bool { copying.isRunning }

    func tick(_ now: Instant) {
        advanceProbe()
        copy { try copying.advance() }
        guard monotonicMilliseconds() >= nextLook else { return }
        nextLook = monotonicMilliseconds() + 1000
        // A start was written down at `epoch`: a clock behind it has been lost.
        let lastKnown = Instant(milliseconds: host.epoch.milliseconds) - .seconds(5)
        host.setClock(clockQuality(now: now, notBefore: max(Self.earliest, lastKnown)))
        copy { try copying.look() }
        everySecond(host, now)
    }

    private func copy(_ work: () throws -> Void) {
        let wasRunning = copying.isRunning
        do {
            try work()
            if wasRunning, !copying.isRunning { host.alarm("copy", nil) }
        } catch {
            host.alarm("copy", Problem(.amber, "copy", "The database could not be copied for the backup. \(error)"))
        }
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
