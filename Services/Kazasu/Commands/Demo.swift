import Contracts
import Glibc
import ServiceKit
import Town

extension Flag {
    fileprivate static var fast: Self { Self("--fast", "about 120 taps instead of 500") }
    fileprivate static var keep: Self { Self("--keep", "leave the town's folder behind, to look into") }
    fileprivate static var stay: Self { Self("--stay", "let the town live on after the proof, to look at its pages in a browser") }
}

extension Option where Value == UInt64 {
    fileprivate static var seed: Self {
        Self("--seed", "N", "who comes to which reader in which order (default: drawn)", expected: "a whole number") { UInt64($0) }
    }
}

extension Command {
    package static var demo: Command {
        Command(
            "demo", summary: "a whole town for a minute: real programs, virtual cards, and a proof at the end",
            options: [Flag.fast.shape, Flag.json.shape, Flag.keep.shape, Flag.stay.shape, Option<UInt64>.seed.shape],
            details: """
                Everything runs on this machine's loopback, in a folder under /tmp that is removed at the end: a private pcscd with virtual readers, Mosquitto with
                TLS and access list, the services, locks, and an observer in Python that counts for itself. Exit code 0 only if that observer finds every tap
                accounted for exactly once.
                """
        ) { arguments, console in
            let seed = try arguments.optional(.seed) ?? console.random() >> 40
            let crowd = arguments.has(.fast) ? 90 : 450
            let say: (String) -> Void = arguments.has(.json) ? { console.err($0 + "\n") } : { console.line($0) }
            // Made before anything that starts a thread.
            let signals = try Signals()
            let companions = try Companions(programs: console.programs)
            let start = monotonicMilliseconds()
            let folder = try makeTemporaryFolder()
            defer { if !arguments.has(.keep) { try? remove(folder) } }
            say("kazasu demo: a town in \(folder), seed \(seed)")
            let stage = try Stage(
                folder: folder, cast: try Cast(now: console.now(), team: 6), companions: companions, console: console, say: say,
                signals: signals)
            defer { stage.strike() }
            try stage.raise()
            let locks = stage.locks.sorted { $0.key < $1.key }.map { "\($0.key) in \($0.value)" }.joined(separator: ", ")
            say(
                "ready: Mosquitto on port \(stage.port) (TLS, certificates, access list), 2 agents with 5 readers on 2 private pcscd, lock-controller, locks (\(locks)), observer; pages at \(stage.pages)/ja/"
            )
            if companions.lock == nil {
                say("The Python lock needs python3-jwt and python3-cryptography; the Swift lock stands in for it.")
            }
            var story = Story(stage, crowd: crowd, seed: seed)
            try story.play()
            say("The observer asks the journals for what it missed, and counts.  独立した観測者による集計")
            let code = try Verdict(stage, milliseconds: monotonicMilliseconds() - start).tell(json: arguments.has(.json), say, console)
            if arguments.has(.stay) { try stage.stay() }
            return code
        }
    }
}

/// What the witness says at the end.
private struct Verdict {
    let isKept: Bool
    let sentences: [String]
    var line: [String: Int64]
    let readers: [String: [String: Int64]]
    let folder: String

    private struct Snapshot: Decodable { let readers: [String: [String: Int64]] }

    init(_ stage: Stage, milliseconds: Int64) throws {
        let witness = try stage.account()
        guard let json = witness.lines.last(where: { $0.hasPrefix("{") }),
            let counted = try? Array(json.utf8).decoded(as: [String: Int64].self)
        else { throw Failure.refused("the observer gave no account: \(witness.lines.suffix(5).joined(separator: " / "))") }
        line = counted
        line["brokerRestarts"] = Int64(stage.supervisor.starts(of: Programs.broker) - 1)
        line["controllerRestarts"] = Int64(stage.supervisor.starts(of: "lock-controller-main") - 1)
        line["milliseconds"] = milliseconds
        isKept = witness.code == 0
        sentences = witness.lines.filter { $0.hasPrefix("observer: ") }
        readers = (try? readWhole("\(stage.folder)/witness.json").decoded(as: Snapshot.self))?.readers ?? [:]
        folder = stage.folder
    }

    func tell(json: Bool, _ say: (String) -> Void, _ console: Console) throws -> ExitCode {
        for sentence in sentences { say("    \(sentence)") }
        let rows = readers.sorted { $0.key < $1.key }.map { name, count in
            [name] + ["made", "taps", "madeRefused", "cardRefused"].map { "\(count[$0] ?? 0)" }
        }
        say(table([["READER", "HELD", "TAPS", "TO REFUSE", "REFUSED"]] + rows).dropLast().description)
        func number(_ name: String) -> Int64 { line[name] ?? 0 }
        say(
            "doors: \(number("granted")) granted, \(number("opened")) opened, \(number("refused")) refused; cards refused \(number("cardRefused")); broker killed and wiped \(number("brokerRestarts"))×, lock-controller killed \(number("controllerRestarts"))×"
        )
        say(
            "taps \(number("taps")), accounted for \(number("accounted")), lost \(number("lost")), repeated \(number("repeated")): \(isKept ? "the promise was kept  約束は守られた" : "THE PROMISE WAS NOT KEPT")"
        )
        if json { try console.json(line) }
        return isKept ? .done : .refused
    }
}
