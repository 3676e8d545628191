import Contracts
import Foundation
import Harness
import Seal
import ServiceKit
import Testing

/// One payload of every kind, with the awkward parts filled in.
enum Sample {
    static let at = Instant(milliseconds: 1_795_215_600_123)
    static let id = EventID("01M7XK0AFV04HMASW9NF6YY093")!
    static let booking = Booking(id: id, door: "gym", from: at, to: at + .seconds(1800), tokens: [.card(1), .card(2)])
    static let tap = Tapped(
        token: .card(1), former: .card(2), scheme: .cardApp, assurance: .proved, reader: "reader-2", place: "hall", purpose: .door("gym"),
        direction: .in,
        position: Position(lat: 38.1, lon: 140.04), clock: .boot, uptime: 12)

    /// Calls `use` with each payload of the contract.
    static func each(_ use: (any Payload) throws -> Void) rethrows {
        try use(tap)
        try use(CardRefused(place: "hall", purpose: .visit, reader: "reader-1", reason: .forged))
        try use(ClockSet(time: at, uptime: 1 << 48))
        try use(PurposeChanged(reader: "reader-1", purpose: .door("gym"), by: "desk-office"))
        try use(ReaderState(at: at, condition: .missing, place: "hall", purpose: .visit))
        try use(SetPurpose(reader: "reader-1", purpose: .visit))
        try use(DoorDecided(door: "gym", tap: id, agent: "gate-1", reader: "reader-1", verdict: .open(by: .booking(id))))
        try use(DoorDecided(door: "gym", tap: id, agent: "gate-1", reader: "reader-1", verdict: .open(by: .group("staff"))))
        for reason in Refusal.allCases {
            try use(DoorDecided(door: "gym", tap: id, agent: "gate-1", reader: "reader-1", verdict: .refuse(reason)))
        }
        try use(Tapped(token: .card(1), scheme: .felica, assurance: .read, reader: "r", place: "p", purpose: .visit, clock: .free))
        try use(Feedback(tap: id, reader: "reader-1", signal: .opened))
        try use(DoorOutcome(door: "gym", decision: id, tap: id, result: .refused, refusal: .lowerCounter, value: -1 << 48))
        try use(LockCondition(bolt: .jammed, contact: .open, battery: 0, exit: true, tamper: false))
        try use(OpenDoor(door: "gym", origin: .homeAssistant))
        try use(DoorOrdered(door: "gym", origin: .homeAssistant, by: "lock-driver-main"))
        try use(DoorOrdered(door: "gym", origin: .desk, by: "desk-office"))
        try use(UnlockDoor(door: "gym", reason: "配送 \"3号\""))
        try use(UnlockAsked(UnlockDoor(door: "gym", reason: "配送 \"3号\""), by: "desk-office"))
        try use(Reply<UnlockAnswer>.accept(UnlockAnswer(decision: id)))
        try use(BookingChanged(booking: booking, status: .cancelled, by: "desk-office"))
        try use(GroupChanged(change: ChangeGroup(group: "staff", addTokens: [.card(3)], removeDoors: []), by: "desk-office"))
        try use(DoorState(at: at, maxAge: 86_400, lock: .ready, lastDecision: id, lastOutcome: .notSent, lastOutcomeAt: at))
        try use(Feedback(tap: id, reader: "reader-1", signal: .refused, reason: .tooEarly))
        try use(AddBooking(door: "gym", from: at, to: at + .seconds(60), tokens: [.card(1)]))
        try use(ExtendBooking(booking: id, to: at))
        try use(CancelBooking(booking: id))
        try use(ListBookings(door: nil, from: at, to: at, after: id))
        try use(ChangeGroup(group: "staff", addTokens: [], removeTokens: [.card(9)], addDoors: ["gym"], removeDoors: nil))
        try use(ListGroups(after: "staff"))
        for refusal in LockOutcome.Refusal.allCases { try use(LockOutcome(grant: nil, result: .refused, refusal: refusal, value: -1)) }
        try use(BookingView(booking))
        let line = AuditLine(at: at, id: id, what: .open, who: "p", why: "booking", outcome: .opened, used: true)
        try use(AuditTold(line, at: AuditPlace(at: at, id: id), of: "gym", booking: id))
        let alarm = DoorAlarm(id: id, door: "gym", kind: .forced, raised: at, cleared: at, withdrawn: true)
        try use(AuditTold(nil, at: AuditPlace(at: at, id: id), of: "gym", alarm: AlarmTold(alarm)))
        try use(AlarmTaken(id, at: "gym", by: "desk-office"))
        try use(Feedback(tap: id, reader: "reader-1", signal: .refused, reason: .noRight, rule: .passback))
        try use(GroupView("staff", token: .card(4), belongs: true))
        try use(Reply<Done>.accept(Done()))
        try use(Reply<BookingAnswer>.accept(BookingAnswer(booking: booking)))
        try use(Reply<BookingList>.accept(BookingList(bookings: [booking], more: true)))
        try use(Reply<GroupList>.accept(GroupList(groups: [GroupSummary(group: "staff", doors: ["gym"], tokens: 2)], more: false)))
        try use(Reply<GroupSummary>.refuse("unknown-door", "There is no door \"gym\\\".\nSee `list`. 体育館 🚪\u{1}"))
        try people(use)
        try lockers(use)
    }

