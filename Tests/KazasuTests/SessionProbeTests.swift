import Bus
import Glibc
import Mosquitto
import ServiceKit
import Testing

@testable import Kazasu

@Suite("Whether the broker keeps sessions")
struct SessionProbeTests {
    /// A broker in the plainest settings, and the process's own connection.
    private final class Town {
        let scratch = Scratch()
        let settings: BrokerSettings
        let broker: Supervisor
        let own: MosquittoTransport

        init() throws {
            let port = freePort()
            write("listener \(port) 127.0.0.1\nallow_anonymous true\npersistence false\n", to: scratch.path + "/mosquitto.conf")
            broker = Supervisor([
                ChildSpec("broker", .broker, program: "/usr/sbin/mosquitto", arguments: ["-c", scratch.path + "/mosquitto.conf"])
            ]) { _, _ in }
            try broker.start(.broker)
            settings = BrokerSettings(host: "127.0.0.1", port: port, client: "agent-gate-1", tls: nil)
            own = MosquittoTransport(settings)
        }

        deinit { broker.stop() }

        /// - Parameter before: called when the probe has gone away and a message is about to be sent to it.
        func verdict(before: () throws -> Void) rethrows -> SessionProbe.Verdict? {
            let probe = SessionProbe(settings, topic: "nagai/reader-agent/ask/gate-1/session-probe")
            let deadline = monotonicMilliseconds() + 30_000
            var isSent = false
            while monotonicMilliseconds() < deadline {
                _ = own.receive(limit: 10)
                own.flush()
                let verdict = probe.advance(milliseconds: monotonicMilliseconds()) { outgoing in
                    guard own.isConnected, own.publish(outgoing) != nil else { return false }
                    own.flush()
                    isSent = true
                    return true
                }
                if let verdict { return verdict }
                if isSent {
                    isSent = false
                    try before()
                }
                broker.turn(atMost: 20, [own.interest, probe.interest].compactMap { $0 })
            }
            return nil
        }
    }

    @Test("A broker that keeps them is found to keep them")
    func holds() throws { #expect(try Town().verdict {} == .holds) }

    @Test("F9: a broker that has silently forgotten the session is noticed")
    func lost() throws {
        let town = try Town()
        let verdict = try town.verdict {
            // Its memory is gone with the process, as with settings that keep nothing.
            town.broker.stop()
            try town.broker.start(.broker)
        }
        #expect(verdict == .lost)
    }
}
