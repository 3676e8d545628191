import Contracts
import ServiceKit

/// What happens at a residents' counter in a day.
extension Clerks {
    private var town: TownID { directory.identity.town }
    private var registered: [PersonID] { known.filter { residents[$0]?.isGone == false && residents[$0]?.born != nil } }
    private var provisional: [PersonID] { known.filter { residents[$0]?.isGone == false && residents[$0]?.born == nil } }

    func draw(_ world: World) -> Errand? {
        let person = world.among(registered)
        switch world.below(16) {
        case 0: return changeFacts(person, world.below(100))
        case 1, 2: return consent(person, world)
        case 3, 4: return markCard(person, world)
        case 5: return changeMembers(person)
        case 6: return enrolBlank(world)
        case 7, 8: return merge(into: person, world)
        case 9: return linkSpare(to: person, world)
        case 10: return replaceCard(of: person, world)
        case 11: return relate(person, world.among(registered))
        case 12: return look(person, world)
        default: return tryForbidden(person, world)
        }
    }

    // MARK: People

    func enrol(_ number: Int, card: Int?, isChild: Bool = false) -> Errand {
        let facts = PersonFacts.secret(number, isChild: isChild)
        return Errand(
            "enrols person \(number)", .putPerson, cards: card.map { [$0] } ?? [], in: town,
            { PutPerson(nil, facts, tap: $0.first?.id) },
            done: { [unowned self] answer, taps in
                var resident = Resident(id: answer.person.person, born: facts.born)
                resident.isProtected = facts.isProtected == true
                if let card { resident.cards[card] = Resident.Card(token: taps[0].token) }
                come(resident)
            })
    }

    private func come(_ resident: Resident) {
        residents[resident.id] = resident
        known.append(resident.id)
        spare.removeAll { resident.cards[$0] != nil }
    }

    private func enrolBlank(_ world: World) -> Errand? {
        guard provisional.count < 4, !spare.isEmpty else { return nil }
        let card = world.among(spare)
        return Errand(
            "enrols whoever holds blank card \(card)", .putPerson, cards: [card], in: town,
            { PutPerson(nil, PersonFacts(), tap: $0[0].id) },
            done: { [unowned self] answer, taps in
                come(Resident(id: answer.person.person, born: nil, cards: [card: Resident.Card(token: taps[0].token)]))
            })
    }

    private func changeFacts(_ person: PersonID, _ number: Int) -> Errand {
        var facts = PersonFacts()
        (facts.address, facts.district) = ("\(Secrets.address)\(number)番", "\(Secrets.district)\(number % 5)")
        facts.channels = [Reach(.phone, "\(Secrets.phone)\(2000 + number)")]
        return Errand("\(person) has moved", .putPerson, about: [person], in: town, { _ in PutPerson(person, facts) })
    }

    private func look(_ person: PersonID, _ world: World) -> Errand {
        let show = Errand("looks at \(person)", .showPerson, in: town, { _ in ShowPerson(person, why: Secrets.reason) })
        guard let card = cards(of: person).first, world.happens(0.5) else { return show }
        return Errand(
            "looks for whoever holds card \(card)", .findPersons, cards: [card], in: town,
            { taps in
                var wish = FindPersons()
                wish.tap = taps[0].id
                return wish
            })
    }

    private func merge(into person: PersonID, _ world: World) -> Errand? {
        guard let from = provisional.first, let other = residents[from], let real = residents[person] else { return nil }
        let isMistake = world.happens(0.5)
        return Errand(
            "finds that \(from) is \(person)", .mergePersons, by: "tax", about: [from, person], in: town,
            { _ in MergePersons(from, into: person, why: Secrets.reason) },
            done: { [unowned self] answer, _ in
                residents[person]?.cards.merge(other.cards) { $1 }
                residents[person]?.groups.formUnion(other.groups)
                residents[from]?.isGone = true
                guard isMistake, let ruling = answer.ruling else { return }
                queue = [undo(ruling, [other, real])]
            })
    }

