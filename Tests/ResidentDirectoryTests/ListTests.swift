import Contracts
import Harness
import ResidentDirectory
import ServiceKit
import Store
import Testing

@Suite("A town's list: handed over, read through, approved by a second person, applied")
struct ListTests {
    let counter: Counter
    static let header = ["宛名番号", "氏名", "フリガナ", "生年月日", "性別", "住所", "備考"]

    init() throws { counter = try Counter(policy: Self.policy) }

    static var policy: PeoplePolicy {
        var policy = PeoplePolicy()
        policy.lists = [
            ListRule(
                "residents", .residents,
                columns: [.number: "宛名番号", .name: "氏名", .reading: "フリガナ", .born: "生年月日", .sex: "性別", .address: "住所"]),
            ListRule("support", .residents, columns: [.number: "宛名番号", .phone: "電話", .protected: "支援措置"], numbersOf: "residents"),
            ListRule("library", .members("readers"), columns: [.number: "利用者番号", .reading: "フリガナ", .born: "生年月日"]),
            ListRule("first-school", .members("first-school"), columns: [.reading: "フリガナ", .born: "生年月日"]),
            ListRule("health-check", .eligible("health-check"), columns: [.number: "宛名番号"], numbersOf: "residents"),
            ListRule("welfare", .eligible("welfare"), columns: [.number: "宛名番号", .value: "対象"], numbersOf: "residents"),
            ListRule(
                "disability", .attribute("disability"), columns: [.number: "宛名番号", .value: "等級", .from: "認定日"], numbersOf: "residents"),
        ]
        var taxi = PeoplePolicy.Programme("taxi")
        taxi.attribute = "disability"
        policy.programmes = [taxi]
        return policy
    }

    static let rows = [
        ["1", "長井 花子", "ナガイ ハナコ", "昭和29年3月1日", "女", "栄町一丁目", ""], ["2", "長井 太郎", "ﾅｶﾞｲ ﾀﾛｳ", "S27/12/24", "男", "栄町一丁目", "世帯主"],
        ["3", "辻󠄀 一", "ツジ ハジメ", "1980-07-07", "男", "館町", ""],
    ]

    @Test("Nothing happens before a second person has approved it; then all of it, and again nothing")
    func wholeWay() throws {
        let review = try counter.hand("residents", Self.header, Self.rows)
        #expect(review.stage == .ready && review.counts == ["new": 3])
        #expect(try counter.found("1") == nil)
        #expect(try counter.ask(DecideList(review.id, .apply), on: .decideList).refusal == "not-approved")
        #expect(try counter.ask(DecideList(review.id, .approve), on: .decideList).refusal == "second-person")
        let applied = try counter.apply(review.id)
        #expect(applied.stage == .applied && applied.counts["done"] == 3)
        let person = try #require(try counter.found("3"))
        #expect(person.name == "辻󠄀 一" && person.born == "1980-07-07" && person.standing == .registered)
        #expect(try counter.view(.shelterView, person.person)?.sex == .male)

        counter.rig.forgetWhatWasSaid()
        let again = try counter.hand("residents", Self.header, Self.rows, sha: "y")
        #expect(again.counts == ["same": 3])
        #expect(try counter.apply(again.id).counts["done"] == nil)
        #expect(try counter.rig.said(.persons).isEmpty && counter.rig.said(.shelterView).isEmpty)
    }

    @Test("Moved, changed, left and come back are told in words")
    func changes() throws {
        _ = try counter.apply(try counter.hand("residents", Self.header, Self.rows).id)
        var rows = Self.rows
        rows[0][5] = "中央"
        rows[1][1] = "長井 太朗"
        rows.remove(at: 2)
        let review = try counter.hand("residents", Self.header, rows, sha: "y")
        #expect(review.counts == ["moved": 1, "changed": 1, "left": 1])
        let lines = try #require(try counter.ask(ReviewList(review.id), on: .reviewList).answer).lines
        #expect(lines.map(\.what) == [.moved, .changed, .left])
        #expect(lines[0].sentence == "長井 花子 (1954-03-01): address 栄町一丁目 → 中央" && lines[0].line == 2)
        #expect(lines[1].sentence.hasSuffix("name 長井 太郎 → 長井 太朗") && lines[2].sentence == "辻󠄀 一 (1980-07-07)")
        _ = try counter.apply(review.id)
        let gone = try #require(try counter.found("3"))
        #expect(gone.standing == .left)
        #expect(try counter.view(.shelterView, gone.person) == ShelterView(gone.person))
        _ = try counter.apply(try counter.hand("residents", Self.header, Self.rows, sha: "z").id)
        #expect(try counter.found("3")?.standing == .registered)
        #expect(try counter.found("3")?.person == gone.person)
    }

