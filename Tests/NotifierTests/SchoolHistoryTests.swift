import Contracts
import Harness
import Testing

@testable import Notifier

/// Mornings on which taps are late, lost and replayed, gates fall silent and come back, clocks are wrong and processes die.
@Suite struct SchoolHistoryTests {
    /// What a gate has written down and what it has said of it.
    private struct Gate {
        var kept: [Envelope<Tapped>] = []
        var isCutOff = false
        /// Seconds its clock is ahead.
        var ahead: Int64 = 0
    }

    @Test(
        "Nobody whose card is in a journal before the deadline and its grace is looked for, and nobody is told the same twice",
        arguments: 0..<25)
    func morning(seed: UInt64) throws {
        var chance = Seeded(seed)
        let town = try TestNotices(seed: seed)
        let children = Array(10..<16)
        for child in children {
            try town.learnGuardian(child + 100)
            try town.learnPupil(child, called: "子\(child)", guardians: [child + 100])
        }
        let deadline = Instant(startOf: town.now.date()) + .seconds(8 * 3600 + 45 * 60)
        var gate = Gate(ahead: [0, 0, 0, -20, 15, 600][chance.below(6)])
        var inTime: Set<PersonID> = []
        var comes = Dictionary(uniqueKeysWithValues: children.map { ($0, Int64(1500 + chance.below(1500))) })
        try town.go(to: "8:24", step: .seconds(60))
        while town.now < deadline + .seconds(1200) {
            for child in children {
                guard let at = comes[child], town.now >= TestNotices.morning + .seconds(at) else { continue }
                comes[child] = chance.oneIn(4) ? at + Int64(chance.below(400)) : nil
                if town.now < deadline { inTime.insert(.person(child)) }
                gate.kept.append(try town.held(child, at: "east-gate", ago: -gate.ahead))
                // Lost on the way, until it is asked for.
                if !gate.isCutOff, !chance.oneIn(3), let last = gate.kept.last { try town.say(last, of: "east-gate") }
            }
            if chance.oneIn(40) { gate.isCutOff.toggle() }
            if !gate.isCutOff {
                try town.sayHeads(of: "east-gate", at: town.now + .seconds(gate.ahead - 5))
                if chance.oneIn(3) { for tap in gate.kept.shuffled(using: &chance) { try town.say(tap, of: "east-gate") } }
            }
            if chance.oneIn(50) { try town.restart() }
            let alarmed = Set(try town.alarms().filter { $0.outcome == .notArrived }.compactMap(\.person))
            #expect(alarmed.isDisjoint(with: inTime), "SEED=\(seed)")
            try town.pass(.seconds(Int64(5 + chance.below(20))))
        }
        // In the end everything is known.
        for tap in gate.kept { try town.say(tap, of: "east-gate") }
        for _ in 0..<30 {
            try town.sayHeads(of: "east-gate", at: town.now + .seconds(gate.ahead))
            try town.pass(.seconds(10))
        }
        let alarms = try town.alarms()
        let alarmed = alarms.filter { $0.outcome == .notArrived }.compactMap(\.person)
        #expect(Set(alarmed).isDisjoint(with: inTime) && alarmed.count == Set(alarmed).count)
        let came = Set(gate.kept.compactMap { tap in children.first { .card($0) == tap.data.token } }.map { PersonID.person($0) })
        #expect(Set(alarms.filter { $0.outcome == .arrived }.compactMap(\.person)) == came.intersection(alarmed))
        #expect(Set(alarmed).isSuperset(of: Set(children.map { PersonID.person($0) }).subtracting(came)), "who never came was looked for")
        #expect(alarms.filter { $0.outcome == .unknown }.count <= 1)
        // Each parent hears that the child has come: as an arrival or as found; and nothing twice.
        let told = town.mails.map { "\($0.to) \($0.subject) \($0.body)" }
        #expect(Set(told).count == told.count, "SEED=\(seed)")
        for child in children where came.contains(.person(child)) {
            let subjects = town.mails.filter { $0.to == "parent\(child + 100)@mail.example" }.map(\.subject)
            #expect(subjects.contains { $0.contains("登校のお知らせ") || $0.contains("登校を確認しました") }, "SEED=\(seed) \(child)")
        }
    }
}

extension TestNotices {
    static let morning = Instant(startOf: "2026-11-21") + .seconds(8 * 3600)
}
