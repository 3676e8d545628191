import Bus
import Contracts
import Notifier
import Post
import Seal
import ServiceKit
import Store

/// The notifier without a broker, on a real disk and under a vault; carriers take everything at once.
final class NoticeHall {
    private let hand = Hand()
    let disk: Database
    private var host: Host<Notifier>?
    private(set) var now = wallClock()
    private var random = Counted()
    private var number: Int64 = 0
    private let epoch: Epoch
    /// Parcels whose receipts are on their way.
    private var handed: [Parcel] = []
    private(set) var sent = 0

    static let agents = 20
    private static let desks: [NoticeDeskID] = ["hall", "press"]

    init(folder: String) throws {
        epoch = Epoch(after: nil, now: now, random: 1)
        var policy = NoticesPolicy()
        policy.desks = Self.desks.map { NoticeDesk($0) }
        policy.contacts = [Contact("office", title: "役場", channels: [Reach(.mail, "office@town.example")])]
        policy.office = ["office"]
        // What is measured is the work, at whatever hour.
        (policy.quiet.from, policy.quiet.until, policy.rate) = (0, 0, 1_000_000_000)
        let vault = try Vault(index: Array(repeating: 1, count: 32), keys: [1: Array(repeating: 2, count: 32)])
        let address = try MailAddress("notices@town.example")
        let sender = Notifier.Sender(town: "長井市", mailbox: Mailbox(name: "長井市", address), ways: [.mail])
        let roster = Roster([
            .readerAgent: (1...Self.agents).map(BenchTown.gate), .residentDirectory: ["main"], .notifier: ["main"],
            .noticeDesk: Self.desks.map { $0.named() },
        ])
        let identity = Identity(
            town: BenchTown.town, role: .notifier, instance: "main", offset: .japan, version: "bench", roster: roster)
        disk = try Database(path: "\(folder)/notices.sqlite")
        host = try Host(
            Notifier(policy: policy, vault: vault, sender: sender), identity: identity, database: disk, transport: hand, vault: vault,
            now: now, random: { [unowned self] in random.next() }, log: { _ in },
            perform: { [unowned self] in if let handover = $0 as? Handover { handed.append(handover.parcel) } })
        try rest()
    }

    /// - Returns: how long the longest turn took, in milliseconds.
    @discardableResult
    func rest() throws -> Double {
        var longest = 0.0
        while true {
            let receipts = handed.map { Receipt(key: $0.key, .accepted, code: 250) }
            (handed, sent) = ([], sent + receipts.count)
            var next: Instant?
            longest = max(longest, try timed { next = try host?.step(now: now, inputs: receipts) })
            if let next, next > now, handed.isEmpty { return longest }
        }
    }

    func timed(_ work: () throws -> Void) rethrows -> Double {
        let before = nanoseconds()
        try work()
        return Double(nanoseconds() - before) / 1e6
    }

    func pass(_ span: Duration) { now = now + span }

    /// All machines are heard, up to now.
    func hear() throws {
        for agent in (1...Self.agents).map(BenchTown.gate) {
            let topic = Topic.heads(of: Address("reader-agent", agent), in: BenchTown.town)
            hand.give(topic.description, try Heads(at: now, segments: [:]).json())
        }
    }

    func learn(_ people: Range<Int>, _ change: (Int, inout NoticeView) -> Void) throws {
        for person in people {
            var view = NoticeView(ShelterTown.person(person))
            view.tokens = [BenchTown.token(person)]
            change(person, &view)
            number += 1
            let row = Envelope(
                id: EventID(at: now, random: (2, random.next())), source: "/bench/resident-directory/main", subject: view.person.text,
                time: now, position: StreamPosition(epoch: epoch, number: number), data: view)
            hand.give(Channel.noticeView.topic(in: BenchTown.town, "main").description, try row.json())
            if person % 500 == 0 { try rest() }
        }
        try rest()
    }

    func ask<Body: CommandBody>(_ channel: Channel<Body>, _ body: Body, as desk: NoticeDeskID) throws {
        let user = Role.noticeDesk.user(desk.named())
        let command = Envelope(
            id: EventID(at: now, random: (1, random.next())), source: "/bench/notice-desk/\(desk)", time: now, expires: now + .seconds(60),
            data: body)
        hand.give(channel.topic(in: BenchTown.town, user.named()).description, try command.json())
    }
}
