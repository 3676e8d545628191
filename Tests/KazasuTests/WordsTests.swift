import Contracts
import Testing
import Town

@testable import Kazasu

@Suite("The bus in plain words")
struct WordsTests {
    static let at = Instant(rfc3339: "2026-11-21T08:00:00.123+09:00")!
    static let id = EventID("01JD8X5Z3Q4Y6W7V8T9SABCDEF")!
    private static let token = Token("k1." + String(repeating: "a", count: 26))!

    /// A message of every kind an operator reads, and what is said of it.
    private static func samples() throws -> [(topic: String, json: [UInt8], en: String, ja: String)] {
        func envelope<Body: Payload>(_ data: Body) throws -> [UInt8] {
            try Envelope(id: id, source: "/nagai/x/y", time: at, data: data).json()
        }
        let tap = Tapped(
            token: token, scheme: .cardApp, assurance: .proved, reader: "reader-1", place: "civic-gym", purpose: .door("gym"),
            clock: .synced)
        let refused = CardRefused(place: "civic-gym", purpose: .door("gym"), reader: "reader-1", reason: .forged)
        let decided = DoorDecided(door: "gym", tap: id, agent: "gate-1", reader: "reader-1", verdict: .refuse(.tooEarly))
        let outcome = DoorOutcome(door: "gym", decision: id, tap: id, result: .refused, refusal: .lowerCounter, value: 7)
        let booking = Booking(id: id, door: "gym", from: at, to: at + .seconds(1800), tokens: [token])
        return [
            (
                "reader-agent/event/gate-1/tap", try envelope(tap), "gate-1/reader-1  card read, proved, for door gym",
                "gate-1/reader-1  カード読取・本物確認済・市民体育館の扉"
            ),
            (
                "reader-agent/event/gate-1/card-refused", try envelope(refused),
                "gate-1/reader-1  card refused: it could not prove its number (a copy, or broken)", "gate-1/reader-1  カード拒否:番号を証明できず(複製か故障)"
            ),
            (
                "reader-agent/event/gate-1/clock-set", try envelope(ClockSet(time: at, uptime: 5)), "gate-1  has learnt the time",
                "gate-1  時刻を取得"
            ),
            (
                "reader-agent/event/gate-1/purpose",
                try envelope(PurposeChanged(reader: "reader-1", purpose: Purpose("shelter:s01")!, by: "desk-office")),
                "gate-1/reader-1  now at shelter s01, set by desk-office", "gate-1/reader-1  用途変更:避難所 s01(desk-office)"
            ),
            (
                "reader-agent/state/gate-1/reader-1--reader",
                try envelope(ReaderState(at: at, condition: .missing, place: "civic-gym", purpose: Purpose("visit")!)),
                "gate-1/reader-1  reader missing: is it plugged in?, a visit", "gate-1/reader-1  リーダーなし:接続を確認・来館"
            ),
            (
                "lock-controller/event/main/door-decision", try envelope(decided),
                "gym  stays shut for gate-1/reader-1: the card's slot has not begun", "gym  開けない(gate-1/reader-1):予約時間前"
            ),
            (
                "lock-controller/event/main/disaster",
                try envelope(
                    DisasterChanged(
                        DisasterMode(id: id, plan: "earthquake", stage: .active, proposedBy: "desk-office", until: at, drill: true),
                        by: "desk-second")),
                "earthquake  drill: disaster mode in force, by desk-second", "earthquake  訓練:災害モード開始(desk-second)"
            ),
            (
                "lock-controller/state/main/disasters", try envelope(DisasterState(at: at, maxAge: 60, modes: [])),
                "main  no disaster mode", "main  災害モードなし"
            ),
            (
                "lock-controller/event/main/door-admission",
                try envelope(
                    DoorAdmission(door: "gym", Admission(card: CardHash(value: 7), result: .refused, refusal: .expired), token: nil)),
                "gym  stays shut, offline: the lease is over", "gym  オフライン:リースの期限切れ"
            ),
            (
                "lock-controller/state/gym/lease",
                try envelope(
                    LeaseState(
                        at: at, maxAge: 60, lease: 7, changes: nil, cards: 3, issued: at, expires: at, held: nil, revoked: 0, unaware: 0,
                        omitted: nil)),
                "gym  lease of 3 cards, the lock has no lease", "gym  リース3枚、錠:リースなし"
            ),
            (
                "lock-controller/event/main/door-order",
                try envelope(DoorOrdered(door: "gym", origin: .homeAssistant, by: "lock-driver-main")),
                "gym  opens without a card, for Home Assistant (lock-driver-main)", "gym  カードなしで開ける(Home Assistant、lock-driver-main)"
            ),
            (
                "lock-controller/event/main/door-outcome", try envelope(outcome),
                "gym  the lock refused: an older order than the last one (7)",
                "gym  錠が拒否:古い指令 (7)"
            ),
            (
                "lock-controller/event/main/door-life",
                try envelope(DoorLifeChanged(door: "gym", life: .forced, by: .nothing, late: true)),
                "gym  FORCED OPEN (without a grant), told late", "gym  こじ開け (許可なし)(後から届いた報告)"
            ),
            (
                "lock-controller/event/main/door-alarm",
                try envelope(AlarmChanged(alarm: id, door: "gym", kind: .heldOpen, status: .acknowledged, by: "desk-office")),
                "gym  alarm: held open, acknowledged, by desk-office", "gym  警報:閉め忘れ・確認済(desk-office)"
            ),
            (
                "lock-controller/event/main/booking", try envelope(BookingChanged(booking: booking, status: .booked, by: "desk-office")),
                "gym  booked 2026-11-21 08:00–08:30 for 1 card, by desk-office", "gym  予約 2026-11-21 08:00–08:30 1枚(desk-office)"
            ),
            (
                "lock-controller/event/main/group",
                try envelope(GroupChanged(change: ChangeGroup(group: "staff", addDoors: ["gym"]), by: "desk-office")),
                "staff  group: opens gym, by desk-office", "staff  グループ:扉追加 gym(desk-office)"
            ),
            (
                "lock-controller/event/main/door-exception",
                try envelope(
                    DoorExceptionChanged(
                        DoorException(id: id, .close, "gym", from: at, to: at + .seconds(3600), groups: ["staff"]), .made, by: "desk-office"
                    )),
                "gym  exception: closed 2026-11-21 08:00–09:00 but for staff, by desk-office",
                "gym  例外:2026-11-21 08:00–09:00 閉館(staffを除く)(desk-office)"
            ),
            (
                "lock-controller/event/main/passback-forgiven", try envelope(PassbackForgiven(ForgivePassback("pool"), by: "desk-office")),
                "pool  everybody taken to be outside, by desk-office", "pool  全員を退場扱いにした(desk-office)"
            ),
            (
                "lock-controller/event/main/locker-item",
                try envelope(
                    LockerItemChanged(
                        item: LockerItem(
                            id: id, locker: "library", compartment: "library-2", number: ItemNumber("4-1234"), state: .filled,
                            tokens: [token], until: at), status: .filled)),
                "library  library-2 holds an item, ready to be collected, item 4-1234", "library  library-2 収納済、受取可(番号 4-1234)"
            ),
            (
                "lock-controller/event/main/booking-code",
                try envelope(BookingCodeGiven(booking: id, door: "gym", number: 2, by: "desk-office")),
                "gym  a code was given for booking \(id), by desk-office", "gym  暗証番号を発行 予約 \(id)(desk-office)"
            ),
            (
                "resident-directory/event/main/person",
                try envelope(PersonRuled(.joined, PersonID("p-7k3mq2x5t4w2vbza")!, by: "registrar-civil-affairs", group: "staff")),
                "p-7k3mq2x5t4w2vbza  put into a group staff, by registrar-civil-affairs",
                "p-7k3mq2x5t4w2vbza  グループへの追加 staff(registrar-civil-affairs)"
            ),
            ("lock-controller/state/gym/door", try envelope(DoorState(at: at, maxAge: 60, lock: .ready)), "gym  lock ready", "gym  錠正常"),
            (
                "lock/health/gym/life", try Life(.lost, at: at).json(), "gym  lost: its connection broke", "gym  切断:応答なし"
            ),
        ]
    }