    /// The examples that lie beside the published contract, of every row.
    static func published(_ use: (any Payload) throws -> Void) throws {
        let folder = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/Docs/schemas/examples"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        func each<Body: Payload>(_: Body.Type) throws {
            for file in files where file.hasPrefix("\(Body.type).v1.") {
                try use(Envelope<Body>(json: Array(Data(contentsOf: URL(filePath: "\(folder)/\(file)")))).data)
            }
        }
        for row in Contract.rows { try each(row.body) }
    }

    static func envelope<Body: Payload>(_ data: Body) -> Envelope<Body> {
        Envelope(
            id: id, source: "/nagai/reader-agent/gate-1", subject: "a \"thing\"\\\n", time: at, cause: EventID(high: 1, low: 2),
            position: StreamPosition(epoch: Epoch("1795227986241-k3f9")!, number: 123), expires: at + .seconds(30), data: data)
    }

    /// Whether what is written by hand is what `Codable` would have written.
    static func isAsCodable<Body: Payload>(_ data: Body) throws -> Bool {
        let text = String(decoding: try data.json(), as: UTF8.self)
        let written = String(decoding: try envelope(data).json(), as: UTF8.self)
        let read = try Array(text.utf8).decoded(as: Body.self)
        return written.contains("\"data\":\(text),") && read == data
    }

    /// The bytes of an envelope around `data`, and whether they read back as the same envelope.
    static func written<Body: Payload>(_ data: Body) throws -> (bytes: [UInt8], isSame: Bool, type: String) {
        let envelope = envelope(data)
        let bytes = try envelope.json()
        return (bytes, try Envelope<Body>(json: bytes) == envelope, Envelope<Body>.type)
    }
}

@Suite("Envelopes on the wire")
struct EnvelopeTests {
    @Test("Every payload of the contract is written and read back as the same, with sorted keys")
    func roundTrip() throws {
        var types: Set<String> = []
        func check(_ payload: any Payload) throws {
            let (bytes, isSame, type) = try Sample.written(payload)
            types.insert(type)
            #expect(isSame, "\(type)")
            #expect(try Sample.isAsCodable(payload), "\(type) is written by hand in another way")
            let tree = try bytes.decoded(as: Tree.self)
            #expect(sortedText(tree) == String(decoding: bytes, as: UTF8.self), "\(type)")
        }
        try Sample.each(check)
        try Sample.published(check)
        #expect(types.isSuperset(of: Contract.rows.map(\.type)), "\(Set(Contract.rows.map(\.type)).subtracting(types)) has no sample")
    }

