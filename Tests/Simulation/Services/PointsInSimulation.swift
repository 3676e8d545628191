import Bus
import Contracts
import Harness
import People
import Points
import Seal
import ServiceKit
import Store

/// The town's ledger: people earn by holding cards, pay at a shop whose till is cut off like everything else, and two desks give, take back and pay many at
/// once. Nothing is lost, nothing is paid twice, and everything adds up.
final class PointsInSimulation: Participant {
    let points: ServiceMachine<Points>
    /// How often each command was obeyed, and each word of refusal was heard.
    private(set) var answers: [String: Int] = [:]
    private let desks = [Desk("chamber", as: .pointsDesk), Desk("welfare", as: .pointsDesk)]
    private let till = Desk("bakery", as: .till)
    private let clerks: Clerks
    /// The transfers that a desk was told of.
    private var numbers: [Int64] = []
    private var payments: [EventID] = []
    private var campaigns = 0
    /// The campaign that is worked on, as a desk was told last.
    private var latest: Campaign?

    static let cards = 24

    init(joining world: World) throws {
        clerks = world.participant(ResidentDirectoryInSimulation.self).clerks
        points = try ServiceMachine(Points(policy: Self.policy), identity: world.identity(.points, "main"), broker: world.broker)
        points.skew = world.drawnSkew(world.faults.townSkew)
        world.add(points)
    }

    static var policy: PointsPolicy {
        var policy = PointsPolicy()
        var purse = Purse("points", title: "ポイント")
        (purse.expiry, purse.offlineLimit, purse.giftsPerDay) = (.months(2), 50, 100)
        policy.purses = [purse, Purse("stamps", title: "スタンプ"), Purse("prize", title: "賞品")]
        var visit = EarningRule("visit", title: "来館", purse: "points", amount: 10)
        visit.purposes = [.visit]
        var stamp = EarningRule("stamp", title: "スタンプ", purse: "stamps", amount: 1)
        (stamp.purposes, stamp.caps) = ([.visit], [EarningRule.Cap(3, per: .ever)])
        policy.rules = [visit, stamp]
        var prize = Exchange("prize", title: "賞品", from: "stamps", take: 3, to: "prize", give: 1)
        prize.isAutomatic = true
        policy.exchanges = [prize]
        policy.shops = [Shop("bakery", title: "パン工房")]
        policy.lines = [line]
        return policy
    }

    static var witnessed: [Reading] { [witness(.transfers), witness(.payments), witness(.campaigns), witness(.rides)] }

    // MARK: The day

    func prepare(_ world: World) { points.keepBackup() }

    func happen(_ number: Int, in world: World) {
        guard world.layout.hasExtras, number % world.layout.cardsPerErrand == 0 else { return }
        let agents = world.participant(ReaderAgentsInSimulation.self)
        if world.happens(0.5) { agents.hold(world.below(Self.cards), at: world.among(world.layout.pointReaders), in: world) }
        for desk in desks + [till] { desk.wait(in: world) }
        if till.isIdle, world.happens(0.6) { sell(world) }
        let idle = desks.filter(\.isIdle)
        if !idle.isEmpty, world.happens(0.6) { work(world.among(idle), world) }
    }

    private func sell(_ world: World) {
        let now = points.clock(at: world.now)
        if let payment = payments.last, world.happens(0.3) {
            let change = world.among(ChangePayment.Change.allCases)
            let amount: Int64? = world.happens(0.5) ? nil : Int64(1 + world.below(20))
            give(ChangePayment(change, payment, at: "bakery", amount), on: .changePayment, till, now, world)
        } else {
            let reader = world.layout.pointReaders[1]
            let charge = Charge(Int64(1 + world.below(30)), at: reader.id, hold: world.happens(0.3), partial: world.happens(0.3))
            till.give(charge, on: .charge, at: now, to: world.layout.agents[reader.agent], in: world)
        }
    }

