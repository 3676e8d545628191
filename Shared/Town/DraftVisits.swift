import Contracts

private enum VisitsKey: String, Setting {
    case facilities, uncounted, smallest, indicators, funnels
    case dayStarts = "day-starts"
    case repeatWithin = "repeat-within"
    case closesAfter = "closes-after"
}

private enum FacilityKey: String, Setting {
    case title, places, counting, schedule
    case longestStay = "longest-stay"
}
private enum IndicatorKey: String, Setting { case title, measure, facility, purposes, baseline, goal }
private enum FunnelKey: String, Setting { case title, steps }

extension Draft {
    static let mostFacilities = 500
    static let mostIndicators = 50

    /// What is counted of the use of the town's houses, and what may leave as a figure.
    func visits(_ value: Value, of town: Town, hours: HoursTable) -> VisitsPolicy {
        var policy = VisitsPolicy()
        guard let settings = value.section(VisitsKey.self) else { return policy }
        policy.dayStarts =
            settings.optional(.dayStarts)?.parsed("an hour of the night, from \"00:00\" to \"12:00\".") {
                minutes($0).flatMap { $0 <= 720 ? $0 : nil }
            } ?? policy.dayStarts
        policy.repeatWithin = settings.optional(.repeatWithin)?.duration(in: .zero...(.seconds(3600))) ?? policy.repeatWithin
        policy.smallest = settings.optional(.smallest)?.number(in: 3...100) ?? policy.smallest
        policy.closesAfter = settings.optional(.closesAfter)?.number(in: 1...27) ?? policy.closesAfter
        if let value = settings.optional(.uncounted) { policy.uncounted = purposeKinds(value) }
        let facilities = parts(settings.optional(.facilities), "facility", atMost: Self.mostFacilities, FacilityID.self)
        policy.facilities = facilities.compactMap { facility($0.id, $0.value, of: town, hours) }
        checkPlaces(of: policy.facilities, at: value.keyMark)
        let known = Known(facilities.map(\.id), "facility", "facilities")
        policy.indicators = parts(settings.optional(.indicators), "indicator", atMost: Self.mostIndicators, IndicatorID.self).compactMap {
            indicator($0.id, $0.value, known)
        }
        policy.funnels = parts(settings.optional(.funnels), "funnel", atMost: Self.mostIndicators, FunnelID.self).compactMap {
            funnel($0.id, $0.value)
        }
        if town.desks.isEmpty { findings.warn(value.keyMark, "nobody may look at the figures. Add a station: desks: [office]") }
        return policy
    }

    private func facility(_ id: FacilityID, _ value: Value, of town: Town, _ hours: HoursTable) -> Facility? {
        guard let settings = value.section(FacilityKey.self) else { return nil }
        let readers = town.agents.flatMap(\.readers)
        let title = settings.required(.title, example: "市民体育館")?.title()
        let places = settings.required(.places, example: "[gym-entrance]").map { value in
            some(value, "place", example: "[gym-entrance]") { place($0, readers, "nobody is counted") }
        }
        guard let title, let places else { return nil }
        var facility = Facility(id, title: title, places: Set(places))
        if let value = settings.optional(.counting) {
            facility.counting = value.choice() ?? facility.counting
            let here = readers.filter { facility.places.contains($0.place) }
            if facility.counting == .directions, !here.isEmpty, here.allSatisfy({ $0.direction == nil }) {
                findings.warn(
                    value.mark,
                    "no reader there says which way people go, so nobody is seen to leave. Give its readers a direction: in or out."
                )
            }
        }
        facility.schedule = settings.optional(.schedule).flatMap { schedule($0, hours) }
        facility.longestStay = settings.optional(.longestStay)?.duration(in: .seconds(600)...(.seconds(86_400))) ?? facility.longestStay
        return facility
    }

    /// A visit belongs to one house.
    private func checkPlaces(of facilities: [Facility], at mark: Mark) {
        var owner: [PlaceID: FacilityID] = [:]
        for facility in facilities {
            for place in facility.places.sorted() {
                if let other = owner.updateValue(facility.id, forKey: place) {
                    findings.fault(
                        mark, "the place \"\(place)\" belongs to \"\(other)\" and to \"\(facility.id)\". Leave it with one of them.")
                }
            }
        }
    }

    private func indicator(_ id: IndicatorID, _ value: Value, _ facilities: Known<FacilityKind>) -> Indicator? {
        guard let settings = value.section(IndicatorKey.self) else { return nil }
        let title = settings.required(.title, example: "図書館の来館")?.title()
        let measure: Indicator.Measure? = settings.required(.measure, example: "visits")?.choice()
        guard let title, let measure else { return nil }
        var indicator = Indicator(id, title: title, measure)
        indicator.facility = settings.optional(.facility).flatMap(facilities.one)
        indicator.purposes = settings.optional(.purposes).map(purposeKinds) ?? []
        indicator.baseline = settings.optional(.baseline)?.number(in: 0...1_000_000_000).map(Double.init)
        indicator.goal = settings.optional(.goal)?.number(in: 0...1_000_000_000).map(Double.init)
        if measure == .unlockShare, indicator.facility != nil || !indicator.purposes.isEmpty {
            value.isWrong("neither facility nor purposes for unlock-share: it is of all doors.")
        }
        return indicator
    }

    private func funnel(_ id: FunnelID, _ value: Value) -> Funnel? {
        guard let settings = value.section(FunnelKey.self) else { return nil }
        let title = settings.required(.title, example: "健診から体操教室へ")?.title()
        let steps = settings.required(.steps, example: "[\"event:checkup\", \"event:class\"]").map { value in
            let steps = some(value, "step", example: "[\"event:checkup\", \"event:class\"]") {
                $0.parsed("a purpose, such as visit or \"event:checkup\".", by: { Purpose($0) })
            }
            if !(2...6).contains(steps.count) { value.isWrong("two to six steps.") }
            return steps
        }
        guard let title, let steps else { return nil }
        return Funnel(id, title: title, steps: steps)
    }

    private func purposeKinds(_ value: Value) -> Set<Name<Purpose>> {
        let kinds = (value.list(of: "this purpose", example: "[event]") ?? []).compactMap { item -> Name<Purpose>? in
            guard let kind = item.name(Name<Purpose>.self) else { return nil }
            warnOfUnknownPurpose(kind, at: item.mark)
            return kind
        }
        return Set(kinds)
    }
}
