import Contracts
import Seal
import ServiceKit
import Store

/// Something that is told: what, about whom, and since when it is so. Names stand nowhere in it.
struct News {
    let word: NoticeWord
    /// The consent under which it is told; of a kind nobody can decline if `nil`.
    let kind: NoticeKind?
    /// The fact behind it: with the word and the subject it is told once.
    let about: EventID
    let subject: PersonID?
    /// When it happened.
    let at: Instant
    var urgency = Urgency.ordinary
    var values = Values()

    /// The lower, the sooner it leaves.
    enum Urgency: Int {
        /// Somebody may be in danger: at any hour.
        case danger, soon, ordinary, bulk
    }

    /// What its text may name beside the subject and the time.
    struct Values: Codable, Equatable {
        /// Who brought or collected the child.
        var by: PersonID?
        /// By which an address is proved; gone when the delivery has ended.
        var code: String?
        var days: Int?
        /// By no way that others look at (★).
        var isConfidential: Bool?
        var kind: NoticeKind?
        var line: LineID?
        /// By which somebody opens their own page; gone when the delivery has ended.
        var link: String?
        var locker: LockerID?
        var message: TownMessageID?
        var month: Int?
        var number: ItemNumber?
        var place: PlaceID?
        /// Where alone it goes; gone when the delivery has ended.
        var reach: Reach?
        var school: SchoolID?
        var shelter: ShelterID?
        var since: Instant?
        /// Several of whom one message tells: the pupils who have not come, for an office.
        var subjects: [PersonID]?
        var words: String?
    }

    var id: EventID { .derived(from: about, type: "notice", discriminator: "\(word.rawValue) \(subject?.text ?? "")") }
}

extension Notifier {
    /// Tells everybody who wants to hear this of its subject: those whom the subject's row names.
    /// - Parameter wait: when several may be told together, how long to wait for the others.
    func tell(_ news: News, wait: Duration = .zero, in turn: borrowing Turn) throws {
        guard let subject = news.subject else { return }
        for listener in try listeners(of: subject, for: news.kind, in: turn.db) {
            try tell(news, to: .person(listener.person), wait: wait, in: turn)
        }
    }

    /// Tells one recipient, once for a fact, a word and a subject.
    func tell(_ news: News, to recipient: NoticeRecipient, wait: Duration = .zero, in turn: borrowing Turn) throws {
        var values = news.values
        values.kind = news.kind
        let id = news.id
        let row = turn.db.close(try values.json(), "notice/\(id)")
        try turn.db.run(
            "INSERT OR IGNORE INTO notice (id, word, about, subject, at, row) VALUES (?, ?, ?, ?, ?, ?)", id.bytes, news.word.rawValue,
            news.about.bytes, news.subject?.text, news.at.milliseconds, row)
        let start = turn.now + wait
        let due = news.urgency == .danger ? start : policy.quiet.end(after: start, turn.identity.offset)
        try turn.db.run(
            """
            INSERT OR IGNORE INTO delivery (id, notice, recipient, urgency, stage, created, due) VALUES (?, ?, ?, ?, 'queued', ?, ?)
            """, EventID.derived(from: id, type: "delivery", discriminator: recipient.text).bytes, id.bytes, recipient.text,
            news.urgency.rawValue, turn.now.milliseconds, due.milliseconds)
    }
}
