/// One message for one recipient, or one question to LINE, ready to be handed to whoever carries it.
package struct Parcel: Sendable, Equatable {
    /// The delivery's id: comes back with the receipt, and lets the other side know a repeat. Letters of ASCII, digits, `-`, `_` and `.`, at most 48.
    package var key: String
    package var carrier: Carrier

    package init(key: String, _ carrier: Carrier) {
        self.key = key
        self.carrier = carrier
    }

    /// Whether the key can stand in a header, an address and an identifier as it is.
    package var hasGoodKey: Bool {
        (1...48).contains(key.utf8.count)
            && key.utf8.allSatisfy { isWordLetter($0) || $0 == UInt8(ascii: ".") }
            && key.utf8.first != UInt8(ascii: ".") && key.utf8.last != UInt8(ascii: ".") && !key.contains("..")
    }
}

/// Who carries it, with what they need.
package enum Carrier: Sendable, Equatable {
    case mail(MailLetter)
    case line(LinePush)
    case lineLogin(LineLogin)
    case push(WebPushMessage)
    case webhook(WebhookCall)
}

/// A letter, a digit, `-` or `_` of ASCII: the alphabet of base64url (RFC 4648 §5).
func isWordLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
    default: false
    }
}
