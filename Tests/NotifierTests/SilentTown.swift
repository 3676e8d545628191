import Contracts
import Harness
import ServiceKit
import Store

@testable import Notifier

extension TestNotices {
    /// Somebody old with a daughter and a neighbour, and a watch over them.
    func watchOver(_ number: Int, days: Int, places: [PlaceID]? = nil, family: Bool = true, neighbour: Bool = true) throws {
        try learnElder(number, family: family, neighbour: neighbour)
        guard try ask(.putWatch, PutWatch(.person(number), days: days, places: places)).accepted else { throw Restless() }
    }

    func learnElder(_ number: Int, cards: [Int]? = nil, family: Bool = true, neighbour: Bool = true) throws {
        try learn(2) { $0.channels = [Reach(.mail, "daughter@mail.example")] }
        try learn(3) { $0.channels = [Reach(.mail, "neighbour@mail.example")] }
        try learn(number, cards: cards) { view in
            view.called = "長井 ハナ"
            view.tell = []
            if family { view.tell?.append(.init(.person(2), as: .family, kinds: [.silence])) }
            if neighbour { view.tell?.append(.init(.person(3), as: .neighbour, kinds: [.silence])) }
        }
    }

    /// Life goes on, machines are heard every ten minutes, until a time of the `day`th day; those that fall silent are looked for each minute.
    func live(to time: String, onDay day: Int, butFor silent: Set<AgentID> = []) throws {
        let parts = time.split(separator: ":").compactMap { Int64($0) }
        let midnight = Instant(startOf: Rig<Notifier>.morning.date())
        let end = midnight + .seconds(Int64(day) * 86_400 + parts[0] * 3600 + parts[1] * 60)
        while now < end {
            let step = min(Duration.seconds(600), end - now)
            try pass(step, step: silent.isEmpty ? step : .seconds(60))
            for gate in agents.keys.sorted() where !silent.contains(gate) { try sayHeads(of: gate) }
        }
    }

    func watch(_ number: Int) -> KeptWatch? {
        try? rig.disk.read { try rig.host.service.watch(of: .person(number), in: $0) }
    }
}
