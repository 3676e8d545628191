import Contracts
import People
import Post
import Seal
import ServiceKit
import Store

/// What a message says, in the recipient's language and with names as they are now.
extension Notifier {
    /// - Parameters:
    ///   - notices: of one word; of several one message tells, in the order in which they happened.
    ///   - sent: when it leaves; what is late by then says so.
    ///   - isNaming: `false` for what travels over the bus: people without their names, and nobody's own words.
    func text(
        of notices: [KeptNotice], to recipient: NoticeRecipient, sent: Instant, naming isNaming: Bool = true, in turn: borrowing Turn
    ) throws -> NoticeText {
        let notices = notices.sorted { ($0.at, $0.id) < ($1.at, $1.id) }
        guard let first = notices.first else { return NoticeText(subject: "", body: "") }
        let tongue = try language(of: recipient, in: turn.db)
        if first.word == .town { return try townText(first, in: tongue, turn.db) }
        let template = policy.texts[first.word]?.text(in: tongue) ?? first.word.text(in: tongue)
        let values = try values(of: notices, in: tongue, naming: isNaming, turn)
        var text = template.filled(values)
        if sent - first.at > policy.lateAfter, first.word.happens { text.body += "\n\n" + tongue.late(sent, turn.identity.offset) }
        return text
    }

    func language(of recipient: NoticeRecipient, in db: borrowing Transaction) throws -> Tongue {
        let said: String? =
            switch recipient {
            case .person(let person): try view(of: person, in: db)?.language
            case .contact(let id): policy.contact(id)?.language
            }
        return Tongue(said ?? policy.language)
    }

    private func values(
        of notices: [KeptNotice], in tongue: Tongue, naming isNaming: Bool, _ turn: borrowing Turn
    ) throws -> [NoticePlaceholder: String] {
        guard let notice = notices.last else { return [:] }
        let offset = turn.identity.offset
        let values = notice.values
        let subjects = notices.compactMap(\.subject) + (values.subjects ?? [])
        let names = try subjects.reduce(into: [String]()) { names, person in
            var name = try isNaming ? called(person, in: tongue, turn.db) : tongue.somebody
            if isNaming, values.subjects != nil, let own = try view(of: person, in: turn.db)?.schoolClass { name = "\(own) \(name)" }
            if !names.contains(name) { names.append(name) }
        }
        var filled: [NoticePlaceholder: String] = [
            .town: sender.town, .time: tongue.time(notice.at, offset), .date: tongue.date(notice.at, offset),
            .name: tongue.list(names), .names: names.map { "・\($0)" }.joined(separator: "\n"),
            .count: String(subjects.count),
        ]
        filled[.school] = values.school.map { policy.school($0)?.title ?? $0.text }
        filled[.by] = try values.by.map { try isNaming ? called($0, in: tongue, turn.db) : tongue.somebody }
        filled[.since] = values.since.map { tongue.moment($0, offset) }
        filled[.line] = values.line.map { policy.titles[$0.text] ?? $0.text }
        filled[.place] = values.place.map { policy.titles[$0.text] ?? $0.text }
        filled[.locker] = values.locker.map { policy.titles[$0.text] ?? $0.text }
        filled[.shelter] = try values.shelter.map { try title(of: $0, in: turn.db) }
        filled[.number] = values.number?.text
        filled[.days] = values.days.map(String.init)
        filled[.month] = values.month.map(String.init)
        filled[.words] = isNaming ? values.words : ""
        filled[.links] = isNaming ? values.link : ""
        filled[.code] = isNaming ? values.code : ""
        return filled
    }

    /// How a message calls somebody: the name that the directory has for it, or nobody's.
    private func called(_ person: PersonID, in tongue: Tongue, _ db: borrowing Transaction) throws -> String {
        try view(of: person, in: db)?.called ?? tongue.somebody
    }

    // MARK: As it leaves

    /// - Returns: `nil` if the address is none.
    func parcel(_ id: EventID, _ text: NoticeText, _ notice: KeptNotice, along route: Route, in turn: borrowing Turn) throws -> Parcel? {
        let key = id.description
        switch (route.way, route.place) {
        case (.mail, .text(let address)):
            guard let to = try? MailAddress(address), let from = sender.mailbox else { return nil }
            let letter = MailLetter(
                from: from, to: to, subject: text.subject, body: text.body, date: turn.now, offset: turn.identity.offset,
                returnPath: sender.returnPath)
            return Parcel(key: key, .mail(letter))
        case (.line, .text(let address)):
            return Parcel(key: key, .line(LinePush(to: address, text: "\(text.subject)\n\(text.body)")))
        case (.webhook, .text(let receiver)):
            let call = SpokenNotice(notice, text, offset: turn.identity.offset)
            return Parcel(key: key, .webhook(WebhookCall(receiver: receiver, body: try call.json())))
        case (.push, .push(let push)):
            guard let keys = try? WebPushKeys(p256dh: push.p256dh, auth: push.auth) else { return nil }
            let shown = SpokenNotice(notice, text, offset: turn.identity.offset)
            let message = WebPushMessage(
                WebPushSubscription(endpoint: push.endpoint, keys: keys), payload: try shown.json(),
                keepFor: notice.word.keepsFor, urgency: notice.word == .leftOnBoard ? .high : .normal)
            return Parcel(key: key, .push(message))
        default: return nil
        }
    }
}

/// A message to a program: a sign, a tablet, a browser's service worker.
struct SpokenNotice: Codable, Equatable {
    let at: String
    let body: String
    let id: EventID
    let subject: String
    let word: NoticeWord

    init(_ notice: KeptNotice, _ text: NoticeText, offset: UTCOffset) {
        (id, word, subject, body, at) = (notice.id, notice.word, text.subject, text.body, notice.at.rfc3339(offset))
    }
}

extension [String: NoticeText] {
    /// In a language, or in Japanese for whoever reads it, or in English.
    fileprivate func text(in tongue: Tongue) -> NoticeText? {
        self[tongue.tag] ?? self[tongue.primary] ?? self[tongue.isJapanese ? "ja" : "en"]
    }
}

extension NoticeWord {
    /// Whether it says that something has happened at a time: what comes late says so.
    fileprivate var happens: Bool { ![.probe, .town, .signIn, .prove, .watchSummary, .silent, .silentUnknown].contains(self) }

    /// How long a browser that is switched off may be told later.
    fileprivate var keepsFor: Duration { self == .town ? .seconds(7 * 86_400) : .seconds(12 * 3600) }
}
