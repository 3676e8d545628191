/// A connection to a broker that reconnects by itself. Nothing it has received is acknowledged, and nothing published leaves, before `flush`.
package protocol Transport: AnyObject {
    var isConnected: Bool { get }

    /// What has arrived, at most `limit` messages. Call until it is empty.
    func receive(limit: Int) -> [BusEvent]

    func subscribe(_ subscriptions: [Subscription])

    /// Queues a message. The result names its acknowledgement; `nil` when there is no connection: then the message is gone, and whoever keeps it
    /// publishes it again after `connected`.
    func publish(_ outgoing: Outgoing) -> Int32?

    /// Lets acknowledgements and publishes leave.
    func flush()

    /// Closes the connection without acknowledging what was received: the broker sends it again.
    func abandon()

    /// Says goodbye, so that the last will is not published.
    func close()
}

/// Whether an MQTT topic filter matches a topic name (MQTT 5.0, 4.7.1). The filter is a valid one: `+` and `#` stand alone in their levels.
package func topicMatches(_ topic: String, filter: String) -> Bool {
    var (topic, filter) = (topic, filter)
    return topic.withUTF8 { topic in filter.withUTF8 { filter in matches(topic, filter) } }
}

private func matches(_ topic: UnsafeBufferPointer<UInt8>, _ filter: UnsafeBufferPointer<UInt8>) -> Bool {
    let slash = UInt8(ascii: "/")
    var at = 0
    for (place, next) in filter.enumerated() {
        switch next {
        case UInt8(ascii: "#"): return true
        case UInt8(ascii: "+"): while at < topic.count, topic[at] != slash { at += 1 }
        // `a/#` is about `a` as well.
        case slash where at == topic.count: return place + 2 == filter.count && filter[place + 1] == UInt8(ascii: "#")
        default:
            guard at < topic.count, topic[at] == next else { return false }
            at += 1
        }
    }
    return at == topic.count
}
