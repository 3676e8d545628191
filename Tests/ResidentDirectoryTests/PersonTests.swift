import Contracts
import Harness
import ResidentDirectory
import Store
import Testing

@Suite("People's files: enrolled, found, shown, erased")
struct PersonTests {
    let counter: Counter
    init() throws { counter = try Counter() }
    let born = CalendarDate("1954-03-01")

    @Test("Somebody of the same reading and birth date is asked about first")
    func similar() throws {
        let first = try counter.enrol("長井 花子", "ながい はなこ")
        var facts = PersonFacts()
        (facts.name, facts.reading, facts.born) = ("永井 華子", "ﾅｶﾞｲ ﾊﾅｺ", born)
        let reply = try counter.ask(PutPerson(nil, facts), on: .putPerson)
        #expect(reply.refusal == "similar" && reply.text?.contains(first.text) == true)
        #expect(try counter.ask(PutPerson(nil, facts, evenIfSimilar: true), on: .putPerson).accepted)
    }

    @Test("What is absent in a change stays, what is empty goes, and nothing changed is no ruling")
    func changes() throws {
        let person = try counter.enrol { ($0.address, $0.district) = ("栄町", "中央") }
        var change = PersonFacts()
        change.address = ""
        let reply = try counter.ask(PutPerson(person, change), on: .putPerson)
        #expect(reply.answer?.ruling != nil)
        let facts = try counter.file(person).facts
        #expect(facts.address == nil && facts.district == "中央" && facts.name == "長井 花子")
        #expect(try counter.ask(PutPerson(person, change), on: .putPerson).answer?.ruling == nil)
    }

    @Test(
        "Facts nobody can have are refused with a sentence",
        arguments: [
            { (facts: inout PersonFacts) in facts.born = CalendarDate("2030-01-01") }, { $0.name = String(repeating: "長", count: 201) },
            { $0.name = "長井\u{7}" }, { $0.reading = "長井花子" }, { $0.needs = Array(repeating: "x", count: 41) },
        ] as [@Sendable (inout PersonFacts) -> Void])
    func badFacts(_ spoil: @Sendable (inout PersonFacts) -> Void) throws {
        var facts = PersonFacts()
        facts.name = "長井"
        spoil(&facts)
        let reply = try counter.ask(PutPerson(nil, facts), on: .putPerson)
        #expect(reply.refusal == "bad-facts" && reply.text?.isEmpty == false)
        #expect(try counter.rig.said(.persons).isEmpty)
    }

    @Test("People are found by what one knows of them, and there is no list of everybody")
    func finds() throws {
        let person = try counter.enrol(with: .card(1))
        _ = try counter.enrol("別 人", "ベツジン")
        func found(_ ask: (inout FindPersons) -> Void) throws -> [PersonID]? {
            var wish = FindPersons()
            ask(&wish)
            return try counter.ask(wish, on: .findPersons).answer?.persons.map(\.person)
        }
        #expect(try found { ($0.reading, $0.born) = ("ナガイハナコ", born) } == [person])
        #expect(try found { ($0.reading, $0.born) = ("ナガイハナコ", CalendarDate("1954-03-02")) } == [])
        let tap = try counter.hold(.card(1))
        #expect(try found { $0.tap = tap } == [person])
        #expect(try found { $0.reading = "ナガイハナコ" } == nil)
        #expect(try found { _ in } == nil)
    }

    @Test("Each look is kept with who and why, and the person may see it")
    func looks() throws {
        let person = try counter.enrol()
        try counter.ask(ShowPerson(person, why: "asks for a certificate"), on: .showPerson, as: "registrar-tax")
        #expect(try counter.ask(ShowPerson(person, why: ""), on: .showPerson).refusal == "no-reason")
        let look = try #require(try counter.file(person).history.first { $0.by == "registrar-tax" })
        #expect(look.what == .looked && look.why == "asks for a certificate")
        #expect(try counter.rig.said(.persons).allSatisfy { $0.data.what != .looked })
    }

    @Test("Erasing takes everything but the id and what the town answers for, also from every service and from the disk")
    func erases() throws {
        let person = try counter.enrol(with: .card(1))
        try counter.agree(person, "analytics", "visits")
        let erased = try #require(try counter.ask(ErasePerson(person, why: "asked for it"), on: .erasePerson).answer)
        #expect(erased.gone["cards"] == 1 && erased.gone["consents"] == 1 && erased.kept["history"] != nil)
        #expect(try counter.view(.lockView, person) == LockView(person) && counter.view(.shelterView, person) == ShelterView(person))
        #expect(try counter.rig.said(.visitView).last?.data.tokens == nil)
        let file = try counter.file(person)
        #expect(file.standing == .erased && file.facts == PersonFacts() && file.cards.isEmpty)
        #expect(file.history.contains { $0.what == .erased })
        #expect(try counter.ask(LinkCard(try counter.hold(.card(2)), to: person), on: .linkCard).refusal == "erased")
    }

    @Test("After the town's years those who left are forgotten by themselves")
    func retention() throws {
        var policy = PeoplePolicy()
        policy.keepsProvisional = .seconds(86_400)
        let counter = try Counter(policy: policy)
        let put = PutPerson(nil, PersonFacts(), tap: try counter.hold(.card(2)))
        let blank = try #require(try counter.ask(put, on: .putPerson).answer).person.person
        try counter.rig.pass(.seconds(2 * 86_400), step: .seconds(3600))
        #expect(try counter.file(blank).standing == .provisional, "a card that works keeps its person")
        try counter.ask(MarkCard(.lost, card: .card(2), why: "lost"), on: .markCard)
        try counter.rig.pass(.seconds(300), step: .seconds(30))
        #expect(try counter.file(blank).standing == .erased)
    }

    @Test("No byte of a name, an address or a number lies readable in the database")
    func sealed() throws {
        let person = try counter.enrol { ($0.address, $0.household) = ("栄町一丁目壱番", "0012345") }
        try counter.ask(ShowPerson(person, why: "窓口照会"), on: .showPerson)
        let bytes = String(decoding: try counter.rig.disk.serialized(), as: UTF8.self)
        for secret in ["花子", "ハナコ", "栄町一丁目", "0012345", "窓口照会", "1954-03-01"] { #expect(!bytes.contains(secret), "\(secret)") }
    }

    @Test("A card held anywhere is known under the new token key, and the old key can be ended")
    func tokenKeys() throws {
        let person = try counter.enrol(with: .card(1))
        let stranded = try counter.enrol(with: .card(2), "別 人")
        let new = Token("k2" + Token.card(1).text.dropFirst(2))!
        _ = try counter.hold(new, former: .card(1), purpose: .visit)
        #expect(try counter.view(.lockView, person)?.tokens == [.card(1), new])
        let dry = try counter.ask(RetireTokenKey(1, dry: true), on: .retireTokenKey).answer
        #expect(dry == RetiredKey(followed: 1, stranded: 1))
        try counter.ask(RetireTokenKey(1, dry: false), on: .retireTokenKey)
        try counter.rig.settle()
        #expect(try counter.view(.lockView, person)?.tokens == [new] && counter.view(.lockView, stranded) == LockView(stranded))
    }

    @Test("A card lost is lost under both token keys")
    func lostUnderBoth() throws {
        let person = try counter.enrol(with: .card(1))
        let new = Token("k2" + Token.card(1).text.dropFirst(2))!
        _ = try counter.hold(new, former: .card(1), purpose: .visit)
        try counter.ask(MarkCard(.lost, card: .card(1), why: "lost"), on: .markCard)
        #expect(try counter.view(.lockView, person)?.barred == [.card(1), new])
    }
}
