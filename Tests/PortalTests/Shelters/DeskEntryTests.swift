import Contracts
import HTTP
import Harness
import Testing

@testable import Portal

@Suite("People without a card at a shelter's desk, and the lists it reads")
struct DeskEntryTests {
    private let reader = ("reader", ShelterStage.reader)

    private func hidden(_ name: String, _ page: String) throws -> String {
        let rest = try #require(page.firstRange(of: "name=\"\(name)\" value=\"")).upperBound
        return String(page[rest...].prefix { $0 != "\"" })
    }

    @Test(
        "A name is found by the beginning of its reading, however its kana are written, or by any part of it",
        arguments: ["ながい", "ナガイ", "ﾅｶﾞｲﾊ", "ながいはなこ", "花子"])
    func kana(text: String) { #expect(EvacueeBrief.hanako.fits(text) && !EvacueeBrief.person("d", "佐藤", "サトウ").fits(text)) }

    @Test("Whoever was found may be chosen, within two minutes, and nobody else")
    func search() throws {
        let stage = try ShelterStage()
        let portal = stage.portal
        #expect(try portal.post("/ja/desk/s01/search", [reader, ("q", "な"), ("list", "roster")], as: "sato")?.status == 422)
        try portal.post("/ja/desk/s01/search", [reader, ("q", "ながい"), ("list", "district/宮前")], as: "sato")
        let found = MissingPage(
            here: 0, elsewhere: 0, left: 0, missing: 3, people: [.taro, .hanako, .person("d", "佐藤", "サトウ")], more: false)
        try portal.reply(.accept(found), on: .listMissing)
        let page = try #require(portal.shown).text
        #expect(page.contains("2人見つかりました") && page.contains("長井太郎") && !page.contains("サトウ"))
        let entry = try hidden("entry", page)
        let stranger = EvacueeBrief.person("d", "", "")
        for (who, status) in [(stranger, UInt32(403)), (.hanako, 303)] {
            let answer = try portal.post("/ja/desk/s01/choose", [reader, ("entry", entry), ("who", "\(who.who)")], as: "sato")
            #expect(answer?.status == status)
        }
        try portal.get(ShelterStage.path, as: "sato")
        #expect(try portal.command(.showEvacuee).1.data == ShowEvacuee(EvacueeBrief.hanako.who))
        try stage.answer([.hanako])
        #expect(portal.shown?.text.contains("name=\"screen\" value=\"\(entry)\"") == true)
        try portal.post("/ja/desk/s01/search", [reader, ("q", "ながい"), ("list", "roster")], as: "sato")
        #expect(try portal.command(.listRoster).1.data == ListRoster(of: "s01"))
        try portal.reply(.accept(RosterPage([.hanako], more: false)), on: .listRoster)
        let second = try hidden("entry", try #require(portal.shown).text)
        try portal.rig.pass(.seconds(121))
        let late = try portal.post("/ja/desk/s01/choose", [reader, ("entry", second), ("who", "\(EvacueeBrief.hanako.who)")], as: "sato")
        #expect(late?.headers["Location"] == "\(ShelterStage.path)&said=late")
    }

    @Test("A family is written down and checked in at once; after a no nothing typed is lost, and sent again nobody is written down twice")
    func family() throws {
        let stage = try ShelterStage()
        let portal = stage.portal
        let page = try #require(try portal.get("/ja/desk/s01/guest?reader=\(ShelterStage.reader)", as: "sato")).text
        let fields = [
            reader, ("entry", try hidden("entry", page)), ("kind", "night"), ("town", "山形市"), ("name-1", "<b>鈴木</b>"), ("age-1", "40"),
            ("sex-1", "male"), ("name-2", "鈴木 赤ちゃん"), ("age-2", "0"),
        ]
        var briefs: [EvacueeBrief] = []
        for attempt in 1...2 {
            try portal.post("/ja/desk/s01/guest", fields, as: "sato")
            for _ in 1...2 {
                let wish = try portal.command(.putGuest).1.data
                #expect(wish.fromPaper == true && wish.facts.town == "山形市")
                let brief = EvacueeBrief(.guest(try #require(wish.guest)))
                if attempt == 1 { briefs.append(brief) } else { #expect(briefs.contains(brief)) }
                try portal.reply(.accept(brief), on: .putGuest)
            }
            let wish = try portal.command(.noteStays).1.data
            #expect(wish.who == briefs.map(\.who) && wish.kind == .night && wish.step == .in)
            guard attempt == 1 else { break }
            try portal.reply(.refuse("elsewhere", "Kept elsewhere."), on: .noteStays)
            portal.rig.now = portal.now + .seconds(150)
            let again = try #require(portal.shown).text
            #expect(
                again.contains("Kept elsewhere.") && again.contains("value=\"&lt;b&gt;鈴木&lt;/b&gt;\"") && again.contains("value=\"山形市\""))
            #expect(try hidden("entry", again) == fields[1].1)
        }
        try portal.reply(.accept(.of(briefs)), on: .noteStays)
        #expect(portal.shown?.headers["Location"] == ShelterStage.path)
        try portal.get(ShelterStage.path, as: "sato")
        for brief in briefs { try stage.answer([brief]) }
        #expect(portal.shown?.text.contains("2人を入所（宿泊）としました。") == true)
        #expect(portal.shown?.text.contains("value=\"undo\"") == true)
    }

    @Test(
        "What somebody needs is written down by the town's questions; what nobody asks any more stays, and after a no what was typed stands there"
    )
    func needs() throws {
        let stage = try ShelterStage()
        let portal = stage.portal
        let screen = try stage.stand()
        let path = try #require(try stage.act("needs:\(EvacueeBrief.taro.who)", screen, [])?.headers["Location"])
        try portal.get(path, as: "sato")
        var taro = EvacueeBrief.taro
        taro.needs = [NeedAnswer("allergy", "卵"), NeedAnswer("dialysis")]
        try stage.answer([taro])
        let page = try #require(portal.shown).text
        #expect(
            page.contains("value=\"卵\"") && page.contains("name=\"need\" value=\"wheelchair\"")
                && page.contains("name=\"has-dialysis\" value=\"1\" checked"))
        let form = String(path.prefix { $0 != "?" })
        let fields = [
            reader, ("need", "allergy"), ("need", "wheelchair"), ("need", "dialysis"), ("say-allergy", "<卵>"), ("has-dialysis", "1"),
        ]
        try portal.post(form, fields, as: "sato")
        #expect(
            try portal.command(.noteNeeds).1.data
                == NoteNeeds([NeedAnswer("allergy", "<卵>"), NeedAnswer("dialysis")], of: EvacueeBrief.taro.who))
        try portal.reply(.refuse("bad-text", "No answer is longer."), on: .noteNeeds)
        #expect(portal.shown?.text.contains("No answer is longer.") == true && portal.shown?.text.contains("value=\"&lt;卵&gt;\"") == true)
        try portal.post(form, fields, as: "sato")
        try portal.reply(.accept(.taro), on: .noteNeeds)
        #expect(portal.shown?.headers["Location"] == ShelterStage.path)
        // Once written it is over; and the next tap ends whatever was begun.
        #expect(try portal.post(form, fields, as: "sato")?.headers["Location"] == "\(ShelterStage.path)&said=late")
        let second = try #require(try stage.act("needs:\(EvacueeBrief.taro.who)", screen, [])?.headers["Location"])
        try stage.tap(3)
        #expect(try portal.get(second, as: "sato")?.headers["Location"] == "\(ShelterStage.path)&said=late")
    }

    @Test("A roster is listed by readings, with who looked and when; as a file it opens in a spreadsheet of either encoding")
    func roster() throws {
        let stage = try ShelterStage()
        let portal = stage.portal
        let sato = EvacueeBrief.person("d", "=佐藤𠮷", "サトウ") { $0.kind = .night }
        func answer() throws {
            try portal.reply(.accept(RosterPage([.taro, .hanako], more: true)), on: .listRoster)
            #expect(try portal.command(.listRoster).1.data == ListRoster(of: "s01", after: EvacueeBrief.hanako.who))
            try portal.reply(.accept(RosterPage([sato], more: false)), on: .listRoster)
        }
        try portal.get("/ja/desk/s01/roster", as: "sato")
        try answer()
        let page = try #require(portal.shown).text
        let order = ["=佐藤𠮷", "長井太郎", "長井花子"].compactMap { page.firstRange(of: "<td>\($0)</td>")?.lowerBound }
        #expect(order.count == 3)
        #expect(order == order.sorted())
        #expect(page.contains("data-watermark=\"閲覧 佐藤（sato）"))
        try portal.get("/ja/desk/s01/roster.csv?encoding=utf8", as: "sato")
        try answer()
        let file = try #require(portal.shown)
        #expect(file.body.starts(with: [0xEF, 0xBB, 0xBF]) && file.text.contains("'=佐藤𠮷,サトウ") && file.text.contains("支援措置"))
        #expect(file.headers["Content-Disposition"] == "attachment; filename=\"roster-s01-202611210800.csv\"")
        try portal.get("/ja/desk/s01/roster.csv?encoding=cp932", as: "sato")
        try answer()
        #expect(portal.shown?.body.starts(with: [0x8E, 0x81, 0x96, 0xBC]) == true)
        #expect(try portal.looks().map(\.at) == [.roster, .export, .export])
    }

    @Test("A roster of two thousand is asked for in forty pages and shown whole")
    func manyPeople() throws {
        let stage = try ShelterStage()
        let portal = stage.portal
        try portal.get("/ja/desk/s01/roster", as: "sato")
        let letters = Array("abcdefghijklmnopqrstuvwxyz234567")
        for page in 0..<40 {
            let people = (0..<50).map { number in
                let id = "p-\(letters[page / 32])\(letters[page % 32])\(letters[number / 32])\(letters[number % 32])aaaaaaaaaaaa"
                var brief = EvacueeBrief(.person(PersonID(id)!))
                (brief.name, brief.reading, brief.age, brief.kind) = ("長井\(page)の\(number)", "ナガイ", 30, .night)
                return brief
            }
            try portal.reply(.accept(RosterPage(people, more: page < 39)), on: .listRoster)
        }
        let shown = try #require(portal.shown).text
        #expect(shown.contains("<p>2000人</p>") && shown.ranges(of: "<tr>").count == 2001 && shown.ranges(of: "<td>ナガイ</td>").count == 2000)
    }
}
