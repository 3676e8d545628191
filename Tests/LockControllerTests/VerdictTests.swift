import Contracts
import Harness
import Testing

@testable import LockController

@Suite("What a door does about a tap")
struct VerdictTests {
    static let now = Instant(milliseconds: 1_795_215_600_000)
    static let door = Door(id: "gym", accepts: .proved, openFor: .seconds(5))
    static let id = EventID(high: 1, low: 1)

    static func attempt(age: Int64 = 0, isLive: Bool = true, known: Bool = true, assurance: Assurance = .proved) -> Attempt {
        var agent = FakeAgent()
        let tap = agent.tap(at: now - .milliseconds(age), assurance: assurance)
        return Attempt(tap, at: now, offset: known ? .zero : nil, isLive: isLive)
    }

    static func slot(_ from: Int64, _ to: Int64) -> Rights.Slot {
        Rights.Slot(booking: id, from: now + .milliseconds(from), to: now + .milliseconds(to))
    }

    static let during = Rights(slots: [slot(-1000, 1000)], group: nil)
    static let nothing = Rights(slots: [], group: nil)
    static let staff = Rights(slots: [], group: "staff")

    @Test("Each reason of the closed list, and the order in which they count")
    func reasons() {
        let open = Door(id: "gym", accepts: .read, openFor: .seconds(5))
        let table: [(Attempt, Door?, Rights, Verdict)] = [
            (Self.attempt(), Self.door, Self.during, .open(by: .booking(Self.id))),
            (Self.attempt(), Self.door, Self.staff, .open(by: .group("staff"))),
            (Self.attempt(), Self.door, Rights(slots: Self.during.slots, group: "staff"), .open(by: .booking(Self.id))),
            (Self.attempt(), Self.door, Rights(slots: [Self.slot(1000, 2000)], group: "staff"), .open(by: .group("staff"))),
            (Self.attempt(assurance: .read), open, Self.during, .open(by: .booking(Self.id))),
            (Self.attempt(), Self.door, Self.nothing, .refuse(.noRight)),
            (Self.attempt(), Self.door, Rights(slots: [Self.slot(1000, 2000)], group: nil), .refuse(.tooEarly)),
            (Self.attempt(), Self.door, Rights(slots: [Self.slot(-2000, -1000)], group: nil), .refuse(.tooLate)),
            (Self.attempt(), Self.door, Rights(slots: [Self.slot(-2000, -1000), Self.slot(1000, 2000)], group: nil), .refuse(.tooEarly)),
            (Self.attempt(assurance: .read), Self.door, Self.during, .refuse(.notProved)),
            (Self.attempt(age: 10_001), Self.door, Self.during, .refuse(.tapTooOld)),
            (Self.attempt(age: -10_001), Self.door, Self.during, .refuse(.tapFromFuture)),
            (Self.attempt(isLive: false), Self.door, Self.during, .refuse(.notLive)),
            (Self.attempt(known: false), Self.door, Self.during, .refuse(.clock)),
            (Self.attempt(), nil, Self.during, .refuse(.unknownDoor)),
            (Self.attempt(age: 99_999, isLive: false, assurance: .read), nil, Self.nothing, .refuse(.unknownDoor)),
            (Self.attempt(age: 99_999, isLive: false, known: false), Self.door, Self.nothing, .refuse(.notLive)),
            (Self.attempt(age: 99_999, assurance: .read), Self.door, Self.nothing, .refuse(.tapTooOld)),
        ]
        for (attempt, door, rights, expected) in table { #expect(verdict(on: attempt, at: door, rights: rights) == expected) }
        let refusals = table.compactMap { if case .refuse(let reason) = $0.3 { reason } else { nil } }
        #expect(Set(refusals) == Set(Refusal.allCases))
    }

    @Test(
        "Ten seconds are still fresh, a millisecond more is not",
        arguments: [(10_000, true), (10_001, false), (-10_000, true), (-10_001, false), (0, true)] as [(Int64, Bool)])
    func age(age: Int64, isFresh: Bool) {
        let verdict = verdict(on: Self.attempt(age: age), at: Self.door, rights: Self.staff)
        #expect((verdict == .open(by: .group("staff"))) == isFresh)
    }

    @Test(
        "A slot begins with its first millisecond and is over at its last",
        arguments: [(-1, false), (0, true), (999, true), (1000, false)] as [(Int64, Bool)])
    func slots(offset: Int64, isOpen: Bool) {
        let rights = Rights(slots: [Self.slot(-offset, 1000 - offset)], group: nil)
        #expect((verdict(on: Self.attempt(), at: Self.door, rights: rights) == .open(by: .booking(Self.id))) == isOpen)
    }

    @Test("An agent whose machine has not been told the time opens nothing, whatever its sign of life says")
    func boot() {
        var agent = FakeAgent()
        let attempt = Attempt(agent.tap(at: Self.now, clock: .boot), at: Self.now, offset: .zero, isLive: true)
        #expect(verdict(on: attempt, at: Self.door, rights: Self.staff) == .refuse(.clock))
    }
}
