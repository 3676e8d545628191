import Contracts
import Testing

@testable import LockController

/// The decision alone: no bus, no database.
@Suite struct VerdictTableTests {
    static let now = Instant(milliseconds: 1_795_227_986_000)
    static let morning = EventID(high: 1, low: 1)
    static let noon = EventID(high: 1, low: 2)
    /// 0…30 and 30…60 minutes from now.
    static let slots = [
        Rights.Slot(booking: morning, from: now, to: now + .seconds(1800)),
        Rights.Slot(booking: noon, from: now + .seconds(1800), to: now + .seconds(3600)),
    ]
    static let proved = Door(id: "gym", accepts: .proved, openFor: .seconds(5))
    static let read = Door(id: "hall", accepts: .read, openFor: .seconds(5))
    static let staff = Rights(slots: [], group: "staff")

    /// - Parameters:
    ///   - age: how long ago the card was held, in milliseconds; `nil` when the agent's clock is not known.
    ///   - after: when it is decided, in milliseconds from `now`.
    static func attempt(age: Int64?, after: Int64 = 0, isLive: Bool = true, assurance: Assurance = .proved) -> Attempt {
        let tap = Tapped(
            token: TestTown.card, scheme: .cardApp, assurance: assurance, reader: "reader-1", place: "hall",
            purpose: .door("gym"), clock: .synced)
        let decided = now + .milliseconds(after)
        let envelope = Envelope(
            id: EventID(high: 2, low: 2), source: "/nagai/reader-agent/gate-1", time: decided - .milliseconds(age ?? 0), data: tap)
        return Attempt(envelope, at: decided, offset: age == nil ? nil : .zero, isLive: isLive)
    }

    static let rows: [(String, Attempt, Door?, Rights, Verdict)] = [
        ("unknown door", attempt(age: 0), nil, staff, .refuse(.unknownDoor)),
        ("replayed", attempt(age: 0, isLive: false), proved, staff, .refuse(.notLive)),
        ("no clock", attempt(age: nil), proved, staff, .refuse(.clock)),
        ("just under 10 s old", attempt(age: 9999), proved, staff, .open(by: .group("staff"))),
        ("10 s old", attempt(age: 10_000), proved, staff, .refuse(.tapTooOld)),
        ("10 s ahead", attempt(age: -10_000), proved, staff, .open(by: .group("staff"))),
        ("just over 10 s ahead", attempt(age: -10_001), proved, staff, .refuse(.tapFromFuture)),
        ("read card at a proving door", attempt(age: 0, assurance: .read), proved, staff, .refuse(.notProved)),
        ("read card at a reading door", attempt(age: 0, assurance: .read), read, staff, .open(by: .group("staff"))),
        ("proved card at a reading door", attempt(age: 0), read, staff, .open(by: .group("staff"))),
        ("nothing", attempt(age: 0), proved, Rights(slots: [], group: nil), .refuse(.noRight)),
        ("before the slot", attempt(age: 0, after: -1), proved, Rights(slots: slots, group: nil), .refuse(.tooEarly)),
        ("first moment", attempt(age: 0), proved, Rights(slots: slots, group: nil), .open(by: .booking(morning))),
        ("last moment", attempt(age: 0, after: 1_799_999), proved, Rights(slots: [slots[0]], group: nil), .open(by: .booking(morning))),
        ("the end", attempt(age: 0, after: 1_800_000), proved, Rights(slots: [slots[0]], group: nil), .refuse(.tooLate)),
        ("the end, next slot", attempt(age: 0, after: 1_800_000), proved, Rights(slots: slots, group: nil), .open(by: .booking(noon))),
        (
            "between two slots", attempt(age: 0, after: 1_800_000), proved,
            Rights(slots: [slots[0], Rights.Slot(booking: noon, from: now + .seconds(1801), to: now + .seconds(3600))], group: nil),
            .refuse(.tooEarly)
        ),
        (
            "held in the slot, decided after it", attempt(age: 5000, after: 1_804_000), proved, Rights(slots: [slots[0]], group: nil),
            .open(by: .booking(morning))
        ),
        ("booking before group", attempt(age: 0), proved, Rights(slots: slots, group: "staff"), .open(by: .booking(morning))),
        ("group outside the slot", attempt(age: 0, after: -1), proved, Rights(slots: slots, group: "staff"), .open(by: .group("staff"))),
    ]

    @Test("Each row of the table is decided as it says", arguments: rows)
    func row(_ name: String, _ attempt: Attempt, _ door: Door?, _ rights: Rights, _ expected: Verdict) {
        #expect(verdict(on: attempt, at: door, rights: rights) == expected, "\(name)")
    }

    @Test("Of what is refused whatever the card may do, no rights are looked up")
    func noNeed() throws {
        struct Asked: Error {}
        func rights() throws -> Rights { throw Asked() }
        let late = Self.attempt(age: 0, isLive: false, assurance: .proved)
        #expect(try verdict(on: late, at: Self.proved, rights: try rights()) == .refuse(.notLive))
        #expect(throws: Asked.self) { try verdict(on: Self.attempt(age: 0), at: Self.proved, rights: try rights()) }
    }

    @Test("The table has a row for every reason to refuse")
    func everyReason() {
        let met = Set(Self.rows.compactMap { row -> Refusal? in if case .refuse(let reason) = row.4 { reason } else { nil } })
        #expect(met == Set(Refusal.allCases))
    }

    @Test("Of all combinations only those open that meet every condition")
    func allCombinations() {
        var opened = 0
        for door in [nil, Self.proved, Self.read] {
            for isLive in [true, false] {
                for assurance in Assurance.allCases {
                    for age in [nil, -10_001, -10_000, 0, 9999, 10_000] as [Int64?] {
                        for rights in [Rights(slots: [], group: nil), Self.staff] {
                            let attempt = Self.attempt(age: age, isLive: isLive, assurance: assurance)
                            let met = [
                                door != nil, isLive, age.map { (-10_000..<10_000).contains($0) } ?? false, rights.group != nil,
                                assurance == .proved || door?.accepts == .read,
                            ]
                            let isOpen = verdict(on: attempt, at: door, rights: rights) == .open(by: .group("staff"))
                            #expect(isOpen == met.allSatisfy { $0 })
                            opened += isOpen ? 1 : 0
                        }
                    }
                }
            }
        }
        #expect(opened == 9)
    }

    @Test("A tap of a machine that does not know the time has no moment, whatever its signs of life say")
    func bootClock() {
        var tap = Tapped(
            token: TestTown.card, scheme: .cardApp, assurance: .proved, reader: "reader-1", place: "hall",
            purpose: .door("gym"), clock: .boot)
        func moment() -> Instant? {
            Attempt(Envelope(id: Self.noon, source: "/a", time: Self.now, data: tap), at: Self.now, offset: .seconds(3), isLive: true)
                .moment
        }
        #expect(moment() == nil)
        tap.clock = .free
        #expect(moment() == Self.now + .seconds(3))
    }
}
