/// A way to a card that lies on a reader.
package protocol CardChannel {
    func transmit(_ command: Command) throws(CardError) -> Response
}

/// A response APDU: data and status word (ISO 7816-4, 5.1.3).
package struct Response: Hashable, Sendable {
    package let data: [UInt8]
    package let status: UInt16

    /// Fewer than two bytes are no answer; some drivers give that when the card has left.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count >= 2 else { return nil }
        data = Array(bytes.dropLast(2))
        status = UInt16(bytes[bytes.count - 2]) << 8 | UInt16(bytes[bytes.count - 1])
    }

    package var isGood: Bool { status == 0x9000 }
}

/// Why no answer came. All of them mean: hold the card again.
package enum CardError: Error, Hashable, Sendable {
    /// The card left the field.
    case gone
    /// Another program reset the card, so what was selected is no longer selected.
    case reset
    /// The card is there but silent.
    case mute
    /// Another program has the card for itself.
    case busy
    /// The time for one card is over.
    case tooSlow
    /// pcscd or the reader failed; the PC/SC code.
    case failed(code: UInt)
}
