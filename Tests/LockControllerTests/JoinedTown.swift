import Bus
import Contracts
import Harness
import LockController
import Seal
import ServiceKit
import Store
import Testing

/// The town's lock-controller and one at a site, each on a broker of its own, and a line that carries what the contract says and can be cut.
final class JoinedTown {
    static let premises = Premises("school-gym", agents: ["gate-1": ["reader-1"]], doors: ["gym"])
    static let roster = Roster([
        .readerAgent: ["gate-1", "gate-2"], .lockController: ["main", "school-gym"], .residentDirectory: ["main"], .lock: ["gym", "hall"],
        .shelterRegistry: ["main"], .desk: ["office"], .operator: ["it-1"],
    ])
    static let crossing = Contract.crossing(of: premises, in: "nagai", roster: roster)
    static let card = Token("k1.aaaaaaaaaaaaaaaaaaaaaaaaaa")!

    let main: Rig<LockController>
    let site: Rig<LockController>
    var isCut = false
    private var carried = (main: 0, site: 0)
    private var number: Int64 = 0
    private let epoch = Epoch(after: nil, now: Rig<LockController>.morning, random: 3)

    static let shelters: [DoorID: [ShelterID: Set<GroupID>]] = ["gym": ["s01": ["shelter-staff"]]]
    static let townService = LockController(
        doors: [Door(id: "hall", accepts: .read, openFor: .seconds(5))],
        sites: ["school-gym": [Door(id: "gym", accepts: .read, openFor: .seconds(5))]],
        duty: .town(hasSites: true), shelters: shelters,
        seal: GrantSeal(try! SigningKey(seed: Array(repeating: 7, count: 32))))
    static let siteService = LockController(
        doors: [Door(id: "gym", accepts: .read, openFor: .seconds(5))], duty: .site, shelters: shelters,
        seal: GrantSeal(try! SigningKey(seed: Array(repeating: 8, count: 32))))

    init() throws {
        func heard(_ agent: Instance, _ controllers: [Instance]) -> Roster {
            var roster = Self.roster
            roster.instances[.readerAgent] = [agent]
            roster.instances[.lockController] = controllers
            return roster
        }
        main = try Rig(Self.townService, as: .lockController, roster: heard("gate-2", ["main", "school-gym"]))
        site = try Rig(Self.siteService, as: .lockController, "school-gym", roster: heard("gate-1", ["main", "school-gym"]))
        try live(12)
    }

    /// Seconds in which both work, and the line carries what may cross.
    func live(_ seconds: Int) throws {
        for _ in 0..<seconds {
            main.now = main.now + .seconds(1)
            site.now = main.now
            try settle()
        }
    }

    func settle() throws {
        for _ in 0..<20 {
            try main.settle()
            try site.settle()
            let (fromMain, fromSite) = (main.published[carried.main...], site.published[carried.site...])
            carried = (main.published.count, site.published.count)
            guard !isCut, !fromMain.isEmpty || !fromSite.isEmpty else { return }
            for said in fromMain where Self.crossing.in.contains(said.topic) { carry(said, to: site) }
            for said in fromSite where Self.crossing.out.contains(said.topic) { carry(said, to: main) }
            // What was carried is published there, and does not come back.
            carried = (main.published.count, site.published.count)
        }
    }

    private func carry(_ said: Outgoing, to rig: Rig<LockController>) { rig.say(said.topic, said.payload) }

    // MARK: People

    @discardableResult
    func command<Body: CommandBody>(_ body: Body, on channel: Channel<Body>, at rig: Rig<LockController>) throws -> Reply<Body.Answer> {
        number += 1
        let id = EventID(at: rig.now, random: (7, UInt64(number)))
        let command = Envelope(id: id, source: "/nagai/desk/office", time: rig.now, expires: rig.now + .seconds(30), data: body)
        rig.say(channel.topic(in: "nagai", "desk-office").description, try command.json())
        try rig.settle()
        let answer = channel.replyTopic(in: "nagai", to: "desk-office").description
        let replies = try rig.published.filter { $0.topic == answer }.map { try Envelope<Reply<Body.Answer>>(json: $0.payload) }
        return try #require(replies.last { $0.cause == id }).data
    }

    func book(_ door: DoorID = "gym", hours: Int = 4, token: Token = card) throws -> Booking {
        let wish = AddBooking(door: door, from: main.now - .seconds(60), to: main.now + .seconds(Int64(hours) * 3600), tokens: [token])
        let answer = try command(wish, on: .addBooking, at: main)
        try settle()
        return try #require(answer.answer?.booking)
    }

    /// A card held over a reader of an agent, heard at one of the brokers.
    func hold(
        _ token: Token = card, _ door: DoorID = "gym", agent: Instance = "gate-1", at rig: Rig<LockController>
    ) throws -> [DoorDecided] {
        number += 1
        rig.say(Topic.life(of: Address("reader-agent", agent), in: "nagai").description, try Life(.ready, at: rig.now).json())
        let tap = Envelope(
            id: EventID(at: rig.now, random: (9, UInt64(number))), source: "/nagai/reader-agent/\(agent)", time: rig.now,
            position: StreamPosition(epoch: epoch, number: number),
            data: Tapped(
                token: token, scheme: .felica, assurance: .read, reader: "reader-1", place: "gym", purpose: .door(door), clock: .synced))
        rig.say(Channel<Tapped>.taps.topic(in: "nagai", agent.named()).description, try tap.json())
        try rig.settle()
        return try rig.said(.doorDecisions).filter { $0.cause == tap.id }.map(\.data)
    }

    func opens(_ token: Token = card) throws -> Bool { try hold(token, at: site).first?.verdict == .open }
}
