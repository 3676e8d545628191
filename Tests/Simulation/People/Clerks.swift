import Bus
import Contracts
import ResidentDirectory
import ServiceKit

/// The clerks of the residents' counter, one errand after the other: they hold cards over the reader, give a command, repeat it until it is answered, and
/// keep in mind what they were told. Now and then they try what must not work.
final class Clerks {
    let directory: ServiceMachine<ResidentDirectory>
    var residents: [PersonID: Resident] = [:]
    /// In the order in which they came.
    var known: [PersonID] = []
    /// Cards of nobody.
    var spare: [Int]
    /// What is to be done next.
    var queue: [Errand] = []
    /// Cards held at the counter that have linked something.
    var usedTaps: [EventID] = []
    /// The last card held anywhere else.
    var tapElsewhere: EventID?
    private(set) var obeyed = 0
    /// How often each word of refusal was heard.
    private(set) var refusals: [String: Int] = [:]
    private(set) var last: Errand.Heard?
    private var stage = Stage.idle
    private var heard: Set<EventID> = []

    private enum Stage {
        case idle
        case holding(Errand, taps: [Errand.Tap], since: Instant)
        case asking(Errand, taps: [Errand.Tap], EventID, Message, until: Instant, last: Instant)
    }

    init(_ directory: ServiceMachine<ResidentDirectory>, spare: [Int]) { (self.directory, self.spare) = (directory, spare) }

    /// Whether the directory still has all that it ever said.
    var isWhole: Bool { directory.isWhole }
    var isIdle: Bool { if case .idle = stage { queue.isEmpty } else { false } }

    /// Goes on as far as it goes at this moment.
    func work(in world: World, _ agents: ReaderAgentsInSimulation, next: () -> Errand?) {
        for _ in 0..<8 {
            switch stage {
            case .idle:
                guard let errand = queue.isEmpty ? next() : queue.removeFirst() else { return }
                stage = .holding(errand, taps: [], since: world.now)
            case .holding(let errand, let taps, _) where taps.count == errand.cards.count:
                ask(errand, taps, world)
            case .holding(let errand, let taps, let since):
                // The reader is dead, or too slow for a person's patience.
                guard world.now - since < .seconds(20) else { return forget(errand) }
                agents.enrol(errand.cards[taps.count], in: world)
                guard case .holding(_, let now, _) = stage, now.count > taps.count else { return }
            case .asking(let errand, let taps, let id, let message, let until, let last):
                guard world.now < until else { return forget(errand) }
                guard world.now - last >= .seconds(3) else { return }
                stage = .asking(errand, taps: taps, id, message, until: until, last: world.now)
                world.broker.inject(message)
            }
        }
    }

    private func ask(_ errand: Errand, _ taps: [Errand.Tap], _ world: World) {
        let time = directory.clock(at: world.now)
        let id = world.newID(at: time)
        guard let message = try? errand.command(taps, id, time) else { preconditionFailure("\(errand.what) can be written") }
        world.note("a clerk: \(errand.what)")
        stage = .asking(errand, taps: taps, id, message, until: world.now + .seconds(35), last: world.now)
        world.broker.inject(message)
    }

    /// Nobody knows whether it was done.
    private func forget(_ errand: Errand) {
        if case .asking = stage {
            for person in errand.about { residents[person]?.isDoubtful = true }
            spare.removeAll { errand.cards.contains($0) }
        }
        stage = .idle
        queue = []
    }

    /// What was not answered will not be any more.
    func giveUp() {
        switch stage {
        case .idle: break
        case .holding(let errand, _, _), .asking(let errand, _, _, _, _, _): forget(errand)
        }
    }

    func hear(_ tap: Envelope<Tapped>) {
        guard tap.data.purpose == .enrolment else { return tapElsewhere = tap.id }
        guard case .holding(let errand, var taps, let since) = stage, taps.count < errand.cards.count,
            World.number(tap.data.token) == errand.cards[taps.count], heard.insert(tap.id).inserted
        else { return }
        taps.append(Errand.Tap(id: tap.id, token: tap.data.token))
        stage = .holding(errand, taps: taps, since: since)
    }

    func hear(reply: Outgoing, in world: World) {
        guard case .asking(let errand, let taps, let id, _, _, _) = stage, reply.topic == errand.replyTopic,
            let heard = try? errand.hear(reply.payload, id, taps)
        else { return }
        switch heard {
        case .obeyed:
            obeyed += 1
            if errand.usesTaps { usedTaps += taps.map(\.id) }
            if let rule = errand.rule, !rule.restsOnState || isWhole { world.complain("obeyed: \(errand.what), but \(rule.sentence)") }
        case .refused(let word): refusals[word, default: 0] += 1
        }
        last = heard
        stage = .idle
    }
}
