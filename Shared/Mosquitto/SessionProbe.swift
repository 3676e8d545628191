import Bus
import Glibc

/// Tries at a start whether the broker keeps sessions: a second client subscribes, goes away, is sent a message, and comes back.
///
/// Some brokers and settings lose sessions without a word (Mosquitto 2.0.12–2.0.18 with per_listener_settings). Nothing is lost by that here, but
/// every reconnect then has to be made good from the journals.
package final class SessionProbe {
    package enum Verdict: Equatable { case holds, lost }

    private enum Phase { case subscribing, away, returning(until: Int64), over }

    private let settings: BrokerSettings
    private let topic: String
    private var phase = Phase.subscribing
    private var transport: MosquittoTransport?

    /// - Parameters:
    ///   - settings: those of the process itself; the probe connects under its name with `-probe` behind it.
    ///   - topic: one that this process alone may write and read.
    package init(_ settings: BrokerSettings, topic: String) {
        var settings = settings
        settings.client += "-probe"
        settings.sessionExpiry = 60
        settings.will = nil
        self.settings = settings
        self.topic = topic
        transport = MosquittoTransport(settings)
    }

    package var interest: pollfd? { transport?.interest }

    /// Goes on as far as it can.
    /// - Parameter publish: sends a message on the process's own connection; false when there is none.
    /// - Returns: the verdict, once.
    package func advance(milliseconds now: Int64, publish: (Outgoing) -> Bool) -> Verdict? {
        let events = transport?.receive(limit: 10) ?? []
        switch phase {
        case .subscribing:
            for case .connected in events { transport?.subscribe([Subscription(filter: topic, qos: 1)]) }
            if transport?.isSubscribed == true {
                transport?.close()
                transport = nil
                phase = .away
            }
        case .away:
            if publish(Outgoing(topic: topic, payload: Array("probe".utf8), qos: 1, retain: false)) {
                transport = MosquittoTransport(settings)
                phase = .returning(until: now + 10_000)
            }
        case .returning(let until):
            for event in events {
                switch event {
                case .connected(session: false): return end(.lost)
                case .message(let message) where message.topic == topic: return end(.holds)
                default: break
                }
            }
            if now > until { return end(.lost) }
        case .over: break
        }
        transport?.flush()
        return nil
    }

    private func end(_ verdict: Verdict) -> Verdict {
        transport?.close()
        transport = nil
        phase = .over
        return verdict
    }
}
