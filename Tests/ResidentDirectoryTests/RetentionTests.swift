import Contracts
import Harness
import Journal
import ResidentDirectory
import Seal
import ServiceKit
import Store
import Testing

@Suite("What is kept no longer than its time, and what lies under a newer key")
struct RetentionTests {
    private let list = ListRule("residents", .residents, columns: [.number: "番号", .name: "氏名"])

    private func counter(_ change: (inout PeoplePolicy) -> Void = { _ in }) throws -> Counter {
        var policy = PeoplePolicy()
        policy.lists = [list]
        change(&policy)
        return try Counter(policy: policy)
    }

    private func count(_ sql: StaticString, in counter: Counter) throws -> Int64 {
        try counter.rig.disk.read { try $0.first(sql) { $0.int(0) } ?? 0 }
    }

    /// A list of two rows, of which one is handed over.
    @discardableResult
    private func half(in counter: Counter, _ sha256: String = "00") throws -> EventID {
        let list = try #require(
            try counter.ask(OpenList("residents", header: ["番号", "氏名"], rows: 2, sha256: sha256), on: .openList).answer
        ).id
        #expect(try counter.ask(AddRows(list, [AddRows.Row(line: 2, ["0012345", "長井 花子"])]), on: .addRows).accepted)
        return list
    }

    @Test("Who is forgotten because their time is over is counted, the log names nobody, and the history says why")
    func told() throws {
        let counter = try counter { $0.keepsProvisional = .seconds(86_400) }
        let put = PutPerson(nil, PersonFacts(), tap: try counter.hold(.card(2)))
        let blank = try #require(try counter.ask(put, on: .putPerson).answer).person.person
        try counter.ask(MarkCard(.lost, card: .card(2), why: "lost"), on: .markCard)
        try counter.rig.pass(.seconds(86_400 - 3600), step: .seconds(600))
        #expect(try counter.rig.life().counters?["erased"] == 0)
        counter.rig.forgetWhatWasSaid()
        try counter.rig.pass(.seconds(2 * 3600), step: .seconds(600))
        #expect(try counter.rig.life().counters?["erased"] == 1)
        #expect(counter.rig.log == ["erased, because the time for keeping it is over: persons 1"])
        let ruling = try #require(try counter.file(blank).history.first { $0.what == .erased })
        #expect(ruling.by == "resident-directory-main" && ruling.why == "the time for keeping it is over")
    }

    @Test("A list that nobody finished, or that was thrown away, is gone after thirty days, with its rows; one that is under way is not")
    func lists() throws {
        let counter = try counter()
        let (old, discarded) = (try half(in: counter), try half(in: counter, "01"))
        #expect(try counter.ask(DecideList(discarded, .discard), on: .decideList).accepted)
        try counter.rig.pass(.seconds(29 * 86_400), step: .seconds(3600))
        let young = try half(in: counter, "02")
        #expect(try count("SELECT count(*) FROM list", in: counter) == 3 && count("SELECT count(*) FROM list_row", in: counter) == 2)
        try counter.rig.pass(.seconds(2 * 86_400), step: .seconds(3600))
        #expect(try count("SELECT count(*) FROM list", in: counter) == 1 && count("SELECT count(*) FROM list_row", in: counter) == 1)
        #expect(try count("SELECT count(DISTINCT list) FROM list_count", in: counter) == 1)
        #expect(try counter.ask(ReviewList(old), on: .reviewList).refusal == "unknown-list")
        #expect(try counter.ask(ReviewList(young), on: .reviewList).answer?.stage == .incomplete)
        #expect(counter.rig.log.contains("erased, because the time for keeping it is over: unfinished lists 1"))
    }

    @Test("A long list goes a part at a time, and nobody goes on with it meanwhile")
    func longList() throws {
        let counter = try counter()
        let id = try half(in: counter)
        try counter.rig.disk.write { db in
            for line in 3..<6003 {
                try db.run("INSERT INTO list_row (list, line, cells, what, anybody) VALUES (?, ?, x'00', 'new', 0)", id.bytes, line)
            }
        }
        counter.rig.now = counter.rig.now + .seconds(31 * 86_400)
        try counter.rig.settle()
        let left = try count("SELECT count(*) FROM list_row", in: counter)
        #expect(left > 0 && left < 6001)
        #expect(try counter.ask(OpenList("residents", header: ["番号", "氏名"], rows: 2, sha256: "00"), on: .openList).answer?.id != id)
        try counter.rig.pass(.seconds(130), step: .seconds(60))
        #expect(try count("SELECT count(*) FROM list_row", in: counter) == 0)
    }

    @Test("A card held for enrolment is forgotten a minute later")
    func freshTaps() throws {
        let counter = try counter()
        _ = try counter.hold(.card(1))
        #expect(try count("SELECT count(*) FROM fresh_tap", in: counter) == 1)
        try counter.rig.pass(.seconds(125), step: .seconds(5))
        #expect(try count("SELECT count(*) FROM fresh_tap", in: counter) == 0)
    }

    @Test("Under a newer key everything is sealed anew, the directory's own rows too; the old key can go, and people are found as before")
    func rotation() throws {
        let counter = try counter()
        let person = try counter.enrol(with: .card(1))
        let put = PutPerson(nil, PersonFacts(), tap: try counter.hold(.card(2)))
        let blank = try #require(try counter.ask(put, on: .putPerson).answer).person.person
        #expect(try counter.ask(MergePersons(blank, into: person, why: "その人のカード"), on: .mergePersons).accepted)
        let merge = try #require(try counter.file(person).history.first { $0.what == .merged }).id
        let list = try half(in: counter)
        #expect(try counter.ask(TellAgain(why: "例の復元"), on: .tellAgain).accepted)
        try counter.rig.disk.write { db in
            try db.run(
                "INSERT INTO person_number (list, number, person, written) VALUES ('residents', x'0102', ?, ?)", person.text,
                Vault.forTests(keys: 1...1).seal(Array("0012345".utf8), context: "number/residents"))
        }
        func restart(under keys: ClosedRange<Int>) throws {
            counter.rig.vault = .forTests(keys: keys)
            var policy = PeoplePolicy()
            policy.lists = [self.list]
            try counter.rig.start(ResidentDirectory(vault: .forTests(keys: keys), policy: policy))
        }
        try restart(under: 1...2)
        let both = Vault.forTests(keys: 1...2)
        let left = try counter.rig.disk.read { try SealedRows.left(under: both, besides: ResidentDirectory.sealed, in: $0) }
        let journal = try counter.rig.disk.read { try SealedRows.left(under: both, in: $0) }
        #expect(left.first?.key == 1 && left.first!.rows >= journal.first!.rows + 2 + 1 + 3 + 1 + 1 + 1 + 1)
        try counter.rig.settle()
        #expect(try counter.rig.life().counters?[VaultCounter.key] == 2)
        try counter.rig.pass(.seconds(14))
        #expect(try counter.rig.life().counters?[VaultCounter.left] == 0)
        #expect(try count("SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name LIKE '%vault_key'", in: counter) == 0)

        try restart(under: 2...2)
        try counter.rig.settle()
        let file = try counter.file(person)
        #expect(file.facts.name == "長井 花子" && file.numbers == ["residents": "0012345"])
        #expect(file.history.contains { $0.why == "その人のカード" })
        var search = FindPersons()
        (search.reading, search.born) = ("ナガイ ハナコ", CalendarDate("1954-03-01"))
        #expect(try counter.ask(search, on: .findPersons).answer?.persons.map(\.person) == [person])
        #expect(try counter.ask(ReviewList(list), on: .reviewList).answer?.lines.map(\.sentence).first?.contains("長井 花子") == true)
        #expect(try counter.ask(UndoRuling(merge, why: "別の人"), on: .undoRuling).accepted)
    }

    @Test("Some hundred rows a second are sealed anew, and the counters tell how many are left")
    func slowly() throws {
        let counter = try counter()
        let old = Vault.forTests(keys: 1...1)
        try counter.rig.disk.write { db in
            for number in 0..<1800 {
                let id = EventID(high: 7, low: UInt64(number))
                try db.run(
                    "INSERT INTO ruling (id, at, who, what, person, why) VALUES (?, ?, 'registrar-civil', 'looked', 'p-x', ?)", id.bytes,
                    counter.rig.now.milliseconds, old.seal(Array("asked".utf8), context: "why/\(id)"))
            }
        }
        counter.rig.vault = .forTests(keys: 1...2)
        try counter.rig.start(ResidentDirectory(vault: .forTests(keys: 1...2), policy: PeoplePolicy()))
        try counter.rig.settle()
        let first = try #require(try counter.rig.life().counters?[VaultCounter.left])
        #expect(first > 1000)
        try counter.rig.pass(.seconds(1))
        let second = try #require(try counter.rig.life().counters?[VaultCounter.left])
        #expect(second < first && second > 0)
        try counter.rig.pass(.seconds(15))
        #expect(try counter.rig.life().counters?[VaultCounter.left] == 0)
    }
}
