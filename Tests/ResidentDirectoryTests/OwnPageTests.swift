import Contracts
import Harness
import ResidentDirectory
import Store
import Testing

@Suite("What residents see and say at their own page")
struct OwnPageTests {
    let counter: Counter
    private let page: UserID = "resident-page"
    private let born = CalendarDate("1954-03-01")

    init() throws {
        var policy = PeoplePolicy()
        policy.lists = [ListRule("library", .residents, columns: [.number: "番号", .name: "氏名", .reading: "フリガナ", .born: "生年月日"])]
        counter = try Counter(policy: policy)
    }

    private func enter(_ token: Token, born: CalendarDate) throws -> Reply<OwnEntered> {
        try counter.ask(EnterOwn(token: token, born: born), on: .enterOwn, as: page)
    }

    private func enter(_ reading: String, born: CalendarDate) throws -> Reply<OwnEntered> {
        try counter.ask(EnterOwn(reading: reading, born: born), on: .enterOwn, as: page)
    }

    // MARK: Coming in

    @Test("A card that works and the birth date of its holder open the page; the person sees it in their history")
    func byCard() throws {
        let person = try counter.enrol(with: .card(1))
        #expect(try enter(.card(1), born: born).answer?.persons == [person])
        try counter.rig.pass(.seconds(1))
        let looks = try counter.file(person).history.filter { $0.by == page }
        #expect(looks.map(\.what) == [.looked] && looks.map(\.why) == ["own page, by card"])
        #expect(try counter.rig.said(.persons).allSatisfy { $0.data.what != .looked }, "not said on the bus")
    }

