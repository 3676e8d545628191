import Bus
import Contracts
import ServiceKit
import Town

extension Session {
    /// Waits for the next card at a reader, so that nobody types a token.
    /// - Returns: the tap, with one token of the card, or two while token keys are being changed.
    func nextTap(at place: ReaderPlace, seconds: Int64 = 60) throws -> Tapped {
        try tap(at: place, seconds: seconds).data
    }

    /// Waits for the next card at a reader for enrolment: the tap's id, by which whoever is asked knows that the card was held there just now.
    ///
    /// - Parameters:
    ///   - whose: said to the clerk in front of the request.
    ///   - earlier: a tap of another card; the same card again does not count.
    func nextEnrolment(
        at place: ReaderPlace, whose: String = "", after earlier: Envelope<Tapped>? = nil, seconds: Int64 = 60
    ) throws
        -> Envelope<Tapped>
    {
        let tap = try tap(at: place, whose: whose, after: earlier?.data.token, seconds: seconds)
        guard tap.data.purpose.kind == "enrol" else {
            throw Failure.refused(
                "\(place) is for \(tap.data.purpose) now, and a card that is held there says nothing about its holder. For enrolment: kazasu reader purpose \(place) enrol"
            )
        }
        return tap
    }

    /// Waits for the next card at a reader for points: its holder is there, and agrees to what is done now.
    func nextPointsTap(
        at place: ReaderPlace, whose: String = "", after earlier: Envelope<Tapped>? = nil, seconds: Int64 = 60
    ) throws -> Envelope<Tapped> {
        let tap = try tap(at: place, whose: whose, after: earlier?.data.token, seconds: seconds)
        guard tap.data.purpose.kind == "points" else {
            throw Failure.refused(
                "\(place) is for \(tap.data.purpose) now, and a card that is held there agrees to nothing. For points: kazasu reader purpose \(place) points"
            )
        }
        return tap
    }

    private func tap(at place: ReaderPlace, whose: String = "", after earlier: Token? = nil, seconds: Int64) throws -> Envelope<Tapped> {
        try town.check(place)
        let topic = Channel.taps.topic(in: town.name, place.agent.named()).description
        let asked = console.now()
        subscribe([Subscription(filter: topic, qos: 1)])
        console.note("hold \(whose.isEmpty ? "the" : whose) card over \(place)")
        let end = monotonicMilliseconds() + seconds * 1000
        while monotonicMilliseconds() < end {
            let left = end - monotonicMilliseconds()
            console.progress("waiting for a card at \(place): \((left + 999) / 1000) s")
            guard let message = try next(until: min(end, monotonicMilliseconds() + 1000)), message.topic == topic, !message.isRetained,
                let tap = try? Envelope<Tapped>(json: message.payload), tap.data.reader == place.reader, tap.time > asked - .seconds(2),
                tap.data.token != earlier
            else { continue }
            console.progress("")
            console.note("card read at \(place)\(tap.data.assurance == .proved ? ", proved" : "")")
            return tap
        }
        console.progress("")
        throw Failure.refused(
            "no card was held over \(place) in \(seconds) s. Run the command again; kazasu reader list shows whether the reader works.")
    }
}

extension Town {
    /// Whether the town has such a reader; a sentence if not.
    func check(_ place: ReaderPlace) throws(Failure) {
        guard let agent = agent(place.agent) else {
            throw .refused("no agent \(place.agent) in this town.\(near(place.agent.text, agents.map(\.id.text)))")
        }
        guard agent.reader(place.reader) != nil else {
            throw .refused("agent \(place.agent) has no reader \(place.reader).\(near(place.reader.text, agent.readers.map(\.id.text)))")
        }
    }

    private func near(_ word: String, _ known: [String]) -> String {
        (nearest(to: word, among: known).map { " Did you mean \($0)?" } ?? "") + " Known: \(known.prefix(20).joined(separator: ", "))."
    }
}
