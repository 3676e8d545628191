import Contracts

private enum RuleKey: String, Setting {
    case title, purse, gives, on, at, direction, proved, dates, schedule, eligible, with
    case atMost = "at-most"
    case atMostEachPlace = "at-most-each-place"
    case rates, after, confirmed, draft
}

private enum CompanyKey: String, Setting { case eligible, within }
private enum RateKey: String, Setting { case gives, dates, schedule }

extension EarningRule.Cap.Period: Setting {}

extension Draft {
    static let mostRates = 50

    func earningRules(_ parts: [Part<EarningRule>], _ names: PointsNames) -> [EarningRule] {
        let known = Known(parts, "rule")
        var above: Set<RuleID> = []
        return parts.compactMap { id, _, value in
            defer { above.insert(id) }
            return earningRule(id, value, names, above: above, among: known)
        }
    }

    private func earningRule(
        _ id: RuleID, _ value: Value, _ names: PointsNames, above: Set<RuleID>, among rules: Known<EarningRule>
    ) -> EarningRule? {
        guard let settings = value.section(RuleKey.self) else { return nil }
        let title = settings.required(.title, example: "体育館に来た")?.title()
        let purse = settings.required(.purse, example: "points").flatMap(names.purses.one)
        let gives = settings.required(.gives, example: "10")?.amount()
        var rule = EarningRule(id, title: title ?? "", purse: purse ?? "unreadable", amount: gives ?? 1)
        if let value = settings.required(.on, example: "[visit]") {
            rule.purposes = Set(some(value, "purpose", example: "[visit]") { occasion($0, names) })
        }
        if let value = settings.optional(.at) {
            rule.places = Set(some(value, "place", example: "[gym]") { place($0, names.readers, "nothing is given") })
        }
        rule.direction = settings.optional(.direction)?.choice()
        rule.proved = settings.optional(.proved)?.flag() ?? false
        rule.dates = settings.optional(.dates).map(dates) ?? []
        rule.schedule = settings.optional(.schedule).flatMap { schedule($0, names) }
        if let value = settings.optional(.eligible) {
            rule.eligible = Set(some(value, "programme", example: "[senior]") { programme($0, among: names.programmes) })
        }
        rule.company = settings.optional(.with).flatMap { company($0, names) }
        rule.caps = caps(settings.optional(.atMost)) + caps(settings.optional(.atMostEachPlace), eachPlace: true)
        rule.rates = settings.optional(.rates).map { rates($0, names) } ?? []
        rule.after = settings.optional(.after).flatMap { earlier($0, than: id, above: above, among: rules) }
        rule.needsConfirmation = settings.optional(.confirmed)?.flag() ?? false
        rule.isDraft = settings.optional(.draft)?.flag() ?? false
        return rule
    }

    /// Readers can be given the purpose of an event or of a line on the day itself.
    private func occasion(_ value: Value, _ names: PointsNames) -> Purpose? {
        guard let purpose = value.parsed("a purpose, such as visit or \"event:marathon\".", by: { Purpose($0) }) else { return nil }
        warnOfUnknownPurpose(purpose.kind, at: value.mark)
        let isOfALine = purpose.kind == "ride" && purpose.thing.map { names.lines.contains($0.named()) } ?? true
        if purpose.kind != "event", !isOfALine, !names.readers.contains(where: { purpose.covers($0.purpose) }) {
            let known = Set(names.readers.map(\.purpose.description)).sorted()
            findings.warn(
                value.mark,
                "no reader is for \"\(purpose)\", so nothing is given for it.\(suggestion(for: purpose.description, among: known)) Readers are for: \(listed(known))."
            )
        }
        return purpose
    }

    /// - Parameter consequence: of nobody standing there.
    func place(_ value: Value, _ readers: [Town.Reader], _ consequence: String) -> PlaceID? {
        guard let place = value.name(PlaceID.self) else { return nil }
        if !readers.contains(where: { $0.place == place }) {
            let known = Set(readers.map(\.place.text)).sorted()
            findings.warn(
                value.mark,
                "no reader stands at \"\(place)\", so \(consequence) there.\(suggestion(for: place.text, among: known)) Places: \(listed(known))."
            )
        }
        return place
    }

    private func schedule(_ value: Value, _ names: PointsNames) -> Schedule? {
        names.schedules.one(value).flatMap { names.hours.schedules[$0] }
    }

    private func company(_ value: Value, _ names: PointsNames) -> EarningRule.Company? {
        guard let settings = value.section(CompanyKey.self) else { return nil }
        let eligible = settings.required(.eligible, example: "child").flatMap { programme($0, among: names.programmes) }
        let within = settings.optional(.within)?.duration(in: .seconds(1) ... .seconds(24 * 3600))
        guard let eligible else { return nil }
        var company = EarningRule.Company(eligible)
        company.within = within ?? company.within
        return company
    }

    /// Shorter periods first.
    private func caps(_ value: Value?, eachPlace: Bool = false) -> [EarningRule.Cap] {
        guard let value, let settings = value.section(EarningRule.Cap.Period.self) else { return [] }
        let given = EarningRule.Cap.Period.allCases.compactMap { period in settings.optional(period).map { (period, $0) } }
        if given.isEmpty { value.isWrong("how often in which period, for example { day: 1 }.") }
        return given.compactMap { period, value in
            value.number(in: 1...100_000).map { EarningRule.Cap($0, per: period, eachPlace: eachPlace) }
        }
    }

    private func rates(_ value: Value, _ names: PointsNames) -> [EarningRule.Rate] {
        let rates = some(value, "rate", example: "[{ gives: 30, schedule: weekend }]") { value -> EarningRule.Rate? in
            guard let settings = value.section(RateKey.self) else { return nil }
            var rate = EarningRule.Rate(settings.required(.gives, example: "30")?.amount() ?? 1)
            rate.dates = settings.optional(.dates).map(dates) ?? []
            rate.schedule = settings.optional(.schedule).flatMap { schedule($0, names) }
            if settings.optional(.dates) == nil, settings.optional(.schedule) == nil {
                value.isWrong("when it is given: dates: 2026-11-01..2026-11-30 or schedule: weekend.")
            }
            return rate
        }
        if rates.count > Self.mostRates {
            findings.fault(value.mark, "\(value.subject) has \(rates.count) rates. At most \(Self.mostRates) are taken.")
        }
        return rates
    }

    /// Rules are asked from top to bottom, so one that builds on another stands below it: then none can wait for itself.
    private func earlier(_ value: Value, than id: RuleID, above: Set<RuleID>, among rules: Known<EarningRule>) -> RuleID? {
        guard let other = rules.one(value) else { return nil }
        if !above.contains(other) {
            value.isWrong("a rule that stands above rule \"\(id)\": they are asked from top to bottom. Move one of the two.")
        }
        return other
    }
}
