import Bus
import Contracts
import HTTP
import Harness
import Journal
import ServiceKit
import Testing

@testable import Portal

@Suite("Who has used my card, and all that is held of me")
struct FamilyUsesTests {
    private let agent = Address("reader-agent", "gate-1")

    private func file(_ portal: TestPortal, more: Bool = false, _ change: (inout PersonFile) -> Void = { _ in }) -> PersonFile {
        var file = PersonFile(TestPortal.hanako, PersonFacts(), .resident, .registered, since: portal.now)
        file.cards = [CardFile(.card(1), .felica, .active, since: portal.now - .seconds(86_400))]
        file.history = [
            RulingFile(id(portal, 1, ago: 60), .looked, at: portal.now - .seconds(60), by: "registrar-hall", why: "<b>asked</b>"),
            RulingFile(id(portal, 2, ago: 90), .looked, at: portal.now - .seconds(90), by: "resident-page", why: "own page, by card"),
        ]
        file.more = more
        change(&file)
        return file
    }

    private func id(_ portal: TestPortal, _ number: UInt64, ago: Int64) -> EventID {
        EventID(at: portal.now - .seconds(ago), random: (8, number))
    }

    private func use(_ what: String, _ tap: EventID, of portal: TestPortal, place: PlaceID? = nil) -> Use {
        Use(what, of: tap, at: tap.time, keptUntil: portal.now + .seconds(86_400), place: place, purpose: place == nil ? nil : .visit)
    }

    /// What was asked of processes, by each and what of.
    private func asked(_ portal: TestPortal) throws -> [(process: String, FindUses)] {
        try portal.rig.published.filter { $0.topic.hasPrefix("nagai/uses/command/resident-page/") }.map {
            (String($0.topic.split(separator: "/").last ?? ""), try Envelope<FindUses>(json: $0.payload).data)
        }
    }

    @Test("Agents are asked for the taps of the cards, and then everybody for what followed; it is shown tap by tap")
    func uses() throws {
        let portal = try TestPortal.family()
        let cookie = try portal.enter()
        portal.rig.forgetWhatWasSaid()
        try portal.get("/ja/family/uses", with: cookie)
        try portal.reply(.accept(file(portal)), on: .showOwn)
        #expect(try asked(portal).map(\.process) == ["reader-agent--gate-1"])
        #expect(try asked(portal).first?.1.tokens == [.card(1)])
        let (late, early) = (id(portal, 3, ago: 100), id(portal, 4, ago: 200))
        try portal.reply(.accept(Uses([use(Tapped.type, late, of: portal, place: "gym")], next: 7)), on: .uses(of: agent))
        #expect(try asked(portal).last?.1.after == 7)
        try portal.reply(.accept(Uses([use(Tapped.type, early, of: portal, place: "gym")])), on: .uses(of: agent))
        let rest = try asked(portal).dropFirst(2)
        #expect(Set(rest.map(\.process)).count == 5 && rest.allSatisfy { $0.1.taps == [early, late] })
        for process in ["reader-agent", "resident-directory", "notifier"] {
            let address = Address(Program(process)!, process == "reader-agent" ? "gate-1" : "main")
            let used = process == "notifier" ? [use("<img src=x>", late, of: portal)] : []
            try portal.reply(.accept(Uses(used)), on: .uses(of: address))
        }
        #expect(portal.shown == nil)
        try portal.reply(.accept(Uses([use(Use.read, late, of: portal)])), on: .uses(of: Address("points", "main")))
        // The portal itself has answered meanwhile: it keeps a journal like everybody else.
        let page = try #require(portal.shown).text
        #expect(page.contains("市民体育館・来館") && page.contains("カードを読み取り") && page.contains("読み取りを受信"))
        #expect(page.ranges(of: "<details>").count == 2 && !page.contains("id=\"silent\"") && !page.contains("<img"))
        #expect(page.contains("registrar-hall") && page.contains("&lt;b&gt;asked") && page.contains("カードで入室"))
        #expect(try portal.looks() == [Looked(.own, account: nil, by: "resident-page", person: TestPortal.hanako)])
    }

    private func number(_ portal: TestPortal) -> Int {
        portal.rig.host.service.errands.open.values.count { $0.command.topic.owner == "uses" }
    }

    private let readers = (1...300).compactMap { Instance("gate-\($0)").map { Address("reader-agent", $0) } }

