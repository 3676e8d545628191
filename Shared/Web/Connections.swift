import CMicroHTTPD
import Glibc
import HTTP

/// What the C library calls, and whom it means. All of it happens inside `WebServer.run`, or while the server stops.
final class Connections {
    let limits: WebLimits
    var all: [UInt64: Connection] = [:]
    /// Requests that are whole and were not handed out yet.
    var whole: [(ticket: Ticket, request: Request)] = []
    /// Requests without an answer.
    var waiting: [Ticket: Connection] = [:]
    var feeds: [String: [UInt64: Connection]] = [:]
    var listeners = 0
    /// Whether a connection goes on that was suspended, and the library has not run since.
    var haveResumed = false
    /// Connections that were cut off, which the library has not found so yet.
    var leaving = 0
    private var last: UInt64 = 0

    init(_ limits: WebLimits) { self.limits = limits }

    /// Connections above the limit.
    private var excess: Int { all.count - leaving - Int(limits.connections) }

    /// Whoever dawdles keeps nobody out: those go that have been longest without a whole request. A few at once, since they are looked for among all.
    /// - Returns: `false` where nobody dawdles.
    @discardableResult
    func makeRoom(for newcomer: Connection) -> Bool {
        guard excess > 0 else { return true }
        let dawdlers = all.values.filter { $0.isIdle && $0 !== newcomer }.sorted {
            ($0.deadline ?? 0, $0.number) < ($1.deadline ?? 0, $1.number)
        }
        dawdlers.prefix(max(excess, all.count / 32)).forEach { $0.cut() }
        return excess <= 0
    }

    /// Of connections and of requests.
    func nextNumber() -> UInt64 {
        last += 1
        return last
    }

    static func of(_ context: UnsafeMutableRawPointer) -> Connections { Unmanaged.fromOpaque(context).takeUnretainedValue() }
}

let calls = mhd_calls(connection: comeOrGone, target: target, request: take, completed: complete)

/// MHD_NotifyConnectionCallback: the first and the last that is heard of a connection. Its socket is open at both.
private func comeOrGone(
    _ context: UnsafeMutableRawPointer?, _ handle: OpaquePointer?, _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ what: MHD_ConnectionNotificationCode
) {
    guard let context, let handle, let slot else { return }
    let connections = Connections.of(context)
    if what == .CONNECTION_NOTIFY_STARTED {
        let connection = Connection(handle, of: connections)
        connections.all[connection.number] = connection
        connections.makeRoom(for: connection)
        slot.pointee = Unmanaged.passUnretained(connection).toOpaque()
    } else if let connection = Connection.of(handle) {
        connection.finish()
        connections.all[connection.number] = nil
        if connection.isCut { connections.leaving -= 1 }
        slot.pointee = nil
    }
}

/// The target of a request as it came, before the library splits and decodes it in its own way.
private func target(_: UnsafeMutableRawPointer?, _ text: UnsafePointer<CChar>?, _ handle: OpaquePointer?) -> UnsafeMutableRawPointer? {
    guard let text, let handle else { return nil }
    Connection.of(handle)?.target = UnsafeBufferPointer(start: text, count: strlen(text)).map(UInt8.init(bitPattern:))
    return nil
}

/// MHD_AccessHandlerCallback: called when the head of a request is read, for each part of its body, when all of it is there, and once more
/// when a connection
/// that was suspended goes on. An answer at the first call ends the connection.
private func take(
    _: UnsafeMutableRawPointer?, _ handle: OpaquePointer?, _: UnsafePointer<CChar>?, _ method: UnsafePointer<CChar>?,
    _: UnsafePointer<CChar>?, _ part: UnsafePointer<CChar>?, _ count: UnsafeMutablePointer<Int>?,
    _ mark: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let handle, let method, let count, let mark, let connection = Connection.of(handle) else { return .NO }
    if mark.pointee == nil {
        mark.pointee = UnsafeMutableRawPointer(handle)
        return connection.begin(String(cString: method))
    }
    guard count.pointee > 0 else { return connection.proceed() }
    connection.read(UnsafeRawBufferPointer(start: part, count: count.pointee))
    count.pointee = 0
    return .YES
}

/// MHD_RequestCompletedCallback: answered, or the client has gone.
private func complete(
    _: UnsafeMutableRawPointer?, _ handle: OpaquePointer?, _: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _: MHD_RequestTerminationCode
) {
    handle.flatMap(Connection.of)?.finish()
}
