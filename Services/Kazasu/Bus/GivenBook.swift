import Bus
import Contracts
import Glibc
import Journal
import Launch
import Seal
import ServiceKit
import Store
import Town

/// What has been commanded from this station, kept for thirty days: services that are put back from a copy are given again what they have forgotten.
///
/// ```
/// data/given.sqlite     the commands, sealed
/// data/given.lock       held for as long as a command is written down
/// data/keys/given.key   what they are sealed under
/// ```
final class GivenBook {
    private let data: DataFolder
    private let town: Town
    private let place: SiteID?
    private let console: Console
    /// When each service's life was asked for last, in monotonic milliseconds.
    private var asked: [Address: Int64] = [:]

    /// Milliseconds for which a service's word of itself is as good as new: it speaks every ten seconds.
    private static let freshness: Int64 = 10_000

    init(_ data: DataFolder, of town: Town, at place: SiteID?, console: Console) {
        (self.data, self.town, self.place, self.console) = (data, town, place, console)
    }

    /// The process that is commanded; `nil` where nothing is kept of a command: it changes nothing, or is meant for this moment alone.
    func service<Body>(of channel: Channel<Body>) -> Address? {
        guard channel.kind == .command, !Capability.looks.contains(channel.name), !Capability.momentary.contains(channel.name),
            let role = Role(rawValue: channel.owner.text), role != .readerAgent
        else { return nil }
        return Address(role.program, place?.named() ?? .main)
    }

    /// Keeps a command that was obeyed.
    func keep(_ command: GivenCommand, obeyed moment: Instant) {
        attempt("This command is not kept here") {
            try write { (db: borrowing Transaction) throws in
                try Given.purge(before: console.now() - Retention.given, in: db)
                try Given.note(command, in: db)
                try Given.answered(command.id, accepted: true, at: moment, in: db)
            }
        }
    }

    /// All of the last thirty days, whoever gave it.
    func all(since moment: Instant) throws -> [GivenCommand] { try write { try Given.all(since: moment, in: $0) } }

    /// Gives a service again what it has forgotten of this desk's, and says so.
    func catchUp(_ service: Address, by desk: Desk) {
        let now = monotonicMilliseconds()
        guard now - (asked[service] ?? -Self.freshness) >= Self.freshness else { return }
        attempt("What was commanded from here could not be looked through") {
            let topic = Topic.life(of: service, in: town.name).description
            guard let message = try desk.session.look(at: [topic]).last(where: { $0.topic == topic }),
                let life = try? message.payload.decoded(as: Life.self)
            else { return }
            let user = desk.session.user
            let found = try write { (db: borrowing Transaction) throws in
                try Given.hear(life, of: service, as: user, in: db).map { ($0, try Given.lost(by: service, to: $0, of: user, in: db)) }
            }
            asked[service] = now
            guard let (setback, lost) = found else { return }
            let round = try give(lost) { _ in desk }
            guard round.isWhole else {
                asked[service] = nil
                return
            }
            try settle(round) { try Given.settle(life, of: service, as: user, in: $0) }
            if !lost.isEmpty { console.note(sentence(round, setback, service)) }
        }
    }

    /// Gives commands again, in their order. A service that is silent is not asked a second time.
    /// - Parameter desk: who gives a command; `nil` where that is not possible from here.
    func give(_ commands: [GivenCommand], by desk: (UserID) throws -> Desk?) throws -> GivenRound {
        var round = GivenRound(commands: commands)
        for (number, command) in commands.enumerated() where !round.silent.contains(command.service) {
            console.progress("giving again: \(number + 1) of \(commands.count)")
            guard let desk = try desk(command.by) else { continue }
            switch try desk.giveAgain(command) {
            case .obeyed(let moment): round.obeyed.append((command, moment))
            case .known: round.known += 1
            case .refused(let text): round.refused.append((command, text))
            case .unknown: round.silent.append(command.service)
            }
        }
        console.progress("")
        return round
    }

    /// Writes down what became of a round.
    func settle(_ round: GivenRound, first: (borrowing Transaction) throws -> Void = { _ in }) throws {
        try write { (db: borrowing Transaction) throws in
            try first(db)
            for (command, moment) in round.obeyed { try Given.answered(command.id, accepted: true, at: moment, in: db) }
        }
    }

    private func sentence(_ round: GivenRound, _ setback: Setback, _ service: Address) -> String {
        let offset = town.offset
        let since = round.commands.first?.id.time.minute(offset) ?? ""
        let what =
            switch setback {
            case .announced(let copy): "was put back at \(copy.at.minute(offset)) from a copy of \(copy.copied.minute(offset))"
            case .unannounced: "works on an older copy of its database"
            }
        return "\(service) \(what). Commanded from here since \(since) and given again now: \(round.words)"
    }

    /// Nothing that happens here stops the command in hand.
    private func attempt(_ lack: String, _ body: () throws -> Void) {
        do { try body() } catch {
            console.note("\(lack), so after a service was put back from a copy it may have to be given by hand (kazasu again). \(error)")
        }
    }

    /// Commands that run at once write one after the other.
    private func write<Result>(_ body: (borrowing Transaction) throws -> Result) throws -> Result {
        try data.makeFolder("\(data.root)/keys")
        let lock = open("\(data.root)/given.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw Failure.refused("\(data.root)/given.lock cannot be made: \(String(cString: strerror(errno))).") }
        defer { close(lock) }
        while lockf(lock, F_LOCK, 0) != 0 {
            guard errno == EINTR else { throw Failure.refused("\(data.root)/given.lock: \(String(cString: strerror(errno))).") }
        }
        let key = "\(data.root)/keys/given.key"
        let database = try Database(path: "\(data.root)/given.sqlite")
        database.cover = try exists(key) ? Vault.load(file: key) : Vault.create(at: key)
        try database.erase()
        try database.migrate("given", Given.migrations)
        return try database.write(body)
    }
}

/// What became of commands that were given again.
struct GivenRound {
    let commands: [GivenCommand]
    /// With the moment, of the answer.
    var obeyed: [(command: GivenCommand, at: Instant)] = []
    var known = 0
    var refused: [(command: GivenCommand, text: String)] = []
    /// Services that did not answer.
    var silent: [Address] = []

    /// Whether each has its answer.
    var isWhole: Bool { obeyed.count + known + refused.count == commands.count }

    /// `2 obeyed now, 1 known, 1 refused (booking-add: Choose another slot.)`
    var words: String {
        let why = refused.map { "\($0.command.topic.name): \(harmless($0.text))" }.joined(separator: "; ")
        let unanswered = commands.count - obeyed.count - known - refused.count
        let parts = [
            obeyed.isEmpty ? nil : "\(obeyed.count) obeyed now", known == 0 ? nil : "\(known) known",
            refused.isEmpty ? nil : "\(refused.count) refused (\(why))", unanswered == 0 ? nil : "\(unanswered) without an answer",
        ]
        return parts.compactMap { $0 }.joined(separator: ", ")
    }
}
