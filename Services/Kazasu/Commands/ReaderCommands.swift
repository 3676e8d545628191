import Bus
import Contracts
import Town

extension Command {
    private static let family = Station.options + [Flag.json.shape]

    package static var readerList: Command {
        Command("reader list", summary: "the readers, what they are for and how they are", options: family) { arguments, console in
            let station = try Station(arguments, console)
            let session = try station.lookout()
            let town = station.town
            // One subscription an agent: its readers' names stand in the last level.
            let states = try session.look(at: town.agents.map { "\(town.name)/reader-agent/state/\($0.id)/+" })
            let reports = town.agents.flatMap { agent in
                agent.readers.map { reader in
                    let topic = Channel.readers.topic(in: town.name, agent.id.named(), at: reader.id.named()).description
                    return ReaderReport(
                        ReaderPlace(agent: agent.id, reader: reader.id), reader,
                        states.last { $0.topic == topic }.flatMap { try? Envelope<ReaderState>(json: $0.payload).data })
                }
            }
            if arguments.has(.json) {
                try console.json(reports)
            } else {
                console.out(
                    table(
                        [["READER", "PLACE", "PURPOSE", "STATE"]]
                            + reports.map { [$0.reader, $0.place.text, $0.purpose.description, $0.word] }))
            }
            return .done
        }
    }

    package static var readerPurpose: Command {
        Command(
            "reader purpose", "AGENT/READER PURPOSE", count: 2...2, summary: "change what a reader is for, from now on", options: family,
            details: """
                The agent remembers it over restarts.
                Examples:
                  kazasu reader purpose gate-1/reader-1 door:gym
                  kazasu reader purpose hall-1/reader-2 shelter:s01
                """
        ) { arguments, console in
            let place = try arguments.operand(0, .reader)
            let purpose = try arguments.operand(1, .purpose)
            let station = try Station(arguments, console)
            guard let agent = station.town.agent(place.agent) else {
                let near = nearest(to: place.agent.text, among: station.town.agents.map(\.id.text)).map { " Did you mean \($0)?" } ?? ""
                throw Failure.refused("no agent \(place.agent) in this town.\(near)")
            }
            guard agent.readers.contains(where: { $0.id == place.reader }) else {
                let known = agent.readers.map(\.id.text).joined(separator: ", ")
                throw Failure.refused("agent \(place.agent) has no reader \(place.reader). Readers: \(known).")
            }
            if let door = purpose.door { try station.check(door) }
            if let locker = purpose.locker { try station.check(locker) }
            if let objection = purpose.shelter.flatMap({ station.town.objection(to: place.agent, countingFor: $0) }) {
                throw Failure.refused("\(place) cannot be for \(purpose). \(objection)")
            }
            _ = try station.desk().ask(
                SetPurpose(reader: place.reader, purpose: purpose), on: .setPurpose, at: place.agent.named(), for: Done.self)
            if arguments.has(.json) {
                try console.json(["reader": place.description, "purpose": purpose.description])
            } else {
                console.line("\(place) is now for \(purpose)")
            }
            return .done
        }
    }
}

/// A reader as its agent describes it, or the town's file where the agent has said nothing.
private struct ReaderReport: Encodable {
    let reader: String
    let place: PlaceID
    let purpose: Purpose
    /// `nil`: the agent has never said.
    let condition: ReaderState.Condition?

    init(_ place: ReaderPlace, _ configured: Town.Reader, _ state: ReaderState?) {
        reader = place.description
        self.place = state?.place ?? configured.place
        purpose = state?.purpose ?? configured.purpose
        condition = state?.condition
    }

    var word: String {
        switch condition {
        case .ready: "ready"
        case .missing: "missing: is it plugged in?"
        case .failed: "failed: unplug it and plug it in again"
        case nil: "nothing heard"
        }
    }
}
