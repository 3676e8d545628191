import Contracts
import LockController
import Store
import Testing

/// Signs of a lock as they come in: late, repeated, in any order.
@Suite struct DoorSignTests {
    private let town: TestTown

    init() throws {
        town = try TestTown()
        _ = try town.book(-10, 600)
        try town.agentLives()
    }

    private func lives() throws -> [DoorLifeChanged.Word] { try town.events(.doorLives).map(\.data.life) }

    private func alarms(_ kind: DoorAlarm.Kind) throws -> [AlarmChanged.Status] {
        // After a start what was not acknowledged is said again, as it was.
        var seen: Set<EventID> = []
        return try town.events(.doorAlarms).filter { $0.data.kind == kind && seen.insert($0.id).inserted }.map(\.data.status)
    }

    @Test("A door opened by a grant says by which, and the audit that it was used; one that nobody opened says so")
    func granted() throws {
        try town.tell(LockCondition(bolt: .locked, contact: .closed))
        let decision = try town.hold()
        _ = try town.report(decision.id)
        try town.tell(LockCondition(contact: .open))
        let opened = try #require(try town.events(.doorLives).last).data
        #expect(opened.life == .open && opened.by == .grant && opened.grant == decision.id)
        try town.tell(LockCondition(contact: .closed))
        town.wait(.seconds(20))
        try town.agentLives()
        let idle = try town.hold()
        _ = try town.report(idle.id)
        #expect(try town.state().life == .locked && town.state().alarms == nil)
        let wish = ListAudit(door: "gym", from: TestTown.start, to: TestTown.start + .seconds(3600))
        let lines = try #require(try town.ask(.listAudit, wish, for: AuditPage.self).answer).lines.filter { $0.what == .open }
        #expect(lines.map(\.id) == [decision.id, idle.id] && lines.map(\.used) == [true, false])
        #expect(try town.events(.doorAlarms).isEmpty)
    }

    @Test("A door opened without a grant is an alarm at once, red until somebody acknowledges it, and over when it is shut")
    func forced() throws {
        try town.tell(LockCondition(bolt: .locked, contact: .closed))
        let sign = try town.tell(LockCondition(contact: .open))
        #expect(try lives() == [.locked, .forced])
        #expect(try town.events(.doorAlarms).map(\.cause) == [sign])
        #expect(try town.state().life == .forced && town.state().alarms == 1)
        #expect(try town.problems().contains { $0.code == "alarm-forced" && $0.weight == .red })
        try town.tell(LockCondition(contact: .closed))
        #expect(try alarms(.forced) == [.raised, .cleared])
        let alarm = try #require(try town.alarms().first)
        #expect(alarm.kind == .forced && alarm.cleared != nil)
        let answer = try town.ask(.acknowledgeAlarm, AcknowledgeAlarm(alarm: alarm.id, note: "戸当り"), for: AlarmAnswer.self)
        #expect(answer.answer?.alarm.by == "desk-office" && answer.answer?.alarm.note == "戸当り")
        #expect(try town.events(.doorAlarms).last?.data.by == "desk-office")
        #expect(try town.alarms().isEmpty && town.alarms(all: true).count == 1)
        #expect(try !town.problems().contains { $0.code.hasPrefix("alarm") })
        #expect(try town.ask(.acknowledgeAlarm, AcknowledgeAlarm(alarm: alarm.id), for: AlarmAnswer.self).refusal == "acknowledged")
    }

    @Test("An exit that comes late withdraws the alarm, and is told as a late one")
    func lateExit() throws {
        try town.tell(LockCondition(bolt: .locked, contact: .closed), ago: 10)
        let opened = try town.tell(LockCondition(contact: .open), ago: 2)
        #expect(try alarms(.forced) == [.raised])
        try town.tell(LockCondition(exit: true), ago: 3)
        #expect(try alarms(.forced) == [.raised, .withdrawn])
        let told = try town.events(.doorLives).filter { $0.cause == opened }
        #expect(told.map(\.data.life) == [.forced, .open] && told.map(\.data.late) == [nil, true])
        #expect(try town.alarms().isEmpty && town.state().life == .open)
    }

