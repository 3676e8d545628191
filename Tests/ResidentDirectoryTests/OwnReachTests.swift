import Contracts
import Harness
import ResidentDirectory
import Testing

@Suite("Mail addresses and LINE accounts that residents add and take away at their own page")
struct OwnReachTests {
    let counter: Counter
    private let page: UserID = "resident-page"
    private let reach = Reach(.mail, "new@mail.example")
    private let old = Reach(.mail, "old@mail.example")

    init() throws { counter = try Counter(policy: PeoplePolicy()) }

    private func put(_ person: PersonID, _ reach: Reach, remove: Bool? = nil) throws -> Reply<PersonAnswer> {
        try counter.ask(ReachOwn(person, at: reach, remove: remove), on: .reachOwn, as: page)
    }

    @Test("One is added, and taken away again; the notifier is told at once, and the history says who and what without the address")
    func changes() throws {
        let person = try counter.enrol { $0.channels = [old] }
        try counter.rig.pass(.seconds(1))
        #expect(try put(person, reach).answer?.ruling != nil)
        #expect(try counter.view(.noticeView, person)?.channels == [old, reach])
        let ruling = try #require(try counter.file(person).history.first { $0.by == page })
        #expect(ruling.what == .changed && ruling.why == "own page, mail address added")
        try counter.rig.pass(.seconds(1))
        let again = try put(person, reach)
        #expect(again.accepted && again.answer?.ruling == nil, "it is there already")
        #expect(try put(person, old, remove: true).accepted)
        #expect(try counter.view(.noticeView, person)?.channels == [reach])
        #expect(try put(person, old, remove: true).answer?.ruling == nil)
        #expect(try put(person, reach, remove: true).accepted)
        #expect(try counter.file(person).facts.channels == nil)
        #expect(try counter.rig.said(.persons).allSatisfy { !String(decoding: try $0.json(), as: UTF8.self).contains("@") })
    }

    @Test("A LINE account beside the mail address, once however often it is said, and taken away again")
    func line() throws {
        let (person, line) = (try counter.enrol { $0.channels = [old] }, Reach(.line, "U4af4980629f8a1b2c3d4e5f60718293a"))
        try counter.rig.pass(.seconds(1))
        #expect(try put(person, line).answer?.ruling != nil && put(person, line).answer?.ruling == nil)
        #expect(try counter.view(.noticeView, person)?.channels == [old, line])
        #expect(try counter.file(person).history.first { $0.by == page }?.why == "own page, LINE account added")
        try counter.rig.pass(.seconds(1))
        #expect(try put(person, line, remove: true).answer?.ruling != nil)
        #expect(try counter.file(person).facts.channels == [old])
        #expect(try counter.file(person).history.first { $0.by == page }?.why == "own page, LINE account taken away")
        #expect(try counter.rig.said(.persons).allSatisfy { !String(decoding: try $0.json(), as: UTF8.self).contains("U4af") })
    }

    @Test("What is neither a mail address nor a user's id of LINE is refused, and telephones are the counter's")
    func badAddress() throws {
        let person = try counter.enrol { $0.channels = [old] }
        let long =
            String(repeating: "a", count: 60) + "@" + String(repeating: "b", count: 60) + "." + String(repeating: "c", count: 60)
            + "." + String(repeating: "d", count: 60)
        for text in ["nobody", "a@b.example\r\nBcc: c@d.example", "", long] {
            #expect(try put(person, Reach(.mail, text)).refusal == "bad-address")
        }
        for text in [
            "U4af4980629f8a1b2c3d4e5f60718293", "u4af4980629f8a1b2c3d4e5f60718293a", "C4af4980629f8a1b2c3d4e5f60718293a",
            "U4AF4980629f8a1b2c3d4e5f60718293a",
        ] {
            #expect(try put(person, Reach(.line, text)).refusal == "bad-address")
        }
        #expect(try put(person, Reach(.phone, "0238-00-0000"), remove: true).refusal == "bad-address")
        for way in [Reach.Way.line, .phone, .webhook] { #expect(try put(person, Reach(way, "new@mail.example")).refusal == "bad-address") }
        #expect(try counter.file(person).facts.channels == [old])
    }

    @Test("Children and protected people are seen at the counter, and are refused alike")
    func atCounter() throws {
        let child = try counter.enrol("長井 小春", born: CalendarDate("2018-05-05"))
        let person = try counter.enrol { ($0.channels, $0.isProtected) = ([old], true) }
        let replies = [try put(child, reach), try put(person, reach), try put(person, old, remove: true)]
        #expect(replies.allSatisfy { $0.refusal == "at-counter" })
        #expect(try counter.file(person).facts.channels == [old] && counter.file(child).facts.channels == nil)
        #expect(try put(.person(99), reach).refusal == "unknown-person")
        #expect(try counter.ask(ReachOwn(child, at: reach), on: .reachOwn).refusal == "not-yours")
    }

    @Test("No more than the directory keeps")
    func most() throws {
        let person = try counter.enrol { $0.channels = (1...40).map { Reach(.mail, "a\($0)@mail.example") } }
        #expect(try put(person, reach).refusal == "bad-facts")
        #expect(try put(person, Reach(.mail, "a1@mail.example"), remove: true).accepted && put(person, reach).accepted)
    }
}
