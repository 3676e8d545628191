import Contracts
import ServiceKit
import Store

/// What shelters have and want (物資): kept where the shelter is kept, told to all other registries and to headquarters as numbers.
extension ShelterRegistry {
    private static let pause = Duration.seconds(1)
    private static let page = 2
    /// Pieces of anything, at most.
    static let pieces = 0...1_000_000

    func put(_ command: Envelope<PutSupply>, in turn: borrowing Turn) throws -> Reply<SupplyChanged> {
        let wish = command.data
        if let objection = try unable(wish.shelter, in: turn.db) { return objection.reply() }
        let known = try supply(wish.item, at: wish.shelter, in: turn.db)
        if known == nil, try supplies(at: wish.shelter, in: turn.db).count == Supply.kinds {
            return .refuse("too-many", "\(wish.shelter) has \(Supply.kinds) kinds of goods. Put this one down as one of them.")
        }
        var supply = known ?? Supply(wish.item)
        supply.stock = wish.stock ?? supply.stock
        supply.wanted = wish.wanted ?? supply.wanted
        supply.title = wish.title.map { $0.isEmpty ? nil : $0 } ?? supply.title
        if let arrived = wish.arrived {
            guard Self.pieces.contains(arrived) else { return Objection.pieces.reply() }
            supply.stock += arrived
            supply.wanted = max(0, supply.wanted - arrived)
        }
        guard Self.pieces.contains(supply.stock), Self.pieces.contains(supply.wanted) else { return Objection.pieces.reply() }
        guard supply.title.map({ $0.utf8.count <= 90 && !$0.hasControls }) ?? true else {
            return .refuse("bad-text", "No title is longer than 30 characters or holds control characters.")
        }
        let changed = SupplyChanged(supply, at: wish.shelter, by: turn.actor)
        guard supply != known else { return .accept(changed) }
        try write(supply, at: wish.shelter, in: turn)
        try turn.emit(changed, on: .supplyChanges, cause: command.id, subject: wish.shelter.text)
        return .accept(changed)
    }

    /// A shelter that is not known, or not kept here.
    func unable(_ shelter: ShelterID, in db: borrowing Transaction) throws -> Objection? {
        if let objection = elsewhere(shelter) { return objection }
        return try known(shelter, in: db) == nil ? try unknown(shelter, in: db) : nil
    }

    // MARK: Rows

    func supply(_ item: SupplyID, at shelter: ShelterID, in db: borrowing Transaction) throws -> Supply? {
        try db.first(
            "SELECT item, stock, wanted, title FROM supply WHERE shelter = ? AND item = ?", shelter.text, item.text, read: Supply.init)
    }

    func supplies(at shelter: ShelterID, in db: borrowing Transaction) throws -> [Supply] {
        try db.all("SELECT item, stock, wanted, title FROM supply WHERE shelter = ? ORDER BY item", shelter.text, read: Supply.init)
    }

    private func write(_ supply: Supply, at shelter: ShelterID, in turn: borrowing Turn) throws {
        try turn.db.run(
            "INSERT OR REPLACE INTO supply (shelter, item, stock, wanted, title) VALUES (?, ?, ?, ?, ?)", shelter.text, supply.item.text,
            supply.stock, supply.wanted, supply.title)
        try recountSupplies(shelter, in: turn)
    }

    /// What was handed out is no longer there; a stock that was counted wrong ends at nothing.
    func deduct(_ handOut: HandOut, in turn: borrowing Turn) throws {
        try turn.db.run(
            "UPDATE supply SET stock = max(0, stock - ?) WHERE shelter = ? AND item = ?", handOut.each, handOut.shelter.text,
            handOut.item.text)
        try recountSupplies(handOut.shelter, in: turn)
    }

    // MARK: What headquarters see

    func list(_ command: Envelope<ListSupplies>, in turn: borrowing Turn) throws -> Reply<SuppliesPage> {
        let shelters = try turn.db.all(
            "SELECT row FROM supply_told WHERE shelter > ? AND row IS NOT NULL ORDER BY shelter LIMIT ?", command.data.after?.text ?? "",
            Self.page + 1
        ) { try $0.blob(0).decoded(as: ShelterSupplies.self) }
        return .accept(SuppliesPage(Array(shelters.prefix(Self.page)), more: shelters.count > Self.page))
    }

    /// What another registry says of a shelter it keeps.
    func learn(_ told: Envelope<ShelterSupplies>, in turn: borrowing Turn) throws {
        guard told.data.shelter.text == told.subject else { throw Misfiled() }
        guard keepers.keeper(of: told.data.shelter) == turn.topic.entity.named(), !keeps(told.data.shelter) else { return }
        try turn.db.run(
            "INSERT OR REPLACE INTO supply_told (shelter, row, told) VALUES (?, ?, ?)", told.data.shelter.text, try told.data.json(),
            turn.now.milliseconds)
    }

    func forgetSupplies(_ key: String, in turn: borrowing Turn) throws {
        try turn.db.run("UPDATE supply_told SET row = NULL WHERE shelter = ? AND due IS NULL", key)
    }

    func recountSupplies(_ shelter: ShelterID, in turn: borrowing Turn) throws {
        try turn.db.run(
            """
            INSERT INTO supply_told (shelter, told, due) VALUES (?1, 0, ?2)
            ON CONFLICT (shelter) DO UPDATE SET due = coalesce(due, max(told + ?3, ?2))
            """, shelter.text, turn.now.milliseconds, Self.pause.milliseconds)
    }

    /// - Returns: when the next shelter is due.
    func tellSupplies(in turn: borrowing Turn) throws -> Instant? {
        let due = try turn.db.all(
            "SELECT shelter FROM supply_told WHERE due <= ?1 OR due IS NOT NULL AND told > ?1 ORDER BY shelter", turn.now.milliseconds
        ) {
            ShelterID($0.text(0))
        }
        for case let shelter? in due {
            let rounds = try rounds(at: shelter, in: turn.db).map {
                ShelterSupplies.Round($0.handOut, since: $0.since, received: try received($0, in: turn.db), drill: $0.isDrill)
            }
            let told = ShelterSupplies(try supplies(at: shelter, in: turn.db), handOuts: rounds, at: shelter)
            try turn.emitRoot(told, on: .supplies, subject: shelter.text, time: turn.now)
            try turn.db.run(
                "UPDATE supply_told SET row = ?, told = ?, due = NULL WHERE shelter = ?", try told.json(), turn.now.milliseconds,
                shelter.text)
        }
        return try turn.db.first("SELECT min(due) FROM supply_told") { $0.intIfPresent(0) }?.map { Instant(milliseconds: $0) }
    }
}

extension Objection {
    fileprivate static var pieces: Objection { Objection("bad-number", "Of anything there are 0 to 1,000,000 pieces.") }
}

extension Supply {
    fileprivate init(_ row: Row) throws {
        guard let item = SupplyID(row.text(0)) else { preconditionFailure("supplies are written with their names") }
        self.init(item, stock: Int(row.int(1)), wanted: Int(row.int(2)), title: row.textIfPresent(3))
    }
}
