import Bus
import Glibc
import Mosquitto
import ServiceKit

/// A client of the broker that the bench drives by hand.
final class Client {
    let transport: MosquittoTransport
    private var acknowledged = 0
    private var published = 0
    var onMessage: (Message) -> Void = { _ in }

    init(_ name: String, port: Int, tls: TLSFiles?, clean: Bool) {
        transport = MosquittoTransport(BrokerSettings(host: "localhost", port: port, client: name, tls: tls, clean: clean))
    }

    @discardableResult
    func connect(_ filters: [String] = []) throws -> Client {
        let end = monotonicMilliseconds() + 10_000
        while !transport.isConnected {
            guard monotonicMilliseconds() < end else { throw Fatal("the broker does not answer") }
            wait([self], 50)
            for case .disconnected(let reason) in transport.receive(limit: 1) { throw Fatal(reason) }
        }
        transport.subscribe(filters.map { Subscription(filter: $0, qos: 1) })
        transport.flush()
        return self
    }

    func publish(_ topic: String, _ payload: [UInt8]) {
        if transport.publish(Outgoing(topic: topic, payload: payload, qos: 1, retain: false)) != nil { published += 1 }
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

    /// Publishes the broker has not acknowledged.
    var waiting: Int { published - acknowledged }
    func close() { transport.close() }
}

/// Waits until one of them has something to do.
func wait(_ clients: [Client], _ milliseconds: Int32) {
    var polled = clients.compactMap(\.transport.interest)
    poll(&polled, nfds_t(polled.count), milliseconds)
}