    private func undo(_ ruling: EventID, _ before: [Resident]) -> Errand {
        Errand(
            "takes \(ruling) back", .undoRuling, about: before.map(\.id), in: town, { _ in UndoRuling(ruling, why: Secrets.reason) },
            done: { [unowned self] _, _ in for resident in before { residents[resident.id] = resident } })
    }

    // MARK: Cards

    private func cards(of person: PersonID, _ status: CardFile.Status? = nil) -> [Int] {
        (residents[person]?.cards ?? [:]).filter { status == nil || $0.value.status == status }.keys.sorted()
    }

    private func markCard(_ person: PersonID, _ world: World) -> Errand? {
        guard let number = cards(of: person).first, let card = residents[person]?.cards[number] else { return nil }
        if card.status == .active, world.happens(0.2) { return unlink(number, of: person) }
        let status: CardFile.Status = card.status == .active ? world.among([.lost, .suspended]) : .active
        return Errand(
            "card \(number) of \(person) is \(status)", .markCard, about: [person], in: town,
            { _ in MarkCard(status, card: card.token, why: Secrets.reason) },
            done: { [unowned self] _, _ in residents[person]?.cards[number]?.status = status })
    }

    private func unlink(_ number: Int, of person: PersonID) -> Errand {
        Errand(
            "takes card \(number) from \(person)", .markCard, cards: [number], about: [person], in: town,
            { MarkCard(.unlinked, tap: $0[0].id, why: Secrets.reason) },
            done: { [unowned self] _, _ in
                residents[person]?.cards[number] = nil
                spare.append(number)
            })
    }

    private func linkSpare(to person: PersonID, _ world: World) -> Errand? {
        guard !spare.isEmpty, cards(of: person).count < 4 else { return nil }
        let number = world.among(spare)
        let born = residents[person]?.born
        return Errand(
            "gives card \(number) to \(person)", .linkCard, cards: [number], about: [person], in: town,
            { LinkCard($0[0].id, to: person, born: born) },
            done: { [unowned self] _, taps in
                residents[person]?.cards[number] = Resident.Card(token: taps[0].token)
                spare.removeAll { $0 == number }
            })
    }

    private func replaceCard(of person: PersonID, _ world: World) -> Errand? {
        guard let old = cards(of: person).first, let card = residents[person]?.cards[old], !spare.isEmpty else { return nil }
        let (new, born, hasOld) = (world.among(spare), residents[person]?.born, world.happens(0.5))
        return Errand(
            "card \(new) for card \(old) of \(person)", .replaceCard, cards: hasOld ? [old, new] : [new], about: [person], in: town,
            { taps in
                hasOld
                    ? ReplaceCard(new: taps[1].id, old: taps[0].id)
                    : ReplaceCard(new: taps[0].id, person: person, oldCard: card.token, born: born, why: Secrets.reason)
            },
            done: { [unowned self] _, taps in
                residents[person]?.cards[old] = nil
                residents[person]?.cards[new] = Resident.Card(token: taps[hasOld ? 1 : 0].token)
                spare.removeAll { $0 == new }
            })
    }

    // MARK: Relations

    private func consent(_ person: PersonID, _ world: World) -> Errand {
        let (service, kind): (ServiceID, Name<Consent>) = world.among([
            ("shelter", "care-needs"), ("notifier", "school-gate"), ("analytics", "visits"),
        ])
        let given = residents[person]?.agreed.contains("\(service)/\(kind)") == false
        let card = cards(of: person, .active).first.flatMap { world.happens(0.3) ? $0 : nil }
        return Errand(
            "\(person) \(given ? "agrees to" : "takes back") \(kind)", .setConsent, cards: card.map { [$0] } ?? [], about: [person],
            in: town,
            { SetConsent(service, kind, given: given, person: person, tap: $0.first?.id, wording: "2026-04", how: "paper") },
            done: { [unowned self] _, _ in
                if given {
                    residents[person]?.agreed.insert("\(service)/\(kind)")
                } else {
                    residents[person]?.agreed.remove("\(service)/\(kind)")
                }
            })
    }

