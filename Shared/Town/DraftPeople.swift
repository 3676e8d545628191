import Contracts

private enum PeopleKey: String, Setting { case keep, programmes, lists }

private enum KeepKey: String, Setting {
    case left = "left-days"
    case rulings = "rulings-days"
    case provisional = "provisional-days"
}

private enum ProgrammeKey: String, Setting {
    case fromAge = "from-age"
    case toAge = "to-age"
    case attribute, values
}

private enum ListKey: String, Setting {
    case says, group, programme, attribute
    case numbersOf = "numbers-of"
    case columns
}

private enum Says: String, CaseIterable { case residents, members, eligible, attribute }

extension Draft {
    /// What the town has decided about its people's data, and how its lists are read.
    func people(_ value: Value) -> PeoplePolicy {
        var policy = PeoplePolicy()
        guard let settings = value.section(PeopleKey.self) else { return policy }
        if let keep = settings.optional(.keep)?.section(KeepKey.self) {
            func days(_ key: KeepKey, _ range: ClosedRange<Int>) -> Duration? {
                keep.optional(key)?.number(in: range).map { .seconds(Int64($0) * 86_400) }
            }
            policy.keepsLeft = days(.left, 1...36_500) ?? policy.keepsLeft
            // Who decided and who looked is told to people; a year is the least that is worth anything.
            policy.keepsRulings = days(.rulings, 365...36_500) ?? policy.keepsRulings
            policy.keepsProvisional = days(.provisional, 1...36_500) ?? policy.keepsProvisional
        }
        for (key, value) in settings.optional(.programmes)?.members("programme") ?? [] {
            guard let id = key.name(ProgrammeID.self), let programme = programme(id, value) else { continue }
            policy.programmes.append(programme)
        }
        for (key, value) in settings.optional(.lists)?.members("list") ?? [] {
            guard let id = key.name(Name<TownList>.self), let rule = list(id, value) else { continue }
            policy.lists.append(rule)
        }
        let names = Set(policy.lists.map(\.id))
        for (key, _) in settings.optional(.lists)?.members("list") ?? [] {
            guard let rule = policy.lists.first(where: { $0.id == key.name(Name<TownList>.self) }), !names.contains(rule.numbersOf) else {
                continue
            }
            findings.fault(
                key.mark,
                "list \"\(rule.id)\" has the numbers of \"\(rule.numbersOf)\", which is no list. Lists: \(listed(names.map(\.text).sorted()))."
            )
        }
        return policy
    }

    private func programme(_ id: ProgrammeID, _ value: Value) -> PeoplePolicy.Programme? {
        guard let settings = value.section(ProgrammeKey.self) else { return nil }
        var programme = PeoplePolicy.Programme(id)
        programme.fromAge = settings.optional(.fromAge)?.number(in: 0...150)
        programme.toAge = settings.optional(.toAge)?.number(in: 1...150)
        programme.attribute = settings.optional(.attribute)?.name(Name<Attribute>.self)
        programme.values =
            settings.optional(.values)?.list(of: "this value", example: "[\"1\", \"2\"]")?.compactMap { $0.text("a value") } ?? []
        if programme.attribute == nil, programme.fromAge == nil, programme.toAge == nil {
            value.isWrong("who is entitled: an age (from-age: 70) or an attribute (attribute: disability).")
        }
        return programme
    }

    private func list(_ id: Name<TownList>, _ value: Value) -> ListRule? {
        guard let settings = value.section(ListKey.self),
            let word = settings.required(.says, example: "residents")?.choice(Says.self)
        else { return nil }
        let says: ListRule.Says?
        switch word {
        case .residents: says = .residents
        case .members:
            says = settings.required(.group, example: "first-school")?.name(GroupID.self).map { .members($0) }
        case .eligible: says = settings.required(.programme, example: "health-check")?.name(ProgrammeID.self).map { .eligible($0) }
        case .attribute:
            says = settings.required(.attribute, example: "disability")?.name(Name<Attribute>.self).map { .attribute($0) }
        }
        var columns: [ListRule.Field: String] = [:]
        let known = ListRule.Field.allCases.map(\.rawValue)
        for (key, value) in settings.required(.columns, example: "{ number: 宛名番号, name: 氏名 }")?.members("column") ?? [] {
            guard let word = key.text("what the column means"), let title = value.text("the column's title in the file") else { continue }
            guard let field = ListRule.Field(rawValue: word) else {
                key.isWrong("what a column means: \(known.joined(separator: ", ")).\(suggestion(for: word, among: known))")
                continue
            }
            columns[field] = title
        }
        let canTell = columns[.number] != nil || columns[.reading] != nil && columns[.born] != nil
        if !columns.isEmpty, !canTell {
            value.isWrong("columns that tell whom a line means: number, or reading and born.")
        }
        if word == .attribute, columns[.value] == nil { value.isWrong("a column for value: what holds of the person.") }
        let numbersOf = settings.optional(.numbersOf)?.name(Name<TownList>.self)
        return says.map { ListRule(id, $0, columns: columns, numbersOf: numbersOf) }
    }
}
