/// A message as it came from the broker. It is not acknowledged before the next `flush`.
package struct Message: Sendable {
    package var topic: String
    package var payload: [UInt8]
    /// Sent because of a subscription, from the broker's memory, and not because somebody has just published it.
    package var isRetained: Bool

    package init(topic: String, payload: [UInt8], isRetained: Bool = false) {
        self.topic = topic
        self.payload = payload
        self.isRetained = isRetained
    }
}

/// A message for the broker.
package struct Outgoing: Sendable {
    package var topic: String
    package var payload: [UInt8]
    /// 0 or 1.
    package var qos: Int32
    package var retain: Bool
    /// MQTT 5 message expiry, seconds: the broker drops what it could not hand over in this time.
    package var expiry: UInt32?

    package init(topic: String, payload: [UInt8], qos: Int32, retain: Bool, expiry: UInt32? = nil) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.expiry = expiry
    }
}

package struct Subscription: Hashable, Sendable {
    package var filter: String
    package var qos: Int32

    package init(filter: String, qos: Int32) {
        self.filter = filter
        self.qos = qos
    }
}

package enum BusEvent: Sendable {
    /// `session`: the broker still had ours.
    case connected(session: Bool)
    case disconnected(String)
    case message(Message)
    /// A PUBACK with its MQTT 5 reason code; 0x80 and above are refusals (MQTT 5.0, 3.4.2.1).
    case acknowledged(id: Int32, code: UInt8)
    /// Something that waiting does not mend, in a sentence: two clients with one id, a certificate refused.
    case fatal(String)
}
