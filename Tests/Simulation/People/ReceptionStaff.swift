import Bus
import Contracts
import Reception
import ServiceKit

/// Staff at the two tables of the town's receptions, one command after the other each: they receive people by ticket, name, row and id, take back with the
/// word of both what was wrong, settle conflicts, count paper, open and close, and look things up.
final class ReceptionStaff {
    /// Somebody received, as a desk knows them.
    struct Number: Hashable {
        let reception: ReceptionID
        let number: Int
    }

    let reception: ServiceMachine<Reception>
    /// How often each command was obeyed, and each word of refusal was heard.
    private(set) var answers: [String: Int] = [:]
    /// Whom a desk was told to have received.
    private(set) var promised: Set<Number> = []
    private let desks = ["table", "second-table"].map { Desk($0, as: .receptionDesk) }
    private let clerks: Clerks
    private var lately: [Number] = []
    private var proposed: [Number] = []
    private var conflicts: [Number] = []

    init(_ reception: ServiceMachine<Reception>, _ clerks: Clerks) { (self.reception, self.clerks) = (reception, clerks) }

    func hear(_ outgoing: Outgoing) throws {
        for desk in desks { desk.hear(outgoing) }
        guard outgoing.topic.hasPrefix("nagai/reception/event/") else { return }
        switch outgoing.topic.split(separator: "/").last {
        case "reception-ruling":
            let ruling = try Envelope<ReceptionRuling>(json: outgoing.payload).data
            if let number = ruling.number { lately = lately.suffix(7) + [Number(reception: ruling.reception, number: number)] }
        case "reception-reversal":
            let reversal = try Envelope<ReversalChanged>(json: outgoing.payload).data
            let number = Number(reception: reversal.reception, number: reversal.number)
            proposed.removeAll { $0 == number }
            if reversal.stage == .proposed { proposed.append(number) }
        case "reception-conflict":
            let conflict = try Envelope<ReceptionConflict>(json: outgoing.payload).data
            let number = Number(reception: conflict.reception, number: conflict.second.number)
            conflicts.removeAll { $0 == number }
            if conflict.verdict == nil { conflicts.append(number) }
        default: break
        }
    }

    // MARK: The day

    /// Lists are written and everything is opened.
    func prepare(_ world: World) {
        func wait() { for _ in 0..<50 where !desks[0].isIdle { world.advance(World.step) } }
        for terms in ReceptionInSimulation.policy.receptions {
            if terms.hasList {
                give(AddExpected(rows(0..<12, of: terms), to: terms.id), on: .addExpected, desks[0], world)
                wait()
            }
            if terms.id != "trip" { give(DecideReception(.open, terms.id), on: .decideReception, desks[0], world) }
            wait()
        }
    }

    func work(in world: World) {
        for desk in desks { desk.wait(in: world) }
        guard let desk = desks.filter(\.isIdle).first(where: { _ in world.happens(0.5) }) else { return }
        let id = world.among(ReceptionInSimulation.policy.receptions).id
        switch world.below(20) {
        case 0...8: receive(world.happens(0.3) ? id : world.among(["talk", "talk", "ballot", "clinic"]), desk, world)
        case 9...11: reverse(desk, world)
        case 12, 13: settle(desk, world)
        case 14:
            let station: ReceptionStationID? = world.happens(0.2) ? "north" : nil
            give(CountPaper(world.below(3), in: id, at: station), on: .countPaper, desk, world)
        case 15:
            let decision: DecideReception.Decision = id == "trip" ? .cancel : world.happens(0.3) ? .close : .open
            give(DecideReception(decision, id), on: .decideReception, desk, world)
        case 16: add(to: id, desk, world)
        case 17: give(FindExpected(name(world.below(14)), in: id), on: .findExpected, desk, world)
        case 18: give(ListAttendance(of: id), on: .listAttendance, desk, world)
        default: give(ShowHandOver(of: id), on: .showHandOver, desk, world)
        }
    }

    private func give<Body: CommandBody>(
        _ body: Body, on channel: Channel<Body>, _ desk: Desk, _ world: World, done: @escaping (Body.Answer) -> Void = { _ in }
    ) {
        desk.give(body, on: channel, at: reception.clock(at: world.now), in: world) { [unowned self] reply in
            answers[reply.refusal ?? Body.type, default: 0] += 1
            if let answer = reply.answer { done(answer) }
        }
    }

    // MARK: Who is expected

    private func name(_ number: Int) -> String { "\(Secrets.attendee)\(number)" }

    /// People with cards first, then some who have a ticket alone; each at one of two stations where each row belongs to one.
    private func rows(_ numbers: Range<Int>, of terms: ReceptionTerms) -> [AddExpected.Row] {
        numbers.map { number in
            let person = clerks.known.indices.contains(number) && number < 8 ? clerks.known[number] : nil
            var row = AddExpected.Row(number + 1, name: name(number), person: person, ticket: number < 4 ? nil : "T-\(number)")
            if terms.whenCutOff == .partition { row.station = number % 2 == 0 ? "north" : "south" }
            return row
        }
    }

    /// Lines that are new, known, or another's.
    private func add(to id: ReceptionID, _ desk: Desk, _ world: World) {
        guard let terms = ReceptionInSimulation.policy.terms(id) else { return }
        let first = world.below(16)
        var rows = rows(first..<first + 3, of: terms)
        if world.happens(0.3) { rows[0].name += "さん" }
        give(AddExpected(rows, to: id, dry: world.happens(0.2)), on: .addExpected, desk, world)
    }

    // MARK: Who comes

    private func receive(_ id: ReceptionID, _ desk: Desk, _ world: World) {
        var wish = Receive(in: id)
        switch world.below(6) {
        case 0, 1: wish.ticket = "t-\(world.below(14))"
        case 2: wish.person = world.among(clerks.known)
        case 3: wish.row = 1 + world.below(13)
        case 4: wish.name = name(world.below(14))
        default: (wish.walkIn, wish.name) = (true, world.happens(0.5) ? name(99) : nil)
        }
        if world.happens(0.2) { wish.override = true }
        give(wish, on: .receive, desk, world) { [unowned self] answer in
            answers[answer.ruling.outcome.rawValue, default: 0] += 1
            if let number = answer.ruling.number { promised.insert(Number(reception: id, number: number)) }
        }
    }

    private func reverse(_ desk: Desk, _ world: World) {
        if let number = proposed.last, world.happens(0.7) {
            let step: ReverseReceived.Step = world.happens(0.2) ? .withdraw : .agree
            give(ReverseReceived(step, number.number, in: number.reception), on: .reverseReceived, desk, world)
        } else if !lately.isEmpty {
            // Now and then a number that was misread.
            let (number, slip) = (world.among(lately), world.happens(0.1) ? 50 : 0)
            let wish = ReverseReceived(.propose, number.number + slip, in: number.reception, why: "wrong-person")
            give(wish, on: .reverseReceived, desk, world)
        }
    }

    private func settle(_ desk: Desk, _ world: World) {
        guard let number = conflicts.last else { return reverse(desk, world) }
        let verdict = world.among([ReceptionConflict.Verdict.first, .second, .neither])
        give(SettleConflict(verdict, number.number, in: number.reception), on: .settleConflict, desk, world)
    }
}
