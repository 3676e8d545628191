import Bus
import Contracts
import Glibc
import Harness
import Journal
import Launch
import Seal
import ServiceKit
import Store
import Testing
import Town

@testable import Kazasu

/// Keeps groups in the order in which it was told of them.
private struct Clubs: Service {
    static let program: Program = "lock-controller"
    static let migrations = [Migration(1, "CREATE TABLE club (position INTEGER PRIMARY KEY, name TEXT NOT NULL)")]

    var reads: [Reading] {
        [
            answer(.changeGroup) { (command, turn) throws -> Reply<GroupSummary> in
                let name = command.data.group.text
                if name == "late" { return .refuse("too-late", "Its time is over.") }
                try turn.db.run("INSERT INTO club (name) VALUES (?)", name)
                return .accept(GroupSummary(group: command.data.group, doors: [], tokens: 0))
            }
        ]
    }
}

/// A connection to a service in this process, which works whenever somebody listens.
private final class NearWire: Wire {
    private let transport: InMemoryTransport
    private let rig: Rig<Clubs>
    var interest: pollfd? { nil }
    var patience: Int64 { 1 }
    var isConnected: Bool { transport.isConnected }

    init(_ rig: Rig<Clubs>, as user: UserID) {
        self.rig = rig
        transport = InMemoryTransport(rig.broker, client: "\(user)-1", clean: true)
    }

    func receive(limit: Int) -> [BusEvent] {
        try? rig.settle()
        return transport.receive(limit: limit)
    }
    func subscribe(_ subscriptions: [Subscription]) { transport.subscribe(subscriptions) }
    func publish(_ outgoing: Outgoing) -> Int32? { transport.publish(outgoing) }
    func flush() { transport.flush() }
    func abandon() { transport.abandon() }
    func close() { transport.close() }
}

@Suite("A service that was put back is given again what it has forgotten")
struct AgainTests {
    private let scratch = Scratch()
    private let recorder = Recorder()
    private let rig: Rig<Clubs>

    init() throws { rig = try Self.rig(nil) }

    private static func rig(_ vault: Vault?) throws -> Rig<Clubs> {
        let roster = Roster([.lockController: ["main"], .desk: ["office", "second"]])
        let rig = try Rig(Clubs(), as: .lockController, roster: roster, vault: vault)
        try rig.settle()
        return rig
    }

    private func console(_ rig: Rig<Clubs>) -> Console {
        var console = recorder.console()
        console.now = { rig.now }
        return console
    }

    private func book(_ rig: Rig<Clubs>) throws -> GivenBook {
        GivenBook(DataFolder(root: scratch.path), of: try town(), at: nil, console: console(rig))
    }

    /// Each command is a program of its own.
    private func desk(_ instance: Instance, _ rig: Rig<Clubs>) throws -> Desk {
        let session = Session(
            NearWire(rig, as: Role.desk.user(instance)), town: try town(), role: .desk, instance: instance, place: "here",
            console: console(rig))
        try session.connect()
        return Desk(session: session, book: try book(rig), life: .milliseconds(500), interval: 20)
    }

    /// One command, and the half minute behind it.
    @discardableResult
    private func give(_ group: GroupID, as instance: Instance = "office", to rig: Rig<Clubs>) throws -> String {
        recorder.err = ""
        _ = try desk(instance, rig).ask(ChangeGroup(group: group), on: .changeGroup, for: GroupSummary.self)
        try rig.pass(.seconds(30), step: .seconds(5))
        return recorder.err
    }

    private func clubs(_ rig: Rig<Clubs>) throws -> [String] {
        try rig.disk.read { try $0.all("SELECT name FROM club ORDER BY position") { $0.text(0) } }
    }

    /// The program dies, and an older copy is put in the place of its database.
    private func putBack(_ copy: [UInt8], of moment: Instant, declared: Bool, _ rig: Rig<Clubs>) throws {
        try rig.replaceDisk(with: copy)
        if declared { try Restored(at: rig.now, copied: moment).note(in: rig.disk) }
        try rig.start(Clubs())
        try rig.pass(.seconds(2))
    }

