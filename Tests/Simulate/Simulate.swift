import Glibc
import Simulation

/// `simulate [SEEDS] [--seed N] [--morning] [--day]`: many histories on all cores, or one again with its timeline.
@main
struct Simulate {
    private enum Kind { case small, morning, day }

    static func main() throws {
        var seeds: UInt64 = 100
        var only: UInt64?
        var kind = Kind.small
        var lines = 60
        var part: (index: UInt64, of: UInt64)?
        var arguments = CommandLine.arguments.dropFirst().makeIterator()
        while let argument = arguments.next() {
            switch argument {
            case "--seed":
                only = arguments.next().flatMap { UInt64($0) }
                if only == nil { fail("simulate: --seed wants a number.", 2) }
            case "--lines":
                guard let count = arguments.next().flatMap({ Int($0) }) else { fail("simulate: --lines wants a number.", 2) }
                lines = count
            case "--morning": kind = .morning
            case "--day": kind = .day
            // One of the processes that share the work.
            case "--part":
                guard let index = arguments.next().flatMap({ UInt64($0) }), let count = arguments.next().flatMap({ UInt64($0) }),
                    index < count
                else { fail("simulate: --part wants two numbers, which and of how many.", 2) }
                part = (index, count)
            case "--help", "-h":
                return print(
                    """
                    simulate [SEEDS]      that many histories of a small town (100), each with faults of its own
                      --morning           50 readers and 500 taps instead
                      --seed N            one again, with its last events (--lines N of them)
                    simulate --day        100,000 taps of a town of 30,000 in 24 hours, without faults
                    """)
            default:
                guard let count = UInt64(argument), count > 0 else {
                    fail("simulate: \"\(argument)\" is not a number of seeds. See simulate --help.", 2)
                }
                seeds = count
            }
        }
        if let part { return try work(stride(from: part.index + 1, through: seeds, by: Int(part.of)), kind) }
        if let only { return try show(only, kind, lines) }
        if kind == .day { return try show(1, kind, lines) }
        share(seeds, kind)
    }

    private static func history(_ seed: UInt64, _ kind: Kind) throws -> History {
        switch kind {
        case .small: try History(seed: seed)
        case .morning: try History.morning(seed: seed)
        case .day: try History.day(seed: seed)
        }
    }

    private static func show(_ seed: UInt64, _ kind: Kind, _ lines: Int) throws {
        let history = try history(seed, kind)
        guard history.wrong.isEmpty else { fail(report(history, kind, lines), 1) }
        print(
            "\(history.world.timeline(lines))\n\nfaults: \(history.world.faultsAtStart)\n\(history.summary)\nEvery tap is accounted for once."
        )
    }

    private static func report(_ history: History, _ kind: Kind, _ lines: Int = 60) -> String {
        "\(history.report(lines: lines))\n\nAgain: .build/release/simulate \(kind == .morning ? "--morning " : kind == .day ? "--day " : "")--seed \(history.world.seed)"
    }

    /// A part of the seeds; its sums stand in one line at the end.
    private static func work(_ seeds: StrideThrough<UInt64>, _ kind: Kind) throws {
        var sums = [0, 0, 0, 0, 0]
        for seed in seeds {
            let history = try history(seed, kind)
            guard history.wrong.isEmpty else { fail(report(history, kind), 1) }
            for (index, value) in [1, history.accepted, history.opened, history.forgotten, history.world.published].enumerated() {
                sums[index] += value
            }
        }
        print(sums.map(String.init).joined(separator: " "))
    }

    /// The same program once for each core.
    private static func share(_ seeds: UInt64, _ kind: Kind) {
        let cores = max(1, min(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), Int(seeds)))
        let children = (0..<cores).map { index in
            popen("exec /proc/\(getpid())/exe \(seeds)\(kind == .morning ? " --morning" : "") --part \(index) \(cores)", "r")
        }
        var sums = [0, 0, 0, 0, 0]
        var failures = 0
        for child in children {
            guard let child else { fail("simulate: cannot start a second process.", 1) }
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 65_536)
            while case let count = fread(&chunk, 1, chunk.count, child), count > 0 { bytes += chunk[..<count] }
            let text = String(decoding: bytes, as: UTF8.self)
            if pclose(child) == 0 {
                for (index, word) in text.split(whereSeparator: \.isWhitespace).enumerated() where index < 5 {
                    sums[index] += Int(word) ?? 0
                }
            } else {
                failures += 1
                print(text.isEmpty ? "A process of the simulation ended without a word." : text)
            }
        }
        guard failures == 0 else { exit(1) }
        print(
            "\(sums[0]) histories: \(sums[1]) cards accepted, \(sums[2]) doors opened, \(sums[3]) rows lost with disks that were put back, \(sums[4]) messages; every tap accounted for once"
        )
    }

    /// A history that fails is what this program looks for: it stands on stdout, where the process that shares the work out reads it.
    private static func fail(_ text: String, _ code: Int32) -> Never {
        let bytes = Array("\(text)\n".utf8)
        _ = write(code == 2 ? STDERR_FILENO : STDOUT_FILENO, bytes, bytes.count)
        exit(code)
    }
}
