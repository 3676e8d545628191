import Bus
import Contracts
import LockController
import Seal
import Store
import Testing

/// Codes at the gym's keypad.
@Suite struct CodeTests {
    private let town: TestTown
    private let key: KeypadKey
    private let codes: CodeKey

    init() throws {
        town = try TestTown()
        codes = try TestTown.codeKey()
        key = codes.keypad(of: "gym", in: TestTown.town)
    }

    // MARK: Parts

    /// A booking, by minutes from the start of the test, and its code.
    private func coded(_ from: Int = -10, _ to: Int = 60) throws -> (id: EventID, code: String) {
        let booking = try #require(try town.book(from, to).answer).booking
        return (booking.id, try code(of: booking.id))
    }

    private func code(of booking: EventID) throws -> String {
        let reply = try town.ask(.giveBookingCode, GiveBookingCode(booking: booking), for: BookingCodeAnswer.self)
        return codes.code(of: booking, number: try #require(reply.answer).number)
    }

    private func report(_ code: String, at: Instant? = nil, with key: KeypadKey? = nil) -> Envelope<CodeEntered> {
        let (id, time) = (town.newID(), at ?? town.now)
        let proof = (key ?? self.key).proof(of: code, id: id, at: time)
        return Envelope(id: id, source: "/nagai/keypad/gym", time: time, data: CodeEntered(proof: proof))
    }

    private func send(_ report: Envelope<CodeEntered>, door: DoorID = "gym") throws -> Reply<CodeAnswer> {
        town.publish(Channel<CodeEntered>.codes.topic(in: TestTown.town, door.named()), try report.json())
        town.settle()
        let replies = try town.said(Channel<CodeEntered>.codes.replyTopic(in: TestTown.town, to: Role.keypad.user(door.named())))
            .map { try Envelope<Reply<CodeAnswer>>(json: $0) }
        return try #require(replies.last { $0.cause == report.id }).data
    }

    private func enter(_ code: String) throws -> CodeAnswer { try #require(try send(report(code)).answer) }

    private func wrong(_ code: String) -> String { code == "000000" ? "000001" : "000000" }

    // MARK: Who comes in

    @Test("The code of the slot that runs opens its door, as often as it is entered, and says which booking it was")
    func opens() throws {
        let (booking, code) = try coded()
        for count in 1...3 {
            #expect(try enter(code) == CodeAnswer(.open(by: .booking(booking))))
            #expect(town.orders().count == count)
        }
        let decision = try #require(try town.events(.doorDecisions).last?.data)
        #expect(decision.means == .code && decision.agent == "keypad-gym" && decision.right == .booking(booking))
        _ = try town.report(try #require(try town.events(.doorDecisions).last).id)
        #expect(try town.events(.doorOutcomes).last?.data.result == .opened)
    }

    @Test("In the wrong slot a right code opens nothing, and no wrong try is counted; a cancelled or unpaid one opens nothing either")
    func slots() throws {
        let later = try coded(10, 40)
        let other = try coded(-10, 5)
        for _ in 0..<6 { #expect(try enter(later.code).refusal == .tooEarly) }
        #expect(try enter(other.code).verdict == .open)
        town.now = town.minute(6)
        #expect(try enter(other.code).refusal == .tooLate)
        town.now = town.minute(11)
        _ = try town.ask(.markPaid, MarkPaid(later.id, paid: false), for: BookingAnswer.self)
        #expect(try enter(later.code).rule == .unpaid)
        _ = try town.ask(.markPaid, MarkPaid(later.id, paid: true), for: BookingAnswer.self)
        #expect(try enter(later.code).verdict == .open)
        _ = try town.ask(.cancelBooking, CancelBooking(booking: later.id), for: BookingAnswer.self)
        #expect(try enter(later.code).rule == .wrongCode)
        #expect(town.orders().count == 2)
    }

    @Test("A new code voids the one before it")
    func renewed() throws {
        let (booking, old) = try coded()
        let new = try code(of: booking)
        #expect(old != new)
        #expect(try enter(old).rule == .wrongCode && enter(new).verdict == .open)
        #expect(try town.events(.bookingCodes).map(\.data.number) == [1, 2])
    }

    @Test("A door without a keypad has no codes, and neither has a booking that is over or not there")
    func without() throws {
        let hall = try #require(try town.book(0, 30, door: "hall").answer).booking.id
        #expect(try town.ask(.giveBookingCode, GiveBookingCode(booking: hall), for: BookingCodeAnswer.self).refusal == "no-keypad")
        #expect(
            try town.ask(.giveBookingCode, GiveBookingCode(booking: town.newID()), for: BookingCodeAnswer.self).refusal == "unknown-booking"
        )
        #expect(try send(report("123456"), door: "hall").refusal == "unknown-door")
    }

    // MARK: Who does not

    @Test("Five wrong codes lock the keypad for ten minutes, for the right code too; it is told, and cards open as ever")
    func bruteForce() throws {
        let (_, code) = try coded()
        for _ in 0..<5 { #expect(try enter(wrong(code)).rule == .wrongCode) }
        #expect(try enter(code).rule == .tooManyTries)
        town.wait(.seconds(11))
        let life = try #require(town.said(.life(of: Address("lock-controller", "main"), in: TestTown.town)).last).decoded(as: Life.self)
        #expect(life.problems?.contains { $0.code == "keypad-locked" && $0.text.contains("gym") } == true)
        try town.agentLives()
        #expect(try town.hold().data.verdict == .open)
        town.wait(.seconds(588))
        #expect(try enter(code).rule == .tooManyTries)
        town.wait(.seconds(1))
        #expect(try enter(code).verdict == .open)
    }

    @Test("Wrong codes far enough apart lock nothing, until thirty of them have ended the code of that slot")
    func patience() throws {
        let (booking, code) = try coded(-10, 1000)
        for _ in 0..<30 {
            #expect(try enter(wrong(code)).rule == .wrongCode)
            town.now = town.now + .seconds(151)
        }
        #expect(try enter(code).rule == .wrongCode)
        town.now = town.now + .seconds(151)
        let fresh = try self.code(of: booking)
        #expect(try enter(fresh).verdict == .open)
    }

    @Test("A lockout outlives a restart")
    func restarted() throws {
        let (_, code) = try coded()
        for _ in 0..<5 { _ = try enter(wrong(code)) }
        town.now = town.now + .seconds(1)
        try town.restart()
        #expect(try enter(code).rule == .tooManyTries)
    }

    @Test("A report said again opens once; under another id or time, from another keypad or ten seconds old it opens nothing")
    func replayed() throws {
        let (_, code) = try coded()
        let good = report(code)
        #expect(try send(good).answer?.verdict == .open)
        #expect(try send(good).answer?.verdict == .open, "the same answer again")
        #expect(town.orders().count == 1)
        var other = good
        other.id = town.newID()
        #expect(try send(other).answer?.rule == .wrongCode)
        (other.id, other.time) = (town.newID(), good.time + .seconds(1))
        #expect(try send(other).answer?.rule == .wrongCode)
        #expect(try send(report(code, with: codes.keypad(of: "hall", in: TestTown.town))).answer?.rule == .wrongCode)
        let late = report(code)
        town.now = town.now + .seconds(10)
        #expect(try send(late).answer?.refusal == .tapTooOld)
        #expect(try send(report(code, at: town.now + .seconds(11))).answer?.refusal == .tapFromFuture)
        #expect(town.orders().count == 1)
        #expect(try enter(code).verdict == .open, "what was stale was no wrong try")
    }

    @Test("No code is in the database, in anything that was said, or in an answer")
    func nowhere() throws {
        let (_, code) = try coded()
        _ = try enter(code)
        _ = try enter(wrong(code))
        let needle = Array(code.utf8)
        let disk = try town.disk.serialized()
        for bytes in town.heard.map(\.payload) + [disk] { #expect(!contains(bytes, needle)) }
    }

    /// The digits with no digit beside them: within a number of milliseconds they say nothing.
    private func contains(_ bytes: [UInt8], _ needle: [UInt8]) -> Bool {
        func isDigit(_ index: Int) -> Bool { bytes.indices.contains(index) && (48...57).contains(bytes[index]) }
        guard bytes.count >= needle.count else { return false }
        return (0...bytes.count - needle.count).contains { start in
            bytes[start] == needle[0] && Array(bytes[start..<start + needle.count]) == needle && !isDigit(start - 1)
                && !isDigit(start + needle.count)
        }
    }
}