    private func changeMembers(_ person: PersonID) -> Errand {
        let isMember = residents[person]?.groups.contains("club") == true
        return Errand(
            "\(person) \(isMember ? "leaves" : "joins") the club", .changeMembers, about: [person], in: town,
            { _ in ChangeMembers("club", add: isMember ? [] : [person], remove: isMember ? [person] : []) },
            done: { [unowned self] _, _ in
                if isMember { residents[person]?.groups.remove("club") } else { residents[person]?.groups.insert("club") }
            })
    }

    /// Both cards make a guardian; a word ends it.
    func relate(_ person: PersonID, _ child: PersonID) -> Errand? {
        if residents[child]?.guardians.contains(person) == true {
            return Errand(
                "\(person) is no guardian of \(child) any more", .relate, about: [child], in: town,
                { _ in Relate(.guardian, person: person, to: child, why: Secrets.reason, ends: true) },
                done: { [unowned self] _, _ in residents[child]?.guardians.remove(person) })
        }
        guard let one = cards(of: person, .active).first, let other = cards(of: child, .active).first, person != child else { return nil }
        return Errand(
            "\(person) is guardian of \(child)", .relate, cards: [one, other], about: [child], in: town,
            { Relate(.guardian, tap: $0[0].id, toTap: $0[1].id) },
            done: { [unowned self] _, _ in residents[child]?.guardians.insert(person) })
    }

    // MARK: What must not work

    private func tryForbidden(_ person: PersonID, _ world: World) -> Errand? {
        let (resident, other) = (residents[person], world.among(registered))
        func link(_ what: String, _ cards: [Int] = [], born: CalendarDate?, _ rule: Errand.Rule, tap: EventID? = nil) -> Errand {
            Errand(
                what, .linkCard, cards: cards, about: [person], never: rule, in: town,
                { LinkCard(tap ?? $0[0].id, to: person, born: born) })
        }
        switch world.below(7) {
        case 0:
            let rule = Errand.Rule(sentence: "nobody held a card")
            return link("links a card by a tap that nobody made", born: resident?.born, rule, tap: world.newID(at: world.now))
        case 1:
            guard !usedTaps.isEmpty else { return nil }
            let rule = Errand.Rule(sentence: "its tap had done its work", restsOnState: true)
            return link("links a card by a tap used before", born: resident?.born, rule, tap: world.among(usedTaps))
        case 2:
            guard let tap = tapElsewhere else { return nil }
            return link(
                "links a card held at a door", born: resident?.born, Errand.Rule(sentence: "it was not held at the counter"), tap: tap)
        case 3:
            guard !spare.isEmpty else { return nil }
            let said: CalendarDate? = world.happens(0.5) ? nil : "1955-05-05"
            return link(
                "links a card on the screen of somebody else", [world.among(spare)], born: said,
                Errand.Rule(sentence: "the birth date that was said is not theirs"))
        case 4:
            guard other != person, residents[other]?.isDoubtful == false, let card = cards(of: other).first else { return nil }
            let rule = Errand.Rule(sentence: "it is \(other)'s", restsOnState: true)
            return link("gives card \(card) to \(person)", [card], born: resident?.born, rule)
        case 5:
            return Errand(
                "takes \(person)'s word for being guardian of \(other)", .relate, about: [other],
                never: Errand.Rule(sentence: "a guardian is made by both cards"), in: town,
                { _ in Relate(.guardian, person: person, to: other, why: Secrets.reason) })
        default:
            return Errand(
                "merges \(person), who is registered, into \(other)", .mergePersons, about: [person, other],
                never: Errand.Rule(sentence: "two registered people are not merged"), in: town,
                { _ in MergePersons(person, into: other, why: Secrets.reason) })
        }
    }
}
