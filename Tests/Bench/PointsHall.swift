import Bus
import Contracts
import Glibc
import Mosquitto
import ServiceKit

/// Plays the directory, a gym, a till and a desk around the real service.
final class PointsHall {
    private let directory: Client
    private let gym: (client: Client, taps: TapStream)
    private let till: (client: Client, taps: TapStream)
    private let desk: Client
    private let watch: Client
    private let clients: [Client]
    private var random = SystemRandomNumberGenerator()
    private(set) var transfers = 0
    private(set) var payments = 0
    private(set) var isReady = false
    /// What the service has answered last, and how many slices it has checked.
    private var verified: LedgerVerified?
    private(set) var slices = 0
    /// Whether each answer brings the next question.
    private var verifies = false

    init(_ broker: Broker) throws {
        let town = BenchTown.town
        let life = Topic.life(of: Address("points", "main"), in: town).description
        let payments = Channel<PaymentChanged>.payments.topic(in: town, "main").description
        directory = try broker.client("resident-directory-main").connect()
        gym = (try broker.client("agent-\(PointsTown.gym)").connect(), TapStream(PointsTown.gym, for: PointsTown.visit))
        till = (try broker.client("agent-\(PointsTown.till)").connect(), TapStream(PointsTown.till, for: PointsTown.purchase))
        desk = try broker.client(PointsTown.desk.text).connect([
            Channel<VerifyLedger>.verifyLedger.replyTopic(in: town, to: PointsTown.desk).description
        ])
        watch = try broker.client("operator-watch").connect([
            Channel<Transferred>.transfers.topic(in: town, "main").description, payments, life,
        ])
        clients = [directory, gym.client, till.client, desk, watch]
        watch.onMessage = { [unowned self] message in
            switch message.topic {
            case life: isReady = true
            case payments: self.payments += 1
            default: transfers += 1
            }
        }
        desk.onMessage = { [unowned self] message in
            do { try hear(message) } catch { preconditionFailure("\(message.topic) cannot be read: \(error)") }
        }
    }

    func close() { for client in clients { client.close() } }

    // MARK: Time goes on

    func turn(_ milliseconds: Int32) {
        wait(clients, milliseconds)
        for client in clients { client.turn() }
    }

    func turn(for what: String, until done: () -> Bool) throws {
        let end = monotonicMilliseconds() + 120_000
        while !done() {
            turn(5)
            guard monotonicMilliseconds() < end else { throw Fatal("no \(what) within two minutes") }
        }
    }

    // MARK: What is said

    func introduce(_ persons: Int) throws {
        let epoch = Epoch(after: nil, now: wallClock(), random: 1)
        for person in 0..<persons {
            directory.publish(PointsTown.views, try PointsTown.view(of: person, epoch, at: wallClock(), random: &random).json())
            while directory.waiting >= 500 { turn(5) }
        }
        try turn(for: "acknowledgement of the views") { directory.waiting == 0 }
    }

    func visit(_ person: Int, at time: Instant) throws -> [UInt8] { try gym.taps.next(BenchTown.token(person), at: time).json() }

    /// Taps that were made beforehand, as fast as broker and service take them.
    /// - Returns: transfers a second, from the first tap published to the last transfer told.
    func rate(of taps: [[UInt8]]) throws -> Double {
        let (before, start, topic) = (transfers, nanoseconds(), BenchTown.taps(of: PointsTown.gym))
        var sent = 0
        try turn(for: "transfer of every tap") {
            // Never so many that the broker drops some.
            while sent < taps.count, gym.client.waiting < 256, sent - (transfers - before) < 5000 {
                gym.client.publish(topic, taps[sent])
                sent += 1
            }
            gym.client.transport.flush()
            return transfers - before >= taps.count
        }
        return Double(taps.count) * 1e9 / Double(nanoseconds() - start)
    }

    /// Published by the till's reader → the payment told, milliseconds.
    func spend(by persons: Range<Int>, perSecond: Int) throws -> Percentiles {
        var times: [Double] = []
        for person in persons {
            let before = payments
            var tap = till.taps.next(BenchTown.token(person), at: wallClock())
            tap.data.charge = TapCharge(1)
            let bytes = try tap.json()
            let start = nanoseconds()
            till.client.publish(BenchTown.taps(of: PointsTown.till), bytes)
            till.client.transport.flush()
            try turn(for: "payment") { payments > before }
            times.append(Double(nanoseconds() - start) / 1e6)
            while nanoseconds() < start + 1_000_000_000 / UInt64(perSecond) { turn(1) }
        }
        return Percentiles(times)
    }

    // MARK: The ledger is checked

    /// Has it checked slice after slice, and from the beginning again before the last, which brings all accounts with it.
    func verify(while work: () throws -> Void) throws {
        verifies = true
        try ask(VerifyLedger())
        try work()
        verifies = false
        let before = slices
        try turn(for: "answer to the last question") { slices > before }
    }

    /// Has all of it checked.
    /// - Returns: how long it took, and the last slice of it, in milliseconds; how many transfers there are.
    func verify() throws -> (whole: Double, last: Double, transfers: Int64) {
        let start = nanoseconds()
        var wish = VerifyLedger()
        while true {
            let (asked, before) = (nanoseconds(), slices)
            try ask(wish)
            try turn(for: "answer to a slice") { slices > before }
            guard let verified else { throw Fatal("a slice was answered without a word") }
            if verified.accounts != nil {
                return (Double(nanoseconds() - start) / 1e6, Double(nanoseconds() - asked) / 1e6, verified.through)
            }
            wish = VerifyLedger(after: verified.through, digest: verified.digest)
        }
    }

    private func ask(_ wish: VerifyLedger) throws {
        let now = wallClock()
        let command = Envelope(
            id: EventID(at: now, random: (random.next(), random.next())), source: "/bench/points-desk/chamber", time: now,
            expires: now + .seconds(60), data: wish)
        desk.publish(Channel.verifyLedger.topic(in: BenchTown.town, PointsTown.desk.named()).description, try command.json())
        desk.transport.flush()
    }

    private func hear(_ message: Message) throws {
        guard let answer = try Envelope<Reply<LedgerVerified>>(json: message.payload).data.answer, answer.fault == nil else {
            throw Fatal("the ledger of the bench is not well: \(String(decoding: message.payload, as: UTF8.self))")
        }
        (slices, verified) = (slices + 1, answer)
        guard verifies else { return }
        try ask(answer.of - answer.through > 5000 ? VerifyLedger(after: answer.through, digest: answer.digest) : VerifyLedger())
    }
}