    private func work(_ desk: Desk, _ world: World) {
        let now = points.clock(at: world.now)
        let holder = PointsHolder(world.among(clerks.known))
        switch world.below(10) {
        case 0...3:
            let amount = Int64(1 + world.below(50))
            let award = MovePoints(.award, amount, of: "points", holder, why: "volunteer")
            desk.give(award, on: .movePoints, at: now, in: world) { [unowned self] reply in
                note(reply, MovePoints.type)
                numbers += reply.answer?.numbers ?? []
            }
        case 4: give(MovePoints(.take, Int64(1 + world.below(20)), of: "points", holder, why: "prize"), on: .movePoints, desk, now, world)
        case 5 where !numbers.isEmpty: give(ReverseTransfer(world.among(numbers), why: "wrong"), on: .reverseTransfer, desk, now, world)
        case 6 where world.happens(0.5): give(EndRun("country", of: world.layout.agents[2].named()), on: .endRun, desk, now, world)
        case 6: give(ShowPoints(holder), on: .showPoints, desk, now, world)
        default: campaign(desk, now, world)
        }
    }

    /// The same few benefits, again and again: drawn up, approved and taken back by either desk, mostly in order and sometimes not.
    private func campaign(_ desk: Desk, _ now: Instant, _ world: World) {
        let id = CampaignID("c-\(campaigns)")!
        func decide(_ decision: DecideCampaign.Decision) {
            desk.give(DecideCampaign(decision, id), on: .decideCampaign, at: now, in: world) { [unowned self] in heard($0, of: id) }
        }
        guard world.happens(0.8) else { return decide(world.among(DecideCampaign.Decision.allCases)) }
        switch latest?.stage {
        case .open where latest?.tally.lines == 0:
            let lines = clerks.known.prefix(6).enumerated().map { AddLines.Line($0.offset + 1, $0.element) }
            desk.give(AddLines(lines, to: id), on: .addLines, at: now, in: world) { [unowned self] in heard($0, of: id) }
        case .open: decide(.propose)
        case .proposed, .reversal: decide(.approve)
        case .paying, .reversing, .gathering: decide(.reverse)
        case .paid where world.happens(0.4): decide(.reverse)
        case .paid, .reversed, .discarded, nil:
            campaigns += 1
            latest = nil
            let wish = OpenCampaign(
                CampaignID("c-\(campaigns)")!, title: "給付", benefit: world.among(["support", "school"]), 100, of: "points")
            desk.give(wish, on: .openCampaign, at: now, in: world) { [unowned self] in heard($0, of: wish.campaign) }
        }
    }

    private func heard(_ reply: Reply<CampaignChanged>, of id: CampaignID) {
        note(reply, DecideCampaign.type)
        if let campaign = reply.answer?.campaign, id == CampaignID("c-\(campaigns)") { latest = campaign }
        // A desk that knows no better asks for the next thing.
        if !reply.accepted, reply.refusal == "not-possible", latest?.stage == .paying { latest?.stage = .paid }
        if !reply.accepted, reply.refusal == "not-possible", latest?.stage == .reversing { latest?.stage = .reversed }
        if !reply.accepted, reply.refusal == "unknown-campaign" || reply.refusal == "known-campaign" { latest?.stage = .discarded }
    }

    private func give<Body: CommandBody>(_ body: Body, on channel: Channel<Body>, _ desk: Desk, _ now: Instant, _ world: World) {
        desk.give(body, on: channel, at: now, in: world) { [unowned self] in note($0, Body.type) }
    }

    private func note<Answer>(_ reply: Reply<Answer>, _ type: String) { answers[reply.refusal ?? type, default: 0] += 1 }

    func hear(_ outgoing: Outgoing, _ kind: TopicClass?, in world: World) {
        for desk in desks + [till] { desk.hear(outgoing) }
        guard outgoing.topic == "nagai/points/event/main/payment", let said = try? Envelope<PaymentChanged>(json: outgoing.payload) else {
            return
        }
        let payment = said.data.payment
        if !payments.contains(payment.id), payment.status != .refused { payments.append(payment.id) }
    }

    // MARK: What must hold

    var unrest: [String] {
        let left = try? points.disk.read {
            try $0.first("SELECT count(*) FROM campaign WHERE stage IN ('gathering', 'paying', 'reversing')") { $0.int(0) }
        }
        return left == 0 ? [] : ["\(left ?? -1) campaigns are being paid"]
    }

