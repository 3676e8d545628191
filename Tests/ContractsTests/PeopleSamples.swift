import Contracts
import Harness

extension Sample {
    static let hanako = PersonID("p-7k3mq2x5t4w2vbza")!
    static let taro = PersonID("p-c5n4hq7wz2e6oa3t")!
    static let born = CalendarDate("1954-03-01")

    /// One of every payload about people, and more of those with several shapes.
    static func people(_ use: (any Payload) throws -> Void) rethrows {
        for what in PersonRuled.What.allCases { try use(PersonRuled(what, hanako, by: "registrar-office", card: .card(1), other: taro)) }
        try views(use)
        for residency in Residency.allCases { try use(PutPerson(hanako, facts, residency: residency, standing: .registered, tap: id)) }
        try use(PutPerson(nil, PersonFacts()))
        try use(FindPersons())
        try use(ShowPerson(tap: id, why: "開示請求 \"file\""))
        try use(ErasePerson(hanako, why: ""))
        try use(LinkCard(id, to: hanako, born: born))
        try use(ReplaceCard(new: id, person: hanako, oldCard: .card(2), born: born, why: "lost"))
        for status in CardFile.Status.allCases { try use(MarkCard(status, card: .card(1), why: "lost")) }
        try use(RetireTokenKey(1, dry: true))
        for kind in RelationKind.allCases { try use(Relate(kind, tap: id, toTap: id)) }
        try use(ChangeMembers("staff", add: [hanako], remove: []))
        try use(SetConsent("shelter", "care-needs", given: false, person: hanako, wording: "2026-04", how: "paper"))
        try use(MergePersons(taro, into: hanako, why: "the same card"))
        try use(UndoRuling(id, why: "two persons"))
        try use(OpenList("residents", header: ["氏名", ""], rows: 2, sha256: "00"))
        try use(AddRows(id, [AddRows.Row(line: 2, ["長井 花子", "a \"cell\"\n"])]))
        for what in ListLine.What.allCases { try use(ReviewList(id, after: 1, only: what)) }
        for decision in DecideList.Decision.allCases { try use(DecideList(id, decision)) }
        try use(TellAgain(why: "put back"))
        try answers(use)
    }

    private static func views(_ use: (any Payload) throws -> Void) rethrows {
        try use(LockView(hanako, tokens: [.card(1)], groups: ["staff"]))
        try use(LockView(taro, into: hanako))
        try use(ShelterView(hanako))
        try use(PointsView(hanako, tokens: [], eligible: [Eligibility("bus-discount", from: born)]))
        var notice = NoticeView(taro)
        notice.channels = [Reach(.mail, "hanako@example.com")]
        notice.tell = [NoticeView.Tell(hanako, as: .guardian, kinds: ["school-gate"])]
        try use(notice)
        try use(VisitView(VisitorID("v-u6b2rk7cx4mz5woe")!))
    }

    private static func answers(_ use: (any Payload) throws -> Void) rethrows {
        let brief = PersonBrief(hanako, facts, .resident, .registered, cards: 1)
        var file = PersonFile(hanako, facts, .resident, .registered, since: at)
        file.cards = [CardFile(.card(1), .felica, .active, since: at)]
        file.history = [RulingFile(id, .linked, at: at, by: "registrar-office", of: "k1", why: "\\")]
        file.relations = [RelationFile(.family, taro, isOfThisPerson: true, name: nil, since: at)]
        file.consents = [Consent("shelter", "care-needs", given: true, wording: "2026-04", how: "tap", at: at)]
        file.views = ["lock-view": "{\"person\":\"\(hanako)\"}"]
        try use(Reply<PersonFile>.accept(file))
        try use(Reply<PersonAnswer>.accept(PersonAnswer(brief, ruling: id)))
        try use(Reply<PersonList>.accept(PersonList([brief], more: false)))
        try use(Reply<Erased>.accept(Erased(gone: ["cards": 1], kept: [:])))
        try use(Reply<RetiredKey>.accept(RetiredKey(followed: 1, stranded: 0)))
        try use(Reply<MembersAnswer>.accept(MembersAnswer("staff", members: 2)))
        let line = ListLine(.moved, line: nil, person: hanako, "→ 例町")
        try use(
            Reply<ListReview>.accept(
                ListReview(id, "residents", .ready, rows: 1, counts: ["moved": 1], openedBy: "registrar-office", lines: [line])))
    }

    private static var facts: PersonFacts {
        var facts = PersonFacts()
        (facts.name, facts.reading, facts.born, facts.sex) = ("長井 花子", "ながい はなこ", born, .female)
        facts.attributes = [Attribute("licence", "returned", from: born, source: "licence-returned")]
        facts.needs = []
        return facts
    }
}
