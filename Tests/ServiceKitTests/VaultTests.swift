import Bus
import Contracts
import Harness
import Journal
import Seal
import ServiceKit
import Store
import Testing

@Suite("A journal under a vault")
struct VaultTests {
    /// Everything that is said, in a whole day of a registry: restarts, repeated questions, replays, letters tried again, things done once more.
    private func day(under vault: Vault?) throws -> (town: RegistryTown, said: [Outgoing]) {
        var town = try RegistryTown(under: vault)
        let rig = town.rig
        try town.morning()
        try town.morning()
        try rig.pass(.seconds(90))
        var said = rig.published
        rig.forgetWhatWasSaid()
        try rig.disk.write { try $0.run("UPDATE act SET state = 0 WHERE position = 1") }
        try rig.start(Registry(knowsStrangers: true))
        try rig.settle()
        #expect(rig.published.contains { $0.payload == Array("to \(Registry.name)".utf8) }, "an act that had not left")
        for command in town.commands { rig.say(RegistryTown.commandTopic, command) }
        try rig.settle()
        let replayed = try town.replay(decisionTopic) + town.replay("nagai/lock-controller/event/main/group")
        #expect(replayed.count == 4)
        let letters = try #require(try town.order(Upkeep(.list, .letters)).flatMap(\.troubles))
        #expect(letters.count == 7)
        said += rig.published.filter { !$0.topic.contains("/reply/operator-audit/") }
        said += letters.map {
            Outgoing(topic: $0.topic, payload: Array("\($0.first ?? 0) \($0.bytes ?? 0)".utf8), qos: 1, retain: false)
        }
        #expect(try town.order(Upkeep(.retry, .letters)) == UpkeepAnswer(settled: 2, kept: 5))
        #expect(try rig.said(.doorDecisions).count == 2)
        try rig.start(Registry(), version: "2")
        try rig.pass(.seconds(90))
        #expect(try town.rows("SELECT count(*) FROM dead_letter") == 5)
        return (town, said)
    }

