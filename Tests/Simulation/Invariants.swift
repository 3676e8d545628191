import Bus
import Contracts
import Store

/// What must hold when the town has come to rest, whatever happened before.
extension World {
    /// - Returns: every invariant that does not hold, in a sentence.
    package func violations() throws -> [String] {
        var wrong: [String] = []
        let taps = try auditor.disk.write {
            try $0.all("SELECT id, token, door FROM audit_tap") {
                (id: EventID(bytes: $0.blob(0))!, token: $0.text(1), door: $0.textIfPresent(2))
            }
        }
        let decisions = try auditor.disk.write {
            try $0.all("SELECT id, tap, verdict FROM audit_decision") {
                (id: EventID(bytes: $0.blob(0))!, tap: EventID(bytes: $0.blob(1))!, verdict: $0.text(2))
            }
        }
        let outcomes = try auditor.disk.write {
            try $0.all("SELECT decision, result FROM audit_outcome") { ($0.isNull(0) ? nil : EventID(bytes: $0.blob(0)), $0.text(1)) }
        }

        // Each card that was accepted is one tap, and there is no tap without a card.
        let byToken = Dictionary(grouping: taps, by: \.token)
        let heldTokens = Set(held.map(\.token.text))
        for card in held where card.isAccepted {
            let count = byToken[card.token.text]?.count ?? 0
            // An agent whose disk was put back has lost what nobody had read by then; that is said aloud, not hidden.
            let mayBeLost = agents[card.agent].restores > card.restores
            if count != 1, !(mayBeLost && count == 0) { wrong.append("the accepted card \(card.token) is \(count) taps") }
        }
        for (token, some) in byToken.sorted(by: { $0.key < $1.key }) where !heldTokens.contains(token) || some.count > 1 {
            wrong.append("\(some.count) taps of \(token), which was held \(heldTokens.contains(token) ? "once" : "never")")
        }

        // Each tap at a door is decided once.
        let byTap = Dictionary(grouping: decisions, by: \.tap)
        let controllerLost = controller.restores > 0
        for tap in taps where tap.door != nil {
            let count = byTap[tap.id]?.count ?? 0
            // A tap that its agent has forgotten may have reached the auditor and nobody else.
            let mayBeForgotten = held.contains { $0.token.text == tap.token && agents[$0.agent].restores > $0.restores }
            if count != 1, !((controllerLost || mayBeForgotten) && count == 0) {
                wrong.append("tap \(tap.id) of \(tap.token) has \(count) decisions")
            }
        }
        let tapIDs = Set(taps.map(\.id))
        for decision in decisions where !tapIDs.contains(decision.tap) {
            if !agents.contains(where: { $0.restores > 0 }) { wrong.append("decision \(decision.id) is about a tap that nobody made") }
        }

        // Doors: opened at most once a decision, only for a decision to open, only by right, and only soon after the card was held.
        let open = Dictionary(decisions.filter { $0.verdict == "open" }.map { ($0.id, $0.tap) }, uniquingKeysWith: { first, _ in first })
        let tokenOf = Dictionary(taps.map { ($0.id, $0.token) }, uniquingKeysWith: { first, _ in first })
        for lock in locks {
            var obeyed: Set<EventID> = []
            for (at, grant) in lock.opened {
                if !obeyed.insert(grant.jti).inserted { wrong.append("door \(lock.door) obeyed \(grant.jti) twice") }
                guard let tap = open[grant.jti], let token = tokenOf[tap], let card = held.first(where: { $0.token.text == token }) else {
                    if !controllerLost, !agents.contains(where: { $0.restores > 0 }) {
                        wrong.append("door \(lock.door) opened without a decision: \(grant.jti)")
                    }
                    continue
                }
                if !card.hasRight || card.door != lock.door {
                    wrong.append("door \(lock.door) opened for \(token), which has no right there")
                }
                // Ten seconds for the tap, ten for the grant, and what an agent's clock may be off before it is measured.
                if at - card.at > .seconds(21) {
                    wrong.append("door \(lock.door) opened \((at - card.at).milliseconds) ms after the card was held")
                }
            }
        }

        // What was granted is accounted for: opened, refused, not sent or never heard of again.
        let concluded = Set(outcomes.compactMap(\.0))
        for decision in open.keys.sorted() where !concluded.contains(decision) && !controllerLost {
            wrong.append("nobody says what became of grant \(decision)")
        }
        for lock in locks {
            for (_, grant) in lock.opened where !controllerLost && !outcomes.contains(where: { $0.0 == grant.jti && $0.1 == "opened" }) {
                wrong.append("door \(lock.door) opened by \(grant.jti) and the journal does not say so")
            }
        }
        // Nothing of the town's own making is refused by anybody. A controller that was put back may contradict what it said and has forgotten.
        if faultsAtStart.garbage == 0, !controllerLost {
            for (name, disk) in [(controller.name, controller.disk), (auditor.name, auditor.disk)] {
                let letters = try disk.read {
                    try $0.all("SELECT topic, reason FROM dead_letter LIMIT 3") { "\($0.text(0)): \($0.text(1))" }
                }
                for letter in letters { wrong.append("\(name) could not accept \(letter)") }
            }
        }
        return wrong
    }

    package var summary: String {
        let accepted = held.count { $0.isAccepted }
        return
            "\(held.count) cards, \(accepted) accepted, \(locks.reduce(0) { $0 + $1.opened.count }) doors opened, \(published) messages, bus \(String(busHash, radix: 16))"
    }

    /// How many unlocks and accepted cards a history had: a history in which nothing happens proves nothing.
    package var opened: Int { locks.reduce(0) { $0 + $1.opened.count } }
    package var accepted: Int { held.count { $0.isAccepted } }
}

/// One whole history from a seed.
/// - Returns: the world at rest, and what does not hold in it.
package func history(seed: UInt64, taps: Int = 60, over span: Duration = .seconds(120), faults: Faults? = nil) throws -> (World, [String]) {
    let world = try World(seed: seed, faults: faults)
    try world.prepare(taps: taps)
    world.run(taps: taps, over: span)
    guard world.heal() else { return (world, ["the town did not come to rest within 15 minutes"] + world.unrest) }
    return (world, try world.violations())
}

extension World {
    /// How often doors stayed shut for which reason.
    package func refusals() throws -> [String: Int] {
        let reasons = try auditor.disk.read { try $0.all("SELECT reason FROM audit_decision WHERE reason IS NOT NULL") { $0.text(0) } }
        return reasons.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
}
