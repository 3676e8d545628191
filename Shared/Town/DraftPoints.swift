import Contracts

private enum PointsKey: String, Setting {
    case keepTaps = "keep-taps-days"
    case purses, rules, exchanges, shops, carriers, lines
}

/// One part of `points` and the name that others know it by.
typealias Part<Kind> = (id: Name<Kind>, mark: Mark, value: Value)

/// What parts of `points` may refer to: also those with a mistake inside.
struct PointsNames {
    let purses: Known<PurseKind>
    let shops: Known<ShopKind>
    let carriers: Known<CarrierKind>
    let lines: Known<LineKind>
    let schedules: Known<ScheduleKind>
    let programmes: Known<ProgrammeKind>
    let hours: HoursTable
    let readers: [Town.Reader]
}

extension Draft {
    static let mostPurses = 100
    static let mostRules = 200
    static let mostExchanges = 200
    static let mostShops = 2000
    static let mostCarriers = 100
    static let mostLines = 100
    /// Of points or yen, at once.
    static let mostAtOnce = 1_000_000

    /// What the town has decided about points, vouchers, tickets and fares.
    func points(_ value: Value, of town: Town, hours: HoursTable) -> PointsPolicy {
        var policy = PointsPolicy()
        guard let settings = value.section(PointsKey.self) else { return policy }
        policy.keepsTaps = settings.optional(.keepTaps)?.number(in: 1...400).map { .seconds(Int64($0) * 86_400) } ?? policy.keepsTaps
        let purses = parts(settings.optional(.purses), "purse", atMost: Self.mostPurses, PurseID.self)
        // A till is a user of the broker.
        let shops = parts(settings.optional(.shops), "shop", atMost: Self.mostShops, length: Self.longestUser, ShopID.self)
        let carriers = parts(settings.optional(.carriers), "carrier", atMost: Self.mostCarriers, CarrierID.self)
        let lines = parts(settings.optional(.lines), "line", atMost: Self.mostLines, LineID.self)
        let rules = parts(settings.optional(.rules), "rule", atMost: Self.mostRules, RuleID.self)
        let names = PointsNames(
            purses: Known(purses, "purse"), shops: Known(shops, "shop"), carriers: Known(carriers, "carrier"), lines: Known(lines, "line"),
            schedules: Known(hours.schedules.keys.sorted(), "schedule"), programmes: Known(town.people.allProgrammes, "programme"),
            hours: hours, readers: town.agents.flatMap(\.readers))

        policy.shops = shops.compactMap { shop($0.id, $0.value) }
        policy.carriers = carriers.compactMap { carrier($0.id, $0.value) }
        let categories = Known(Set(policy.shops.compactMap(\.category)).sorted(), "category", "categories")
        policy.purses = purses.compactMap { purse($0.id, $0.value, names, categories) }
        policy.rules = earningRules(rules, names)
        policy.exchanges = exchanges(settings.optional(.exchanges), names)
        policy.lines = lines.compactMap { line($0.id, $0.value, names) }
        warnOfPoints(policy, names, of: town, at: value.keyMark)
        return policy
    }

    /// The members of a mapping under their names, in the order of the file.
    func parts<Kind>(_ value: Value?, _ noun: String, atMost limit: Int, length: Int = 63, _: Name<Kind>.Type) -> [Part<Kind>] {
        guard let value, let members = value.members(noun) else { return [] }
        if members.count > limit {
            findings.fault(value.keyMark, "\(value.subject) has \(members.count) \(noun)s. At most \(limit) are taken.")
        }
        return members.map { ($0.name(atMost: length, Name<Kind>.self) ?? "unreadable", $0.mark, $1) }
    }

    /// What stands in a list of at least one.
    func some<Result>(_ value: Value, _ noun: String, example: String, _ read: (Value) -> Result?) -> [Result] {
        guard let items = value.list(of: "this \(noun)", example: example) else { return [] }
        if items.isEmpty { value.isWrong("at least one, for example \(example).") }
        return items.compactMap(read)
    }

    func programme(_ value: Value, among known: Known<ProgrammeKind>) -> ProgrammeID? {
        guard let programme = value.name(ProgrammeID.self) else { return nil }
        if !known.contains(programme) {
            findings.warn(
                value.mark,
                "nobody is entitled to \"\(programme)\", which is no programme of \"people\".\(suggestion(for: programme.text, among: known.texts)) Programmes: \(listed(known.texts))."
            )
        }
        return programme
    }

    private func warnOfPoints(_ policy: PointsPolicy, _ names: PointsNames, of town: Town, at mark: Mark) {
        if town.pointsDesks.isEmpty, !policy.rules.isEmpty || !policy.shops.isEmpty || !policy.lines.isEmpty {
            findings.warn(
                mark, "points are given or spent, and nobody may look at them or put them right. Add a station: points-desks: [chamber]")
        }
        for agent in town.agents {
            for reader in agent.readers {
                guard let thing = reader.purpose.thing,
                    let trouble = names.shops.lack(thing, of: reader, kind: "shop") ?? names.lines.lack(thing, of: reader, kind: "ride")
                else { continue }
                findings.warn(mark, "reader \"\(reader.id)\" of agent \"\(agent.id)\" is for \"\(reader.purpose)\", and \(trouble)")
            }
        }
    }
}

extension PeoplePolicy {
    /// Worked out from ages and attributes, or told by lists.
    fileprivate var allProgrammes: [ProgrammeID] {
        programmes.map(\.id)
            + lists.compactMap { if case .eligible(let programme) = $0.says { programme } else { nil } }
    }
}

/// Names that stand in one part of the file, for others to refer to.
struct Known<Kind> {
    private let plural: String
    private let names: Set<Name<Kind>>
    let texts: [String]

    init(_ names: [Name<Kind>], _ noun: String, _ plural: String? = nil) {
        self.plural = plural ?? "\(noun)s"
        self.names = Set(names)
        texts = names.map(\.text)
    }

    init(_ parts: [Part<Kind>], _ noun: String) { self.init(parts.map(\.id), noun) }

    func contains(_ name: Name<Kind>) -> Bool { names.contains(name) }

    /// The name that a value holds, if it is one of these; otherwise that is reported.
    func one(_ value: Value) -> Name<Kind>? {
        guard let name = value.name(Name<Kind>.self) else { return nil }
        guard contains(name) else {
            value.isWrong("one of the \(plural): \(listed(texts)).\(suggestion(for: name.text, among: texts))")
            return nil
        }
        return name
    }

    /// What is wrong with a reader that stands for one of these which is not there.
    fileprivate func lack(_ thing: Name<Purpose>, of reader: Town.Reader, kind: Name<Purpose>) -> String? {
        guard reader.purpose.kind == kind, !contains(thing.named()) else { return nil }
        return "that is none of the \(plural).\(suggestion(for: thing.text, among: texts)) Known: \(listed(texts))."
    }
}
