import Contracts
import Town

extension Option where Value == String {
    fileprivate static var reason: Self {
        Self("--reason", "TEXT", "why; it is kept with your name and the time", expected: "a few words, at most 200 characters") {
            $0.isEmpty || $0.unicodeScalars.count > 200 ? nil : $0
        }
    }
}

extension Option where Value == Trouble.What {
    fileprivate static var only: Self {
        let words = Trouble.What.allCases.filter { $0 != .letter }.map(\.rawValue).joined(separator: ", ")
        return Self("--only", "WORD", "only these: \(words)", expected: "one of \(words)") {
            Trouble.What(rawValue: $0).flatMap { $0 == .letter ? nil : $0 }
        }
    }
}

extension Flag {
    fileprivate static var all: Self { Self("--all", "everything the process has of it") }
    fileprivate static var settled: Self { Self("--settled", "what was settled before, by whom and why") }
}

extension Operand where Value == Address {
    fileprivate static var process: Self {
        Self("PROCESS", expected: "a process such as lock-controller or reader-agent/gate-1") { text in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let program = Program(parts[0]), let instance = Instance(parts.count == 2 ? parts[1] : "main") else {
                return nil
            }
            return Address(program, instance)
        }
    }
}

extension Operand where Value == Int64 {
    fileprivate static var letter: Self {
        Self("NUMBER", expected: "a letter's number; kazasu dead list shows them") { Int64($0).flatMap { $0 > 0 ? $0 : nil } }
    }
}

extension Operand where Value == String {
    fileprivate static var topic: Self {
        Self("TOPIC", expected: "a topic as kazasu gap list shows it") { Topic($0)?.description }
    }
}

extension Command {
    private static let family = Station.options + [Flag.json.shape]

    package static var deadList: Command {
        Command(
            "dead list", "[PROCESS]", count: 0...1, summary: "messages that could not be accepted, with the reason",
            options: [Flag.settled.shape] + family,
            details: """
                Of one process, such as lock-controller or reader-agent/gate-1, or of all that run. What a message says is not shown.
                """
        ) { arguments, console in try list(.letters, ["PROCESS", "NUMBER", "SINCE", "BYTES", "TOPIC", "REASON"], arguments, console) }
    }

    package static var deadRetry: Command {
        Command(
            "dead retry", "[PROCESS [NUMBER …]]", count: 0...(1 + Upkeep.limit), summary: "try messages again that could not be accepted",
            options: family, details: "Exit code 1 when some of them are still not accepted. A newer version of a program tries by itself."
        ) { arguments, console in try settle(Upkeep(.retry, .letters), "accepted", arguments, console) }
    }

    package static var deadDismiss: Command {
        Command(
            "dead dismiss", "PROCESS [NUMBER …]", count: 1...(1 + Upkeep.limit), summary: "let go of messages that could not be accepted",
            options: [Flag.all.shape, Option.reason.shape] + family,
            details: "Example: kazasu dead dismiss lock-controller 17 18 --reason \"test messages of the lock's maker\""
        ) { arguments, console in
            guard arguments.operands.count > 1 || arguments.has(.all) else {
                throw Failure.usage("which letters? Give their numbers, or --all. kazasu dead list shows them.")
            }
            return try settle(Upkeep(.dismiss, .letters, why: try arguments.required(.reason)), "dismissed", arguments, console)
        }
    }

    package static var gapList: Command {
        Command(
            "gap list", "[PROCESS]", count: 0...1, summary: "events of others that have not come, will not come, or should not have come",
            options: [Flag.settled.shape] + family,
            details: """
                waiting   is asked for; ends by itself when its producer comes back
                missing   its producer does not have it any more
                gone      its producer does not know that time of itself
                denied    its producer may not replay it to this process: programs of different versions
                orphaned  was applied here; its producer was restored from an older copy and does not know it
                """
        ) { arguments, console in try list(.gaps, ["PROCESS", "WHAT", "SINCE", "TOPIC", "EPOCH", "NUMBERS"], arguments, console) }
    }

    package static var gapClose: Command {
        Command(
            "gap close", "PROCESS [TOPIC]", count: 1...2, summary: "wait no more for events that never come, or take note of lost ones",
            options: [Flag.all.shape, Option.only.shape, Option.reason.shape] + family,
            details: """
                An event that comes after all is still applied.
                Example: kazasu gap close lock-controller nagai/reader-agent/event/gate-9/tap --reason "gate-9 was scrapped"
                """
        ) { arguments, console in
            guard arguments.operands.count > 1 || arguments.has(.all) else {
                throw Failure.usage("on which topic? Give it, or --all. kazasu gap list shows them.")
            }
            let topic = arguments.operands.count > 1 ? try arguments.operand(1, .topic) : nil
            let wish = Upkeep(.dismiss, .gaps, topic: topic, what: try arguments.optional(.only), why: try arguments.required(.reason))
            return try settle(wish, "closed", arguments, console)
        }
    }

