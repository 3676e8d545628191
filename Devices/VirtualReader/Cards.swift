import Seal

/// The municipal card application of the virtual town: where its number, certificate and key lie.
///
/// F0 opens a proprietary, unregistered AID (ISO 7816-4, 8.2.1.2), so it is nobody's real application.
package enum MunicipalLayout {
    package static let aid: [UInt8] = [0xF0, 0x4B, 0x41, 0x5A, 0x41, 0x53, 0x55, 0x01]
    package static let numberFile: UInt16 = 0x0001
    package static let numberTag: UInt32 = 0xC1
    package static let certificateFile: UInt16 = 0x0002
    package static let keyReference: UInt8 = 0x17
}

/// Applications of the My Number card (個人番号カード) that a tap must never touch: 公的個人認証, 共通カード, 住基, 券面事項確認, 券面事項入力補助.
package let forbiddenApplications: Set<[UInt8]> = [
    [0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01],
    [0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x01, 0x00],
    [0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x01],
    [0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x02],
    [0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08],
]

extension VirtualCard {
    /// A My Number card with the town's application: user number, certificate (DER) and the key that proves it.
    package static func municipal(number: [UInt8], certificate: [UInt8], key: PrivateKey) -> VirtualCard {
        let application = FileApplication(
            files: [
                MunicipalLayout.numberFile: tlv(0xE1, tlv(0xC1, number) + tlv(0xC2, [0x01])) + [0xFF, 0xFF],
                MunicipalLayout.certificateFile: certificate + [UInt8](repeating: 0, count: 64),
            ],
            keys: [MunicipalLayout.keyReference: key])
        return VirtualCard(
            atr: ATR.typeB, identifier: [], drawsIdentifier: true, applications: [MunicipalLayout.aid: application],
            trapped: forbiddenApplications)
    }

    /// A copy of all that can be read from such a card. The key cannot be read, so it is another one.
    package static func clone(number: [UInt8], certificate: [UInt8], wrongKey: PrivateKey) -> VirtualCard {
        municipal(number: number, certificate: certificate, key: wrongKey)
    }

    /// A FeliCa card such as a transit card; `idm` is its 8-byte manufacture id.
    package static func felica(idm: [UInt8]) -> VirtualCard {
        VirtualCard(atr: ATR.storage(standard: 0x11, name: 0x003B), identifier: idm)
    }

    /// A My Number card of another town: every application but ours.
    package static func foreign() -> VirtualCard {
        VirtualCard(atr: ATR.typeB, identifier: [], drawsIdentifier: true, trapped: forbiddenApplications)
    }

    /// A type A storage card: a hotel key, a membership card.
    package static func unknown(uid: [UInt8] = [0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6]) -> VirtualCard {
        VirtualCard(atr: ATR.storage(standard: 0x03, name: 0x0001), identifier: uid)
    }

    /// A driving licence (運転免許証): type B, files we do not know.
    package static func drivingLicence() -> VirtualCard {
        VirtualCard(atr: ATR.drivingLicence, identifier: [], drawsIdentifier: true)
    }
}

/// Answers to reset as PC/SC readers make them up for contactless cards (PC/SC part 3, 3.1.3.2.3).
enum ATR {
    static let typeB = withCheck([0x3B, 0x88, 0x80, 0x01, 0x00, 0x00, 0x41, 0xE0, 0xB3, 0x81, 0xA1, 0x00])
    static let drivingLicence = withCheck([0x3B, 0x88, 0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x91, 0x81, 0xC1, 0x00])

    /// A storage card: the PC/SC workgroup's RID, the standard (03 = ISO 14443 A part 3, 11 = FeliCa), the card's name.
    static func storage(standard: UInt8, name: UInt16) -> [UInt8] {
        withCheck(
            [0x3B, 0x8F, 0x80, 0x01, 0x80, 0x4F, 0x0C, 0xA0, 0x00, 0x00, 0x03, 0x06, standard, UInt8(name >> 8), UInt8(name & 0xFF)]
                + [0, 0, 0, 0])
    }

    /// Appends TCK: the exclusive or of all bytes but the first (ISO 7816-3, 8.2.5).
    private static func withCheck(_ bytes: [UInt8]) -> [UInt8] { bytes + [bytes.dropFirst().reduce(0, ^)] }
}

/// One BER-TLV object with a one-byte tag (ISO 7816-4, 5.2.2); values of up to 65535 bytes.
package func tlv(_ tag: UInt8, _ value: [UInt8]) -> [UInt8] {
    precondition(value.count <= 0xFFFF, "a card's object holds at most 65535 bytes")
    switch value.count {
    case ..<0x80: return [tag, UInt8(value.count)] + value
    case ..<0x100: return [tag, 0x81, UInt8(value.count)] + value
    default: return [tag, 0x82, UInt8(value.count >> 8), UInt8(value.count & 0xFF)] + value
    }
}