    /// Compact JSON with sorted keys, written by a second hand.
    private func sortedText(_ tree: Tree) -> String {
        switch tree {
        case .null: "null"
        case .truth(let value): "\(value)"
        case .number(let value): value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : value.description
        case .text(let text): (try? String(decoding: text.json(), as: UTF8.self)) ?? ""
        case .list(let list): "[\(list.map(sortedText).joined(separator: ","))]"
        case .object(let object): "{\(object.keys.sorted().map { "\"\($0)\":\(sortedText(object[$0] ?? .null))" }.joined(separator: ","))}"
        }
    }

    @Test("One tap is exactly these bytes")
    func golden() throws {
        let tap = Envelope(
            id: Sample.id, source: "/nagai/reader-agent/gate-1", subject: "reader-2", time: Sample.at,
            position: StreamPosition(epoch: Epoch("1795227986241-k3f9")!, number: 123),
            data: Tapped(
                token: .card(0), scheme: .cardApp, assurance: .proved, reader: "reader-2", place: "hall", purpose: .door("gym"),
                clock: .synced))
        let text =
            #"{"data":{"assurance":"proved","clock":"synced","place":"hall","purpose":"door:gym","reader":"reader-2","scheme":"card-app","#
            + #""token":"k1.aaaaaaaaaaaaaaaaaaaaaaaaaa"},"epoch":"1795227986241-k3f9","id":"01M7XK0AFV04HMASW9NF6YY093","sequence":"123","#
            + #""source":"/nagai/reader-agent/gate-1","specversion":"1.0","subject":"reader-2","time":"2026-11-21T08:00:00.123+09:00","type":"jp.kazasu.tap.v1"}"#
        #expect(String(decoding: try tap.json(), as: UTF8.self) == text)
        #expect(try Envelope<Tapped>(json: Array(text.utf8)) == tap)
    }

    static let plain = (try? Sample.envelope(Sample.tap).json()) ?? []
    static var text: String { String(decoding: plain, as: UTF8.self) }

    @Test("Attributes and members of a later version are tolerated")
    func unknown() throws {
        let newer = Self.text.replacing("\"data\":{", with: "\"colour\":{\"a\":[1,null]},\"data\":{\"later\":[{}],").replacing(
            "\"time\":", with: "\"traceparent\":\"00\",\"time\":")
        #expect(try Envelope<Tapped>(json: Array(newer.utf8)) == Sample.envelope(Sample.tap))
    }

    @Test(
        "What is not the promised event is refused",
        arguments: [
            ("jp.kazasu.tap.v1", "jp.kazasu.tap.v2"), ("jp.kazasu.tap.v1", "jp.kazasu.card-refused.v1"),
            ("\"specversion\":\"1.0\"", "\"specversion\":\"0.3\""),
            ("\"specversion\":\"1.0\"", "\"specversion\":1.0"), ("\"specversion\":\"1.0\",", ""), ("\"id\":", "\"ID\":"),
            ("\"time\":\"2026", "\"time\":\"26"),
            ("\"sequence\":\"123\"", "\"sequence\":123"), ("\"sequence\":\"123\"", "\"sequence\":\"0\""),
            ("\"sequence\":\"123\"", "\"sequence\":\"-1\""),
            ("\"sequence\":\"123\"", "\"sequence\":\"9223372036854775807\""),
            ("\"sequence\":\"123\"", "\"sequence\":\"9223372036854775808\""),
            ("\"sequence\":\"123\",", ""), ("k3f9", "K3F9"), ("\"proved\"", "\"sworn\""), ("\"uptime\":12", "\"uptime\":\"12\""),
            ("\"data\":{", "\"data\":[{"),
            ("gate-1\",\"specversion", "gate-1\\\"\",\"specversion"), ("/nagai/reader-agent/gate-1\"", "\""), ("gate-1\"", "gate 1\""),
            ("door:gym", "door:#"), ("\"place\":\"hall\",", ""),
        ])
    func refused(old: String, new: String) {
        let changed = Self.text.replacing(old, with: new)
        #expect(changed != Self.text)
        #expect(throws: (any Error).self) { try Envelope<Tapped>(json: Array(changed.utf8)) }
    }

    @Test("No beginning of an envelope is an envelope")
    func prefixes() {
        for length in 0..<Self.plain.count { #expect((try? Envelope<Tapped>(json: Array(Self.plain.prefix(length)))) == nil) }
    }

    @Test("Bytes changed at random are refused or read, and never anything worse", arguments: 0..<8)
    func mutations(seed: UInt64) throws {
        var chance = Seeded(seed)
        let batch = try Batch.json(
            BatchHeader(.events, topic: "nagai/reader-agent/event/gate-1/tap", epoch: Epoch("1795227986241-k3f9")!, from: 1, to: 2),
            events: [Self.plain])
        for _ in 0..<250 {
            for original in [Self.plain, batch] {
                var bytes = original
                for _ in 0...chance.below(4) {
                    let at = chance.below(bytes.count)
                    switch chance.below(4) {
                    case 0: bytes[at] = UInt8(truncatingIfNeeded: chance.next())
                    case 1: bytes.remove(at: at)
                    case 2: bytes.insert(Array("\"\\{}[],:u0-".utf8)[chance.below(11)], at: at)
                    default: bytes.removeSubrange(at..<min(bytes.count, at + chance.below(20)))
                    }
                    if bytes.isEmpty { bytes = [0] }
                }
                // Whatever is accepted can be said again.
                if let read = try? Envelope<Tapped>(json: bytes) {
                    #expect(try Envelope<Tapped>(json: read.json()) == read)
                }
                _ = try? EnvelopeHeader(json: bytes)
                _ = try? Batch.read(bytes)
                _ = contentKeys(bytes)
            }
        }
    }

    private func contentKeys(_ bytes: [UInt8]) -> Int { (try? bytes.decoded(as: Heads.self))?.segments.count ?? 0 }
}

