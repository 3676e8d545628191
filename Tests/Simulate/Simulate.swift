import Glibc
import Simulation

/// `simulate [SEEDS] [--seed N] [--taps N]`: many histories, or one again with its timeline.
@main
struct Simulate {
    static func main() throws {
        var seeds: UInt64 = 100
        var only: UInt64?
        var taps = 60
        var arguments = CommandLine.arguments.dropFirst().makeIterator()
        while let argument = arguments.next() {
            switch argument {
            case "--seed": only = arguments.next().flatMap { UInt64($0) }
            case "--taps": taps = arguments.next().flatMap { Int($0) } ?? taps
            case "--help", "-h":
                print(
                    "simulate [SEEDS] [--taps N]    runs that many histories (100)\nsimulate --seed N              runs one again and shows its last events"
                )
                return
            default:
                guard let count = UInt64(argument) else {
                    fail("simulate: \"\(argument)\" is not a number of seeds. See simulate --help.", 2)
                }
                seeds = count
            }
        }
        var opened = 0
        var accepted = 0
        var messages = 0
        for seed in only.map({ $0...$0 }) ?? 1...seeds {
            let (world, wrong) = try history(seed: seed, taps: taps)
            opened += world.opened
            accepted += world.accepted
            messages += world.published
            guard wrong.isEmpty else {
                print("seed \(seed) fails. Faults: \(world.faultsAtStart)\n\(world.timeline)\n")
                for line in wrong.prefix(10) { print("  \(line)") }
                fail("\nAgain: make simulate SEED=\(seed)", 1)
            }
            if only != nil { print("faults: \(world.faultsAtStart)\n\(world.timeline)\n\(world.summary)") }
            if seed % 100 == 0, only == nil { print("\(seed) histories …") }
        }
        print(
            "\(only == nil ? seeds : 1) histories: \(accepted) accepted cards, \(opened) doors opened, \(messages) messages; every tap accounted for once"
        )
    }

    private static func fail(_ text: String, _ code: Int32) -> Never {
        print(text)
        exit(code)
    }
}
