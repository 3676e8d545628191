/// Asks who did what at a door from `from` until before `to`, the oldest first.
package struct ListAudit: CommandBody {
    package typealias Answer = AuditPage
    package static let type = "audit-list"

    /// The last line of the answer before, to go on behind it.
    package var after: AuditPlace?
    package var door: DoorID
    package var from: Instant
    package var to: Instant

    package init(door: DoorID, from: Instant, to: Instant, after: AuditPlace? = nil) {
        self.after = after
        self.door = door
        self.from = from
        self.to = to
    }

    /// The question for what a page has left over; `nil` if that is nothing.
    package func behind(_ page: AuditPage) -> Self? {
        guard page.more, let last = page.lines.last else { return nil }
        return Self(door: door, from: last.at, to: to, after: AuditPlace(at: last.at, id: last.id))
    }

    /// The same time in parts of one length: their answers one behind the other are its answer.
    package func parts(_ count: Int) -> [Self] {
        let edges = (0...count).map { from + .milliseconds((to - from).milliseconds * Int64($0) / Int64(count)) }
        return zip(edges, edges.dropFirst()).map { from, to in
            Self(door: door, from: from, to: to, after: from == self.from ? after : nil)
        }
    }
}

/// A place in the audit of a door.
package struct AuditPlace: Codable, Sendable, Equatable {
    package var at: Instant
    package var id: EventID

    package init(at: Instant, id: EventID) {
        self.at = at
        self.id = id
    }
}

/// One line of a door's audit: who, why, what came of it.
package struct AuditLine: Codable, Sendable, Equatable {
    package enum What: String, Codable, Sendable, CaseIterable {
        /// A card was let in, or the door was ordered open without one.
        case open
        /// A card was not let in, or such an order was not given.
        case refuse
        /// The door was opened otherwise than by a grant.
        case opened
        case alarm, booking, group
    }

    package var at: Instant
    /// Whoever commanded it.
    package var by: UserID?
    package var id: EventID
    /// What the lock said of the order to open.
    package var outcome: DoorOutcome.Result?
    /// Whether the door was really opened by it; absent where no sensor tells.
    package var used: Bool?
    package var what: What
    /// A person's id, or where the card is nobody's known one the beginning of its token.
    package var who: String?
    /// `booking 01M7…`, `group staff`, a refusal's word, an alarm's kind and status, why else the door could be opened; `order`, and behind
    /// `order: ` the reason that somebody at a desk gave.
    package var why: String?

    package init(
        at: Instant, id: EventID, what: What, who: String? = nil, why: String? = nil, outcome: DoorOutcome.Result? = nil, used: Bool? = nil,
        by: UserID? = nil
    ) {
        self.at = at
        self.by = by
        self.id = id
        self.outcome = outcome
        self.used = used
        self.what = what
        self.who = who
        self.why = why
    }
}

/// Lines of a door's audit, and whether there are more behind them.
package struct AuditPage: Codable, Sendable, Equatable {
    /// At most so many lines stand on a page.
    package static let limit = 160

    package var lines: [AuditLine]
    package var more: Bool

    package init(lines: [AuditLine], more: Bool) {
        self.lines = lines
        self.more = more
    }

    /// The first of these lines, as many as an envelope has room for.
    package init(beginning lines: [AuditLine]) {
        var room = Envelope<Reply<Self>>.limit - 1024
        let fitting = lines.prefix(Self.limit).prefix { line in
            room -= line.room
            return room >= 0
        }
        self.init(lines: Array(fitting), more: fitting.count < lines.count)
    }
}

extension AuditLine {
    /// At most so many bytes of JSON: names, times and the longest words take 155. In a reason somebody has typed, some characters take two.
    fileprivate var room: Int {
        let escaped = why?.utf8.count { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") } ?? 0
        return 160 + escaped + [who, why, by?.text].reduce(0) { $0 + ($1?.utf8.count ?? 0) }
    }
}

extension AuditPage: WrittenByHand {
    package static func read(_ json: JSONReading) throws -> Self {
        let fields = try JSONObject(json)
        return Self(lines: try fields.list("lines") { try AuditLine(JSONObject($0)) }, more: try fields.bool("more"))
    }

    package func write(to line: inout JSONLine) throws {
        line.open()
        line.key("lines")
        line.openList()
        for entry in lines { try entry.write(to: &line) }
        line.closeList()
        line.comma()
        line.member("more", more)
        line.close()
    }
}

extension AuditLine {
    fileprivate init(_ fields: JSONObject) throws {
        self.init(
            at: try fields.value("at"), id: try fields.value("id"), what: try fields.word("what"), who: try fields.stringIfPresent("who"),
            why: try fields.stringIfPresent("why"), outcome: try fields.wordIfPresent("outcome"), used: try fields.boolIfPresent("used"),
            by: try fields.valueIfPresent("by"))
    }

    fileprivate func write(to line: inout JSONLine) throws {
        line.open()
        line.member("at", at)
        if let by { line.member("by", by) }
        line.member("id", id)
        if let outcome { line.member("outcome", outcome) }
        if let used { line.member("used", used) }
        line.member("what", what)
        if let who { try line.member("who", text: who) }
        if let why { try line.member("why", text: why) }
        line.close()
        line.comma()
    }
}

extension Channel where Body == ListAudit {
    package static var listAudit: Self { Self(of: "lock-controller", named: "audit-list") }
}