@Suite("Batches")
struct BatchTests {
    static let header = BatchHeader(
        .events, topic: "nagai/reader-agent/event/gate-1/tap", epoch: Epoch("1795227986241-k3f9")!, from: 1, to: 9)

    @Test(
        "Each event comes out byte for byte, whatever is in it",
        arguments: [
            [], ["{}"], ["{\"a\":\"]\"}", "{\"b\":\"\\\"],[\\\\\"}"], ["{\"a\":[1,[2,\",\"]]}", "{\"events\":[1,2]}", "{\"from\":\"}\"}"],
            ["1", "\"x,y\"", "null"],
        ])
    func roundTrip(events: [String]) throws {
        let json = try Batch.json(Self.header, events: events.map { Array($0.utf8) })
        let (header, read) = try Batch.read(json)
        #expect(header == Self.header)
        #expect(read.map { String(decoding: $0, as: UTF8.self) } == events)
        guard case .object(let members) = try json.decoded(as: Tree.self) else { return #expect(Bool(false)) }
        #expect(members.keys.sorted() == ["answer", "epoch", "events", "from", "to", "topic"])
        #expect(String(decoding: json, as: UTF8.self).hasPrefix("{\"answer\":\"events\",\"epoch\":\"1795227986241-k3f9\",\"events\":["))
    }

    @Test("Members in another order, with spaces and later additions, are read too")
    func others() throws {
        let text =
            "{ \"topic\" : \"a/b\" , \"more\":{\"events\":[9]}, \"list\":[[0]], \"events\" : [ {\"x\": 1} , {} ] ,\"to\":2,\"from\":1,\"epoch\":\"1795227986241-k3f9\",\"answer\":\"gone\"}"
        let (header, events) = try Batch.read(Array(text.utf8))
        #expect(header.answer == .gone)
        #expect(events.map { String(decoding: $0, as: UTF8.self).trimmed } == ["{\"x\": 1}", "{}"])
    }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}

@Suite("Derived ids")
struct DerivedIDTests {
    @Test(
        "The published vectors",
        arguments: [
            ("01M7XK0AFV04HMASW9NF6YY093", "jp.kazasu.door-decision.v1", "", "01M7XK0AFVK44QA81DMZTQQDC8"),
            ("01M7XK0AFVK44QA81DMZTQQDC8", "jp.kazasu.door-outcome.v1", "no-answer", "01M7XK0AFVMT7G5H8BJF7SCZ8Z"),
        ])
    func vectors(cause: String, type: String, discriminator: String, id: String) throws {
        #expect(EventID.derived(from: try #require(EventID(cause)), type: type, discriminator: discriminator).description == id)
    }

    @Test("Another type, discriminator, cause or moment is another id; a derived id keeps its root's time")
    func different() {
        let cause = Sample.id
        let ids = [
            EventID.derived(from: cause, type: "a"), .derived(from: cause, type: "b"), .derived(from: cause, type: "a", discriminator: "x"),
            .derived(from: EventID(high: cause.high, low: cause.low + 1), type: "a"), .derived(ofType: "a", identity: "x", at: Sample.at),
            .derived(ofType: "a", identity: "y", at: Sample.at), .derived(ofType: "a", identity: "x", at: Sample.at + .milliseconds(1)),
        ]
        #expect(Set(ids).count == ids.count)
        #expect(EventID.derived(from: cause, type: "a").time == cause.time)
    }
}
