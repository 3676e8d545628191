import Contracts
import HTTP
import ServiceKit
import Store

/// A shelter as headquarters see it: numbers, and nobody in them.
struct ShelterSituation {
    let view: ShelterView
    let needs: ShelterNeeds?
    let supplies: ShelterSupplies?

    var id: String { view.id }
    var isClosed: Bool { view.run.stage == .closed }
    /// As it was known last, also where nothing is heard now: silent is not empty.
    var headcount: Int { isClosed ? 0 : view.now?.body.headcount ?? 0 }
    /// Of whoever is there now; what is said of another kind of run is not.
    var bands: [ShelterNeeds.BandCount] { isClosed || needs?.drill != view.run.drill ? [] : needs?.bands ?? [] }
    var needCounts: [ShelterNeeds.NeedCount] { isClosed || needs?.drill != view.run.drill ? [] : needs?.needs ?? [] }
    var wanted: [Supply] { (supplies?.supplies ?? []).filter { $0.wanted > 0 } }

    func isSilent(at moment: Instant) -> Bool { view.look(at: moment) == .silent }

    /// Whoever is not heard stands first, then who is open, rehearsals behind them, the closed last.
    func order(at moment: Instant) -> (Int, Int, String, String) {
        let place = isClosed ? 3 : isSilent(at: moment) ? 0 : view.isDrill ? 2 : 1
        return (place, view.look(at: moment).rank, view.shelter.district ?? "", view.shelter.title)
    }
}

/// The whole town's. Rehearsals are counted for themselves: nobody there is an evacuee.
struct SituationTotals: Equatable {
    var open = 0
    var silent: [String] = []
    var headcount = 0
    var bands: [ShelterNeeds.Band: Int] = [:]
    var needs: [NeedID: Int] = [:]
    var wanted: [SupplyID: Int] = [:]
    /// As people call them.
    var titles: [SupplyID: String] = [:]
    var drills = 0
    var rehearsing = 0

    init(_ shelters: [ShelterSituation], at moment: Instant) {
        for shelter in shelters where !shelter.isClosed {
            if shelter.isSilent(at: moment) { silent.append(shelter.view.shelter.title) }
            guard !shelter.view.isDrill else {
                drills += 1
                rehearsing += shelter.headcount
                continue
            }
            open += 1
            headcount += shelter.headcount
            for count in shelter.bands { bands[count.band, default: 0] += count.people }
            for count in shelter.needCounts { needs[count.need, default: 0] += count.people }
            for supply in shelter.wanted {
                wanted[supply.item, default: 0] += supply.wanted
                titles[supply.item] = titles[supply.item] ?? supply.title
            }
        }
    }
}

extension Portal {
    /// All of them: whoever is not heard first.
    func situation(in turn: borrowing Turn) throws -> [ShelterSituation] {
        let needs = Dictionary(
            try Snapshots.all("needs", as: ShelterNeeds.self, in: turn.db).map { ($0.thing, $0.body) }, uniquingKeysWith: { $1 })
        let supplies = Dictionary(
            try Snapshots.all("supplies", as: ShelterSupplies.self, in: turn.db).map { ($0.thing, $0.body) }, uniquingKeysWith: { $1 })
        return try shelters(in: turn).map { ShelterSituation(view: $0, needs: needs[$0.id], supplies: supplies[$0.id]) }.sorted {
            $0.order(at: turn.now) < $1.order(at: turn.now)
        }
    }

    func situation(of id: String, in turn: borrowing Turn) throws -> ShelterSituation? {
        guard let view = try shelter(id, in: turn) else { return nil }
        return ShelterSituation(
            view: view, needs: try Snapshots.one("needs", of: id, as: ShelterNeeds.self, in: turn.db)?.body,
            supplies: try Snapshots.one("supplies", of: id, as: ShelterSupplies.self, in: turn.db)?.body)
    }

    // MARK: What is heard