    @Test(
        "The next command of a desk gives again what was lost, first, in its order and once, whether the copy was declared or not",
        arguments: [true, false], [true, false])
    func next(declared: Bool, underVault: Bool) throws {
        let rig = underVault ? try Self.rig(.forTests()) : rig
        try give("first", to: rig)
        try rig.pass(.seconds(120), step: .seconds(10))
        let (copy, moment) = (try rig.disk.serialized(), rig.now)
        try rig.pass(.seconds(120), step: .seconds(10))
        for group: GroupID in ["second", "third"] { #expect(try give(group, to: rig) == "") }
        try rig.pass(.seconds(2 * 86_400), step: .seconds(3600))
        try putBack(copy, of: moment, declared: declared, rig)
        let said = try give("fourth", to: rig)
        #expect(said.contains("2 obeyed now\n") && said.contains(declared ? "was put back at" : "works on an older copy"), "\(said)")
        #expect(said.split(separator: "\n").count == 1)
        #expect(try clubs(rig) == ["first", "second", "third", "fourth"])
        #expect(try give("fifth", to: rig) == "")
        #expect(try clubs(rig).count == 5)
        // Whatever is given by hand is known.
        let book = try book(rig)
        let all = try book.all(since: .distantPast)
        #expect(all.map(\.by) == Array(repeating: "desk-office", count: 5))
        let desk = try desk("office", rig)
        #expect(try book.give(all) { _ in desk }.words == "5 known")
        #expect(try clubs(rig).count == 5)
    }

    @Test("A copy of the moment before the last command lacks that one")
    func lastOne() throws {
        try give("first", to: rig)
        let (copy, moment) = (try rig.disk.serialized(), rig.now)
        try give("second", to: rig)
        try putBack(copy, of: moment, declared: false, rig)
        #expect(try give("third", to: rig).contains("1 obeyed now"))
        #expect(try clubs(rig) == ["first", "second", "third"])
    }

    @Test("Each desk gives its own, the second one too though the first one's have filled the audit again")
    func twoDesks() throws {
        let (copy, moment) = (try rig.disk.serialized(), rig.now)
        try give("a", to: rig)
        try give("b", as: "second", to: rig)
        try putBack(copy, of: moment, declared: false, rig)
        #expect(try give("c", to: rig).contains("1 obeyed now"))
        for group: GroupID in ["d", "e"] { try give(group, to: rig) }
        #expect(try give("f", as: "second", to: rig).contains("1 obeyed now"))
        #expect(try clubs(rig) == ["a", "c", "d", "e", "b", "f"])
    }

    @Test("A refusal is told and stops neither the others nor the command in hand; without an answer all is tried again at the next one")
    func refused() throws {
        let late = EventID(at: rig.now, random: (1, 1))
        let topic = Channel<ChangeGroup>.changeGroup.topic(in: "nagai", "desk-office")
        try give("first", to: rig)
        try rig.pass(.seconds(120), step: .seconds(10))
        let (copy, moment) = (try rig.disk.serialized(), rig.now)
        // Obeyed then, and not any more.
        let envelope = Envelope(id: late, source: "/nagai/desk/office", time: rig.now, data: ChangeGroup(group: "late"))
        try book(rig).keep(
            GivenCommand(id: late, to: Address("lock-controller", .main), by: "desk-office", on: topic, bytes: envelope.json()),
            obeyed: rig.now + .seconds(1))
        try rig.pass(.seconds(10))
        try give("second", to: rig)
        try putBack(copy, of: moment, declared: true, rig)
        rig.transport.isReachable = false
        #expect(throws: Failure.self) { try give("third", to: rig) }
        #expect(try clubs(rig) == ["first"])
        rig.transport.isReachable = true
        try rig.pass(.seconds(60), step: .seconds(5))
        let said = try give("fourth", to: rig)
        #expect(said.contains("1 obeyed now, 1 refused (group-change: Its time is over.)"), "\(said)")
        #expect(try clubs(rig) == ["first", "second", "fourth"])
    }

    @Test("What changes nothing, means its moment alone or is said to a machine at a door is not kept, nor what was refused")
    func notKept() throws {
        let book = try book(rig)
        #expect(book.service(of: .addBooking) == Address("lock-controller", .main))
        #expect(book.service(of: .putPerson) == Address("resident-directory", .main))
        #expect(book.service(of: .listBookings) == nil && book.service(of: .findPersons) == nil)
        #expect(book.service(of: .proposeDisaster) == nil && book.service(of: .decideMessage) == nil && book.service(of: .endRun) == nil)
        #expect(book.service(of: .setPurpose) == nil && book.service(of: .charge) == nil)
        #expect(book.service(of: .upkeep(of: Address("points", .main))) == nil)
        #expect(throws: Failure.self) { try give("late", to: rig) }
        #expect(try book.all(since: .distantPast).isEmpty)
        let island = GivenBook(DataFolder(root: scratch.path), of: try town(), at: "school", console: console(rig))
        #expect(island.service(of: .runShelter) == Address("shelter-registry", "school"))
    }

    @Test("A station whose disk takes nothing commands all the same, and says what that means")
    func noRoom() throws {
        let book = GivenBook(DataFolder(root: "/proc/nowhere"), of: try town(), at: nil, console: console(rig))
        var desk = try desk("office", rig)
        desk.book = book
        _ = try desk.ask(ChangeGroup(group: "first"), on: .changeGroup, for: GroupSummary.self)
        #expect(recorder.err.contains("not kept here") && recorder.err.contains("kazasu again"))
        #expect(try clubs(rig) == ["first"])
    }

    @Test("The book is for its owner alone, and names nobody")
    func sealed() throws {
        try give("hanako-yamada", to: rig)
        for file in ["given.sqlite", "given.lock", "keys/given.key"] {
            var status = stat()
            #expect(stat("\(scratch.path)/\(file)", &status) == 0 && status.st_mode & 0o777 == 0o600, "\(file)")
        }
        for file in ["given.sqlite", "given.sqlite-wal"] where exists("\(scratch.path)/\(file)") {
            #expect(try readWhole("\(scratch.path)/\(file)").firstRange(of: Array("hanako".utf8)) == nil)
        }
    }

    @Test("By hand: it lists what was commanded from here, and gives it again with a yes")
    func byHand() throws {
        write(townText(), to: scratch.path + "/town.yaml")
        mkdir(scratch.path + "/data", 0o700)
        mkdir(scratch.path + "/data/certificates", 0o700)
        for ending in ["pem", "key"] { write("", to: "\(scratch.path)/data/certificates/desk-office.\(ending)") }
        var console = console(rig)
        let rig = rig
        console.connect = { NearWire(rig, as: $0.user) }
        func run(_ words: String...) -> ExitCode {
            (recorder.out, recorder.err) = ("", "")
            return Kazasu(commands: Kazasu.commands, console: console).run(words + ["--town", scratch.path + "/town.yaml"])
        }
        #expect(run("again") == .done && recorder.out.hasPrefix("nothing was commanded from here since "))
        let disk = try rig.disk.serialized()
        #expect(run("group", "add", "board", "--card", "k1.\(String(repeating: "a", count: 26))") == .done, "\(recorder.err)")
        try rig.replaceDisk(with: disk)
        try rig.start(Clubs())
        try rig.pass(.seconds(5))
        #expect(run("again", "--yes") == .done, "\(recorder.err)")
        #expect(recorder.out.contains("desk-office") && recorder.out.contains("given again: 1 obeyed now\n"), "\(recorder.out)")
        #expect(try clubs(rig) == ["board"])
        #expect(run("again", "--since", "2026-12-31 00:00") == .done && recorder.out.hasPrefix("nothing"))
    }
}
