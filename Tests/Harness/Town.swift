import Contracts

/// What somebody else in the town says: taps with numbers, commands with ids.
package struct FakeAgent {
    package let instance: Instance
    package var epoch = Epoch("1795200000000-aaaa")!
    package var number: Int64 = 0
    private var chance: Seeded

    package init(_ instance: Instance = "gate-1", seed: UInt64 = 7) {
        self.instance = instance
        chance = Seeded(seed)
    }

    package var topic: String { "nagai/reader-agent/event/\(instance)/tap" }

    package mutating func newID(at time: Instant) -> EventID {
        EventID(at: time, random: (UInt16(truncatingIfNeeded: chance.next()), chance.next()))
    }

    /// The next tap of this agent.
    package mutating func tap(
        _ token: Token = .card(1), at time: Instant, purpose: Purpose = .door("gym"), assurance: Assurance = .proved,
        clock: ClockQuality = .synced,
        reader: ReaderID = "reader-1"
    ) -> Envelope<Tapped> {
        number += 1
        return Envelope(
            id: newID(at: time), source: "/nagai/reader-agent/\(instance)", subject: reader.text, time: time,
            position: StreamPosition(epoch: epoch, number: number),
            data: Tapped(
                token: token, scheme: .cardApp, assurance: assurance, reader: reader, place: "hall", purpose: purpose, clock: clock,
                uptime: clock == .boot ? 1 : nil))
    }

    package mutating func command<Body: Payload>(_ data: Body, at time: Instant, expires: Instant? = nil) -> Envelope<Body> {
        Envelope(id: newID(at: time), source: "/nagai/desk/office", time: time, expires: expires ?? time + .seconds(30), data: data)
    }
}

extension Purpose {
    package static let visit = Purpose("visit")!
}

extension Token {
    /// The `number`th card of a test.
    package static func card(_ number: Int) -> Token {
        var rest = number
        var letters: [UInt8] = []
        for _ in 0..<26 {
            letters.append(UInt8(ascii: "a") + UInt8(rest % 26))
            rest /= 26
        }
        return Token("k1." + String(decoding: letters, as: UTF8.self))!
    }
}
