import Bus
import Contracts
import Glibc
import Launch
import Mosquitto
import ServiceKit
import Testing
import Town
import VirtualReader

@testable import Kazasu

/// The real programs, a real broker with TLS and access list, a real pcscd. Again, alone: `SEED=8271 swift test --filter EndToEnd`.
@Suite("A whole town", .serialized)
struct EndToEndTests {
    @Test("kazasu demo ends with the observer's account: nothing lost, nothing repeated")
    func demo() throws {
        let demo = try Errand(ChildSpec("demo", .service, program: "\(programs)/kazasu", arguments: ["demo", "--fast", "--json"]))
        let deadline = monotonicMilliseconds() + 120_000
        while demo.code == nil, monotonicMilliseconds() < deadline {
            var polled = demo.interest
            poll(&polled, nfds_t(polled.count), 50)
            demo.look()
        }
        #expect(demo.code == 0, "\(demo.lines.joined(separator: "\n"))")
        let line = try Array(try #require(demo.lines.last).utf8).decoded(as: [String: Int64].self)
        #expect(line["lost"] == 0 && line["repeated"] == 0)
        #expect(line["taps"] == line["accounted"] && line["taps", default: 0] > 100)
        #expect(line["granted", default: 0] > 0 && line["refused", default: 0] > 0 && line["cardRefused"] == 3)
        #expect(line["brokerRestarts", default: 0] >= 1)
    }

    @Test("Agents, lock-controller and broker killed at random moments: every tap is accounted for once")
    func killed() throws {
        let seed = getenv("SEED").flatMap { UInt64(String(cString: $0)) } ?? UInt64.random(in: 0..<100_000)
        print("SEED=\(seed)")
        var chance = Chance(seed: seed)
        try withTown { stage in
            try stage.admitClub()
            let broker = Programs.broker
            var victims = ["agent-civic-gym", "agent-hall", "lock-controller-main", broker].flatMap { [$0, $0] }.shuffled(using: &chance)
            var killAt = monotonicMilliseconds() + 200
            var persons: [ReaderPlace: Person] = [:]
            var left = 60
            var fresh: UInt32 = 0
            var club = stage.cast.club
            try stage.wait("60 taps", seconds: 100) {
                for place in DemoTown.places {
                    if var person = persons[place] {
                        let isDone = try person.isDone(stage)
                        persons[place] = isDone ? nil : person
                    } else if left > 0, Int.random(in: 0..<8, using: &chance) == 0 {
                        left -= 1
                        fresh += 1
                        let member = place == DemoTown.hallEntrance ? club.popLast() : nil
                        persons[place] = try Person(member ?? Cast.felica(fresh), at: place, in: stage)
                    }
                }
                if monotonicMilliseconds() > killAt, let victim = victims.popLast() {
                    if victim == broker { try stage.wipeBroker() } else { stage.crash(victim) }
                    killAt = monotonicMilliseconds() + Int64.random(in: 100...900, using: &chance)
                }
                return left == 0 && persons.isEmpty && victims.isEmpty
            }
            let now = stage.console.now()
            try stage.waitForLives(since: now)
            let numbers = try stage.numbers()
            #expect(numbers["lost"] == 0 && numbers["repeated"] == 0, "seed \(seed): \(numbers)\n\(stage.log)")
            #expect(numbers["taps"] == Int64(stage.made.taps) && numbers["accounted"] == numbers["taps"], "seed \(seed): \(numbers)")
            #expect(stage.made.taps == 62)
            #expect(stage.supervisor.starts(of: broker) >= 2)
        }
    }

    @Test("The token key is changed: who had a right under the former key opens the door at the first tap")
    func newTokenKey() throws {
        try withTown { stage in
            try stage.admitClub()
            try stage.changeTokenKey()
            let witness = stage.thief(of: "operator-maintenance")
            let topic = Channel<Tapped>.taps.topic(in: stage.town.name, "hall").description
            var isListening = false
            var taps: [Tapped] = []
            func hear() throws {
                for event in witness.receive(limit: 10) {
                    if case .connected = event { witness.subscribe([Subscription(filter: topic, qos: 1)]) }
                    if case .message(let message) = event { taps.append(try Envelope<Tapped>(json: message.payload).data) }
                }
                witness.flush()
                isListening = witness.isConnected
            }
            try stage.wait("a witness") {
                try hear()
                return isListening
            }
            try stage.pass(milliseconds: 300)
            var person = try Person(stage.cast.club[0], at: DemoTown.hallEntrance, in: stage)
            try stage.wait("the card to be accepted") { try person.isDone(stage) }
            try stage.wait("the hall to open") {
                try hear()
                return !taps.isEmpty && stage.openings(DemoTown.hall) == 1
            }
            #expect(taps.map { "\($0.token.text.prefix(3)) \($0.former?.text.prefix(3) ?? "none")" } == ["k2. k1."])
            let numbers = try stage.numbers()
            #expect(numbers["lost"] == 0 && numbers["repeated"] == 0 && numbers["taps"] == Int64(stage.made.taps), "\(numbers)")
        }
    }

    @Test("Two agents with one name: one of them stops and says why")
    func takeover() throws {
        try withTown { stage in
            let copy = "\(stage.folder)/copy"
            let copying = try Errand(ChildSpec("cp", .service, program: "/bin/cp", arguments: ["-a", stage.data.root, copy]))
            try stage.wait("a copy") {
                copying.look()
                return copying.code != nil
            }
            let twin = try Errand(
                ChildSpec(
                    "twin", .agent, program: "\(programs)/reader-agent",
                    arguments: ["--town", "\(stage.folder)/town.yaml", "--data", copy, "--agent", "hall", "--port", "\(stage.port)"],
                    environment: ["PCSCLITE_CSOCK_NAME": "\(stage.folder)/agent-hall/pcscd.comm"]))
            let sentence = "another process connects as agent-hall and takes our place, 5 times in a row"
            try stage.wait("one of the two to stop", seconds: 40) {
                twin.look()
                return stage.log.contains(sentence) || twin.lines.contains { $0.contains(sentence) } && twin.code == 1
            }
        }
    }

    @Test("A broker that dies again and again is not taken for somebody with the same name")
    func dyingBroker() throws {
        try withTown { stage in
            let process = stage.supervisor.process(of: "agent-hall")
            for _ in 1...6 {
                try stage.wipeBroker()
                let now = stage.console.now()
                try stage.waitForLives(since: now)
            }
            #expect(stage.supervisor.process(of: "agent-hall") == process)
            #expect(!stage.log.contains("takes our place"), "\(stage.log)")
        }
    }

    @Test("pcscd gone: the agent lives on and says so; pcscd back: the next card is a tap")
    func noReaders() throws {
        try withTown { stage in
            let process = stage.supervisor.process(of: "agent-hall")
            let pcscd = try #require(stage.pcscd(of: "hall"))
            pcscd.kill()
            try stage.wait("the agent to miss its readers") { stage.ear.readyReaders == 3 }
            #expect(stage.supervisor.process(of: "agent-hall") == process)
            try pcscd.start()
            try stage.wait("the readers to be back") { stage.ear.readyReaders == 5 }
            var person = try Person(Cast.felica(7), at: DemoTown.desk, in: stage)
            try stage.wait("a tap") { try person.isDone(stage) }
            #expect(try stage.numbers()["taps"] == 1)
        }
    }

    @Test(
        "A grant that is captured, and sent again or kept at the broker by hand, opens nothing", arguments: [DemoTown.gym, DemoTown.hall])
    func replayed(door: DoorID) throws {
        try withTown { stage in
            // The gym's lock is the one in Swift, the hall's the one in Python.
            let (card, place) = try stage.somebodyWithRights(at: door)
            // Whoever holds these two certificates has stolen much; the grant key is not among it.
            let (spy, forger) = (stage.thief(of: Role.lock.user(door.named())), stage.thief(of: "lock-controller-main"))
            let topic = Grant.topic(in: stage.town.name, to: door).description
            var grant: [UInt8] = []
            func hear() {
                for event in spy.receive(limit: 10) {
                    if case .connected = event { spy.subscribe([Subscription(filter: topic, qos: 1)]) }
                    if case .message(let message) = event { grant = message.payload }
                }
                spy.flush()
                _ = forger.receive(limit: 10)
                forger.flush()
            }
            try stage.wait("the thief to listen") {
                hear()
                return spy.isConnected && forger.isConnected
            }
            try stage.pass(milliseconds: 300)
            var person = try Person(card, at: place, in: stage)
            try stage.wait("the door to open") {
                hear()
                return try person.isDone(stage)
            }
            try stage.wait("a captured grant") {
                hear()
                return !grant.isEmpty && stage.openings(door) == 1
            }
            _ = forger.publish(Outgoing(topic: topic, payload: grant, qos: 1, retain: false))
            try stage.wait("the repeated grant to be refused") {
                hear()
                return stage.lines(of: door).contains { $0.contains("\"repeated\"") }
            }
            _ = forger.publish(Outgoing(topic: topic, payload: grant, qos: 1, retain: true))
            try stage.wait("the grant to be refused once more") {
                hear()
                return stage.lines(of: door).count { $0.contains("\"repeated\"") } == 2
            }
            stage.crash("lock-\(door)")
            try stage.wait("the kept grant to be refused") {
                hear()
                return stage.lines(of: door).contains { $0.contains("\"malformed\"") }
            }
            #expect(stage.openings(door) == 1)
        }
    }
}