    @Test("Every kind of message an operator may read has words in both languages")
    func allKinds() throws {
        let samples =
            try Self.samples() + Self.shelterSamples() + Self.pointsSamples() + Self.noticeSamples() + Self.figureSamples()
            + Self.receptionSamples() + Self.portalSamples()
        for sample in samples {
            let topic = try #require(Topic("nagai/" + sample.topic))
            for (language, expected) in [(Language.en, sample.en), (.ja, sample.ja)] {
                let said = try #require(PlainWords(language, town()).say(sample.json, on: topic))
                #expect("\(said.place)  \(said.what)" == expected)
                #expect(said.time == Self.at)
            }
        }
        // A new row of the contract without a sample here fails, and reminds of the words it needs.
        let readable = Contract.rows.filter { $0.readers.contains(.operator) && ($0.kind == .event || $0.kind == .state) }
        let covered = Set(
            samples.compactMap { Topic("nagai/" + $0.topic) }.map {
                "\($0.owner) \($0.kind) \($0.name.text.split(separator: "-").last ?? "")"
            })
        for row in readable {
            #expect(covered.contains("\(row.owner) \(row.kind) \(row.name.text.split(separator: "-").last ?? "")"), "\(row.name)")
        }
    }

    @Test("A booking says how many cards and persons it is for")
    func holders() {
        func said(_ cards: Int, _ persons: [PersonID]?, _ language: Language) -> String {
            Booking(
                id: Self.id, door: "gym", from: Self.at, to: Self.at + .seconds(1800), tokens: Array(repeating: Self.token, count: cards),
                persons: persons
            ).holders(language)
        }
        let ami = PersonID("p-aaaaaaaaaaaaaaaa")!
        #expect(said(1, nil, .en) == "1 card" && said(2, [ami], .en) == "2 cards, 1 person" && said(0, [ami, ami], .en) == "2 persons")
        #expect(said(1, nil, .ja) == "1枚" && said(2, [ami], .ja) == "2枚・1名" && said(0, [ami, ami], .ja) == "2名")
    }

