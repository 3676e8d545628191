import Contracts
import People
import Seal
import ServiceKit
import Store

/// Who is told of somebody's silence, and who of its end.
extension Notifier {
    private static let family: Set<RelationKind> = [.family, .guardian, .head, .helper]

    /// To the next who can be told.
    func goOn(_ watch: inout KeptWatch, in turn: borrowing Turn) throws {
        guard let raised = watch.raised else { return }
        watch.due = nil
        if watch.stage != .family, watch.stage != .association, try !tellListeners(of: watch, .family, in: turn).isEmpty {
            (watch.stage, watch.due) = (.family, raised + policy.silence.associationAfter)
        } else if watch.stage != .association, try !tellListeners(of: watch, .association, in: turn).isEmpty {
            (watch.stage, watch.due) = (.association, raised + policy.silence.officeAfter)
        } else {
            let news = try news(of: watch, .office, in: turn)
            for contact in policy.office { try tell(news, to: .contact(contact), in: turn) }
            watch.stage = .office
            try say(.office, of: watch, in: turn)
        }
    }

    /// - Returns: those who were told. Who has no way by which to be told is nobody.
    private func tellListeners(
        of watch: KeptWatch, _ outcome: SilenceRaised.Outcome, in turn: borrowing Turn
    ) throws -> [PersonID] {
        let told = try listeners(of: watch, outcome == .family ? Self.family : [.neighbour], in: turn)
        guard !told.isEmpty else { return [] }
        let news = try news(of: watch, outcome, in: turn)
        for person in told { try tell(news, to: .person(person), in: turn) }
        try say(outcome, of: watch, in: turn)
        return told
    }

    func family(of watch: KeptWatch, in turn: borrowing Turn) throws -> [PersonID] { try listeners(of: watch, Self.family, in: turn) }

    private func listeners(of watch: KeptWatch, _ relations: Set<RelationKind>, in turn: borrowing Turn) throws -> [PersonID] {
        let listeners = try listeners(of: subject(of: watch, in: turn.db), for: .silence, in: turn.db)
        let people = Set(listeners.filter { relations.contains($0.relation) }.map(\.person)).sorted()
        return try people.filter { try hasWays($0, in: turn.db) }
    }

    private func subject(of watch: KeptWatch, in db: borrowing Transaction) throws -> PersonID {
        try People<NoticeView>.present(watch.person, in: db)
    }

    /// Told to the office once, however often the machines come and go.
    func sayUnknown(_ watch: inout KeptWatch, _ silent: [SilentGate], in turn: borrowing Turn) throws {
        guard watch.unsure != watch.last else { return }
        watch.unsure = watch.last
        let news = try news(of: watch, .unknown, in: turn)
        for contact in policy.office { try tell(news, to: .contact(contact), in: turn) }
        try say(.unknown, of: watch, silent: silent, in: turn)
    }

    private func say(
        _ outcome: SilenceRaised.Outcome, of watch: KeptWatch, silent: [SilentGate]? = nil, in turn: borrowing Turn
    ) throws {
        var raised = SilenceRaised(outcome, of: watch.person, last: watch.last)
        raised.silent = silent
        try turn.emit(raised, on: .silences, cause: about(watch, outcome), subject: watch.person.text)
    }

    private func news(
        of watch: KeptWatch, _ outcome: SilenceRaised.Outcome, under name: PersonID? = nil, in turn: borrowing Turn
    ) throws -> News {
        // Of this moment, since what is a day old is given up.
        var news = News(
            word: outcome == .unknown ? .silentUnknown : .silent, kind: .silence, about: about(watch, outcome),
            subject: try name ?? subject(of: watch, in: turn.db), at: turn.now, urgency: .soon)
        (news.values.days, news.values.since) = (watch.days, watch.last)
        return news
    }

    /// The fact behind what is told at a stage: the same as long as the alarm lasts.
    private func about(_ watch: KeptWatch, _ outcome: SilenceRaised.Outcome) -> EventID {
        let (alarm, at) = outcome == .unknown ? (watch.unsure, watch.unsure) : (watch.alarm, watch.raised)
        return .derived(
            ofType: "silence", identity: "\(watch.person) \(outcome.rawValue) \(alarm?.milliseconds ?? 0)", at: at ?? watch.last)
    }

    // MARK: Its end

    /// Everybody who was alarmed hears that it is over. Who was to hear of the alarm later, at the end of the night, hears of neither.
    func endAlarm(
        _ watch: inout KeptWatch, _ outcome: SilenceRaised.Outcome, at moment: Instant, cause: EventID, words: String? = nil,
        in turn: borrowing Turn
    ) throws {
        var news = News(
            word: outcome == .seenTo ? .seenTo : .seenAgain, kind: .silence, about: cause, subject: try subject(of: watch, in: turn.db),
            at: moment)
        news.values.words = words
        for recipient in try takeBack(watch, in: turn) { try tell(news, to: recipient, in: turn) }
        let raised = SilenceRaised(outcome, of: watch.person, last: watch.last, by: outcome == .seenTo ? turn.actor : nil)
        try turn.emit(raised, on: .silences, cause: cause, discriminator: watch.person.text, subject: watch.person.text)
        watch.rest(outcome == .seenTo ? .seenTo : .quiet)
    }

    /// What has not left yet does not leave.
    /// - Returns: who knows of the alarm.
    @discardableResult
    func takeBack(_ watch: KeptWatch, in turn: borrowing Turn) throws -> [NoticeRecipient] {
        var alarmed: [NoticeRecipient] = []
        for outcome in [SilenceRaised.Outcome.unknown, .family, .association, .office] {
            guard outcome == .unknown ? watch.unsure != nil : watch.alarm != nil else { continue }
            // They may have got another name since.
            let names = Set([watch.person, try subject(of: watch, in: turn.db)]).sorted()
            let notices = try names.map { try news(of: watch, outcome, under: $0, in: turn).id }
            let deliveries = try notices.flatMap { notice in
                try turn.db.all("SELECT id FROM delivery WHERE notice = ? ORDER BY recipient", notice.bytes) {
                    EventID(bytes: $0.blob(0))
                }
            }
            for case let id? in deliveries {
                guard let delivery = try delivery(id, in: turn.db) else { continue }
                if delivery.stage == .queued || delivery.stage == .deferred { try end(id, .withdrawn, in: turn) }
                // What was tried may have come.
                guard delivery.attempts > 0, delivery.stage != .failed, !alarmed.contains(delivery.recipient) else { continue }
                alarmed.append(delivery.recipient)
            }
        }
        return alarmed
    }
}