    @Test("A list that is not whole cannot be approved; handed over again it goes on")
    func half() throws {
        let open = OpenList("residents", header: Self.header, rows: 3, sha256: "x")
        let first = try #require(try counter.ask(open, on: .openList).answer)
        try counter.ask(AddRows(first.id, [AddRows.Row(line: 2, Self.rows[0])]), on: .addRows)
        #expect(try counter.ask(DecideList(first.id, .approve), on: .decideList, as: "registrar-tax").refusal == "bad-stage")
        let again = try counter.hand("residents", Self.header, Self.rows)
        #expect(again.id == first.id && again.stage == .ready && again.counts == ["new": 3])
    }

    @Test("A file without a column the town named is refused with the columns it has; columns nobody named are told")
    func columns() throws {
        let short = try counter.ask(OpenList("residents", header: ["氏名"], rows: 1, sha256: "x"), on: .openList)
        #expect(short.refusal == "missing-columns" && short.text?.contains("宛名番号") == true)
        #expect(try counter.ask(OpenList("nobody", header: ["氏名"], rows: 1, sha256: "x"), on: .openList).refusal == "unknown-list")
        let open = try counter.ask(OpenList("residents", header: Self.header, rows: 3, sha256: "x"), on: .openList)
        #expect(open.answer?.unused == ["備考"])
    }

    @Test("A list by which many would leave needs a word more")
    func manyLeave() throws {
        let rows = (1...30).map { ["\($0)", "人 \($0)", "ヒト", "19\(60 + $0)-01-01", "", "", ""] }
        _ = try counter.apply(try counter.hand("residents", Self.header, rows).id)
        let review = try counter.hand("residents", Self.header, Array(rows.prefix(2)), sha: "y")
        #expect(try counter.ask(DecideList(review.id, .approve), on: .decideList, as: "registrar-tax").refusal == "many-leave")
        #expect(try counter.ask(DecideList(review.id, .approve, evenIfMany: true), on: .decideList, as: "registrar-tax").accepted)
    }

    @Test("Pupils, the entitled and attributes are known people; services hear what follows")
    func otherLists() throws {
        _ = try counter.apply(try counter.hand("residents", Self.header, Self.rows).id)
        let person = try #require(try counter.found("1")).person
        #expect(try counter.ask(LinkCard(try counter.hold(.card(1)), to: person, born: "1954-03-01"), on: .linkCard).accepted)
        let pupils = [["ながい はなこ", "1954/3/1"], ["ダレモ", "2000-01-01"]]
        let school = try counter.hand("first-school", ["フリガナ", "生年月日"], pupils)
        #expect(school.counts == ["new": 1, "unclear": 1])
        _ = try counter.apply(school.id)
        #expect(try counter.view(.lockView, person)?.groups == ["first-school"])
        _ = try counter.apply(try counter.hand("health-check", ["宛名番号"], [["1"], ["2"]]).id)
        _ = try counter.apply(try counter.hand("disability", ["宛名番号", "等級", "認定日"], [["1", "2", "R2.4.1"]]).id)
        let eligible = try #require(try counter.view(.pointsView, person)?.eligible)
        #expect(eligible.map(\.programme) == ["health-check", "taxi"] && eligible[1].from == "2020-04-01")
        // Taken from the list, no longer entitled; a later list says so.
        _ = try counter.apply(try counter.hand("health-check", ["宛名番号"], [["2"]], sha: "y").id)
        #expect(try counter.view(.pointsView, person)?.eligible?.map(\.programme) == ["taxi"])
    }

