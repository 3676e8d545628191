import Bus
import Contracts
import Glibc

/// Carries what crosses between a station's broker and the town's, for as long as there is a way between them.
///
/// Nothing is kept for a side that is away: what is retained is carried again when it is back, and events are asked for from the journals.
package final class SiteLine {
    private final class End {
        let wire: any Wire
        /// The topics that are heard here and said at the other end.
        let heard: [Subscription]
        /// Said here and not yet acknowledged.
        var waiting: Set<Int32> = []
        /// Whether its next loss is news: once a connection, not at each of a day's attempts.
        var isLossNews = true

        init(_ wire: any Wire, hears topics: Set<String>) {
            self.wire = wire
            heard = topics.sorted().map { Subscription(filter: $0, qos: 1) }
        }
    }

    private let near: End
    private let far: End
    private let log: (String) -> Void
    /// Messages on their way to one end; what comes on top is dropped, as by a broker's full queue.
    private static let most = 10_000

    /// - Parameters:
    ///   - near: at the station's broker.
    ///   - far: at the town's.
    package init(near: any Wire, far: any Wire, crossing: Crossing, log: @escaping (String) -> Void) {
        self.near = End(near, hears: crossing.out)
        self.far = End(far, hears: crossing.in)
        self.log = log
    }

    deinit {
        near.wire.close()
        far.wire.close()
    }

    var interest: [pollfd] { [near, far].compactMap(\.wire.interest) }
    var patience: Int64 { min(near.wire.patience, far.wire.patience) }

    /// Takes and gives what there is.
    package func turn() throws(Failure) {
        for (one, other, name) in [(near, far, "the station's broker"), (far, near, "the town's broker")] {
            for event in one.wire.receive(limit: 1000) {
                switch event {
                case .connected:
                    log("connected to \(name)")
                    (one.waiting, one.isLossNews) = ([], true)
                    // Subscribed to once more, what is retained at the other end comes once more.
                    for end in [one, other] where end.wire.isConnected { end.wire.subscribe(end.heard) }
                case .disconnected(let reason):
                    if one.isLossNews { log("no way to \(name): \(reason)") }
                    (one.waiting, one.isLossNews) = ([], false)
                case .message(let message): carry(message, to: other)
                case .acknowledged(let id, let code):
                    one.waiting.remove(id)
                    if code >= 0x80 {
                        log("\(name) refused something (reason code \(code)): its rights are of another version of the town's file")
                    }
                case .fatal(let sentence): throw .refused(sentence)
                }
            }
        }
        near.wire.flush()
        far.wire.flush()
    }

    /// How it travels follows from its topic, as everywhere: what must not be retained and is, is not carried.
    private func carry(_ message: Message, to end: End) {
        guard let topic = Topic(message.topic), topic.kind.isRetained || !message.isRetained, end.waiting.count < Self.most else { return }
        let outgoing = Outgoing(topic: message.topic, payload: message.payload, qos: topic.kind.qos, retain: topic.kind.isRetained)
        if let id = end.wire.publish(outgoing), outgoing.qos > 0 { end.waiting.insert(id) }
    }
}
