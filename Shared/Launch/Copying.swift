import Contracts
import ServiceKit
import Store

/// Copies a process's database while it works, whenever somebody has asked for it since the last copy: `copies/wanted` is younger than that.
///
/// A file asks, not a message: whoever may read these databases may touch it, no broker is needed, and each machine's own are copied by whoever looks after it.
final class Copying {
    /// Two megabytes at once: some milliseconds, and so long a card waits at the most.
    private static let pages: Int32 = 512

    private let database: Database
    private let wish: String
    private let copy: String
    private var running: DatabaseCopy?
    /// The wish that was answered last, well or not.
    private var answered: Instant

    init(_ database: Database, _ folder: DataFolder, _ address: Address) {
        self.database = database
        (wish, copy) = (folder.copyWish, folder.copy(of: address))
        answered = modified(copy) ?? .distantPast
    }

    var isRunning: Bool { running != nil }

    /// Whether there is something new to do: once a second.
    /// - Throws: `StoreError` when a copy cannot be begun.
    func look() throws {
        guard running == nil, let asked = modified(wish), asked > answered else { return }
        answered = asked
        running = try DatabaseCopy(of: database, at: copy)
    }

    /// - Throws: `StoreError` when there is no copy, a full disk above all. The database is as it was, and the next wish is another try.
    func advance() throws {
        guard let running else { return }
        do {
            if try running.advance(pages: Self.pages) { self.running = nil }
        } catch {
            self.running = nil
            throw error
        }
    }
}
