import Contracts
import Seal
import Town
import VirtualReader

/// Who appears in the demonstration, and the cards they hold.
struct Cast {
    let issuer: [UInt8]
    /// 佐藤: a My Number card with an RSA key, as most cards have.
    let sato: VirtualCard
    /// Her team: cards with P-256 keys.
    let team: [VirtualCard]
    /// 鈴木: booked the slot after hers.
    let suzuki: VirtualCard
    /// 田中: a genuine card without any booking.
    let tanaka: VirtualCard
    /// All that can be read of Sato's card, with a key that is not hers.
    let clone: VirtualCard
    let expired: VirtualCard
    /// 加藤: a person of the directory, and the card after the one she loses.
    let kato: VirtualCard
    let katosNew: VirtualCard
    /// Her grandchild.
    let child: VirtualCard
    /// 山田: a transit card.
    let yamada: VirtualCard
    /// Members of the chess club (将棋クラブ), with transit cards.
    let club: [VirtualCard]
    /// A card of another town.
    let stranger: VirtualCard

    init(now: Instant, team count: Int) throws {
        let authority = try Authority.create(commonName: "Nagai Cards", from: now - .seconds(30 * 86_400), validDays: 3650)
        issuer = authority.certificatePEM
        func card(_ number: String, _ kind: KeyKind = .p256, age: Int = 10, days: Int = 365) throws -> Credential {
            try authority.issue(.card(number: number), commonName: number, key: kind, from: now - .seconds(age * 86_400), validDays: days)
        }
        func municipal(_ number: String, _ credential: Credential) -> VirtualCard {
            .municipal(number: Array(number.utf8), certificate: credential.certificateDER, key: credential.key)
        }
        let genuine = try card("N-000101", .rsa2048)
        sato = municipal("N-000101", genuine)
        clone = .clone(number: Array("N-000101".utf8), certificate: genuine.certificateDER, wrongKey: try .generate(.rsa2048))
        suzuki = municipal("N-000102", try card("N-000102"))
        tanaka = municipal("N-000103", try card("N-000103"))
        expired = municipal("N-000104", try card("N-000104", age: 20, days: 10))
        kato = municipal("N-000105", try card("N-000105"))
        katosNew = municipal("N-000106", try card("N-000106"))
        child = municipal("N-000107", try card("N-000107"))
        team = try (0..<count).map { municipal("N-0002\(10 + $0)", try card("N-0002\(10 + $0)")) }
        yamada = Self.felica(1)
        club = (0..<count).map { Self.felica(100 + UInt32($0)) }
        stranger = .foreign()
    }

    /// A transit card with an IDm of its own.
    static func felica(_ number: UInt32) -> VirtualCard {
        .felica(idm: [0x01, 0x14, 0xB3, 0x4D] + (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) })
    }
}

/// The town of the demonstration: two agents with five readers, two doors.
struct DemoTown {
    static let gym: DoorID = "gym"
    static let hall: DoorID = "hall"
    static let gymEntrance = ReaderPlace(agent: "civic-gym", reader: "entrance")
    static let gymBack = ReaderPlace(agent: "civic-gym", reader: "back")
    static let lobby = ReaderPlace(agent: "civic-gym", reader: "lobby")
    static let hallEntrance = ReaderPlace(agent: "hall", reader: "entrance")
    /// The counter where clerks take cards (窓口).
    static let desk = ReaderPlace(agent: "hall", reader: "desk")
    static let places = [gymEntrance, gymBack, lobby, hallEntrance, desk]

    /// A name as pcscd shows it. ACR122U is a reader whose lamp and buzzer are driven.
    static func device(_ place: ReaderPlace) -> String { "ACS ACR122U \(place.reader)" }

    /// - Parameter signals: folder of the programs the agents run as their sound.
    static func text(port: Int, mail: Int, pages: Int, issuer: String, signals: String, doubleTap: String) -> String {
        func reader(_ place: ReaderPlace, _ where: String, _ purpose: String, _ more: String = "") -> String {
            "      \(place.reader): { device: \"\(device(place))\", place: \(`where`), purpose: \"\(purpose)\"\(more) }"
        }
        return """
            town: nagai
            title: 長井市
            broker: { host: localhost, port: \(port) }
            card-applications:
              - { name: civic, aid: \(Hex.text(MunicipalLayout.aid)), number-file: "0001", number-tag: C1, certificate-file: "0002", key: 17, issuer: \(issuer) }
            double-tap: { default: \(doubleTap) }
            agents:
              civic-gym:
                sound: \(signals)/civic-gym
                readers:
            \(reader(gymEntrance, "civic-gym", "door:gym"))
            \(reader(gymBack, "civic-gym", "door:gym"))
            \(reader(lobby, "civic-gym", "visit", ", when-open: s01"))
              hall:
                sound: \(signals)/hall
                readers:
            \(reader(hallEntrance, "central-hall", "door:hall"))
            \(reader(desk, "central-hall", "enrol"))
            doors:
              gym: { title: 市民体育館, accepts: proved, open-for: 5s }
              hall: { title: 中央公民館, accepts: read, open-for: 5s }
            desks: [office]
            registrars: [civil-affairs]
            shelter-desks: [headquarters]
            shelters: { doors: { s01: { shelter-staff: [gym] } } }
            points-desks: [chamber, welfare]
            points:
              purses: { points: { title: ながいポイント, expires: 24 months } }
              rules: { visit: { title: 来館, purse: points, gives: 10, on: [visit], at-most: { day: 3 } } }
              shops: { bakery: { title: パン工房, fee: 1% } }
            schedules: { all-week: { hours: { mon-sun: "00:00-24:00" } } }
            notice-desks: [hall, press]
            notices:
              mail: { server: localhost, port: \(mail), encryption: none, from: oshirase@nagai.example }
              quiet: "00:00-00:00"
              schools: { first: { title: 第一小学校, schedule: all-week, gates: [civic-gym], alarms: false, pause: 1s } }
            visits: { facilities: { gym: { title: 市民体育館, places: [civic-gym] }, hall: { title: 中央公民館, places: [central-hall] } } }
            reception-desks: [table, second]
            receptions: { festival: { title: ながい祭り, from: "2026-01-01 00:00", until: "2099-12-31 23:00" } }
            portal:
              listen: "127.0.0.1:\(pages)"
              origin: http://localhost:\(pages)
              residents: true
              accounts: { sato: { title: 佐藤, stations: [shelter-desk-headquarters, desk-office, notice-desk-press, points-desk-welfare, reception-desk-second] } }
            operators: [maintenance, witness]

            """
    }
}