    @Test(
        "A library's list gives the people who are known their numbers, another one for a card that was lost, and none to whoever is out of it"
    )
    func numbers() throws {
        _ = try counter.apply(try counter.hand("residents", Self.header, Self.rows).id)
        let person = try #require(try counter.found("1")).person
        #expect(try counter.ask(LinkCard(try counter.hold(.card(1)), to: person, born: "1954-03-01"), on: .linkCard).accepted)
        func number() throws -> String? {
            try counter.ask(FindCardNumber(of: .card(1), in: "library"), on: .findCardNumber, as: "resident-page").answer?.number
        }
        /// - Returns: what the list would change.
        func hand(_ rows: [[String]], _ sha: String) throws -> [String: Int] {
            let review = try counter.hand("library", ["利用者番号", "フリガナ", "生年月日"], rows, sha: sha)
            _ = try counter.apply(review.id)
            return review.counts
        }
        let hanako = ["ながい はなこ", "1954/3/1"]
        #expect(try number() == nil)
        #expect(try hand([["L1"] + hanako], "a") == ["new": 1] && number() == "L1")
        #expect(try hand([["L1"] + hanako], "b") == ["same": 1] && number() == "L1")
        #expect(try counter.view(.lockView, person)?.groups == ["readers"])
        #expect(try hand([["L2"] + hanako], "c") == ["changed": 1] && number() == "L2")
        #expect(try counter.file(person).numbers["library"] == "L2")
        #expect(try hand([["L2"], ["L3"]].map { $0 + hanako }, "d") == ["same": 1, "unclear": 1] && number() == "L2", "somebody else")
        #expect(try counter.file(person).history.count { $0.what == .changed } == 1)
        #expect(try hand([["L4", "ダレモ", "2000-01-01"]], "e") == ["left": 1, "unclear": 1] && number() == nil)
    }

    @Test("Of an applied list no row stays, and it shows nobody as gone")
    func rowsGo() throws {
        let rows = (1...550).map { ["\($0)", "人", "ヒト", "1960-01-01", "", "", ""] }
        let opened = try #require(try counter.ask(OpenList("residents", header: Self.header, rows: 550, sha256: "x"), on: .openList).answer)
        for part in [0..<300, 300..<550] {
            try counter.ask(AddRows(opened.id, part.map { AddRows.Row(line: $0 + 2, rows[$0]) }), on: .addRows)
        }
        let list = try counter.apply(opened.id)
        #expect(list.stage == .applied && list.lines.isEmpty && list.counts == ["new": 550, "done": 550])
        #expect(try counter.rig.disk.read { try $0.first("SELECT count(*) FROM list_row") { $0.int(0) } } == 0)
    }

    @Test("Whoever asks something while a list is applied is answered first")
    func counterGoesFirst() throws {
        let rows = (1...250).map { ["\($0)", "人 \($0)", "ヒト", "1960-01-01", "", "", ""] }
        let opened = try counter.hand("residents", Self.header, rows)
        try counter.ask(DecideList(opened.id, .approve), on: .decideList, as: "registrar-tax")
        counter.say(DecideList(opened.id, .apply), on: .decideList)
        func done() throws -> Int { try counter.enrolledBySteps() }
        #expect(try done() == 0)
        #expect(try done() == 100)
        counter.say(ReviewList(opened.id), on: .reviewList)
        #expect(try done() == 100)
        #expect(try done() == 200)
    }

    @Test("More rows than the file was said to have are not taken")
    func surplus() throws {
        let opened = try #require(try counter.ask(OpenList("residents", header: Self.header, rows: 2, sha256: "x"), on: .openList).answer)
        let rows = Self.rows.enumerated().map { AddRows.Row(line: $0.offset + 2, $0.element) }
        let review = try #require(try counter.ask(AddRows(opened.id, rows), on: .addRows).answer)
        #expect(review.stage == .ready && review.counts == ["new": 2])
    }

