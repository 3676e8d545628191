import Bus
import Contracts
import Glibc
import Town

/// Hears what happens in the town, as its technician may, over every reconnect. For the story alone: the proof is somebody else's.
final class Ear {
    struct Heard {
        let topic: Topic
        let id: EventID
        let reader: ReaderPlace?
        /// A reader or a door, for people.
        let place: String
        let words: (en: String, ja: String)
        /// The tap a decision is about, or an outcome goes back to.
        let tap: EventID?
        let verdict: DoorDecided.Outcome?
        let refusal: Refusal?
        let outcome: DoorOutcome.Result?
    }

    private let wire: any Wire
    private let town: Town
    private let filters: [Subscription]
    private let english: PlainWords
    private let japanese: PlainWords
    private(set) var heard: [Heard] = []
    private var readers: [String: ReaderState.Condition] = [:]

    init(_ wire: any Wire, town: Town, as instance: Instance) {
        self.wire = wire
        self.town = town
        english = PlainWords(.en, town)
        japanese = PlainWords(.ja, town)
        filters = Contract.access(of: .operator, instance, in: town.name).filter { line in
            line.access == .read && (line.filter.contains("/event/") || line.filter.contains("/state/"))
        }.map { Subscription(filter: $0.filter, qos: 1) }
    }

    deinit { wire.close() }

    var isConnected: Bool { wire.isConnected }
    var interest: [pollfd] { wire.interest.map { [$0] } ?? [] }
    var patience: Int64 { wire.patience }
    var readyReaders: Int { readers.values.count { $0 == .ready } }

    func hear() throws(Failure) {
        for event in wire.receive(limit: 1000) {
            switch event {
            case .connected: wire.subscribe(filters)
            case .message(let message): take(message)
            case .fatal(let sentence): throw .refused(sentence)
            case .disconnected, .acknowledged: break
            }
        }
        wire.flush()
    }

    private func take(_ message: Message) {
        guard let topic = Topic(message.topic) else { return }
        if topic.kind == .state, let state = try? Envelope<ReaderState>(json: message.payload) {
            readers[message.topic] = state.data.condition
        }
        guard topic.kind == .event, let en = english.say(message.payload, on: topic), let ja = japanese.say(message.payload, on: topic)
        else { return }
        func note(_ id: EventID, _ reader: ReaderPlace?, tap: EventID? = nil, _ decided: DoorDecided? = nil, _ outcome: DoorOutcome? = nil)
        {
            heard.append(
                Heard(
                    topic: topic, id: id, reader: reader, place: en.place, words: (en.what, ja.what), tap: tap, verdict: decided?.verdict,
                    refusal: decided?.refusal,
                    outcome: outcome?.result))
        }
        let agent: AgentID = topic.entity.named()
        switch topic.name.text {
        case "tap":
            guard let tap = try? Envelope<Tapped>(json: message.payload) else { return }
            note(tap.id, ReaderPlace(agent: agent, reader: tap.data.reader))
        case "card-refused":
            guard let card = try? Envelope<CardRefused>(json: message.payload) else { return }
            note(card.id, ReaderPlace(agent: agent, reader: card.data.reader))
        case "door-decision":
            guard let decided = try? Envelope<DoorDecided>(json: message.payload) else { return }
            note(decided.id, ReaderPlace(agent: decided.data.agent, reader: decided.data.reader), tap: decided.data.tap, decided.data)
        case "door-outcome":
            guard let outcome = try? Envelope<DoorOutcome>(json: message.payload) else { return }
            note(outcome.id, nil, tap: outcome.data.tap, nil, outcome.data)
        case "door-alarm":
            guard let alarm = try? Envelope<AlarmChanged>(json: message.payload) else { return }
            note(alarm.data.alarm, nil)
        case "purpose":
            guard let changed = try? Envelope<PurposeChanged>(json: message.payload) else { return }
            note(changed.id, ReaderPlace(agent: agent, reader: changed.data.reader))
        case "stay-note":
            guard let stay = try? Envelope<StayNoted>(json: message.payload) else { return }
            note(stay.id, nil)
        case "transfer":
            guard let transfer = try? Envelope<Transferred>(json: message.payload) else { return }
            note(transfer.id, nil, tap: transfer.data.origin)
        case "reception-ruling":
            guard let ruling = try? Envelope<ReceptionRuling>(json: message.payload) else { return }
            note(ruling.id, nil)
        default: break
        }
    }
}
