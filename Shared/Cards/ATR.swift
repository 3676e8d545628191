/// What the answer to reset of a contactless card says about its kind (PC/SC part 3, 3.1.3.2.3).
package enum CardKind: Hashable, Sendable {
    /// FeliCa; FF CA gives its manufacture id (IDm).
    case felica
    /// Another storage card, such as MIFARE: an identifier and memory, no applications.
    case storage
    /// A card that may hold applications (ISO 7816-4), or one that cannot be told.
    case applications

    /// A storage card's ATR names the PC/SC workgroup (A0 00 00 03 06), the standard and the card. Whether a card is one of
    /// ours is never read from the ATR: new lots of the same card have new ones.
    package init(atr: [UInt8]) {
        guard atr.count >= 15, atr[4..<7] == [0x80, 0x4F, 0x0C], atr[7..<12] == [0xA0, 0x00, 0x00, 0x03, 0x06] else {
            self = .applications
            return
        }
        self = atr[12] == 0x11 && atr[13..<15] == [0x00, 0x3B] ? .felica : .storage
    }
}
