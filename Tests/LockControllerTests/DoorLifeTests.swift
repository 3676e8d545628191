import Contracts
import Testing

@testable import LockController

@Suite("What has become of a door")
struct DoorLifeTests {
    static let door = Door(id: "gym", accepts: .proved, openFor: .seconds(5), heldAfter: .seconds(60))
    static let start = Instant(milliseconds: 1_795_227_986_250)
    static let grant = EventID(high: 9, low: 9)

    /// A sign so many seconds after the start. Its id tells its place in the list it stands in.
    private static func sign(_ second: Int, _ condition: LockCondition, grant: EventID? = nil, id: UInt64) -> Sign {
        Sign(at: start + .seconds(second), id: EventID(high: 1, low: id), grant: grant, condition: condition)
    }

    struct Story: Sendable, CustomStringConvertible {
        let description: String
        let signs: [(Int, LockCondition, Bool)]
        let asked: Int
        let word: DoorLifeChanged.Word?
        var by: DoorLifeChanged.Reason?
        var on: [DoorAlarm.Kind] = []

        init(
            _ description: String, _ signs: [(Int, LockCondition, Bool)], asked: Int, _ word: DoorLifeChanged.Word?,
            by: DoorLifeChanged.Reason? = nil, on: [DoorAlarm.Kind] = []
        ) {
            (self.description, self.signs, self.asked) = (description, signs, asked)
            (self.word, self.by, self.on) = (word, by, on)
        }
    }

    private static func say(_ second: Int, _ condition: LockCondition) -> (Int, LockCondition, Bool) { (second, condition, false) }
    private static func granted(_ second: Int) -> (Int, LockCondition, Bool) { (second, LockCondition(), true) }
    private static let shut = say(0, LockCondition(bolt: .locked, contact: .closed))
    private static let opens = LockCondition(contact: .open)

    static let stories = [
        Story("nothing was heard", [], asked: 0, nil),
        Story("only a battery was heard of", [say(0, LockCondition(battery: 80))], asked: 1, nil),
        Story("shut and locked", [shut], asked: 1, .locked),
        Story("shut, and no sensor at the bolt", [say(0, LockCondition(contact: .closed))], asked: 1, .closed),
        Story("unlocked and not opened", [shut, granted(1), say(1, LockCondition(bolt: .unlocked))], asked: 2, .unlocked),
        Story("opened at once after the grant", [shut, granted(10), say(10, opens)], asked: 11, .open, by: .grant),
        Story("opened in the last moment of the grant", [shut, granted(10), say(17, opens)], asked: 18, .open, by: .grant),
        Story("opened after the grant", [shut, granted(10), say(18, opens)], asked: 19, .forced, by: .nothing, on: [.forced]),
        Story("opened before the grant", [shut, say(9, opens), granted(10)], asked: 11, .forced, by: .nothing, on: [.forced]),
        Story("left by the exit button", [shut, say(5, LockCondition(exit: true)), say(35, opens)], asked: 36, .open, by: .exit),
        Story("left in one report", [shut, say(5, LockCondition(contact: .open, exit: true))], asked: 6, .open, by: .exit),
        Story(
            "the exit button long ago", [shut, say(5, LockCondition(exit: true)), say(36, opens)], asked: 37, .forced, by: .nothing,
            on: [.forced]),
        Story(
            "let in while somebody leaves", [shut, granted(1), say(2, LockCondition(contact: .open, exit: true))], asked: 3, .open,
            by: .grant),
        Story("unlocked with a key", [shut, say(3, LockCondition(bolt: .unlocked)), say(4, opens)], asked: 5, .open, by: .unlocked),
        Story("open when it was first heard of", [say(0, opens)], asked: 1, .open, by: .unknown),
        Story("forced, and shut again", [shut, say(3, opens), say(4, LockCondition(contact: .closed))], asked: 5, .locked),
        Story("open for as long as it may be", [shut, granted(1), say(2, opens)], asked: 61, .open, by: .grant),
        Story("open for too long", [shut, granted(1), say(2, opens)], asked: 62, .heldOpen, by: .grant, on: [.heldOpen]),
        Story("forced and left open", [shut, say(2, opens)], asked: 90, .forced, by: .nothing, on: [.forced, .heldOpen]),
        Story(
            "open for too long, and shut", [shut, granted(1), say(2, opens), say(80, LockCondition(contact: .closed))], asked: 90, .locked),
        Story("jammed", [shut, say(1, LockCondition(bolt: .jammed))], asked: 2, .jammed, on: [.jammed]),
        Story("jammed, and moved by the next grant", [shut, say(1, LockCondition(bolt: .jammed)), granted(20)], asked: 21, .closed),
        Story("battery at a fifth", [say(0, LockCondition(battery: 20))], asked: 1, nil, on: [.batteryLow]),
        Story("battery above a fifth", [say(0, LockCondition(battery: 21))], asked: 1, nil),
        Story(
            "battery low, and warm again", [say(0, LockCondition(battery: 19)), say(1, LockCondition(battery: 25))], asked: 2, nil,
            on: [.batteryLow]),
        Story("battery changed", [say(0, LockCondition(battery: 19)), say(1, LockCondition(battery: 26))], asked: 2, nil),
        Story("housing opened", [shut, say(1, LockCondition(tamper: true))], asked: 2, .locked, on: [.tamper]),
        Story("housing shut again", [shut, say(1, LockCondition(tamper: true)), say(2, LockCondition(tamper: false))], asked: 3, .locked),
    ]

    @Test("Each story ends in its word, its reason and its alarms", arguments: stories)
    func tells(_ story: Story) {
        var life = DoorLife()
        for (number, (second, condition, isGrant)) in story.signs.enumerated() {
            life = life.after(Self.sign(second, condition, grant: isGrant ? Self.grant : nil, id: UInt64(number)), at: Self.door)
        }
        let now = Self.start + .seconds(story.asked)
        life = life.waited(until: now, at: Self.door)
        #expect(life.word(at: now, heldAfter: Self.door.heldAfter) == story.word)
        #expect(life.opened?.by == story.by)
        #expect(life.opened?.grant == (story.by == .grant ? Self.grant : nil))
        #expect(life.alarms.filter { $0.cleared == nil }.map(\.kind) == story.on)
    }
}
