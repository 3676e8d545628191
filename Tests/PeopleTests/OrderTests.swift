import Contracts
import Harness
import Testing

/// The newest row of each person, and nothing else. `nil` for one that nobody can read.
private struct Model {
    private var newest: [PersonID: (place: StreamPosition, view: LockView?)] = [:]

    mutating func hear(_ row: Row) {
        if let known = newest[row.person], (known.place.epoch, known.place.number) >= (row.place.epoch, row.place.number) { return }
        newest[row.person] = (row.place, row.view)
    }

    func person(of token: Token) -> PersonID? {
        newest.filter { $0.value.view?.tokens?.contains(token) ?? false }
            .max { ($0.value.place.epoch, $0.value.place.number) < ($1.value.place.epoch, $1.value.place.number) }?.key
    }

    func view(of person: PersonID) -> LockView? { newest[person]?.view.flatMap { $0.tokens == nil ? nil : $0 } }

    func merged(into person: PersonID) -> Set<PersonID> {
        var found: Set = [person]
        for _ in newest { found.formUnion(newest.filter { found.contains($0.value.view?.into ?? $0.key) }.keys) }
        return found.subtracting([person])
    }
}

private struct Row {
    let person: PersonID
    let place: StreamPosition
    let view: LockView?
    let json: [UInt8]
}

@Suite("What is known of people does not depend on how it came")
struct OrderTests {
    private static let persons = (1...4).map(PersonID.person)
    private static let cards = (1...5).map(Token.card)

    /// A short history of few people and fewer cards, so that many rows name the same ones. Halfway the directory is restored, and numbers come again.
    private static func history(_ chance: inout Seeded) throws -> [Row] {
        var directory = FakeDirectory<LockView>()
        return try (0..<24).map { step in
            if step == 12 { _ = directory.restored(to: 6, at: Rig<Onlooker<LockView>>.morning) }
            let person = persons[chance.below(persons.count)]
            var view = LockView(person)
            if !chance.oneIn(4) {
                view.tokens = cards.filter { _ in chance.oneIn(3) }
                view.groups = chance.oneIn(2) ? ["staff"] : nil
            }
            if chance.oneIn(3) { view.into = persons[chance.below(persons.count)] }
            let row = directory.row(view, at: Rig<Onlooker<LockView>>.morning)
            let isGarbled = chance.oneIn(8)
            return Row(
                person: person, place: try #require(row.position), view: isGarbled ? nil : view,
                json: isGarbled ? try directory.garbled(row) : try row.json())
        }
    }

    @Test("Rows in any order, each any number of times, end as the newest row of each person has it", arguments: 0..<400 as Range<UInt64>)
    func anyOrder(seed: UInt64) throws {
        var chance = Seeded(seed)
        let history = try Self.history(&chance)
        var model = Model()
        for row in history { model.hear(row) }
        let sights = try (0..<2).map { _ in
            let sight = try Sight<LockView>()
            var rest = history.flatMap { row in Array(repeating: row.json, count: 1 + chance.below(2)) }.shuffled(using: &chance)
            while !rest.isEmpty {
                let count = 1 + chance.below(min(9, rest.count))
                try sight.hear(Array(rest.prefix(count)))
                rest.removeFirst(count)
            }
            return sight
        }
        #expect(try sights[0].rows() == sights[1].rows())
        for card in Self.cards { #expect(try sights[0].person(of: card) == model.person(of: card), "\(card)") }
        for person in Self.persons {
            #expect(try sights[0].view(of: person) == model.view(of: person), "\(person)")
            #expect(try Set(sights[0].merged(into: person)) == model.merged(into: person), "\(person)")
        }
    }
}