    @Test("Under a vault the same is said as without one, byte for byte")
    func same() throws {
        func text(_ said: [Outgoing]) -> [String] {
            // But for how it is with the vault, and that under one whoever looks is written down.
            said.map { "\($0.topic) \(String(decoding: $0.payload, as: UTF8.self))" }
                .map {
                    $0.replacing("\"under-older-keys\":0,", with: "").replacing(",\"vault-key\":1", with: "").replacing(
                        /"audit":{[^}]*},/, with: "")
                }
        }
        #expect(text(try day(under: .forTests()).said) == text(try day(under: nil).said))
    }

    @Test("Who hosts personal data under a vault erases what is deleted; who does not is as fast as SQLite is by itself")
    func impliesErasing() throws {
        for vault in [Vault.forTests(), nil] {
            let disk = try Database.inMemory()
            _ = try Rig(Registry(), as: .lockController, roster: Kit.roster, disk: disk, vault: vault)
            #expect(disk.erases == (vault != nil))
        }
    }

    @Test(
        "An answer is kept a day and no longer; asked again after that, nothing is done a second time, whatever the command says of its end"
    )
    func answers() throws {
        let rig = try Rig(Registry(), as: .lockController, roster: Kit.roster, vault: .forTests())
        try rig.settle()
        var desk = FakeAgent(seed: 8)
        func ask(_ command: [UInt8]) throws -> Reply<GroupSummary>? {
            rig.say(RegistryTown.commandTopic, command)
            try rig.settle()
            return try rig.published.last { $0.topic == RegistryTown.replyTopic }.map {
                try Envelope<Reply<GroupSummary>>(json: $0.payload).data
            }
        }
        func kept() throws -> Int64 { try rig.disk.read { try $0.first("SELECT count(*) FROM reply") { $0.int(0) } ?? 0 } }
        let command = try desk.command(ChangeGroup(group: "club"), at: rig.now, expires: rig.now + .seconds(9 * 86_400)).json()
        #expect(try ask(command)?.accepted == true)
        try rig.pass(.seconds(23 * 3600), step: .seconds(60))
        #expect(try kept() == 1 && ask(command)?.accepted == true)
        try rig.pass(.seconds(2 * 3600), step: .seconds(60))
        #expect(try kept() == 0)
        #expect(try ask(command)?.refusal == "expired")
        #expect(try rig.said(.groups).count == 1)
    }

    @Test("A command that bears the id of a day to come is refused: nobody would know when its answer may be forgotten")
    func idOfTomorrow() throws {
        let rig = try Rig(Registry(), as: .lockController, roster: Kit.roster, vault: .forTests())
        try rig.settle()
        var desk = FakeAgent(seed: 8)
        let later = rig.now + .seconds(2 * 86_400)
        rig.say(RegistryTown.commandTopic, try desk.command(ChangeGroup(group: "club"), at: later).json())
        try rig.settle()
        let reply = try #require(rig.published.last { $0.topic == RegistryTown.replyTopic })
        #expect(try Envelope<Reply<GroupSummary>>(json: reply.payload).data.refusal == "expired")
        #expect(try rig.said(.groups).isEmpty)
    }

    @Test("What was said stands in no byte of the database or its log")
    func unreadable() throws {
        let covered = try day(under: .forTests()).town
        #expect(covered.disk.count(Registry.name) == 0)
        #expect(!covered.rig.log.contains { $0.contains(Registry.name) })
        #expect(try covered.rows("SELECT count(*) FROM outbox") > 0)
        // And that it would be seen.
        #expect(try day(under: nil).town.disk.count(Registry.name) > 10)
    }

    @Test("What a service deletes is gone from the file and its log a minute later")
    func erased() throws {
        let town = try RegistryTown(under: .forTests())
        try town.rig.disk.write { try $0.script("CREATE TABLE person (name TEXT); INSERT INTO person VALUES ('hanako-yamada')") }
        try town.rig.pass(.seconds(61))
        try town.rig.disk.write { try $0.run("DELETE FROM person") }
        #expect(town.disk.count(Registry.name) > 0)
        try town.rig.pass(.seconds(61))
        #expect(town.disk.count(Registry.name) == 0)
    }

    @Test("Nor can a guess be tried: the same content has another digest under another vault, and none is the content's own")
    func digests() throws {
        let digests = try [nil, Vault.forTests(seed: 1), .forTests(seed: 2)].map { vault in
            var town = try RegistryTown(under: vault)
            try town.morning()
            return try ["reply", "seen", "dead_letter"].map { table in
                try town.rig.disk.read { db in
                    switch table {
                    case "reply": try db.all("SELECT digest FROM reply") { $0.int(0) }
                    case "seen": try db.all("SELECT digest FROM seen") { $0.int(0) }
                    default: try db.all("SELECT digest FROM dead_letter") { $0.int(0) }
                    }
                }
            }
        }
        for table in 0..<3 {
            let all = digests.flatMap { $0[table] }
            #expect(all.count > 2 && Set(all).count == all.count)
        }
    }

    @Test("Said otherwise under the same id is noticed, and a command with other content is refused, as without a vault")
    func otherwise() throws {
        var town = try RegistryTown(under: .forTests())
        try town.morning()
        let other = String(decoding: town.commands[0], as: UTF8.self).replacing(Registry.name, with: "taro-yamada")
        town.rig.say(RegistryTown.commandTopic, Array(other.utf8))
        try town.rig.settle()
        let answers = try town.replies.map { try Envelope<Reply<GroupSummary>>(json: $0).data }
        #expect(answers.map(\.refusal) == [nil, "same-id"])
    }

    @Test("A row that was exchanged for another is not sent, and health says so")
    func exchanged() throws {
        var town = try RegistryTown(under: .forTests())
        try town.morning()
        try town.rig.disk.write {
            try $0.run("UPDATE outbox SET event = (SELECT event FROM outbox WHERE position = 2) WHERE position = 1")
            try $0.run("DELETE FROM sent")
        }
        town.rig.forgetWhatWasSaid()
        try town.rig.start(Registry())
        try town.rig.pass(.seconds(12))
        #expect(try town.rig.said(.groups).isEmpty && town.rig.said(.doorDecisions).isEmpty)
        #expect(try town.rig.life().problems?.map(\.code).contains("journal") == true)
    }

    @Test("A start without the vault, with another one, or with one for what lies in clear is refused with a sentence")
    func wrongVault() throws {
        let covered = try RegistryTown(under: .forTests(seed: 1))
        covered.rig.vault = .forTests(seed: 2)
        let other = #expect(throws: StoreError.self) { try covered.rig.start(Registry()) }
        #expect(other?.description.contains(covered.disk.path) == true && other?.description.contains("another vault") == true)
        covered.rig.vault = nil
        let missing = #expect(throws: WrongCover.self) { try covered.rig.start(Registry()) }
        #expect(missing?.description.contains(covered.disk.path) == true)
        covered.rig.vault = .forTests(seed: 1)
        #expect(throws: Never.self) { try covered.rig.start(Registry()) }

        let open = try RegistryTown(under: nil)
        open.rig.vault = .forTests()
        let new = #expect(throws: WrongCover.self) { try open.rig.start(Registry()) }
        #expect(new?.description.contains(open.disk.path) == true)
        open.rig.vault = nil
        #expect(throws: Never.self) { try open.rig.start(Registry()) }
    }

    @Test("Rows under an old key are sealed anew, a part at a time; then it can go, and everything still opens")
    func rotation() throws {
        var town = try RegistryTown(under: .forTests(keys: 1...1))
        for _ in 0..<4 { try town.morning() }
        let rig = town.rig
        let both = Vault.forTests(keys: 1...2)
        rig.vault = both
        try rig.start(Registry())
        let before = try rig.disk.read { try SealedRows.left(under: both, in: $0) }
        let rows = try town.rows(
            "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM reply) + (SELECT count(*) FROM dead_letter) + (SELECT count(*) FROM act)"
        )
        #expect(before.map(\.key) == [1] && before.first?.rows == rows && rows > 20)
        let after = try rig.disk.write { try SealedRows.rotate(to: both, limit: 7, in: $0) }
        #expect(after.first?.rows == rows - 7)
        rig.vault = .forTests(keys: 2...2)
        #expect(throws: StoreError.self, "too early") { try rig.start(Registry()) }
        rig.vault = both
        try rig.start(Registry())
        try rig.pass(.seconds(3))
        #expect(try rig.disk.read { try SealedRows.left(under: both, in: $0) }.isEmpty)
        try rig.pass(.seconds(11))
        #expect(try rig.life().counters?[VaultCounter.left] == 0 && rig.life().counters?[VaultCounter.key] == 2)
        #expect(try town.rows("SELECT count(*) FROM sqlite_schema WHERE name LIKE '%vault_key' AND type = 'index'") == 0)
        let replies = town.replies
        rig.vault = .forTests(keys: 2...2)
        try rig.start(Registry(knowsStrangers: true))
        try rig.settle()
        #expect(try town.replay(decisionTopic).count == 4)
        for command in town.commands { rig.say(RegistryTown.commandTopic, command) }
        try rig.settle()
        #expect(town.replies == replies + replies)
        #expect(try town.order(Upkeep(.retry, .letters)) == UpkeepAnswer(settled: 4, kept: 9))
        try rig.disk.write { try $0.run("UPDATE act SET state = 0") }
        #expect(
            try rig.disk.read { try Act.due(after: 0, limit: 9, in: $0) }.map(\.bytes).allSatisfy {
                $0 == Array("to \(Registry.name)".utf8)
            })
    }

    @Test("A thousand rows are sealed anew while the process works, and what is written meanwhile lies under the new key")
    func rotationAtWork() throws {
        var town = try RegistryTown(under: .forTests(keys: 1...1))
        let rig = town.rig
        for number in 0..<60 {
            try town.morning()
            rig.now = rig.now + .seconds(Int64(number))
        }
        let both = Vault.forTests(keys: 1...2)
        rig.vault = both
        try rig.start(Registry())
        try town.morning()
        try rig.pass(.seconds(5))
        try town.morning()
        #expect(try rig.disk.read { try SealedRows.left(under: both, in: $0) }.isEmpty)
        rig.vault = .forTests(keys: 2...2)
        try rig.start(Registry())
        #expect(try rig.disk.read { try Outbox.rows(after: 0, limit: 999, in: $0) }.count == 124)
    }
}