    @Test("Three hundred readers are asked a hundred at once, each once, and the list is whole; whoever of them is silent is named")
    func manyReaders() throws {
        let portal = try TestPortal.family { $0.processes = readers + [Address("notifier", "main")] }
        let cookie = try portal.enter()
        portal.rig.forgetWhatWasSaid()
        try portal.get("/ja/family/uses", with: cookie)
        try portal.reply(.accept(file(portal)), on: .showOwn)
        let (tap, silent) = (id(portal, 3, ago: 100), [readers[6], readers[249]])
        // Of the card, and then of its tap.
        for isAboutTaps in [false, true] {
            for place in 0..<(isAboutTaps ? 299 : 298) {
                #expect(number(portal) <= CardUses.mostAtOnce)
                let asked = portal.rig.published.filter { $0.topic.hasPrefix("nagai/uses/command/") }
                    .compactMap { Address($0.topic.split(separator: "/").last ?? "") }.filter { !silent.contains($0) }
                #expect(asked.count >= place && Set(asked).count == asked.count)
                let reader = asked[place]
                let taps = reader == readers[0] && !isAboutTaps ? [use(Tapped.type, tap, of: portal, place: "gym")] : []
                try portal.reply(.accept(Uses(taps)), on: .uses(of: reader))
            }
            guard !isAboutTaps else { break }
            portal.rig.forgetWhatWasSaid()
            try portal.pass(.seconds(10))
        }
        let page = try #require(portal.shown).text
        let said = String(page.split(separator: "id=\"silent\"").last?.split(separator: "</div>").first ?? "")
        #expect(page.contains("市民体育館") && said.contains("gate-7<") && said.contains("gate-250<") && said.ranges(of: "<li>").count == 2)
    }

    @Test("When so many are silent that there is no time for the rest, the rest is named too, before a proxy gives up")
    func noTime() throws {
        let portal = try TestPortal.family { $0.processes = readers + [Address("notifier", "main")] }
        let cookie = try portal.enter()
        try portal.get("/ja/family/uses", with: cookie)
        try portal.reply(.accept(file(portal)), on: .showOwn)
        try portal.pass(.seconds(24))
        #expect(portal.shown?.text.ranges(of: "<span class=\"at\">gate-").count == 300)
        #expect(number(portal) == 0)
    }

    @Test("Whoever does not answer is named, and the rest is shown; nothing of it is kept to be commanded again")
    func silent() throws {
        let portal = try TestPortal.family()
        let cookie = try portal.enter()
        try portal.get("/ja/family/uses", with: cookie)
        try portal.reply(.accept(file(portal)), on: .showOwn)
        let tap = id(portal, 3, ago: 100)
        try portal.reply(.accept(Uses([use(Tapped.type, tap, of: portal, place: "gym")])), on: .uses(of: agent))
        try portal.reply(.accept(Uses([])), on: .uses(of: agent))
        try portal.reply(.refuse("not-possible", "No."), on: .uses(of: Address("notifier", "main")))
        try portal.rig.pass(.seconds(12))
        let page = try #require(portal.shown).text
        let said = String(page.split(separator: "id=\"silent\"").last?.split(separator: "</div>").first ?? "")
        #expect(said.contains("登録の管理") && said.contains("お知らせの配信") && said.contains("ポイントの管理"))
        #expect(!said.contains("読取機") && !said.contains("町のページ") && page.contains("市民体育館"))
        #expect(try portal.count("SELECT count(*) FROM given") == 0)
    }

    @Test(
        "Who has looked at somebody at a shelter and who has asked for them stands there, and in the file; a registry that is silent is named"
    )
    func shelters() throws {
        let portal = try TestPortal.family { $0.processes = [Address("shelter-registry", "main"), Address("notifier", "main")] }
        let cookie = try portal.enter()
        let own = OwnShelter(
            looks: [
                .init(at: portal.now - .seconds(60), by: "shelter-desk-east", shelter: "s01"), .init(at: portal.now, by: "shelter-desk-hq"),
            ],
            lookUps: [.init(at: portal.now - .seconds(30), by: "shelter-desk-hq", relation: .family, tier: .safe)])
        func open(_ path: String) throws {
            try portal.get("/ja/family/\(path)", with: cookie)
            try portal.reply(.accept(file(portal) { $0.cards = [] }), on: .showOwn)
        }
        try open("uses")
        #expect(try portal.command(.showOwnShelter).1.data == ShowOwnShelter(TestPortal.hanako))
        try portal.reply(.accept(own), on: .showOwnShelter)
        let page = try #require(portal.shown).text
        let list = String(page.split(separator: "id=\"shelter-looks\"").last?.split(separator: "</ul>").first ?? "")
        #expect(list.ranges(of: "<li>").count == 3 && list.contains("s01: 避難所の名簿") && list.contains("親族から, 無事とだけ回答"))
        #expect(!page.contains("id=\"silent\""))
        try open("uses")
        try portal.rig.pass(.seconds(12))
        let silent = try #require(portal.shown).text
        #expect(silent.contains("id=\"silent\"") && silent.contains("避難所の管理") && !silent.contains("shelter-looks"))
        try open("data")
        try portal.reply(.accept(OwnNotices(TestPortal.hanako, children: [], deliveries: [], ways: [])), on: .showOwnNotices)
        try portal.reply(.accept(own), on: .showOwnShelter)
        #expect(portal.shown?.text.contains("\"relation\":\"family\"") == true)
    }

