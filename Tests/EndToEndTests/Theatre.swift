import Contracts
import Glibc
import Launch
import ServiceKit
import Testing
import Town
import VirtualReader

@testable import Kazasu

/// The folder the programs are built into, which is the one the tests run from.
let programs: String = {
    var arguments = Swift.CommandLine.arguments[...]
    while let word = arguments.popFirst() {
        if word == "--test-bundle-path", let bundle = arguments.first {
            return bundle.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        }
    }
    return Console.live.programs
}()

/// Raises a whole town of real programs, plays in it, and strikes it whatever happens.
func withTown(before prepare: (Stage) throws -> Void = { _ in }, _ play: (Stage) throws -> Void) throws {
    var console = Console.live
    console.programs = programs
    console.progress = { _ in }
    let folder = try makeTemporaryFolder()
    defer { try? remove(folder) }
    // A card held again within a minute is the same tap, so whoever heard no beep may always hold it once more.
    let stage = try Stage(
        folder: folder, cast: try Cast(now: console.now(), team: 2), companions: try Companions(programs: programs), doubleTap: "60s",
        console: console, say: { _ in }, signals: try Signals())
    defer { stage.strike() }
    try prepare(stage)
    try stage.raise()
    try play(stage)
}

/// A person at a reader who holds the card until the lamp says that the tap counts, and again if it does not.
struct Person {
    let place: ReaderPlace
    let card: VirtualCard
    private let slot: VirtualSlot
    private let lamps: Int
    private var since = monotonicMilliseconds()

    /// How a reader of this kind shows `Cue.accepted`.
    private static let accepted = "ff00402e0401010101"

    init(_ card: VirtualCard, at place: ReaderPlace, in stage: Stage) throws {
        (self.card, self.place) = (card, place)
        slot = stage.slot(place)
        lamps = Self.lamps(slot)
        try slot.insert(card)
    }

    private static func lamps(_ slot: VirtualSlot) -> Int { slot.escapes.count { $0.lowercased().hasSuffix(accepted) } }

    /// - Returns: whether the tap has been accepted, and the card taken away.
    mutating func isDone(_ stage: Stage) throws -> Bool {
        if Self.lamps(slot) > lamps {
            slot.remove()
            try stage.made.add(.tap, at: place, stage.console.now())
            return true
        }
        if monotonicMilliseconds() > since + 1000 {
            slot.remove()
            usleep(20_000)
            try slot.insert(card)
            since = monotonicMilliseconds()
        }
        return false
    }
}

extension Stage {
    /// Somebody who has stolen a user's certificate, connected beside that user.
    func thief(of user: UserID) -> any Wire {
        let files = data.certificate(of: user)
        return console.connect(
            Login(
                host: "localhost", port: port, user: user, client: "thief-\(user)", authority: data.authority.certificate,
                certificate: files.certificate, key: files.key))
    }

    /// The lines of a lock's log that say a bolt moved.
    func openings(_ door: DoorID) -> Int { lines(of: door).count { $0.contains("\"opened\"") } }

    func lines(of door: DoorID) -> [String] {
        (try? readWhole("\(folder)/\(door).jsonl")).map { String(decoding: $0, as: UTF8.self).split(separator: "\n").map(String.init) }
            ?? []
    }

    /// The club may open the hall with its cards.
    func admitClub() throws {
        try clerk(["group", "open", "shogi", "hall"])
        for card in cast.club { try admit(card, ["group", "add", "shogi"]) }
    }

    /// The town gets a second token key, as its technician would give it: in the file, by `kazasu up`, and every agent started again.
    func changeTokenKey() throws {
        let path = "\(folder)/town.yaml"
        let file = try #require(fopen(path, "a"))
        fputs("\ntoken-keys: { current: 2, former: 1 }\n", file)
        fclose(file)
        #expect(try data.prepare(Town.load(path: path), port: port, now: console.now()) == ["token key 2"])
        let now = console.now()
        for agent in town.agents { crash(Role.readerAgent.user(agent.id.named()).text) }
        try waitForLives(since: now)
    }

    /// A card that opens the door, and a reader there.
    func somebodyWithRights(at door: DoorID) throws -> (VirtualCard, ReaderPlace) {
        guard door == DemoTown.gym else {
            try admitClub()
            return (cast.club[0], DemoTown.hallEntrance)
        }
        let now = console.now()
        let (from, to) = (now.minute(town.offset), (now + .seconds(1800)).minute(town.offset))
        try admit(cast.sato, ["booking", "add", "gym", "--from", from, "--to", to])
        return (cast.sato, DemoTown.gymEntrance)
    }

    /// A command for the holder of one card.
    func admit(_ card: VirtualCard, _ words: [String]) throws {
        var person: Person?
        try clerk(words + ["--tap", DemoTown.desk.description]) { line in
            if line.contains("hold the card over") { person = try Person(card, at: DemoTown.desk, in: self) }
        }
        try wait("the lamp at the desk") { try person?.isDone(self) ?? true }
    }

    /// The witness's account as numbers.
    func numbers() throws -> [String: Int64] {
        let witness = try account()
        let json = try #require(witness.lines.last { $0.hasPrefix("{") }, "\(witness.lines)")
        #expect(witness.code == 0, "\(witness.lines)")
        return try Array(json.utf8).decoded(as: [String: Int64].self)
    }
}