    @Test("A list may say yes and no; a no takes away what was there")
    func yesAndNo() throws {
        _ = try counter.apply(try counter.hand("residents", Self.header, Self.rows).id)
        let person = try #require(try counter.found("1")).person
        #expect(try counter.ask(LinkCard(try counter.hold(.card(1)), to: person, born: "1954-03-01"), on: .linkCard).accepted)
        let first = try counter.hand("welfare", ["宛名番号", "対象"], [["1", "○"], ["2", "×"], ["3", "?"]])
        #expect(first.counts == ["new": 1, "same": 1, "unclear": 1])
        _ = try counter.apply(first.id)
        #expect(try counter.view(.pointsView, person)?.eligible?.map(\.programme) == ["welfare"])
        let second = try counter.hand("welfare", ["宛名番号", "対象"], [["1", "非該当"], ["2", "該当"], ["3", ""]], sha: "y")
        #expect(second.counts == ["new": 1, "same": 2, "left": 1])
        _ = try counter.apply(second.id)
        #expect(try counter.view(.pointsView, person)?.eligible == [])
    }

    @Test("Hundreds who would leave are told page by page")
    func leavingPages() throws {
        let rows = (1...250).map { ["\($0)", "人 \($0)", "ヒト", "1960-01-01", "", "", ""] }
        _ = try counter.apply(try counter.hand("residents", Self.header, rows).id)
        let review = try counter.hand("residents", Self.header, [rows[0]], sha: "y")
        var page = try #require(try counter.ask(ReviewList(review.id), on: .reviewList).answer)
        var told = page.lines.compactMap(\.person)
        while page.more {
            page = try #require(try counter.ask(ReviewList(review.id, afterLeft: told.last), on: .reviewList).answer)
            told += page.lines.compactMap(\.person)
        }
        #expect(told.count == 249 && Set(told).count == 249 && review.counts["left"] == 249)
    }

    @Test("Killed in the midst of applying, it goes on where it was")
    func crash() throws {
        let rows = (1...250).map { ["\($0)", "人 \($0)", "ヒト", "1960-01-01", "", "", ""] }
        let opened = try #require(try counter.ask(OpenList("residents", header: Self.header, rows: 250, sha256: "x"), on: .openList).answer)
        for part in stride(from: 0, to: 250, by: 50) {
            try counter.ask(
                AddRows(opened.id, rows[part..<part + 50].enumerated().map { AddRows.Row(line: part + $0.offset + 2, $0.element) }),
                on: .addRows)
        }
        try counter.ask(DecideList(opened.id, .approve), on: .decideList, as: "registrar-tax")
        let directory = try Counter.directory(Self.policy)
        try counter.apply(opened.id, killedBy: directory)
        let review = try #require(try counter.ask(ReviewList(opened.id), on: .reviewList).answer)
        #expect(review.stage == .applied && review.counts["done"] == 250)
        #expect(try Set(counter.rig.said(.shelterView).compactMap(\.subject)).count == 250)
        #expect(try counter.rig.said(.persons).filter { $0.data.what == .enrolled }.count >= 250)
    }
}

extension Counter {
    func hand(_ list: Name<TownList>, _ header: [String], _ rows: [[String]], sha: String = "x") throws -> ListReview {
        let opened = try #require(try ask(OpenList(list, header: header, rows: rows.count, sha256: sha), on: .openList).answer)
        let lines = rows.enumerated().map { AddRows.Row(line: $0.offset + 2, $0.element) }
        return try #require(try ask(AddRows(opened.id, lines), on: .addRows).answer)
    }

    func apply(_ list: EventID) throws -> ListReview {
        #expect(try ask(DecideList(list, .approve), on: .decideList, as: "registrar-tax").accepted)
        #expect(try ask(DecideList(list, .apply), on: .decideList).accepted)
        try rig.settle()
        return try #require(try ask(ReviewList(list), on: .reviewList).answer)
    }

    func found(_ number: String) throws -> PersonBrief? {
        var wish = FindPersons()
        (wish.list, wish.number) = ("residents", number)
        return try ask(wish, on: .findPersons).answer?.persons.first
    }

    /// Lets the directory take one step.
    /// - Returns: how many were enrolled by then.
    func enrolledBySteps() throws -> Int {
        _ = try rig.host.step(now: rig.now)
        return try rig.said(.persons).count { $0.data.what == .enrolled }
    }

    /// The command leaves, the process takes one step and dies; another goes on.
    func apply(_ list: EventID, killedBy directory: ResidentDirectory) throws {
        say(DecideList(list, .apply), on: .decideList)
        _ = try rig.host.step(now: rig.now)
        _ = try rig.host.step(now: rig.now)
        try rig.start(directory)
        try rig.settle()
    }
}
