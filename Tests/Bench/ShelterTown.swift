import Contracts
import ServiceKit

/// The town whose shelters are measured: twenty-five of them and a large one, and people of one district.
enum ShelterTown {
    static let persons = 30_000
    static let district = "宮前"
    static let desk: UserID = "shelter-desk-hq"
    /// The last one is the large one.
    static let shelters = (1...26).map { ShelterID("s\($0)")! }
    /// In an hour of forty taps a minute at each of the small ones, and of two thousand people at the large one.
    static let hour = 60_000
    static let crowd = 2000

    static func write(to path: String) throws {
        let agents = shelters.enumerated().map { index, shelter in
            "  \(BenchTown.gate(index + 1)): { readers: { reader-1: { device: \"Bench Reader\", place: hall, purpose: \"shelter:\(shelter)\" } } }"
        }
        let text = """
            town: bench
            double-tap: { default: 0s }
            agents:
            \(agents.joined(separator: "\n"))
            shelter-desks: [hq]
            registrars: [civil]
            operators: [watch]
            """
        try Array(text.utf8).write(to: path)
    }

    static func view(of number: Int) -> ShelterView {
        var view = ShelterView(person(number))
        view.tokens = [BenchTown.token(number)]
        (view.name, view.reading) = ("長井 \(number)", "ナガイ \(number)")
        (view.age, view.district, view.household) = (number % 95, district, HouseholdID(bytes(number / 3)))
        return view
    }

    static func person(_ number: Int) -> PersonID { PersonID(bytes(number)) }
    private static func bytes(_ number: Int) -> [UInt8] { (0..<10).map { UInt8(truncatingIfNeeded: number >> (8 * (9 - $0))) } }

    /// The hour's taps, one after the other: everybody comes once, and some go on to the next shelter.
    static func taps() -> [(person: Int, shelter: Int)] {
        let residents = persons - crowd
        var taps = (0..<hour).map { tap in
            let (person, round) = (tap % residents, tap / residents)
            return (person: person, shelter: (person + (round > 0 && person % 4 == 0 ? 1 : 0)) % 25)
        }
        // The crowd comes in the midst of them.
        for number in 0..<crowd { taps.insert((persons - 1 - number, 25), at: number * 6) }
        return taps
    }
}