    @Test("A card's taps before it was this person's, and after it was taken away, are another's")
    func holdings() throws {
        let notifier = Address("notifier", "main")
        let portal = try TestPortal.family { $0.processes = [agent, notifier] }
        let cookie = try portal.enter()
        let (before, own, after) = (id(portal, 5, ago: 4000), id(portal, 6, ago: 2000), id(portal, 7, ago: 500))
        try portal.get("/ja/family/data", with: cookie)
        try portal.reply(
            .accept(
                file(portal) {
                    $0.cards = [
                        CardFile(.card(2), .felica, .unlinked, since: portal.now - .seconds(3600), until: portal.now - .seconds(1000))
                    ]
                    let old = portal.now - .seconds(90 * 86_400)
                    $0.cards.append(CardFile(.card(3), .felica, .unlinked, since: old, until: old + .seconds(60)))
                }), on: .showOwn)
        try portal.reply(.accept(OwnNotices(TestPortal.hanako, children: [], deliveries: [], ways: [])), on: .showOwnNotices)
        #expect(try asked(portal).map(\.1.tokens) == [[.card(2)]], "of the other nothing is kept any more")
        try portal.reply(.accept(Uses([before, own, after].map { use(Tapped.type, $0, of: portal, place: "gym") })), on: .uses(of: agent))
        #expect(try asked(portal).last?.1.taps == [own])
        try portal.reply(.accept(Uses([use(Use.read, own, of: portal), use(Use.read, after, of: portal)])), on: .uses(of: agent))
        try portal.reply(.accept(Uses([])), on: .uses(of: notifier))
        let text = try #require(portal.shown).text
        #expect(text.contains(own.description) && !text.contains(before.description) && !text.contains(after.description))
    }

    @Test("All that is held comes as one file: the whole history, messages, every entry of points, uses")
    func data() throws {
        let portal = try TestPortal.family()
        let cookie = try portal.enter()
        try portal.get("/ja/family/data", with: cookie)
        let first = file(portal, more: true) { $0.cards = [] }
        try portal.reply(.accept(first), on: .showOwn)
        #expect(try portal.command(.showOwn).1.data.after == first.history.last?.id)
        let last = RulingFile(id(portal, 9, ago: 900), .enrolled, at: portal.now - .seconds(900), by: "registrar-old")
        try portal.reply(.accept(file(portal) { ($0.history, $0.cards) = ([last], []) }), on: .showOwn)
        try portal.reply(.accept(OwnNotices(TestPortal.hanako, children: [], deliveries: [], ways: [.line])), on: .showOwnNotices)
        let mine = Account("town", .person, "p-7k3mq2x5t4w2vbza")
        for number in [12, 11] as [Int64] {
            let entry = EntriesPage.Entry(
                number, .single, mine, 10, balance: 0, other: Account("town", .issue, "town"), for: "visit", origin: nil,
                moment: portal.now,
                at: portal.now)
            try portal.reply(.accept(OwnPoints(TestPortal.hanako, lots: [], entries: [entry], more: number == 12)), on: .showOwnPoints)
        }
        let answer = try #require(portal.shown)
        #expect(answer.type == "application/json")
        #expect(answer.headers["Content-Disposition"] == "attachment; filename=\"kazasu-2026-11-21.json\"")
        for part in ["registrar-hall", "registrar-old", "\"number\":12", "\"number\":11", "\"ways\":[\"line\"]", "\"silent\":[]"] {
            #expect(answer.text.contains(part), "\(part)")
        }
        #expect(try portal.looks().map(\.at) == [.export])
    }

    @Test("A service that is silent is said in place of a file with a hole in it")
    func wholeOrNone() throws {
        let portal = try TestPortal.family()
        try portal.get("/ja/family/data", with: try portal.enter())
        try portal.reply(.accept(file(portal)), on: .showOwn)
        try portal.rig.pass(.seconds(12))
        #expect(portal.shown?.status == 504)
    }
}
