import Bus
import Contracts
import Glibc
import Harness
import Seal
import ServiceKit
import Store

/// A service whose every event, answer, letter and act says a name.
struct Registry: Service {
    static let program: Program = "lock-controller"
    static let migrations: [Migration] = []
    static let name = "hanako-yamada"

    struct Stranger: Error, CustomStringConvertible { let description = "nobody here is called \(Registry.name)" }

    var knowsStrangers = false

    var reads: [Reading] {
        [
            on(.taps) { tap, turn in
                try turn.emit(
                    DoorDecided(door: "gym", tap: tap.id, agent: "gate-1", reader: tap.data.reader, verdict: .refuse(.noRight)),
                    on: .doorDecisions, cause: tap.id)
                turn.act("card", cause: tap.id, topic: Topic("nagai/lock-controller/grant/gym/card")!, expires: turn.now + .seconds(3600)) {
                    Array("to \(Self.name)".utf8)
                }
                if tap.data.token == .card(2), !knowsStrangers { throw Stranger() }
            },
            answer(.changeGroup) { (command, turn) throws -> Reply<GroupSummary> in
                try turn.emit(GroupChanged(change: command.data, by: turn.actor), on: .groups, cause: command.id)
                return .accept(GroupSummary(group: command.data.group, doors: [], tokens: 0))
            },
        ]
    }
}

/// A database in a folder of its own, gone with the test.
final class Disk {
    let folder: String
    var path: String { folder + "/registry.sqlite" }

    init() {
        var template = Array("/tmp/kazasu-kit-XXXXXX".utf8CString)
        folder = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? "" }
    }

    func open() throws -> Database { try Database(path: path) }

    /// How often a text stands in the database and its log.
    func count(_ text: String) -> Int {
        let text = Array(text.utf8)
        return ["", "-wal"].reduce(0) { sum, end in
            let bytes = Self.bytes(path + end)
            guard bytes.count >= text.count else { return sum }
            let starts = bytes.indices.dropLast(text.count - 1)
            return sum + starts.count { bytes[$0] == text[0] && bytes[$0..<$0 + text.count].elementsEqual(text) }
        }
    }

    private static func bytes(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return bytes
    }

    deinit {
        for end in ["", "-wal", "-shm"] { unlink(path + end) }
        rmdir(folder)
    }
}

/// A registry, those who speak to it, and the file its journal lies in.
struct RegistryTown {
    let disk = Disk()
    let rig: Rig<Registry>
    private var agent = FakeAgent()
    private var desk = FakeAgent(seed: 8)
    private(set) var commands: [[UInt8]] = []

    static let commandTopic = "nagai/lock-controller/command/desk-office/group-change"
    static let replyTopic = "nagai/lock-controller/reply/desk-office/group-change"
    static let batchTopic = "nagai/lock-controller/batch/main/operator--audit"
    static let upkeep = "nagai/upkeep/command/operator-audit/lock-controller--main"

    init(under vault: Vault?) throws {
        rig = try Rig(Registry(), as: .lockController, roster: Kit.roster, disk: disk.open(), vault: vault)
        try rig.settle()
    }

    var replies: [[UInt8]] { rig.published.filter { $0.topic == Self.replyTopic }.map(\.payload) }

    /// A command, a tap that is taken and one that is not, and three messages nobody can read.
    mutating func morning() throws {
        let command = try desk.command(ChangeGroup(group: GroupID(Registry.name)!), at: rig.now).json()
        commands.append(command)
        rig.say(Self.commandTopic, command)
        for card in [1, 2] { rig.say(agent.topic, try agent.tap(.card(card), at: rig.now, reader: ReaderID(Registry.name)!).json()) }
        rig.say(Self.commandTopic, Array("{\"data\":\"\(Registry.name)\"".utf8))
        let tap = try agent.tap(.card(3), at: rig.now).json()
        for (old, new) in [("jp.kazasu.tap.v1", Registry.name), ("/nagai/reader-agent/gate-1", "/\(Registry.name)")] {
            rig.say(agent.topic, Array(String(decoding: tap, as: UTF8.self).replacing(old, with: new).utf8))
        }
        try rig.settle()
    }

    mutating func order(_ wish: Upkeep) throws -> UpkeepAnswer? {
        rig.say(Self.upkeep, try desk.command(wish, at: rig.now).json())
        try rig.settle()
        let replies = rig.published.filter { $0.topic == "nagai/upkeep/reply/operator-audit/lock-controller--main" }
        return try replies.last.map { try Envelope<Reply<UpkeepAnswer>>(json: $0.payload).data.answer } ?? nil
    }

    /// The events of a stream as they are replayed to somebody who was not there.
    func replay(_ topic: String) throws -> [[UInt8]] {
        let segments = try rig.heads().segments[topic] ?? []
        var events: [[UInt8]] = []
        for segment in segments {
            let ask = Ask(topic: topic, epoch: segment.epoch, from: segment.first, to: segment.last)
            rig.say("nagai/operator/ask/audit/lock-controller--main", try ask.json())
            try rig.settle()
            let answer = rig.published.last { $0.topic == Self.batchTopic }
            if let answer { events += try Batch.read(answer.payload).events }
        }
        return events
    }

    func rows(_ sql: StaticString) throws -> Int64 { try rig.disk.read { try $0.first(sql) { $0.int(0) } } ?? 0 }
}