    @Test("An old report takes its place behind what is newer, and the door stays as it is")
    func late() throws {
        try town.tell(LockCondition(bolt: .locked, contact: .closed))
        try town.tell(LockCondition(bolt: .unlocked, contact: .open), ago: 30)
        #expect(try town.state().life == .locked)
        #expect(try lives() == [.locked, .open] && town.events(.doorLives).map(\.data.late) == [nil, true])
        #expect(try town.alarms().isEmpty)
    }

    @Test("A door left open is alarmed by the clock alone, once, and not while its lock is away")
    func held() throws {
        try town.tell(LockCondition(bolt: .unlocked, contact: .closed))
        try town.tell(LockCondition(contact: .open))
        town.wait(.milliseconds(59_500))
        #expect(try alarms(.heldOpen).isEmpty)
        town.wait(.milliseconds(500))
        #expect(try alarms(.heldOpen) == [.raised])
        #expect(try town.state().life == .heldOpen && lives().last == .heldOpen)
        town.wait(.seconds(120))
        try town.tell(LockCondition(contact: .closed))
        #expect(try alarms(.heldOpen) == [.raised, .cleared])

        try town.tell(LockCondition(contact: .open))
        try town.lockLives(.lost)
        town.wait(.seconds(90))
        #expect(try alarms(.heldOpen) == [.raised, .cleared])
        // What it had to say meanwhile: shut after ten seconds.
        try town.lockLives(.ready)
        try town.tell(LockCondition(contact: .closed), ago: 80)
        town.wait(.seconds(5))
        #expect(try town.alarms().allSatisfy { $0.kind != .heldOpen || $0.cleared != nil })
        #expect(try town.state().life == .unlocked)
    }

    @Test("A lock that is away for a moment is no alarm; for longer it is, until it is back")
    func silent() throws {
        try town.lockLives(.ready)
        try town.lockLives(.lost)
        town.wait(.seconds(110))
        try town.lockLives(.ready)
        town.wait(.seconds(60))
        #expect(try alarms(.silent).isEmpty)
        try town.lockLives(.lost)
        town.wait(.seconds(120))
        #expect(try alarms(.silent) == [.raised])
        try town.restart()
        town.wait(.seconds(200))
        #expect(try alarms(.silent) == [.raised])
        try town.lockLives(.ready)
        #expect(try alarms(.silent) == [.raised, .cleared])
    }

    @Test("Orders that were none of ours are one alarm a door and day")
    func badOrder() throws {
        for refusal in [LockOutcome.Refusal.wrongSignature, .lowerCounter, .stale] {
            let data = LockOutcome(grant: nil, result: .refused, refusal: refusal)
            let report = Envelope(id: town.newID(), source: "/nagai/lock/gym", time: town.now, data: data)
            town.publish(Channel<LockOutcome>.lockOutcomes.topic(in: TestTown.town, "gym"), try report.json())
            town.settle()
        }
        #expect(try alarms(.badOrder) == [.raised])
    }

    @Test("A condition that says nothing, or of an unknown door, is refused in words and kept nowhere")
    func refused() throws {
        try town.tell(LockCondition())
        try town.tell(LockCondition(battery: 101))
        try town.tell(LockCondition(contact: .open), door: "hall-2")
        let kept = try town.disk.read {
            try $0.first("SELECT (SELECT count(*) FROM door_sign) + (SELECT count(*) FROM battery)") { $0.int(0) }
        }
        #expect(kept == 0)
        #expect(try town.events(.doorLives).isEmpty)
    }

    @Test("A clock that was an hour ahead does not keep its door in the future")
    func ahead() throws {
        try town.tell(LockCondition(contact: .closed), ago: -3600)
        town.wait(.seconds(61))
        try town.tell(LockCondition(bolt: .locked, contact: .closed))
        #expect(try town.state().life == .locked)
    }

    @Test("After a week signs are folded away, the door stays what it was, and older ones change nothing")
    func purged() throws {
        try town.tell(LockCondition(bolt: .locked, contact: .closed))
        town.wait(.seconds(1))
        try town.tell(LockCondition(battery: 60))
        town.now = town.now + .seconds(8 * 86_400)
        town.wait(.seconds(61))
        try town.tell(LockCondition(contact: .open))
        let count = { try town.disk.read { try $0.first("SELECT count(*) FROM door_sign") { $0.int(0) } } }
        #expect(try count() == 2)
        try town.tell(LockCondition(bolt: .jammed), ago: 9 * 86_400)
        #expect(try count() == 2)
        #expect(try town.state().life == .forced && town.state().battery == 60)
    }
}
