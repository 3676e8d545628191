import Cards
import Contracts
import Seal
import VirtualReader

extension FuzzTarget {
    /// A card that answers anything: the ATR and then each answer, two bytes of length in front of each.
    ///
    /// Only the card of the corpus is ever proved, and no card keeps a reader busy for more commands than its files can take.
    static let cardAnswers = FuzzTarget(name: "card") { bytes in
        var records = cut(bytes)
        guard !records.isEmpty else { return false }
        let atr = records.removeFirst()
        let channel = Recording(answers: records)
        let reading = read(card: channel, atr: atr, applications: [application], felica: true, challenge: challenge, at: now)
        try must(channel.asked <= 2 * (2 + 2 * 8 * 1024) + 2, "\(channel.asked) commands to one card")
        switch reading {
        case .proved(let application, let number):
            try must(application == "town" && number == Array(cardNumber.utf8), "a card is proved to be \(number.shown)")
        case .read(let idm): try must(idm.count == 8, "an IDm of \(idm.count) bytes")
        case .forged, .unknown, .unreadable: return false
        }
        return true
    }

    /// The file that holds the number.
    static let cardFiles = FuzzTarget(name: "tlv") { bytes in
        guard let value = BER.value(of: MunicipalLayout.numberTag, in: bytes) else { return false }
        try must(value.count + 2 <= bytes.count, "a value longer than its file")
        try must(BER.value(of: MunicipalLayout.numberTag, in: [UInt8](repeating: 0, count: 3) + bytes) == value, "filling changes a value")
        return true
    }

    static let challenge: Challenge = {
        guard let challenge = Challenge(Array(repeating: 7, count: Challenge.length)) else {
            preconditionFailure("16 bytes are a challenge")
        }
        return challenge
    }()

    /// Made once for the corpora; its private key was thrown away.
    static let issuer: CardIssuer = {
        do { return try CardIssuer(pem: corpus("certificate/issuer.pem")) } catch { preconditionFailure("\(error)") }
    }()

    private static let application: CardApplication = {
        guard let aid = AID(MunicipalLayout.aid), let number = FileID(MunicipalLayout.numberFile),
            let certificate = FileID(MunicipalLayout.certificateFile), let key = KeyReference(MunicipalLayout.keyReference)
        else { preconditionFailure("the layout of the virtual town's card") }
        return CardApplication(
            name: "town", aid: aid, numberFile: number, numberTag: MunicipalLayout.numberTag, certificateFile: certificate,
            keyReference: key, issuer: issuer)
    }()

    private static func cut(_ bytes: [UInt8]) -> [[UInt8]] {
        var records: [[UInt8]] = []
        var rest = bytes[...]
        while rest.count >= 2 {
            let length = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
            rest = rest.dropFirst(2)
            records.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return records
    }
}

/// Answers in the order of the input, and leaves the field when there are no more.
private final class Recording: CardChannel {
    private let answers: [[UInt8]]
    private(set) var asked = 0

    init(answers: [[UInt8]]) { self.answers = answers }

    func transmit(_: Command) throws(CardError) -> Response {
        defer { asked += 1 }
        guard asked < answers.count, let response = Response(answers[asked]) else { throw .gone }
        return response
    }
}
