import Bus
import Contracts
import ServiceKit
import Town

/// What processes answer when they are asked what they wait for; and, by the time of the answer, how far their clocks are from ours.
struct Survey {
    struct Answer: Equatable {
        /// What to add to our clock to have theirs.
        var ahead: Duration
        /// The true distance is no further than this from `ahead`: half of the time that question and answer took together.
        var doubt: Duration
        /// Numbers of others that exist and have not come.
        var waiting: [Trouble] = []
    }

    var answers: [Address: Answer] = [:]

    /// Milliseconds somebody who runs has to answer. Beyond that it is his silence that counts.
    static let patience: Int64 = 2000
    /// Milliseconds after which what is waited for a second time is not on its way: it was asked for after one second.
    static let pause: Int64 = 1500

    /// Asks all of them side by side, each once. What comes after the time is over is left out.
    /// - Parameter end: monotonic milliseconds, by which it is over in any case.
    ///
    /// The clock is measured as NTP does it (RFC 5905, 8), with one time of theirs between two of ours. A command that a wrong clock takes for an old one is
    /// refused under that very clock's time, so the answer tells it too.
    static func ask(_ processes: [Address], over session: Session, until end: Int64 = .max) throws -> Self {
        let (town, console) = (session.town, session.console)
        var asked: [EventID: (process: Address, at: Instant)] = [:]
        for process in processes {
            let channel = Channel.upkeep(of: process)
            let topic = channel.topic(in: town.name, session.user.named(), at: nil)
            session.listen(to: "\(town.name)/\(topic.owner)/\(TopicClass.reply.rawValue)/\(topic.entity)/+")
            let now = console.now()
            let question = Envelope(
                id: console.newID(), source: session.address.source(in: town.name), time: now, expires: now + .milliseconds(patience),
                data: Upkeep(.list, .gaps, what: .waiting))
            asked[question.id] = (process, now)
            _ = session.publish(
                Outgoing(topic: topic.description, payload: try question.json(town.offset), qos: 1, retain: false, expiry: 2))
        }
        var survey = Survey()
        let deadline = min(monotonicMilliseconds() + patience, end)
        while !asked.isEmpty, let message = try session.next(until: deadline) {
            guard let reply = try? Envelope<Reply<UpkeepAnswer>>(json: message.payload), let id = reply.cause,
                let (process, sent) = asked.removeValue(forKey: id)
            else { continue }
            let doubt = Duration.milliseconds((console.now() - sent).milliseconds / 2)
            survey.answers[process] = Answer(
                ahead: reply.time - (sent + doubt), doubt: doubt, waiting: reply.data.answer?.troubles ?? [])
        }
        return survey
    }

    /// Asks twice where something is waited for: what both times is, is not just on its way.
    /// Where there is no time for that, nothing is said of it.
    static func twice(_ processes: [Address], over session: Session, until end: Int64) throws -> Self {
        var survey = try ask(processes, over: session, until: end)
        let waiting = survey.answers.filter { !$0.value.waiting.isEmpty }.keys.sorted { $0.description < $1.description }
        guard !waiting.isEmpty else { return survey }
        let pause = min(monotonicMilliseconds() + pause, end)
        while try session.next(until: pause) != nil {}
        let again = try ask(waiting, over: session, until: end)
        for process in waiting {
            let still = again.answers[process]?.waiting ?? []
            survey.answers[process]?.waiting.removeAll { before in
                !still.contains { ($0.topic, $0.epoch, $0.first) == (before.topic, before.epoch, before.first) }
            }
        }
        return survey
    }

    // MARK: What it means

    static let amber = Duration.seconds(2)
    static let red = Duration.seconds(10)

    /// What somebody should know of this one, besides what it says itself.
    func problems(of process: Address) -> [Problem] {
        [clock(of: process), Self.lag(answers[process]?.waiting ?? [])].compactMap(\.self)
    }

    func clock(of process: Address) -> Problem? { answers[process].flatMap { Self.clock($0.ahead, doubt: $0.doubt) } }

    static func clock(_ ahead: Duration, doubt: Duration) -> Problem? {
        let least = max(.zero, max(ahead, .zero - ahead) - doubt)
        guard least > amber else { return nil }
        let seconds = (abs(ahead.milliseconds) + 500) / 1000
        let text = "Its clock is \(seconds) s \(ahead > .zero ? "ahead of" : "behind") this machine's."
        return least > red ? Problem(.red, "clock-off", text) : Problem(.amber, "clock-off", text)
    }

    private static func lag(_ waiting: [Trouble]) -> Problem? {
        guard !waiting.isEmpty else { return nil }
        var count: [String: Int64] = [:]
        for trouble in waiting {
            let producer = Topic(trouble.topic).map { "\($0.owner) \($0.entity)" } ?? trouble.topic
            count[producer, default: 0] += (trouble.last ?? 0) - max(trouble.first ?? 0, 1) + 1
        }
        // Before the first sight of a stream nobody knows whether there was anything.
        let known = count.filter { $0.value > 0 }.sorted { $0.key < $1.key }
        guard !known.isEmpty else { return nil }
        let list = known.prefix(5).map { "\($0.value) of \($0.key)" }.joined(separator: ", ")
        let more = known.count > 5 ? " and of \(known.count - 5) more" : ""
        return Problem(.amber, "lag", "Events that exist have not come: \(list)\(more).")
    }
}
