import Contracts
import Glibc
import Launch
import ServiceKit

/// Has the broker read its rights anew when somebody was revoked. Mosquitto does so at SIGHUP, for connections that stand as well (mosquitto(8)).
final class RightsKeeper {
    private let data: DataFolder
    private let supervisor: Supervisor
    private let log: (String, String) -> Void
    private let prepare: () throws -> Void
    private var known: Instant?
    private var nextLook: Int64 = 0

    init(_ data: DataFolder, _ supervisor: Supervisor, _ log: @escaping (String, String) -> Void, _ prepare: @escaping () throws -> Void) {
        (self.data, self.supervisor, self.log, self.prepare) = (data, supervisor, log, prepare)
        known = modified(data.revocations)
    }

    /// Looks a few times a second.
    func look() {
        let now = monotonicMilliseconds()
        guard nextLook <= now else { return }
        nextLook = now + 200
        let newest = modified(data.revocations)
        guard newest != known else { return }
        do {
            try prepare()
            supervisor.signal(Programs.broker, SIGHUP)
            known = newest
            log("kazasu", "the broker reads its rights anew: somebody was revoked, or is no more")
        } catch {
            // A full disk must not leave a thief his rights for good.
            nextLook = now + 1000
            log("kazasu", "rights could not be written anew, and are tried again: \(error)")
        }
    }
}
