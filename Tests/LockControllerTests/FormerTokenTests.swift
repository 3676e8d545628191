import Contracts
import LockController
import Testing

/// While token keys are being changed a card has two tokens, and no right that either has is lost.
@Suite struct FormerTokenTests {
    static let former = TestTown.token(0)
    static let token = Token("k2.aaaaaaaaaaaaaaaaaaaaaaaaaa")!

    /// What is known of one token at the door.
    enum Known: CaseIterable { case nothing, bookedLater, inGroup, bookedNow }

    /// What a card opens that is known under two tokens: the most that either gives.
    static func expected(_ known: [Known]) -> String {
        if known.contains(.bookedNow) { return "booking" }
        if known.contains(.inGroup) { return "group" }
        return known.contains(.bookedLater) ? "too-early" : "no-right"
    }

    static let rows = Known.allCases.flatMap { token in Known.allCases.map { (token, $0) } }

    @Test("A card opens by what is known of its token or of its former one, whichever it is", arguments: rows)
    func either(_ ofToken: Known, _ ofFormer: Known) throws {
        let town = try town([(Self.token, ofToken), (Self.former, ofFormer)])
        #expect(try result(town.hold(token: Self.token, former: Self.former)) == Self.expected([ofToken, ofFormer]))
        #expect(try result(town.hold(token: Self.token)) == Self.expected([ofToken]), "without the former token only the new one counts")
    }

    @Test("A card whose former token alone is booked opens the door at its first tap, once, and only while it carries it")
    func firstTap() throws {
        let town = try town([(Self.former, .bookedNow)])
        try town.hold(token: Self.token, former: TestTown.token(9))
        #expect(town.orders().isEmpty, "somebody else's former token is no right")
        try town.hold(token: Self.token, former: Self.former)
        #expect(try town.grants().count == 1)
        try town.hold(token: Self.token)
        #expect(try town.grants().count == 1)
    }

    @Test("Of two slots the earlier is the reason, whichever token it was booked for")
    func order() throws {
        for tokens in [[Self.token, Self.former], [Self.former, Self.token]] {
            let town = try TestTown()
            try town.agentLives()
            let first = try #require(try town.book(0, 10, tokens: [tokens[0]]).answer).booking
            _ = try town.book(10, 20, tokens: [tokens[1]])
            #expect(try town.hold(token: Self.token, former: Self.former).data.right == .booking(first.id))
        }
    }

    private func town(_ cards: [(Token, Known)]) throws -> TestTown {
        let town = try TestTown()
        try town.agentLives()
        func tokens(_ known: Known) -> [Token] { cards.filter { $0.1 == known }.map(\.0) }
        if !tokens(.bookedNow).isEmpty { #expect(try town.book(0, 30, tokens: tokens(.bookedNow)).accepted) }
        if !tokens(.bookedLater).isEmpty { #expect(try town.book(60, 90, tokens: tokens(.bookedLater)).accepted) }
        if !tokens(.inGroup).isEmpty {
            let change = ChangeGroup(group: "staff", addTokens: tokens(.inGroup), addDoors: ["gym"])
            #expect(try town.ask(.changeGroup, change, for: GroupSummary.self).accepted)
        }
        return town
    }

    private func result(_ decision: Envelope<DoorDecided>) -> String {
        if let refusal = decision.data.refusal { return refusal.rawValue }
        return decision.data.right?.booking == nil ? "group" : "booking"
    }
}