    private static func list(_ kept: Upkeep.Kept, _ head: [String], _ arguments: Arguments, _ console: Console) throws -> ExitCode {
        let station = try Station(arguments, console)
        let desk = try station.keeper()
        var found: [Report] = []
        for process in try processes(arguments, station, desk, console) {
            try ask(desk, process, Upkeep(.list, arguments.has(.settled) ? .settled : kept)) { answer in
                found += (answer.troubles ?? []).map { Report(process, $0) }
            }
        }
        found = found.filter { ($0.trouble.what == .letter) == (kept == .letters) }
        let offset = station.town.offset
        if arguments.has(.json) {
            try console.json(found)
        } else if found.isEmpty {
            let word = kept == .letters ? "nothing: what came was accepted" : "nothing: no event of others is missing or lost"
            console.line(arguments.has(.settled) ? "nothing was settled yet" : word)
        } else {
            let tail = arguments.has(.settled) ? ["BY", "WHY"] : []
            console.out(table([head + tail] + found.map { $0.row(offset) + ($0.settled ?? []) }))
        }
        return .done
    }

    private static func settle(_ wish: Upkeep, _ word: String, _ arguments: Arguments, _ console: Console) throws -> ExitCode {
        let station = try Station(arguments, console)
        var wish = wish
        if wish.kept == .letters, arguments.operands.count > 1 {
            wish.letters = try arguments.operands.indices.dropFirst().map { try arguments.operand($0, .letter) }
        }
        let desk = try station.keeper()
        var done: [Settlement] = []
        for process in try processes(arguments, station, desk, console) {
            var sum = Settlement(process: name(process))
            try ask(desk, process, wish) { answer in
                sum.settled += answer.settled ?? 0
                sum.kept += answer.kept ?? 0
            }
            done.append(sum)
        }
        if arguments.has(.json) {
            try console.json(done)
        } else {
            for sum in done {
                console.line(
                    "\(sum.process): \(sum.settled) \(word)\(sum.kept > 0 ? ", \(sum.kept) still not accepted: kazasu dead list" : "")")
            }
        }
        // Numbers that name no letter, and a topic on which there is nothing, are mistakes worth an exit code.
        let wanted = wish.letters.map { Set($0).count } ?? (wish.topic == nil ? 0 : 1)
        return done.allSatisfy { $0.kept == 0 } && done.reduce(0) { $0 + $1.settled } >= wanted ? .done : .refused
    }

    /// Asks until there is no next page.
    private static func ask(_ desk: Desk, _ process: Address, _ wish: Upkeep, _ take: (UpkeepAnswer) -> Void) throws {
        var wish = wish
        repeat {
            let answer = try desk.ask(wish, on: .upkeep(of: process), for: UpkeepAnswer.self)
            take(answer)
            wish.after = answer.next
        } while wish.after != nil
    }

    /// The process that is named, or all that run.
    private static func processes(_ arguments: Arguments, _ station: Station, _ desk: Desk, _ console: Console) throws -> [Address] {
        let town = station.town
        let answering = town.living(at: station.place).filter { Contract.producers.contains($0.role) }
        if !arguments.operands.isEmpty {
            let wanted = try arguments.operand(0, .process)
            let known = answering.map { Address($0.role.program, $0.instance) }
            guard known.contains(wanted) else {
                let near = nearest(to: name(wanted), among: known.map(name)).map { " Did you mean \($0)?" } ?? ""
                throw Failure.refused("there is no process \(name(wanted)) in this town.\(near) See: kazasu health")
            }
            return [wanted]
        }
        let vitals = town.vitals(try desk.session.look(at: town.lifeFilters), at: station.place, now: console.now()).filter { vitals in
            answering.contains { $0 == (vitals.role, vitals.instance) }
        }
        return vitals.compactMap { vitals in
            let process = Address(vitals.role.program, vitals.instance)
            if vitals.answers { return process }
            console.note("\(name(process)) does not run and was not asked")
            return nil
        }
    }

    /// `lock-controller` of the one that is called main, `reader-agent/gate-1` of one of many.
    static func name(_ process: Address) -> String {
        process.instance == "main" ? process.program.text : "\(process.program)/\(process.instance)"
    }

    /// What `--json` says of one thing that is kept.
    private struct Report: Encodable {
        let process: String
        let trouble: Trouble

        init(_ process: Address, _ trouble: Trouble) {
            self.process = name(process)
            self.trouble = trouble
        }

        func row(_ offset: UTCOffset) -> [String] {
            let since = trouble.at.map { $0.minute(offset) } ?? ""
            guard trouble.what != .letter else {
                let number = trouble.number.map { "\($0)" } ?? ""
                return [process, number, since, trouble.bytes.map { "\($0)" } ?? "", trouble.topic, harmless(trouble.reason ?? "")]
            }
            let numbers = trouble.first.map { $0 == trouble.last ? "\($0)" : "\($0)…\(trouble.last ?? $0)" } ?? ""
            return [process, trouble.what.rawValue, since, trouble.topic, trouble.epoch?.text ?? "", numbers]
        }

        var settled: [String]? { trouble.by.map { [$0.text, harmless(trouble.why ?? "")] } }
    }

    /// What `--json` says of one process whose troubles were settled.
    private struct Settlement: Encodable {
        let process: String
        /// Letters that were tried and are still not accepted.
        var kept = 0
        var settled = 0
    }
}
