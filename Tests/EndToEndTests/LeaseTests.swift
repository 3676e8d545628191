import Contracts
import Glibc
import Launch
import Seal
import ServiceKit
import Testing
import VirtualReader

@testable import Kazasu

extension EndToEndTests {
    @Test(
        "A lock with a reader of its own opens by its lease while the town is down, tells it afterwards, and refuses a card that was taken off"
    )
    func lease() throws {
        let place = try LeasePlace()
        defer { place.strike() }
        try place.tap()
        let token = try place.token()
        _ = try place.desk("group", "open", "staff", "gym")
        _ = try place.desk("group", "add", "staff", "--card", token)
        try place.wait("kazasu door leases to say that the lock holds the card") {
            try place.lease().map { $0.changes != nil && $0.held?.changes == $0.changes } ?? false
        }
        try place.present()
        try place.wait("the lock's own reader to open") { place.said("opens for 5 s, by its lease") == 1 }

        try place.strikeTown()
        try place.present()
        try place.wait("the lock to open with nobody to ask") { place.said("opens for 5 s, by its lease") == 2 }

        try place.raiseTown()
        try place.wait("both openings in the audit", seconds: 90) {
            try place.desk("door", "audit", "gym", "--json").joined().split(separator: #""why":"lease""#).count == 3
        }
        let start = monotonicMilliseconds()
        _ = try place.desk("group", "remove", "staff", "--card", token)
        let commanded = monotonicMilliseconds()
        try place.wait("the lock to refuse") {
            try place.present()
            return place.said("stays shut: no-right") > 0
        }
        print(
            "taken off, a card is refused by a reachable lock \(monotonicMilliseconds() - commanded) ms after the clerk's answer, which took \(commanded - start) ms"
        )
        try place.wait("kazasu door leases to say that the lock knows") {
            try place.lease().map { $0.revoked == 1 && $0.unaware == 0 } ?? false
        }
    }
}

/// A town of one door whose lock has a reader of its own, and an agent that tells what cards are called there.
private final class LeasePlace {
    private let folder: String
    private let pcscd: PrivatePCSCD
    private var town: Errand
    private let agent: Errand
    private let lock: Errand
    /// What the lock reads as cards held over it.
    private let cards: Int32
    private static let idm: [UInt8] = [0x01, 0x14, 0xB3, 0x4D, 0, 0, 0, 1]

    init() throws {
        folder = try makeTemporaryFolder()
        let file = try #require(fopen("\(folder)/town.yaml", "w"))
        fputs(
            """
            town: nagai
            broker: { host: localhost, port: \(try unusedPort()) }
            agents: { gate-1: { readers: { reader-1: { device: "ACS ACR122U gate", place: hall, purpose: enrol } } } }
            doors: { gym: { accepts: read, lease: {} } }
            desks: [office]

            """, file)
        fclose(file)
        pcscd = try PrivatePCSCD(directory: "\(folder)/pcscd", readers: ["ACS ACR122U gate"])
        try pcscd.start()
        mkfifo("\(folder)/cards", 0o600)
        // For both ends, so that neither waits for the other and the lock never reads the end.
        cards = open("\(folder)/cards", O_RDWR)
        town = try Self.kazasu("town", ["up", "\(folder)/town.yaml", "--no-agents"])
        try Self.wait("the town") { [town] in Self.isReady(town) }
        let common = ["--town", "\(folder)/town.yaml", "--data", "\(folder)/data"]
        agent = try Errand(
            ChildSpec(
                "agent", .agent, program: "\(programs)/reader-agent", arguments: common + ["--agent", "gate-1"],
                environment: ["PCSCLITE_CSOCK_NAME": pcscd.socketPath]))
        lock = try Self.kazasu(
            "lock", ["virtual-lock", "--door", "gym", "--state", "\(folder)/gym.lock"] + common, input: "\(folder)/cards")
    }

    private static func kazasu(_ name: String, _ words: [String], input: String? = nil) throws -> Errand {
        var spec = ChildSpec(name, .service, program: "\(programs)/kazasu", arguments: words)
        if let input { spec.input = input }
        return try Errand(spec)
    }

    private static func isReady(_ town: Errand) -> Bool {
        town.look()
        return town.lines.contains { $0.contains("ready: ") }
    }

    private static func wait(_ what: String, seconds: Int64 = 40, until condition: () throws -> Bool) throws {
        let deadline = monotonicMilliseconds() + seconds * 1000
        while try !condition() {
            guard monotonicMilliseconds() < deadline else { throw Failure.refused("waited \(seconds) s in vain for \(what)") }
            usleep(5000)
        }
    }

    func wait(_ what: String, seconds: Int64 = 40, until condition: () throws -> Bool) throws {
        do {
            try Self.wait(what, seconds: seconds) {
                for errand in [town, agent, lock] { errand.look() }
                return try condition()
            }
        } catch { throw Failure.refused("\(error)\n\((town.lines + agent.lines + lock.lines).suffix(30).joined(separator: "\n"))") }
    }

    func desk(_ words: String...) throws -> [String] {
        let errand = try Self.kazasu("kazasu", words + ["--town", "\(folder)/town.yaml"])
        try Self.wait("kazasu \(words.joined(separator: " "))") {
            errand.look()
            return errand.code != nil
        }
        return errand.lines
    }

    /// Holds the card over the agent's reader until its lamp counts it.
    func tap() throws {
        let slot = pcscd.slots[0]
        let lamps = slot.escapes.count
        try wait("the lamp") {
            try slot.insert(.felica(idm: Self.idm))
            let deadline = monotonicMilliseconds() + 1000
            while slot.escapes.count == lamps, monotonicMilliseconds() < deadline { usleep(5000) }
            slot.remove()
            return slot.escapes.count > lamps
        }
    }

    /// Holds it over the lock's own.
    func present() throws {
        let line = "felica " + Self.idm.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\n"
        try #require(write(cards, line, line.utf8.count) == line.utf8.count)
        let before = lock.lines.count
        try wait("the lock's word") { lock.lines.count > before }
    }

    /// How often the lock has said so.
    func said(_ words: String) -> Int { lock.lines.count { $0.contains(words) } }

    /// The card as the town calls it.
    func token() throws -> String {
        try TokenKey.load(1, file: DataFolder("\(folder)/data").tokenKey(1)).token(scheme: "felica", identifier: Self.idm).text
    }

    /// What `kazasu door leases` says of the gym.
    func lease() throws -> LeaseState? {
        struct Report: Decodable { let lease: LeaseState? }
        return try Array(desk("door", "leases", "--json").joined().utf8).decoded(as: [Report].self).first?.lease
    }

    func strikeTown() throws {
        town.signal(SIGTERM)
        try wait("the town's end") { town.code != nil }
    }

    func raiseTown() throws {
        town = try Self.kazasu("town", ["up", "\(folder)/town.yaml", "--no-agents"])
        try wait("the town") { Self.isReady(town) }
    }

    func strike() {
        for errand in [agent, lock, town] { errand.signal(SIGTERM) }
        try? Self.wait("the end", seconds: 15) {
            for errand in [agent, lock, town] { errand.look() }
            return [agent, lock, town].allSatisfy { $0.code != nil }
        }
        close(cards)
        pcscd.remove()
        try? remove(folder)
    }
}