    @Test("A door is explained in a line, with what each right says below it")
    func explained() throws {
        let answer = DoorExplanation(
            "gym", at: Self.at, .refuse(.tooEarly), rule: nil,
            rights: [
                RightSaid(.booking(Self.id), .tooEarly, from: Self.at + .seconds(3600), to: Self.at + .seconds(7200)),
                RightSaid(.schedule("evenings", of: "club"), .closed),
            ], holiday: "文化の日", closure: "works")
        #expect(
            PlainWords(.en, try town()).page(answer) == """
                gym 2026-11-21 08:00 (文化の日, closure works): stays shut: the card's slot has not begun
                RIGHT                               WHEN                    SAYS
                booking 01JD8X5Z3Q4Y6W7V8T9SABCDEF  2026-11-21 09:00–10:00  not yet
                group club, schedule evenings       at any time             the door is closed at this time

                """)
        #expect(PlainWords(.ja, try town()).page(answer).hasPrefix("gym 2026-11-21 08:00 (文化の日・休館日 works): 開かない:予約時間前\n"))
    }

    @Test("A door that a shelter opens says which one, for whom, and that it is a drill")
    func shelterRight() throws {
        func said(_ language: Language, drill: Bool) throws -> String {
            PlainWords(language, try town()).right(.shelter("s01", for: "shelter-staff", drill: drill))
        }
        #expect(try said(.en, drill: false) == "group shelter-staff while shelter s01 is open")
        #expect(try said(.en, drill: true) == "group shelter-staff while shelter s01 is open for a drill")
        #expect(try said(.ja, drill: true) == "グループ shelter-staff(避難所 s01 開設中・訓練)")
    }

    @Test("No two reasons sound alike")
    func reasons() throws {
        for language in [Language.en, .ja] {
            let words = PlainWords(language, try town())
            #expect(Set(Refusal.allCases.map(words.refusal)).count == Refusal.allCases.count)
            #expect(
                Set(DoorRule.allCases.map(words.rule) + Refusal.allCases.map(words.refusal)).count == DoorRule.allCases.count
                    + Refusal.allCases.count)
            #expect(Set(RightSaid.Says.allCases.map(words.says)).count == RightSaid.Says.allCases.count)
            #expect(Set(CardRefused.Reason.allCases.map(words.cardRefused)).count == CardRefused.Reason.allCases.count)
            let lock = LockOutcome.Refusal.allCases.map {
                words.outcome(DoorOutcome(door: "gym", decision: nil, tap: nil, result: .refused, refusal: $0))
            }
            #expect(Set(lock).count == lock.count)
            #expect(
                Set(DoorOutcome.Result.allCases.map { words.outcome(DoorOutcome(door: "gym", decision: nil, tap: nil, result: $0)) }).count
                    == 5)
        }
    }

    /// Whether each case of a word has words of its own.
    func differ<Word: Worded & CaseIterable>(_: Word.Type) {
        for language in [Language.en, .ja] {
            #expect(Set(Word.allCases.map { $0.phrase[language] }).count == Word.allCases.count, "\(Word.self) \(language)")
        }
    }

    @Test("No two words about people sound alike, in either language")
    func people() {
        differ(PersonFacts.Sex.self)
        differ(Residency.self)
        differ(Standing.self)
        differ(CardFile.Status.self)
        differ(Scheme.self)
        differ(RelationKind.self)
        differ(Reach.Way.self)
        differ(PersonRuled.What.self)
        differ(ListReview.Stage.self)
        differ(ListLine.What.self)
    }

    @Test("No two words about a door's life, its alarms and its audit sound alike, in either language")
    func doorLives() throws {
        for language in [Language.en, .ja] {
            let words = PlainWords(language, try town())
            #expect(Set(DoorLifeChanged.Word.allCases.map { $0.phrase[language] }).count == DoorLifeChanged.Word.allCases.count)
            #expect(Set(DoorLifeChanged.Reason.allCases.map { $0.phrase[language] }).count == DoorLifeChanged.Reason.allCases.count)
            #expect(Set(DoorAlarm.Kind.allCases.map { $0.phrase[language] }).count == DoorAlarm.Kind.allCases.count)
            #expect(Set(AlarmChanged.Status.allCases.map { $0.phrase[language] }).count == AlarmChanged.Status.allCases.count)
            let lines = AuditLine.What.allCases.map { AuditLine(at: Self.at, id: Self.id, what: $0, why: "forced raised") }
            #expect(Set(lines.map { $0.whatPhrase[language] }).count == lines.count)
            let openings = [nil, true, false].map { AuditLine(at: Self.at, id: Self.id, what: .open, outcome: .opened, used: $0) }
            #expect(Set(openings.map { $0.outcome(words) }).count == 2)
            #expect(Set(OrderOrigin.allCases.map { words.ordered(DoorOrdered(door: "gym", origin: $0, by: "desk-x")) }).count == 2)
        }
    }

    @Test("What cannot be read is said to be so, and what is not for people is not said")
    func unreadable() throws {
        let words = PlainWords(.en, try town())
        #expect(words.say(Array("{".utf8), on: Topic("nagai/reader-agent/event/gate-1/tap")!)?.what == "something this program cannot read")
        #expect(words.say([], on: Topic("nagai/reader-agent/event/gate-1/unheard-of")!)?.what == "something this program cannot read")
        #expect(words.say([], on: Topic("nagai/reader-agent/journal/gate-1/heads")!) == nil)
    }

    @Test(
        "A process is judged by its last word and by its silence",
        arguments: [
            (Role.readerAgent, Life.State?.none, 0, "unheard", true), (.lock, nil, 0, "absent", false),
            (.readerAgent, .ready, 59, "ready", false),
            (.readerAgent, .ready, 61, "lost", true), (.lock, .ready, 600, "ready", false), (.lockController, .amber, 1, "amber", false),
            (.lockController, .red, 1, "red", true), (.lock, .lost, 1, "lost", true), (.readerAgent, .stopped, 600, "stopped", true),
        ])
    func vitals(role: Role, state: Life.State?, age: Int, condition: String, isBad: Bool) {
        let vitals = Vitals(role, "x", state.map { Life($0, at: Self.at) }, now: Self.at + .seconds(age))
        #expect("\(vitals.condition)" == condition)
        #expect(vitals.isBad == isBad)
    }

    @Test("The pause before a restart doubles up to ten seconds and begins anew after a good life")
    func backoff() {
        var backoff = Backoff()
        let pauses = (0..<8).map { _ in backoff.pause(afterLife: 100) }
        #expect(pauses == [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000])
        #expect(backoff.pause(afterLife: 30_000) == 200)
        #expect(backoff.pause(afterLife: 29_999) == 400)
    }
}
