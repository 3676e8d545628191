import Contracts
import ServiceKit
import Store

/// Something that has happened at a shelter: a fact about a place, and nobody in it.
struct Happening: Codable, Equatable {
    enum What: String, Codable {
        case opened, rehearsal, closing, closed
        /// Nothing is heard from there any more, or something again.
        case silent, heard
        /// Goods came in.
        case arrived
        /// More or less of something is wanted.
        case wanted
        case handOutBegan = "hand-out-began"
        case handOutEnded = "hand-out-ended"
    }

    var what: What
    /// Goods, as people call them.
    var item: String?
    /// Of what arrived.
    var pieces: Int?
    var stock: Int?
    var wanted: Int?

    init(_ what: What, of supply: Supply? = nil, pieces: Int? = nil) {
        (self.what, self.pieces) = (what, pieces)
        (item, stock, wanted) = (supply.map { $0.title ?? $0.item.text }, supply?.stock, supply?.wanted)
    }

    /// - Parameter before: what was known of the shelter; whatever was so when it was first heard of has not happened now.
    static func all(from before: ShelterRun?, to now: ShelterRun) -> [Happening] {
        guard before?.stage != now.stage || before?.isDrill != now.isDrill else { return [] }
        switch now.stage {
        case .open: return [Happening(now.isDrill ? .rehearsal : .opened)]
        case .closing: return [Happening(.closing)]
        case .closed: return before == nil ? [] : [Happening(.closed)]
        }
    }

    static func all(from before: Occupancy?, to now: Occupancy) -> [Happening] {
        guard let before, (before.condition == .silent) != (now.condition == .silent) else { return [] }
        return now.condition == .closed ? [] : [Happening(now.condition == .silent ? .silent : .heard)]
    }

    /// What is handed out piece by piece is no news; what came in, and what is wanted, is.
    static func all(from before: ShelterSupplies?, to now: ShelterSupplies) -> [Happening] {
        guard let before else { return [] }
        let goods = now.supplies.flatMap { supply -> [Happening] in
            let old = before.supplies.first { $0.item == supply.item } ?? Supply(supply.item)
            if supply.stock > old.stock { return [Happening(.arrived, of: supply, pieces: supply.stock - old.stock)] }
            return supply.wanted == old.wanted ? [] : [Happening(.wanted, of: supply)]
        }
        func item(_ round: ShelterSupplies.Round) -> Supply {
            now.supplies.first { $0.item == round.handOut.item } ?? Supply(round.handOut.item)
        }
        let began = now.handOuts.filter { round in !before.handOuts.contains { $0.handOut.item == round.handOut.item } }
        let ended = before.handOuts.filter { round in !now.handOuts.contains { $0.handOut.item == round.handOut.item } }
        return goods + began.map { Happening(.handOutBegan, of: item($0)) } + ended.map { Happening(.handOutEnded, of: item($0)) }
    }

    var phrase: Phrase {
        let item = item ?? ""
        let stock: Phrase = Phrase("在庫\(self.stock ?? 0)、不足\(wanted ?? 0)", "\(self.stock ?? 0) in stock, \(wanted ?? 0) wanted")
        switch what {
        case .opened: return Phrase("開設", "opened")
        case .rehearsal: return Phrase("訓練として開設", "opened as a drill")
        case .closing: return Phrase("閉鎖準備中", "being closed")
        case .closed: return Phrase("閉鎖", "closed")
        case .silent: return Phrase("応答なし", "not heard from")
        case .heard: return Phrase("応答あり", "heard from again")
        case .arrived: return Phrase("\(item) \(pieces ?? 0)個 到着（\(stock.ja)）", "\(pieces ?? 0) \(item) arrived (\(stock.en))")
        case .wanted: return Phrase("\(item) \(stock.ja)", "\(item): \(stock.en)")
        case .handOutBegan: return Phrase("\(item) 配布開始", "\(item) is handed out")
        case .handOutEnded: return Phrase("\(item) 配布終了", "\(item) is no longer handed out")
        }
    }
}

/// What has happened, the newest five hundred.
enum Timeline {
    static let table = Migration(
        3,
        """
        -- What has happened at shelters. body: JSON of a happening; at: milliseconds.
        CREATE TABLE happening (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, shelter TEXT NOT NULL, body BLOB NOT NULL
        );
        CREATE INDEX happening_at ON happening (at);
        """)

    struct Line {
        let at: Instant
        let shelter: String
        let happening: Happening
    }

    static func note(_ happening: Happening, at moment: Instant, shelter: String, in db: borrowing Transaction) throws {
        try db.run("INSERT INTO happening (at, shelter, body) VALUES (?, ?, ?)", moment.milliseconds, shelter, try happening.json())
        try db.run("DELETE FROM happening WHERE id NOT IN (SELECT id FROM happening ORDER BY at DESC, id DESC LIMIT 500)")
    }

    /// The newest first.
    static func newest(_ count: Int, in db: borrowing Transaction) throws -> [Line] {
        try db.all("SELECT at, shelter, body FROM happening ORDER BY at DESC, id DESC LIMIT ?", count) {
            Line(at: Instant(milliseconds: $0.int(0)), shelter: $0.text(1), happening: try $0.blob(2).decoded())
        }
    }
}

extension Portal {
    func note(_ happenings: [Happening], at moment: Instant, shelter: String, in turn: borrowing Turn) throws {
        guard !happenings.isEmpty else { return }
        for happening in happenings { try Timeline.note(happening, at: moment, shelter: shelter, in: turn.db) }
        for tongue in Tongue.allCases {
            try say(.piece("hq-timeline", timelinePiece(tongue, in: turn)), on: "hq/\(tongue.rawValue)", in: turn)
        }
    }

    /// The newest of what has happened.
    func timelinePiece(_ tongue: Tongue, _ count: Int = 20, in turn: borrowing Turn) throws -> HTML {
        let words = try words(tongue, in: turn)
        let lines = try Timeline.newest(count, in: turn.db).map { line -> HTML in
            let title = words.shelters[line.shelter] ?? line.shelter
            return """
                <li><time datetime="\(line.at.rfc3339(offset))">\(line.at.minute(offset))</time> \(title): \(line.happening.phrase[tongue])</li>

                """
        }
        let none: HTML = lines.isEmpty ? "<li>\(words.say("まだ何もありません", "Nothing yet"))</li>" : ""
        return "<ul id=\"hq-timeline\" class=\"timeline\">\(lines)\(none)</ul>"
    }
}
