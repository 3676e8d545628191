import Bus
import Glibc
import Mosquitto
import ServiceKit

/// A client of the broker that the bench drives by hand.
final class Client {
    let transport: MosquittoTransport
    private(set) var acknowledged = 0
    private(set) var published = 0
    var onMessage: (Message) -> Void = { _ in }

    init(_ name: String, port: Int, tls: TLSFiles?) {
        transport = MosquittoTransport(BrokerSettings(host: "localhost", port: port, client: name, tls: tls, clean: true))
    }

    func connect(_ subscriptions: [Subscription] = []) throws {
        let end = monotonicMilliseconds() + 10_000
        while !transport.isConnected {
            guard monotonicMilliseconds() < end else { throw Fatal("the broker does not answer") }
            wait([self], 50)
            for case .disconnected(let reason) in transport.receive(limit: 1) { throw Fatal(reason) }
        }
        transport.subscribe(subscriptions)
        transport.flush()
    }

    func publish(_ topic: String, _ payload: [UInt8], retain: Bool = false) {
        if transport.publish(Outgoing(topic: topic, payload: payload, qos: 1, retain: retain)) != nil { published += 1 }
    }

    /// Reads what there is and acknowledges it.
    func turn() {
        for event in transport.receive(limit: 1000) {
            switch event {
            case .message(let message): onMessage(message)
            case .acknowledged: acknowledged += 1
            case .disconnected(let reason): preconditionFailure("the broker closed the connection: \(reason)")
            case .connected, .fatal: break
            }
        }
        transport.flush()
    }

    var waiting: Int { published - acknowledged }
}

/// Waits until one of them has something to do.
func wait(_ clients: [Client], _ milliseconds: Int32) {
    var polled = clients.compactMap(\.transport.interest)
    poll(&polled, nfds_t(polled.count), milliseconds)
}

func nanoseconds() -> UInt64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
}
