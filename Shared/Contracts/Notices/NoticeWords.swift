/// What is told to one person at one time. Each has a text in every language, in which `{name}` stands for a value.
package enum NoticeWord: String, Codable, Sendable, CaseIterable {
    // At a school.
    case arrived, left
    case leftEarly = "left-early"
    /// By whoever held their own card.
    case brought, collected
    case notArrived = "not-arrived"
    /// The machines at the gate cannot be heard, so nobody knows who has come.
    case gateSilent = "gate-silent"
    case arrivedAfterAll = "arrived-after-all"
    /// Said to be absent after the alarm.
    case excused
    // On a bus.
    case boarded, alighted
    case leftOnBoard = "left-on-board"
    case foundAlighted = "found-alighted"
    // Of somebody who is watched over.
    case silent
    case silentUnknown = "silent-unknown"
    case seenAgain = "seen-again"
    case seenTo = "seen-to"
    case watchSummary = "watch-summary"
    // In a disaster.
    case sheltered
    case leftShelter = "left-shelter"
    // At a locker.
    case itemReady = "item-ready"
    case itemReminder = "item-reminder"
    /// A message of the town: title and words are its own.
    case town
    /// The link by which somebody opens their own page.
    case signIn = "sign-in"
    /// Six digits by which somebody shows at their own page that an address is theirs.
    case prove
    /// Somebody's ways were changed at their own page.
    case wayChanged = "way-changed"
    /// Whether an address still works.
    case probe

    /// What its text must name, or it would be of no use.
    package var needed: NoticePlaceholder? {
        switch self {
        case .signIn: .links
        case .prove: .code
        default: nil
        }
    }

    /// The values its text may name.
    package var placeholders: Set<NoticePlaceholder> {
        switch self {
        case .arrived, .left, .leftEarly, .arrivedAfterAll, .excused: [.name, .time, .date, .school]
        case .brought, .collected: [.name, .time, .date, .school, .by]
        case .notArrived: [.name, .names, .count, .time, .date, .school]
        case .gateSilent: [.time, .date, .since, .school]
        case .boarded, .alighted, .leftOnBoard, .foundAlighted: [.name, .time, .date, .line, .place]
        case .silent, .silentUnknown: [.name, .days, .since]
        case .seenAgain: [.name, .time, .date]
        case .seenTo: [.name, .time, .date, .words]
        case .watchSummary: [.name, .month, .days, .since]
        case .sheltered, .leftShelter: [.name, .time, .date, .shelter]
        case .itemReady, .itemReminder: [.since, .locker, .number]
        case .town: [.title, .words, .links]
        case .signIn: [.links]
        case .prove: [.code]
        case .wayChanged: [.time, .date]
        case .probe: [.month]
        }
    }
}

/// What stands for a value in a text.
package enum NoticePlaceholder: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
    case name, names, count, time, date, school, by, since, line, place, days, month, shelter, locker, number, title, words, links, code
    /// The town's name, known in every text.
    case town
}

/// Subject and body of a message; a channel without a subject shows the body alone.
package struct NoticeText: Codable, Sendable, Equatable {
    package var body: String
    package var subject: String

    package init(subject: String, body: String) { (self.subject, self.body) = (subject, body) }

    /// With values in place of placeholders. One that has no value is left out.
    package func filled(_ values: [NoticePlaceholder: String]) -> NoticeText {
        NoticeText(subject: Self.fill(subject, values), body: Self.fill(body, values))
    }

    /// Those that stand in it, by their words, and whatever else stands in braces.
    package var placeholders: [String] { [subject, body].flatMap { Self.parts(of: $0).compactMap(\.placeholder) } }

    private static func fill(_ text: String, _ values: [NoticePlaceholder: String]) -> String {
        parts(of: text).map { part in
            switch part {
            case .text(let text): String(text)
            case .placeholder(let word): NoticePlaceholder(rawValue: word).flatMap { values[$0] } ?? ""
            }
        }.joined()
    }

    private enum Part {
        case text(Substring)
        case placeholder(String)

        var placeholder: String? { if case .placeholder(let word) = self { word } else { nil } }
    }

    /// A brace that is not closed is text.
    private static func parts(of text: String) -> [Part] {
        var (parts, rest): ([Part], Substring) = ([], text[...])
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            parts.append(.text(rest[..<open]))
            parts.append(.placeholder(String(rest[rest.index(after: open)..<close])))
            rest = rest[rest.index(after: close)...]
        }
        return parts + [.text(rest)]
    }
}
