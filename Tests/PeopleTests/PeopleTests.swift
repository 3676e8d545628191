import Contracts
import Harness
import People
import Store
import Testing

@Suite("What a service knows of people")
struct PeopleTests {
    private let ami = PersonID.person(1)
    private let ben = PersonID.person(2)

    @Test("Each of the five views is kept, and a card leads to whom it names")
    func allViews() throws {
        func keep<View: PersonView>(_ view: View) throws {
            let sight = try Sight<View>()
            try sight.learn(view)
            #expect(try sight.person(of: .card(1)) == view.person && sight.view(of: view.person) == view, "\(View.type)")
            #expect(try sight.person(of: .card(2)) == nil)
        }
        try keep(LockView(ami, tokens: [.card(1)], groups: ["staff"]))
        try keep(PointsView(ami, tokens: [.card(1)], eligible: [Eligibility("bus-discount", from: CalendarDate("2026-04-01"))]))
        var shelter = ShelterView(ami)
        (shelter.tokens, shelter.name, shelter.needs) = ([.card(1)], "山田 \"あみ\"", ["insulin"])
        try keep(shelter)
        var notice = NoticeView(ami)
        (notice.tokens, notice.tell) = ([.card(1)], [.init(ben, as: .guardian, kinds: ["school-gate"])])
        try keep(notice)
        var visit = VisitView(VisitorID(Array(repeating: 9, count: 10)))
        (visit.tokens, visit.ageBand) = ([.card(1)], 40)
        try keep(visit)
    }

    @Test("A card that passes from one person to another is the later one's, also while the earlier one's row is missing")
    func passedOn() throws {
        let sight = try Sight<LockView>()
        try sight.learn(LockView(ami, tokens: [.card(1)]))
        let without = try sight.directory.row(LockView(ami, tokens: []), at: sight.rig.now).json()
        try sight.learn(LockView(ben, tokens: [.card(1)]))
        #expect(try sight.person(of: .card(1)) == ben)
        try sight.hear([without])
        #expect(try sight.person(of: .card(1)) == ben)
        #expect(try sight.view(of: ami) == LockView(ami, tokens: []))
    }

    @Test("A row without cards ends what is known of a person, and nothing of it is kept")
    func tombstone() throws {
        let sight = try Sight<LockView>()
        try sight.learn(LockView(ami, tokens: [.card(1)], groups: ["staff"]), LockView(ben, tokens: [.card(2)]))
        try sight.learn(LockView(ami))
        #expect(try sight.person(of: .card(1)) == nil && sight.view(of: ami) == nil)
        #expect(try sight.rows().count == 2 && sight.person(of: .card(2)) == ben)
    }

    @Test("Persons who were merged are found over several steps, in a circle too, and never without end")
    func merged() throws {
        let sight = try Sight<LockView>()
        try sight.learn(LockView(.person(3), into: ben), LockView(ben, into: ami), LockView(ami, tokens: [.card(1)]))
        #expect(try sight.merged(into: ami) == [ben, .person(3)])
        #expect(try sight.merged(into: .person(3)) == [])
        try sight.learn(LockView(ami, into: .person(3)))
        #expect(try sight.merged(into: ami) == [ben, .person(3)])
        try sight.learn(LockView(ben, tokens: [.card(2)]))
        #expect(try sight.merged(into: ami) == [])
        for number in 10..<200 { try sight.learn(LockView(.person(number), into: ami)) }
        #expect(try sight.merged(into: ami).count == People<LockView>.limit)
    }

    @Test("Of a person whose newest row the directory has lost nothing is known until it is written anew")
    func lostTail() throws {
        let sight = try Sight<LockView>()
        try sight.learn(LockView(ami, tokens: [.card(1)]), LockView(ben, tokens: [.card(2)]))
        try sight.learn(LockView(ami, tokens: [.card(1)], groups: ["staff"]))
        let heads = sight.directory.restored(to: 2, at: sight.rig.now)
        sight.rig.say("nagai/resident-directory/journal/main/heads", try heads.json())
        try sight.rig.settle()
        #expect(try sight.person(of: .card(1)) == nil && sight.view(of: ami) == nil)
        #expect(try sight.person(of: .card(2)) == ben)
        try sight.learn(LockView(ami, tokens: [.card(3)]))
        #expect(try sight.person(of: .card(3)) == ami && sight.person(of: .card(1)) == nil)
    }

    @Test("A row filed under another person is a dead letter, and nothing is known of either by it")
    func misfiled() throws {
        let sight = try Sight<LockView>()
        try sight.learn(LockView(ami, tokens: [.card(1)]))
        try sight.hear([sight.directory.row(LockView(ben, tokens: [.card(2)]), filedUnder: ami.text, at: sight.rig.now).json()])
        #expect(try sight.person(of: .card(1)) == nil && sight.person(of: .card(2)) == nil)
        let reasons = try sight.rig.disk.read { try $0.all("SELECT reason FROM dead_letter") { $0.text(0) } }
        #expect(reasons == ["the subject is not what the row is about"])
    }
}
