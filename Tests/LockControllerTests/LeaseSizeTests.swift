import Bus
import Contracts
import LockController
import Seal
import Store
import Testing

/// A lease of a whole town.
@Suite struct LeaseSizeTests {
    @Test("30,000 cards come to stand in one lease, some hundred a turn, and a tap in between is decided at once")
    func town() throws {
        let town = try LeaseTown()
        #expect(try town.town.book(-10, 600, tokens: [TestTown.card]).accepted)
        try town.town.agentLives()
        let tokens = (0..<30_000).map(Self.token)
        try town.town.disk.write { db in
            for token in tokens {
                try db.run("INSERT INTO group_token (token, \"group\") VALUES (?, 'town')", token.text)
                try db.run(
                    "INSERT INTO lease_card (door, hash, token) VALUES ('gym', ?, ?)", Int64(town.hash(token).value), token.text)
            }
        }
        // The door is opened for all of them, and somebody stands before it.
        let change = town.town.command(ChangeGroup(group: "town", addDoors: ["gym"]))
        town.town.publish(Channel<ChangeGroup>.changeGroup.topic(in: TestTown.town, "desk-office"), try change.json())
        let tap = try town.town.tap()
        town.town.publish(TestTown.taps, try tap.json())
        town.town.stepOnce()
        #expect(town.town.hear().contains { $0.topic.hasSuffix("/grant/gym/unlock") })
        #expect(town.cards?.list.count == 0)
        for _ in 0..<3 { for _ in 0..<50 where !town.town.stepOnce() {} }
        town.town.now = town.town.now + .seconds(61)
        town.town.settle()
        let lease = try #require(town.cards)
        #expect(lease.list.count == 30_000 && lease.bytes.count < 200_000 && town.changes == nil)
        #expect(tokens.allSatisfy { lease.list.windows(of: town.hash($0)) == .always })
    }

    @Test("Thousands who lose their right together are taken off in one whole list, as soon as all of them are looked at")
    func takenAway() throws {
        let town = try LeaseTown()
        let tokens = (0..<2500).map(Self.token)
        try town.town.disk.write { db in
            for token in tokens {
                try db.run("INSERT INTO group_token (token, \"group\") VALUES (?, 'town')", token.text)
                try db.run(
                    "INSERT INTO lease_card (door, hash, token) VALUES ('gym', ?, ?)", Int64(town.hash(token).value), token.text)
            }
        }
        try town.openGroup("town", [])
        town.town.wait(.seconds(61))
        #expect(town.cards?.list.count == tokens.count)
        let before = town.all.count { $0.head.part == .cards }
        try town.change(ChangeGroup(group: "town", removeDoors: ["gym"]))
        #expect(town.cards?.list.count == 0 && town.changes == nil)
        #expect(town.all.count { $0.head.part == .cards } == before + 1)
        #expect(try town.state()?.revoked == tokens.count)
    }

    private static func token(_ number: Int) -> Token {
        let letters = [number / 17576, number / 676 % 26, number / 26 % 26, number % 26].map { String(UnicodeScalar(UInt8(97 + $0))) }
            .joined()
        return Token("k1.cccccccccccccccccccccc\(letters)")!
    }
}
