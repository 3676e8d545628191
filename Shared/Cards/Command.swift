/// Everything this product can say to a card. Bytes for a card are made here and nowhere else, so no code can send VERIFY,
/// CHANGE REFERENCE DATA or a write: no bug can lock a resident's PIN or change a card.
package enum Command: Hashable, Sendable {
    /// SELECT by full name, no answer data wanted (ISO 7816-4, 11.2.2).
    case select(AID)
    /// SELECT of an elementary file under the selected application.
    case selectFile(FileID)
    /// READ BINARY of the selected file (11.3.3). The offset has 15 bits; a length of 0 asks for 256 bytes.
    case readBinary(offset: UInt16, length: UInt8)
    /// READ RECORD by number (11.4.3) of the file with this short id, 1 to 30.
    case readRecord(number: UInt8, file: UInt8)
    /// INTERNAL AUTHENTICATE (11.5.2): the card signs the challenge.
    case internalAuthenticate(KeyReference, Challenge)
    /// GET DATA of the reader, not of the card (PC/SC part 3, 3.2.2.1.3): UID, PUPI or IDm.
    case cardIdentifier

    /// The command APDU.
    package var bytes: [UInt8] {
        switch self {
        case .select(let aid): [0x00, 0xA4, 0x04, 0x0C, UInt8(aid.bytes.count)] + aid.bytes
        case .selectFile(let file): [0x00, 0xA4, 0x02, 0x0C, 0x02, UInt8(file.value >> 8), UInt8(file.value & 0xFF)]
        // A set top bit would turn the offset into a short file id.
        case .readBinary(let offset, let length): [0x00, 0xB0, UInt8(offset >> 8) & 0x7F, UInt8(offset & 0xFF), length]
        case .readRecord(let number, let file): [0x00, 0xB2, number, (file & 0x1F) << 3 | 0x04, 0x00]
        case .internalAuthenticate(let key, let challenge):
            [0x00, 0x88, 0x00, 0x80 | key.value, UInt8(Challenge.length)] + challenge.bytes + [0x00]
        case .cardIdentifier: [0xFF, 0xCA, 0x00, 0x00, 0x00]
        }
    }

    /// The same command asking for exactly as many bytes as the card has; only a read can be asked again this way.
    func asking(length: UInt8) -> Command? {
        if case .readBinary(let offset, _) = self { return .readBinary(offset: offset, length: length) }
        return nil
    }
}

/// The id of an elementary file (EF).
package struct FileID: Hashable, Sendable {
    package let value: UInt16

    /// Refuses 0000, 3F00 (the card's root), 3FFF (reserved) and FFFF (ISO 7816-4, 7.2.2).
    package init?(_ value: UInt16) {
        guard ![0x0000, 0x3F00, 0x3FFF, 0xFFFF].contains(value) else { return nil }
        self.value = value
    }
}

/// A key within the selected application, by its short id.
package struct KeyReference: Hashable, Sendable {
    package let value: UInt8

    /// 1 to 30.
    package init?(_ value: UInt8) {
        guard (1...30).contains(value) else { return nil }
        self.value = value
    }
}

/// What a card must sign to prove itself: 16 random bytes, never used twice.
package struct Challenge: Hashable, Sendable {
    package static let length = 16
    package let bytes: [UInt8]

    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = bytes
    }
}
