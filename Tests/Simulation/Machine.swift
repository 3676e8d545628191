import Contracts

/// Something of the town that runs, crashes and comes back.
protocol Machine: AnyObject {
    var name: String { get }
    var isUp: Bool { get }
    /// When it has something to do, by the true time.
    var next: Instant { get }
    func step(_ world: World) throws
    func crash(_ world: World)
    func setReachable(_ reachable: Bool)
    /// Not run until then; what has arrived meanwhile is found all at once.
    func stall(until: Instant)
    /// The machine's clock is set by so much.
    func setClock(by step: Duration)
    /// Whether it does things at moments of its own clock, so that setting it back by an hour makes everybody wait for an hour.
    var hasTimers: Bool { get }
    /// - Parameter full: its disk takes no more from here on, or takes again.
    func fillDisk(_ full: Bool)
    func breakDisk(_ broken: Bool)
    /// What somebody who takes the disk away may read.
    func bytesOnDisk() throws -> [UInt8]
    /// A second machine with a copy of the disk and the same name; `nil` for what nobody copies.
    func clone(_ world: World) throws -> (any Machine)?
    /// This machine is thrown away: what it alone has written is lost.
    func discard(_ world: World, keeping original: any Machine)
    /// Whether nothing is left to send or to ask for.
    var isAtRest: Bool { get }
    /// What keeps it busy, for the report of a history that does not come to rest.
    var unrest: String { get }
    /// What it has written and has no more, because its disk was put back to an older copy.
    var forgotten: [ForgottenRow] { get }
    /// What it made of somebody's numbers: for each of `rows` it should have had, a sentence if it says nothing of its absence.
    func silentlyLost(_ rows: [ForgottenRow]) throws -> [String]
}

/// A row of a journal that was committed and is not there any more.
struct ForgottenRow: Hashable {
    let topic: String
    let epoch: String
    let number: Int64
    let id: EventID
    let event: [UInt8]
}

struct SimulatedCrash: Error {}

/// What a machine without a disk of interest does about the faults of disks and copies.
extension Machine {
    var hasTimers: Bool { false }
    func fillDisk(_ full: Bool) {}
    func breakDisk(_ broken: Bool) {}
    func bytesOnDisk() throws -> [UInt8] { [] }
    func clone(_ world: World) throws -> (any Machine)? { nil }
    func discard(_ world: World, keeping original: any Machine) {}
    var forgotten: [ForgottenRow] { [] }
    func silentlyLost(_ rows: [ForgottenRow]) throws -> [String] { [] }
}
