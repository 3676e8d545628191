import Contracts
import Journal
import Launch
import ServiceKit

/// All that is exported of a town, as it stands. No clock, no network; no names of people, and labels that the town's file and the contract bound.
struct TownFigures {
    let now: Instant
    let offset: UTCOffset
    /// Nothing while there is no connection: what was heard before may be wrong by now.
    var vitals: [Vitals]?
    var heads: [Address: Heads] = [:]
    var ahead: [Address: Duration] = [:]
    /// What the broker says of itself, by what stands behind `$SYS/broker/`.
    var broker: [String: Double] = [:]
    let own: OwnMachine

    /// Counters a process may tell of; one with more is cut, so that none can fill a database elsewhere.
    static let most = 40

    func text(_ format: Exposition.Format) -> String {
        var text = Exposition()
        text.add(.build, ["version": Launch.version, "contract": Contract.fingerprint], 1)
        text.add(.brokerUp, vitals == nil ? 0 : 1)
        for one in vitals ?? [] { add(one, to: &text) }
        for problem in own.problems(now: now, offset) { add(problem, of: ("machine", "this"), to: &text) }
        if vitals != nil { addHeard(to: &text) }
        if let disk = own.disk {
            text.add(.diskFree, Double(disk.free))
            text.add(.diskSize, Double(disk.all))
        }
        for (family, moment) in [(Family.certificateEnd, own.certificate?.end), (.backupAt, own.lastBackup), (.trialAt, own.lastTrial)] {
            if let moment { text.add(family, Self.seconds(moment)) }
        }
        return text.text(format)
    }

    private func add(_ one: Vitals, to text: inout Exposition) {
        let who = (role: one.role.rawValue, name: one.instance.text)
        // A lock that was never heard of is perhaps not built in yet.
        guard one.condition != .absent else { return }
        text.add(.processUp, ["role": who.role, "name": who.name], one.answers ? 1 : 0)
        text.add(.condition, ["role": who.role, "name": who.name, "condition": "\(one.condition)"], 1)
        guard let life = one.life else { return }
        text.add(.lifeAt, ["role": who.role, "name": who.name], Self.seconds(life.at))
        // What it said before it went silent is no news.
        guard one.answers else { return }
        if let clock = life.clock { text.add(.clockSynced, ["role": who.role, "name": who.name], clock == .synced ? 1 : 0) }
        for problem in (life.problems ?? []) + [one.clockless].compactMap(\.self) { add(problem, of: who, to: &text) }
        var counters = life.counters ?? [:]
        for (counter, family) in [("unsent", Family.unsent), ("missing", .missing), ("lost", .lost), ("dead-letters", .deadLetters)] {
            guard let value = counters.removeValue(forKey: counter) else { continue }
            text.add(family, ["role": who.role, "name": who.name], Double(value))
        }
        for (counter, value) in counters.sorted(by: { $0.key < $1.key }).prefix(Self.most) {
            text.add(.counter, ["role": who.role, "name": who.name, "counter": counter], Double(value))
        }
    }

    /// Codes are those that have advice: one of a newer program counts as `other`.
    private func add(_ problem: Problem, of who: (role: String, name: String), to text: inout Exposition) {
        let code =
            problem.code.hasPrefix("alarm-") ? "alarm" : Advice.on(problem.code) == nil ? "other" : problem.code
        text.add(.problem, ["role": who.role, "name": who.name, "code": code, "weight": problem.weight.rawValue], 1)
    }

    private func addHeard(to text: inout Exposition) {
        for (process, duration) in ahead.sorted(by: { $0.key.description < $1.key.description }) {
            let (role, name) = (process.program.text, process.instance.text)
            text.add(.clockAhead, ["role": role, "name": name], Double(duration.milliseconds) / 1000)
        }
        for (process, heads) in heads.sorted(by: { $0.key.description < $1.key.description }) {
            let (role, name) = (process.program.text, process.instance.text)
            text.add(.headsAt, ["role": role, "name": name], Self.seconds(heads.at))
            for (topic, segments) in heads.segments.sorted(by: { $0.key < $1.key }) {
                guard let last = segments.last?.last, let topic = Topic(topic)?.name else { continue }
                text.add(.events, ["role": role, "name": name, "topic": topic.text], Double(max(0, last)))
            }
        }
        for family in Family.allCases {
            if let topic = family.brokerTopic, let value = broker[topic] { text.add(family, value) }
        }
    }

    private static func seconds(_ moment: Instant) -> Double { Double(moment.milliseconds) / 1000 }
}
