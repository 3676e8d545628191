import Cards
import Contracts
import Glibc
import Seal

@testable import VirtualReader

/// A town that issues cards, and all the cards it issued.
enum TestTown {
    static let now: Instant = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000)
    }()
    static let authority = authority("Test Town Cards")
    static let stranger = authority("Another Town Cards")
    static let rsa = card("K-000123", .rsa2048)
    static let p256 = card("K-000124", .p256)
    static let application = CardApplication(
        name: "town", aid: AID(MunicipalLayout.aid)!, numberFile: FileID(MunicipalLayout.numberFile)!, numberTag: MunicipalLayout.numberTag,
        certificateFile: FileID(MunicipalLayout.certificateFile)!, keyReference: KeyReference(MunicipalLayout.keyReference)!,
        issuer: try! CardIssuer(pem: authority.certificatePEM))

    private static func authority(_ name: String) -> Authority {
        try! Authority.create(commonName: name, from: now - .seconds(10 * 86400), validDays: 3650)
    }

    /// What a card needs: its number and a credential for it, valid for 365 days from `age` days ago.
    static func card(_ number: String, _ kind: KeyKind, by authority: Authority = authority, age: Int = 1, days: Int = 365) -> Credential {
        try! authority.issue(.card(number: number), commonName: number, key: kind, from: now - .seconds(age * 86400), validDays: days)
    }

    static func municipal(_ number: String = "K-000124", _ credential: Credential = p256) -> VirtualCard {
        .municipal(number: Array(number.utf8), certificate: credential.certificateDER, key: credential.key)
    }

    static let proved124 = Reading.proved(application: "town", number: Array("K-000124".utf8))
    static let idm: [UInt8] = [0x01, 0x14, 0xB3, 0x4D, 0x00, 0x00, 0x00, 0x01]

    /// Every card of the table of readings with what it must come to.
    static let table: [(String, VirtualCard, Reading)] = [
        ("RSA-2048", municipal("K-000123", rsa), .proved(application: "town", number: Array("K-000123".utf8))),
        ("P-256", municipal(), proved124),
        (
            "clone", .clone(number: Array("K-000123".utf8), certificate: rsa.certificateDER, wrongKey: card("X", .rsa2048).key),
            .forged(.wrongKey)
        ),
        (
            "clone on another curve's key", .clone(number: Array("K-000123".utf8), certificate: rsa.certificateDER, wrongKey: p256.key),
            .forged(.wrongKey)
        ),
        ("somebody else's certificate", municipal("K-000999", p256), .forged(.numberMismatch)),
        ("another town's issuer", municipal("K-000124", card("K-000124", .p256, by: stranger)), .forged(.wrongIssuer)),
        ("expired", municipal("K-000124", card("K-000124", .p256, age: 3, days: 2)), .forged(.expired)),
        ("not yet valid", municipal("K-000124", card("K-000124", .p256, age: -2)), .forged(.expired)),
        (
            "no certificate", .municipal(number: [0x4B], certificate: [0x30, 0x03, 0x02, 0x01, 0x00], key: p256.key),
            .forged(.badCertificate)
        ),
        ("empty number", .municipal(number: [], certificate: p256.certificateDER, key: p256.key), .unreadable(.noNumber)),
        ("a card that insists on lengths", municipal().with { $0.insistsOnLength = true }, proved124),
        ("FeliCa", .felica(idm: idm), .read(idm: idm)),
        ("another town's My Number card", .foreign(), .unknown),
        ("hotel key", .unknown(), .unknown),
        ("driving licence", .drivingLicence(), .unknown),
    ]
}

/// Reads a virtual card without a reader between.
struct DirectChannel: CardChannel {
    let card: VirtualCard

    func transmit(_ command: Command) throws(CardError) -> Response {
        guard let bytes = card.answer(command.bytes) else { throw .gone }
        guard let response = Response(bytes) else { throw .gone }
        return response
    }

    /// The reading of a card laid down just now.
    static func read(_ card: VirtualCard, felica: Bool = true, at now: Instant = TestTown.now) -> Reading {
        card.enter()
        let challenge = Challenge(try! randomBytes(Challenge.length))!
        return Cards.read(
            card: DirectChannel(card: card), atr: card.power(on: true), applications: [TestTown.application], felica: felica,
            challenge: challenge, at: now)
    }
}
