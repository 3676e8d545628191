import Bus
import Contracts
import Town

extension Operand where Value == DisasterPlanID {
    fileprivate static var plan: Self {
        Self("PLAN", expected: "the name of a plan in the town's file, such as earthquake") { DisasterPlanID($0) }
    }
}

extension Operand where Value == EventID {
    fileprivate static var mode: Self {
        Self("ID", expected: "a mode's id, 26 characters; kazasu disaster status shows it") { EventID($0.uppercased()) }
    }
}

extension Option where Value == Int {
    fileprivate static var hours: Self {
        Self("--hours", "N", "for how long (default: 24, or less where the plan says so)", expected: "hours from 1 to 720") {
            Int($0).flatMap { (1...720).contains($0) ? $0 : nil }
        }
    }
}

extension Flag {
    fileprivate static var drill: Self { Self("--drill", "a rehearsal; the doors do the same, and everybody is told that it is one") }
}

extension Command {
    private static let family = Station.options + [Flag.json.shape]

    package static var disasterPropose: Command {
        Command(
            "disaster propose", "PLAN", count: 1...1, summary: "wish for a disaster mode; nothing changes before another desk agrees",
            options: [Option<Int>.hours.shape, Flag.drill.shape, Flag.yes.shape] + family,
            details: """
                Example, at two desks:
                  kazasu disaster propose earthquake --hours 24
                  kazasu disaster agree ID --as second-desk
                """
        ) { arguments, console in
            let id = try arguments.operand(0, .plan)
            let station = try Station(arguments, console)
            let plan = try plan(id, station)
            let hours = try arguments.optional(.hours).map { Duration.seconds($0 * 3600) } ?? min(.seconds(24 * 3600), plan.longest)
            for line in words(plan) { console.note(line) }
            try console.confirm("wish for this?", unless: arguments.has(.yes))
            let wish = ProposeDisaster(id, until: console.now() + hours, drill: arguments.has(.drill))
            let mode = try station.desk().ask(wish, on: .proposeDisaster, for: DisasterMode.self)
            try report(mode, arguments, station, console)
            return .done
        }
    }

    package static var disasterAgree: Command {
        Command(
            "disaster agree", "ID", count: 1...1, summary: "agree to the disaster mode another desk wishes for: it begins",
            options: [Flag.yes.shape] + family
        ) { arguments, console in
            let id = try arguments.operand(0, .mode)
            let station = try Station(arguments, console)
            guard let wish = try state(station).modes.first(where: { $0.id == id }) else {
                throw Failure.refused("nobody wishes for this, or not any more. Look: kazasu disaster status")
            }
            for line in words(try plan(wish.plan, station)) { console.note(line) }
            try console.confirm(
                "let \(wish.plan)\(wish.drill == true ? " (a drill)" : "") begin, until \(wish.until.minute(station.town.offset))?",
                unless: arguments.has(.yes))
            let mode = try station.desk().ask(AgreeToDisaster(id), on: .agreeToDisaster, for: DisasterMode.self)
            try report(mode, arguments, station, console)
            return .done
        }
    }

    package static var disasterEnd: Command {
        Command("disaster end", "ID", count: 1...1, summary: "end a disaster mode, or take the wish for it back", options: family) {
            arguments, console in
            let id = try arguments.operand(0, .mode)
            let station = try Station(arguments, console)
            try report(try station.desk().ask(EndDisaster(id), on: .endDisaster, for: DisasterMode.self), arguments, station, console)
            return .done
        }
    }

    package static var disasterStatus: Command {
        Command("disaster status", summary: "the town's plans, and what is wished for or holds", options: family) { arguments, console in
            let station = try Station(arguments, console)
            let state = try state(station)
            if arguments.has(.json) {
                try console.json(state.modes)
                return .done
            }
            guard !station.town.disasters.isEmpty else {
                console.line("the town's file has no plans for a disaster. How to write one: Docs/disaster.md")
                return .done
            }
            for plan in station.town.disasters { for line in words(plan) { console.line(line) } }
            if state.modes.isEmpty { console.line("\nnone of them is in force") }
            for mode in state.modes { console.line("\n" + sentence(mode, station)) }
            return .done
        }
    }

    // MARK: Parts

    private static func plan(_ id: DisasterPlanID, _ station: Station) throws -> Town.DisasterPlan {
        guard let plan = station.town.disasters.first(where: { $0.id == id }) else {
            let known = station.town.disasters.map(\.id.text)
            let near = nearest(to: id.text, among: known).map { " Did you mean \($0)?" } ?? ""
            throw Failure.refused(
                "the town's file has no plan \(id).\(near) Plans: \(known.isEmpty ? "none" : known.joined(separator: ", ")).")
        }
        return plan
    }

    private static func state(_ station: Station) throws -> DisasterState {
        let messages = try station.lookout().look(at: [Channel.disasters.filter(in: station.town.name)])
        let states = messages.compactMap { try? Envelope<DisasterState>(json: $0.payload).data }
        return states.last ?? DisasterState(at: .distantPast, maxAge: 0, modes: [])
    }

    /// What a plan does, one line a door.
    private static func words(_ plan: Town.DisasterPlan) -> [String] {
        let doors = Set(plan.opens.keys).union(plan.suspends).sorted()
        return ["\(plan.id)\(plan.title.map { " \(harmless($0))" } ?? ""), for at most \(plan.longest.components.seconds / 3600) hours"]
            + doors.map { door in
                let groups = (plan.opens[door] ?? []).map(\.text).sorted().joined(separator: ", ")
                let opens = groups.isEmpty ? "" : ": opens for \(groups)"
                return "  \(door)\(opens)\(plan.suspends.contains(door) ? "; bookings and hours mean nothing" : "")"
            }
    }

    private static func sentence(_ mode: DisasterMode, _ station: Station) -> String {
        let what = mode.drill == true ? "drill of \(mode.plan)" : mode.plan.text
        let end = mode.until.minute(station.town.offset)
        switch mode.stage {
        case .proposed: return "\(what) is wished for by \(mode.proposedBy). At another desk: kazasu disaster agree \(mode.id)"
        case .active:
            let both = [mode.proposedBy.text, mode.agreedBy?.text].compactMap(\.self).joined(separator: " and ")
            return "\(what) holds until \(end), by \(both). To end it: kazasu disaster end \(mode.id)"
        case .over: return "\(what) is over"
        case .dropped: return "\(what) was taken back; it never held"
        }
    }

    private static func report(_ mode: DisasterMode, _ arguments: Arguments, _ station: Station, _ console: Console) throws {
        if arguments.has(.json) { return try console.json(mode) }
        console.line(sentence(mode, station))
    }
}