    func violations(_ world: World) throws -> [String] {
        let told = points.isWhole ? try world.auditor.heard(.transfers).map(\.data) : []
        let agents = world.participant(ReaderAgentsInSimulation.self)
        // One by a clock that is years behind earns nothing when it comes, and is no ride any more.
        let oldest = points.clock(at: world.now) - Self.policy.keepsTaps
        let taps = try agents.tapsForPoints().filter { $0.id.time > oldest }
        let rides = try agents.tapsOnBoard().filter { $0.time > oldest }
        return try points.disk.read { db in
            var wrong = try Ledger.verify(in: db).fault.map { ["the ledger is wrong: \($0)"] } ?? []
            let sums = try db.all(
                "SELECT purse, sum(credits_posted - debits_posted) FROM account GROUP BY purse HAVING sum(credits_posted - debits_posted) <> 0"
            ) {
                $0.text(0)
            }
            wrong += sums.map { "the accounts of \($0) do not hold nothing together" }
            wrong += try db.all(
                "SELECT code, count(*) FROM transfer WHERE cause IS NOT NULL AND code IN ('visit', 'stamp') GROUP BY code, cause HAVING count(*) > 1"
            ) {
                "a tap was paid \($0.int(1)) times by \($0.text(0))"
            }
            wrong += try paidTwice(in: db) + unpaid(taps, in: db) + rideFaults(rides, in: db)
            if points.isWhole { wrong += try differences(told, in: db) }
            return wrong
        }
    }

    /// One benefit, one person: what was paid and not taken back.
    private func paidTwice(in db: borrowing Transaction) throws -> [String] {
        let benefits = try db.all("SELECT row FROM campaign") { try $0.blob(0).decoded(as: Campaign.self) }
            .reduce(into: [:]) { $0[$1.id.text] = $1.benefit }
        let moves = try db.all(
            """
            SELECT code, d.kind, CASE d.kind WHEN 'person' THEN d.holder ELSE c.holder END FROM transfer
            JOIN account AS d ON d.id = debit JOIN account AS c ON c.id = credit WHERE 'programme' IN (d.kind, c.kind)
            """
        ) { ($0.text(0), $0.text(1) == "person" ? -1 : 1, $0.text(2)) }
        var balance: [String: Int] = [:]
        for (code, sign, person) in moves { if let benefit = benefits[code] { balance["\(benefit) \(person)", default: 0] += sign } }
        return balance.filter { $0.value > 1 }.map { "\($0.key) was paid \($0.value) times" }
    }

    /// Whoever's card is known now has been paid for all that was done with it.
    private func unpaid(_ taps: [(id: EventID, token: Token)], in db: borrowing Transaction) throws -> [String] {
        let paid = Set(try db.all("SELECT cause FROM transfer WHERE code = 'visit'") { EventID(bytes: $0.blob(0)) }.compactMap(\.self))
        let owed = try taps.filter { try !paid.contains($0.id) && People<PointsView>.person(of: $0.token, in: db) != nil }
        return owed.map { "tap \($0.id) is known and was not paid" }
    }

    /// Whoever kept watch over the ledger has each of its transfers, and nothing else.
    private func differences(_ told: [Transferred], in db: borrowing Transaction) throws -> [String] {
        let numbers = Set(told.map(\.number))
        let count = try db.first("SELECT count(*) FROM transfer") { $0.int(0) } ?? 0
        let lost = self.numbers.filter { $0 > count }
        guard lost.isEmpty else { return ["transfers \(lost) were promised to a desk, and the ledger ends with \(count)"] }
        return numbers.count == count && told.count == numbers.count
            ? [] : ["the ledger has \(count) transfers, and \(told.count) were told"]
    }
}

extension Layout {
    struct PointReader {
        let agent: Int
        let id: ReaderID
        let purpose: Purpose
        var place: PlaceID = "hall"
    }

    /// Where a visit earns, a shop's, and one on board of a bus.
    var pointReaders: [PointReader] {
        guard hasExtras, agentCount > 2 else { return [] }
        return [
            PointReader(agent: 0, id: "visitors", purpose: .visit, place: "library"),
            PointReader(agent: 1, id: "till", purpose: Purpose(kind: "shop", thing: "bakery")),
            PointReader(agent: 2, id: "bus", purpose: .ride("country")),
        ]
    }
}
