import Contracts

/// All that the views of one person are made of.
struct Known {
    let person: Person
    /// Of cards that work, in order.
    var tokens: [Token] = []
    /// Of those that are suspended or lost.
    var barred: [Token] = []
    var groups: [GroupID] = []
    var household: HouseholdID?
    /// What holds, by `service/kind`.
    var agreed: Set<String> = []
    /// Whoever is something to this person, with what they agreed to be told.
    var relatives: [Relative] = []
    /// A guardian of somebody who goes to a school, and may be told of.
    var hasPupil = false
    /// What lists of the entitled say.
    var listed: [Eligibility] = []

    struct Relative {
        var person: PersonID
        var kind: RelationKind
        let isPresent: Bool
        /// Kinds of message.
        var agreed: [Name<Consent>]
    }
}

/// What each service is told of a person; `nil` where it is not to know them.
struct Views {
    var lock: LockView?
    var shelter: ShelterView?
    var points: PointsView?
    var notice: NoticeView?
    var visit: VisitView?
    var reception: ReceptionView?
}

extension Views {
    /// As of one day, since ages and entitlements change by themselves.
    init(of known: Known, visitor: VisitorID, on day: CalendarDate, programmes: [PeoplePolicy.Programme]) {
        let (person, facts, tokens) = (known.person, known.person.facts, known.tokens)
        if let into = person.merged {
            lock = LockView(person.id, into: into)
            shelter = ShelterView(person.id, into: into)
            points = PointsView(person.id, into: into)
            notice = NoticeView(person.id, into: into)
            reception = ReceptionView(person.id, into: into)
        }
        guard person.isPresent else { return }
        let tell = facts.isProtected == true ? [] : known.tell
        let channels = facts.channels ?? []

        if !tokens.isEmpty || !known.barred.isEmpty {
            lock = LockView(person.id, tokens: tokens, groups: known.groups, barred: known.barred.isEmpty ? nil : known.barred)
        }
        if !tokens.isEmpty {
            points = PointsView(person.id, tokens: tokens, eligible: eligibility(of: facts, listed: known.listed, under: programmes))
        }
        if !tokens.isEmpty { reception = ReceptionView(person.id, tokens: tokens) }
        if person.residency != .organisation { shelter = ShelterView(known, on: day) }
        if !channels.isEmpty || !tell.isEmpty || facts.school != nil || known.hasPupil {
            notice = NoticeView(known, channels, tell, under: programmes)
        }
        if known.agreed.contains("analytics/visits"), !tokens.isEmpty, facts.isProtected != true {
            visit = VisitView(visitor)
            visit?.tokens = tokens
            visit?.ageBand = facts.born.map { $0.age(on: day) / 10 * 10 }
            visit?.district = facts.district
            visit?.residency = person.residency
        }
    }
}

extension ShelterView {
    init(_ known: Known, on day: CalendarDate) {
        let facts = known.person.facts
        self.init(known.person.id)
        tokens = known.tokens
        name = facts.name
        reading = facts.reading
        age = facts.born.map { $0.age(on: day) }
        sex = facts.sex
        district = facts.district
        school = facts.school
        groups = known.groups.isEmpty ? nil : known.groups
        let told = ShelterConsent.all.filter { known.agreed.contains("shelter/\($0)") }
        agreed = told.isEmpty ? nil : told
        household = known.household
        isProtected = facts.isProtected
        needs = known.agreed.contains("shelter/care-needs") ? facts.needs : nil
    }
}

extension NoticeView {
    init(_ known: Known, _ channels: [Reach], _ tell: [Tell], under programmes: [PeoplePolicy.Programme]) {
        let facts = known.person.facts
        self.init(known.person.id)
        tokens = known.tokens
        self.channels = channels
        language = facts.languages?.first
        self.tell = tell
        isVerified = known.person.standing == .registered ? true : nil
        let own = known.agreed.filter { $0.hasPrefix("notifier/") }.compactMap { Name<Consent>($0.dropFirst("notifier/".count)) }
        agreed = own.isEmpty ? nil : own.sorted()
        if facts.school != nil || !tell.isEmpty { called = facts.name }
        if facts.school != nil {
            collectors = facts.isProtected == true ? [] : known.collectors
            guardians = facts.isProtected == true ? [] : known.guardians
        }
        (school, schoolClass, district) = (facts.school, facts.schoolClass, facts.district)
        groups = known.groups.isEmpty ? nil : known.groups
        let entitled = eligibility(of: facts, listed: known.listed, under: programmes)
        eligible = entitled.isEmpty ? nil : entitled
    }
}

extension Known {
    var collectors: [PersonID] {
        Set(relatives.filter { [.guardian, .family, .helper].contains($0.kind) }.map(\.person)).sorted()
    }

    /// Whoever has left the town speaks for nobody.
    var guardians: [PersonID] { relatives.filter { $0.kind == .guardian && $0.isPresent }.map(\.person) }

    /// Guardians are told what they asked for; of anybody else only what the person agreed to as well.
    var tell: [NoticeView.Tell] {
        relatives.compactMap { relative in
            let kinds = relative.agreed.filter { relative.kind == .guardian || agreed.contains("notifier/\($0)") }
            return kinds.isEmpty ? nil : NoticeView.Tell(relative.person, as: relative.kind, kinds: kinds)
        }
    }
}

/// What somebody is entitled to and when; not why. Lists come first, so a list may grant what the rules do not.
func eligibility(of facts: PersonFacts, listed: [Eligibility], under programmes: [PeoplePolicy.Programme]) -> [Eligibility] {
    var found = listed
    for programme in programmes {
        guard let (young, old) = programme.ages(born: facts.born) else { continue }
        guard let kind = programme.attribute else {
            if let young { found.append(Eligibility(programme.id, from: young, to: old)) }
            continue
        }
        for attribute in facts.attributes ?? []
        where attribute.kind == kind && (programme.values.isEmpty || programme.values.contains(attribute.value)) {
            let from = max(attribute.from, young ?? attribute.from)
            let to = [attribute.to, old].compactMap { $0 }.min()
            if to.map({ from < $0 }) ?? true { found.append(Eligibility(programme.id, from: from, to: to)) }
        }
    }
    return found.sorted { ($0.programme, $0.from) < ($1.programme, $1.from) }
}

extension PeoplePolicy.Programme {
    /// From the birthday of the one age to that of the other. `nil` when the birth date is needed and unknown.
    fileprivate func ages(born: CalendarDate?) -> (from: CalendarDate?, to: CalendarDate?)? {
        guard fromAge != nil || toAge != nil else { return (born, nil) }
        guard let born else { return nil }
        return (born.birthday(fromAge ?? 0), toAge.map { born.birthday($0) })
    }
}

extension CalendarDate {
    /// The day somebody born on this one turns so old; after a leap day the first of March.
    fileprivate func birthday(_ age: Int) -> CalendarDate {
        CalendarDate(year: year + age, month: month, day: day) ?? CalendarDate(year: year + age, month: 3, day: 1) ?? self
    }
}
