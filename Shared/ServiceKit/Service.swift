import Contracts
import Store

/// A pure decision: events in, rows and events out, inside the transaction it is handed. No clock, no sockets, no threads of its own.
package protocol Service {
    /// What comes from the machine rather than from the bus: a card reading. `Never` for most.
    associatedtype Input = Never

    static var program: Program { get }
    /// The service's own tables.
    static var migrations: [Migration] { get }
    /// What it seals in them under the host's vault; sealed anew when the vault has a newer key.
    static var sealed: [SealedColumn] { get }

    /// Which topic, which payload, which function.
    var reads: [Reading] { get }

    /// Called for each input, in order.
    func take(_ input: Input, in turn: borrowing Turn) throws

    /// What to do for an input that could not be written down. It has not happened; whoever stands there should know.
    func failed(_ input: Input) -> (any Effect)?

    /// Does what is due at `turn.now` and tells when something is due next. Timers are rows and survive a restart.
    func due(in turn: borrowing Turn) throws -> Instant?

    /// Publishes every state this service owns: at each connect, since a broker may have forgotten.
    func publishStates(in turn: borrowing Turn) throws

    /// Deletes what is kept no longer, a little at a time: called once a minute.
    func purge(in turn: borrowing Turn) throws

    /// An act's time was over before it could leave.
    func expired(_ act: ExpiredAct, in turn: borrowing Turn) throws

    /// What a person should know of this service beside what the host sees itself.
    func problems(in turn: borrowing Turn) throws -> [Problem]

    /// Numbers for `life`.
    func counters(in turn: borrowing Turn) throws -> [String: Int64]

    /// Whether what it keeps proves itself: the first thing that is wrong, in a sentence. Asked while nothing runs, so it may take its time.
    func flaw(in db: borrowing Transaction) throws -> String?

    /// How far behind its clock a service may still write down things that have happened.
    var watermarkLag: Duration { get }
}

extension Service {
    package static var sealed: [SealedColumn] { [] }
    package func failed(_ input: Input) -> (any Effect)? { nil }
    package func due(in turn: borrowing Turn) throws -> Instant? { nil }
    package func publishStates(in turn: borrowing Turn) throws {}
    package func purge(in turn: borrowing Turn) throws {}
    package func expired(_ act: ExpiredAct, in turn: borrowing Turn) throws {}
    package func problems(in turn: borrowing Turn) throws -> [Problem] { [] }
    package func counters(in turn: borrowing Turn) throws -> [String: Int64] { [:] }
    package func flaw(in db: borrowing Transaction) throws -> String? { nil }
    package var watermarkLag: Duration { .zero }
}

extension Service where Input == Never {
    package func take(_ input: Never, in turn: borrowing Turn) throws {}
}

/// Something for the machine to do after the commit, at most once and not recorded: a beep, a lamp.
package protocol Effect: Sendable {}

/// An act that did not leave in its time.
package struct ExpiredAct: Sendable {
    package let cause: EventID
    package let kind: String
    package let topic: String
}

/// Who this process is.
package struct Identity: Sendable {
    package let town: TownID
    package let address: Address
    package let user: UserID
    /// What its messages name as their source.
    package let source: String
    package let offset: UTCOffset
    package let version: String
    /// The instances the town lists. Events of others are refused, even if the broker lets them through.
    package let roster: Roster

    package init(town: TownID, role: Role, instance: Instance, offset: UTCOffset, version: String, roster: Roster) {
        self.town = town
        address = Address(role.program, instance)
        user = role.user(instance)
        source = address.source(in: town)
        self.offset = offset
        self.version = version
        self.roster = roster
    }

    func lists(_ topic: Topic) -> Bool {
        guard let role = Role(rawValue: topic.owner.text) else { return false }
        return roster.instances[role, default: []].contains { $0.text == topic.entity.text }
    }
}