    @Test("Whatever does not fit, the answer is the same")
    func noMatch() throws {
        let person = try counter.enrol(with: .card(1))
        try counter.ask(PutPerson(nil, PersonFacts(), tap: try counter.hold(.card(2))), on: .putPerson)
        _ = try counter.enrol(with: .card(3), "別 人")
        try counter.ask(MarkCard(.lost, card: .card(3), why: "lost"), on: .markCard)
        let other = CalendarDate("1954-03-02")
        var replies = [try enter(.card(1), born: other), try enter(.card(9), born: born)]
        replies += [try enter(.card(2), born: born), try enter(.card(3), born: born)]
        replies += [try enter("ナガイ ハナコ", born: other), try enter("ソレハ ダレ", born: born), try enter("長井花子", born: born)]
        var both = EnterOwn(token: .card(1), born: born)
        both.reading = "ナガイ ハナコ"
        replies.append(try counter.ask(both, on: .enterOwn, as: page))
        for reply in replies { #expect(reply.refusal == "no-match" && reply.text == replies[0].text) }
        #expect(try counter.file(person).history.allSatisfy { $0.by != page })
    }

    @Test("Whoever has left the town, or was erased, comes in no more")
    func gone() throws {
        let person = try counter.enrol(with: .card(1))
        #expect(try enter("ナガイハナコ", born: born).accepted)
        try counter.ask(ErasePerson(person, why: "asked for it"), on: .erasePerson)
        #expect(try enter(.card(1), born: born).refusal == "no-match")
        #expect(try enter("ナガイハナコ", born: born).refusal == "no-match")
        #expect(try counter.ask(ShowOwn(person), on: .showOwn, as: page).refusal == "erased")
    }

    @Test("After five wrong birth dates within an hour a card opens nothing, whoever's it is; after the hour it does again")
    func guessedByCard() throws {
        let person = try counter.enrol(with: .card(1))
        for day in 1...5 {
            let guess = try #require(CalendarDate(year: 1960, month: 1, day: day))
            #expect(try enter(.card(1), born: guess).refusal == "no-match")
            #expect(try enter(.card(9), born: guess).refusal == "no-match")
        }
        #expect(try enter(.card(1), born: born).refusal == "too-many")
        #expect(try enter(.card(9), born: born).refusal == "too-many", "nobody hears which cards are known")
        try counter.rig.pass(.seconds(3601), step: .seconds(60))
        #expect(try enter(.card(1), born: born).answer?.persons == [person])
    }

    @Test("A name and a birth date are answered thirty times an hour, and everybody of that name and date sees that it was asked")
    func byName() throws {
        let (one, two) = (try counter.enrol(), try counter.enrol("永井 華子"))
        for _ in 0..<30 { #expect(Set(try enter("ﾅｶﾞｲ ﾊﾅｺ", born: born).answer?.persons ?? []) == [one, two]) }
        #expect(try enter("ながい はなこ", born: born).refusal == "too-many")
        #expect(try enter("ナガイ ハナコ", born: CalendarDate("1954-03-02")).refusal == "no-match")
        for person in [one, two] {
            let looks = try counter.file(person).history.filter { $0.by == page }
            #expect(looks.count == 30 && Set(looks.map(\.why)) == ["own page, by link"])
        }
        try counter.rig.pass(.seconds(3720), step: .seconds(60))
        #expect(try counter.rig.disk.read { try $0.first("SELECT count(*) FROM own_try") { $0.int(0) } } == 0)
        #expect(try enter("ナガイ ハナコ", born: born).accepted)
    }

    @Test("A clock that was ahead and is set right keeps nobody out")
    func clock() throws {
        let person = try counter.enrol(with: .card(1))
        for day in 1...5 { _ = try enter(.card(1), born: try #require(CalendarDate(year: 1960, month: 1, day: day))) }
        counter.rig.now = counter.rig.now - .seconds(7200)
        #expect(try enter(.card(1), born: born).answer?.persons == [person])
    }

    // MARK: The page

    @Test("The page shows the whole file, and looking at it is no clerk's look")
    func shows() throws {
        let person = try counter.enrol(with: .card(1))
        try counter.rig.pass(.seconds(1))
        try counter.ask(ShowPerson(person, why: "asks for a certificate"), on: .showPerson, as: "registrar-tax")
        let shown = try #require(try counter.ask(ShowOwn(person), on: .showOwn, as: page).answer)
        let again = try #require(try counter.ask(ShowOwn(person), on: .showOwn, as: page).answer)
        #expect(shown == again && shown.facts.name == "長井 花子" && shown.cards.count == 1)
        #expect(shown.history.first?.why == "asks for a certificate" && shown.history.first?.by == "registrar-tax")
        #expect(try counter.ask(ShowOwn(.person(99)), on: .showOwn, as: page).refusal == "unknown-person")
    }

    @Test("Whoever came in by a card sees the page while it works and is theirs")
    func byCardThatGoes() throws {
        let (person, other) = (try counter.enrol(with: .card(1)), try counter.enrol(with: .card(2), "別 人"))
        func show(_ card: Int) throws -> String? {
            try counter.ask(ShowOwn(person, by: .card(card)), on: .showOwn, as: page).refusal
        }
        #expect(try show(1) == nil && show(2) == "card-gone" && show(9) == "card-gone")
        #expect(try counter.ask(ShowOwn(other, by: .card(2)), on: .showOwn, as: page).accepted)
        for status in [CardFile.Status.suspended, .active, .lost, .active, .unlinked] {
            try counter.ask(MarkCard(status, card: .card(1), why: "said so"), on: .markCard)
            #expect(try show(1) == (status == .active ? nil : "card-gone"), "\(status)")
        }
        #expect(try counter.ask(ShowOwn(person), on: .showOwn, as: page).accepted)
    }

    @Test("A counter does not speak for a page, nor a page for a counter")
    func stations() throws {
        let person = try counter.enrol(with: .card(1))
        #expect(try counter.ask(ShowOwn(person), on: .showOwn).refusal == "not-yours")
        #expect(try counter.ask(EnterOwn(token: .card(1), born: born), on: .enterOwn).refusal == "not-yours")
        #expect(try counter.ask(ShowPerson(person, why: "curious"), on: .showPerson, as: page).refusal == "not-yours")
        #expect(try counter.ask(FindPersons(), on: .findPersons, as: page).refusal == "not-yours")
    }

    @Test("What is agreed to at the page is noted as said there, and services are told at once")
    func consent() throws {
        let person = try counter.enrol { $0.channels = [Reach(.mail, "hanako@mail.example")] }
        func agree(_ service: ServiceID, _ kind: Name<Consent>, given: Bool = true, wording: String = "2026-04") throws -> String? {
            try counter.ask(ConsentOwn(service, kind, given: given, by: person, wording: wording), on: .consentOwn, as: page).refusal
        }
        #expect(try agree("notifier", .town) == nil)
        #expect(try counter.view(.noticeView, person)?.agreed == [.town])
        let noted = try #require(try counter.file(person).consents.first)
        #expect(noted.how == "page" && noted.wording == "2026-04" && noted.given)
        #expect(try counter.file(person).history.first { $0.what == .consented }?.by == page)
        try counter.rig.pass(.seconds(1))
        #expect(try agree("notifier", .town, given: false) == nil)
        #expect(try counter.view(.noticeView, person)?.agreed == nil)
        #expect(try agree("notifier", "town-events") == "unknown-kind" && agree("library", "visits") == "unknown-kind")
        #expect(try agree("shelter", "care-needs", wording: "") == "bad-wording")
        try counter.agree(person, "notifier", "town-events")
        try counter.rig.pass(.seconds(1))
        #expect(try agree("notifier", "town-events", given: false) == nil, "what stands in the file can be taken back")
        let nobody = ConsentOwn("notifier", .town, given: true, by: .person(99), wording: "2026-04")
        #expect(try counter.ask(nobody, on: .consentOwn, as: page).refusal == "unknown-person")
    }

    @Test("A card that works is told its holder's number of a list; of any other card nothing is said")
    func number() throws {
        let row = ["A12345B", "長井 花子", "ナガイ ハナコ", "1954-03-01"]
        _ = try counter.apply(try counter.hand("library", ["番号", "氏名", "フリガナ", "生年月日"], [row]).id)
        let person = try #require(try enter("ナガイハナコ", born: born).answer?.persons.first)
        #expect(try counter.ask(LinkCard(try counter.hold(.card(1)), to: person, born: born), on: .linkCard).accepted)
        _ = try counter.enrol(with: .card(2), "別 人")
        func number(_ token: Token, _ list: Name<TownList> = "library") throws -> Reply<CardNumber> {
            try counter.ask(FindCardNumber(of: token, in: list), on: .findCardNumber, as: page)
        }
        #expect(try number(.card(1)).answer?.number == "A12345B")
        for (token, list) in [(.card(2), "library"), (.card(9), "library"), (.card(1), "clinic")] as [(Token, Name<TownList>)] {
            #expect(try number(token, list).refusal == "no-number")
        }
        try counter.ask(MarkCard(.suspended, card: .card(1), why: "by telephone"), on: .markCard)
        #expect(try number(.card(1)).refusal == "no-number")
        #expect(try counter.file(person).history.count { $0.by == page } == 1, "the card was asked about, and nobody's file was looked at")
    }

    // MARK: Guardians

    @Test("Of a pupil the notifier is told who speaks for them: guardians who are there, and nobody for a pupil who is protected")
    func guardians() throws {
        let mother = try counter.enrol(with: .card(1), "長井 母")
        let father = try counter.enrol(with: .card(2), "長井 父")
        let child = try counter.enrol(with: .card(3), "長井 小春", born: CalendarDate("2018-05-05"))
        for card in 1...2 {
            try counter.ask(Relate(.guardian, tap: try counter.hold(.card(card)), toTap: try counter.hold(.card(3))), on: .relate)
        }
        try counter.ask(Relate(.family, person: try counter.enrol("祖 母"), to: child, why: "agreed"), on: .relate)
        #expect(try counter.view(.noticeView, child) == nil, "no pupil")
        var pupil = PersonFacts()
        pupil.school = "東小学校"
        try counter.ask(PutPerson(child, pupil), on: .putPerson)
        #expect(try counter.view(.noticeView, child)?.guardians == [mother, father].sorted())
        #expect(try counter.view(.noticeView, child)?.collectors?.count == 3)
        try counter.ask(ErasePerson(father, why: "asked for it"), on: .erasePerson)
        #expect(try counter.view(.noticeView, child)?.guardians == [mother])
        try counter.ask(Relate(.guardian, person: mother, to: child, why: "custody", ends: true), on: .relate)
        #expect(try counter.view(.noticeView, child)?.guardians == [])
        try counter.ask(Relate(.guardian, tap: try counter.hold(.card(1)), toTap: try counter.hold(.card(3))), on: .relate)
        #expect(try counter.view(.noticeView, child)?.guardians == [mother])
        pupil.isProtected = true
        try counter.ask(PutPerson(child, pupil), on: .putPerson)
        #expect(try counter.view(.noticeView, child)?.guardians == [])
    }

    @Test(
        "A guardian without any address is known to the notifier while the child is a pupil, so that a browser can be told; a family member is not"
    )
    func guardianKnown() throws {
        let mother = try counter.enrol(with: .card(1), "長井 母")
        let aunt = try counter.enrol("長井 叔母")
        let child = try counter.enrol(with: .card(3), "長井 小春", born: CalendarDate("2018-05-05"))
        try counter.ask(Relate(.guardian, tap: try counter.hold(.card(1)), toTap: try counter.hold(.card(3))), on: .relate)
        try counter.ask(Relate(.family, person: aunt, to: child, why: "agreed"), on: .relate)
        #expect(try counter.view(.noticeView, mother) == nil)
        var pupil = PersonFacts()
        pupil.school = "東小学校"
        try counter.ask(PutPerson(child, pupil), on: .putPerson)
        let known = try #require(try counter.view(.noticeView, mother))
        #expect(known.tokens == [.card(1)] && known.called == nil && known.guardians == nil)
        #expect(try counter.view(.noticeView, aunt) == nil)
        pupil.isProtected = true
        try counter.ask(PutPerson(child, pupil), on: .putPerson)
        #expect(try counter.view(.noticeView, mother) == NoticeView(mother), "of a protected pupil nobody is told")
        pupil.isProtected = false
        try counter.ask(PutPerson(child, pupil), on: .putPerson)
        #expect(try counter.view(.noticeView, mother)?.tokens == [.card(1)])
        try counter.ask(ErasePerson(child, why: "asked for it"), on: .erasePerson)
        #expect(try counter.view(.noticeView, mother) == NoticeView(mother))
    }

    @Test("A guardian who has left the town speaks for nobody any more")
    func guardianLeaves() throws {
        let header = ["番号", "氏名", "フリガナ", "生年月日"]
        let rows = [["1", "長井 母", "ナガイ ハハ", "1984-03-01"], ["2", "長井 父", "ナガイ チチ", "1984-03-01"]]
        _ = try counter.apply(try counter.hand("library", header, rows).id)
        let mother = try #require(try enter("ナガイ ハハ", born: CalendarDate("1984-03-01")).answer?.persons.first)
        #expect(try counter.ask(LinkCard(try counter.hold(.card(1)), to: mother, born: CalendarDate("1984-03-01")), on: .linkCard).accepted)
        let child = try counter.enrol(with: .card(3), "長井 小春", born: CalendarDate("2018-05-05"))
        var pupil = PersonFacts()
        pupil.school = "東小学校"
        try counter.ask(PutPerson(child, pupil), on: .putPerson)
        try counter.ask(Relate(.guardian, tap: try counter.hold(.card(1)), toTap: try counter.hold(.card(3))), on: .relate)
        #expect(try counter.view(.noticeView, child)?.guardians == [mother])
        _ = try counter.apply(try counter.hand("library", header, [rows[1]], sha: "y").id)
        #expect(try enter(.card(1), born: CalendarDate("1984-03-01")).refusal == "no-match")
        #expect(try counter.view(.noticeView, child)?.guardians == [])
    }
}