    func hearShelter(_ event: Envelope<ShelterChanged>, in turn: borrowing Turn) throws {
        let id = event.data.shelter.id.text
        let before = try Snapshots.one("shelter", of: id, as: ShelterChanged.self, in: turn.db)?.body
        try learn(event, in: turn)
        try note(Happening.all(from: before?.run, to: event.data.run), at: event.time, shelter: id, in: turn)
        try sayToHeadquarters(id, isNew: before == nil, in: turn)
    }

    func hearOccupancy(_ state: Envelope<Occupancy>, _ topic: Topic, in turn: borrowing Turn) throws {
        let id = topic.entity.text
        let before = try Snapshots.one("occupancy", of: id, as: Occupancy.self, in: turn.db)?.body
        try learn(state, topic, in: turn)
        try note(Happening.all(from: before, to: state.data), at: state.data.at, shelter: id, in: turn)
        try sayToHeadquarters(id, in: turn)
    }

    func hearNeeds(_ state: Envelope<ShelterNeeds>, _ topic: Topic, in turn: borrowing Turn) throws {
        try Snapshots.keep(state.data, as: "needs", of: topic.entity.text, at: state.data.at, in: turn.db)
        try sayToHeadquarters(topic.entity.text, in: turn)
    }

    func hearSupplies(_ event: Envelope<ShelterSupplies>, in turn: borrowing Turn) throws {
        let id = event.data.shelter.text
        let before = try Snapshots.one("supplies", of: id, as: ShelterSupplies.self, in: turn.db)?.body
        try Snapshots.keep(event.data, as: "supplies", of: id, at: event.time, in: turn.db)
        try note(Happening.all(from: before, to: event.data), at: event.time, shelter: id, in: turn)
        try sayToHeadquarters(id, in: turn)
    }

    func dropSupplies(_ key: String, in turn: borrowing Turn) throws {
        try Snapshots.drop("supplies", of: key, in: turn.db)
        try sayToHeadquarters(key, in: turn)
    }

    /// What open pages of headquarters and desks show of a shelter.
    /// - Parameter isNew: no page has a place for it yet.
    func sayToHeadquarters(_ id: String, isNew: Bool = false, in turn: borrowing Turn) throws {
        let all = try situation(in: turn)
        let one = all.first { $0.id == id }
        for tongue in Tongue.allCases {
            if isNew { try say(.reload, on: "hq/\(tongue.rawValue)", in: turn) }
            for piece in pieces(of: [id], all, tongue, at: turn.now) { try say(piece, on: "hq/\(tongue.rawValue)", in: turn) }
            guard let one else { continue }
            try say(
                .piece("desk-counts", countsPiece(one, tongue, at: turn.now)), on: "desk-counts/\(id)/\(tongue.rawValue)", in: turn)
        }
    }

    private func pieces(of ids: Set<String>, _ all: [ShelterSituation], _ tongue: Tongue, at moment: Instant) -> [News] {
        all.filter { ids.contains($0.id) }.map { .piece("hq-\($0.id)", situationPiece($0, tongue, at: moment)) }
            + [.piece("hq-totals", totalsPiece(SituationTotals(all, at: moment), tongue))]
    }

    /// What is new, and first what came between the page and now.
    func listenAtHeadquarters(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        guard let tongue = Tongue(rawValue: call.parts[0]) else { throw Page.notFound }
        let after = call.request.query["after"].flatMap(Int64.init) ?? .max
        let kinds = ["shelter", "occupancy", "needs", "supplies"]
        let missed = Set(try kinds.flatMap { try Snapshots.things(of: $0, after: after, in: turn.db) })
        let news = missed.isEmpty ? [] : pieces(of: missed, try situation(in: turn), tongue, at: turn.now)
        return .stream(["hq/\(tongue.rawValue)"], first: Array(try news.map { try $0.bytes() }.joined()))
    }

    /// What a page of headquarters hears while it is open.
    func hqFeed(_ call: Call, in turn: borrowing Turn) throws -> String {
        "hq/\(call.tongue.rawValue)?after=\(try Snapshots.revision(in: turn.db))"
    }
}
