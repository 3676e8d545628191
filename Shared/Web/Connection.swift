import CMicroHTTPD
import Glibc
import HTTP

/// One connection from its first byte to its last, and the request that is on it.
final class Connection {
    let number: UInt64
    private let handle: OpaquePointer
    private let socket: Int32
    private unowned let connections: Connections
    private var isSuspended = false
    /// When it is cut off, unless something is done before.
    private(set) var deadline: Int64?
    private(set) var isCut = false

    /// As it came.
    var target: [UInt8] = []
    private var request: Request?
    private var ticket: Ticket?
    private var response: Response?
    private var stream: Stream?

    private var limits: WebLimits { connections.limits }

    init(_ handle: OpaquePointer, of connections: Connections) {
        (self.handle, self.connections) = (handle, connections)
        number = connections.nextNumber()
        socket = mhd_socket(handle)
        deadline = monotonicNow() + connections.limits.requestSeconds * 1000
        // A client that vanished is found by what was sent to it and not confirmed; the system's own patience is a quarter of an hour.
        set(TCP_USER_TIMEOUT, of: IPPROTO_TCP, to: Self.unconfirmed)
    }

    static func of(_ handle: OpaquePointer) -> Connection? {
        mhd_socket_context(handle).map { Unmanaged<Connection>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Milliseconds.
    private static let unconfirmed: Int32 = 60_000

    private func set(_ option: Int32, of level: Int, to value: Int32) {
        var value = value
        setsockopt(socket, Int32(level), option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    // MARK: A request

    /// The head is read.
    func begin(_ method: String) -> MHD_Result {
        // Somebody may have finished since this one came.
        guard connections.makeRoom(for: self) else { return queue(.tooMany) }
        let head = Head(of: handle)
        if let refusal = head.refusal(limits) { return queue(refusal) }
        guard let (path, query) = HTTP.target(target) else { return queue(Response(status: 400, "This address cannot be read.")) }
        request = Request(method: method, path: path, query: query, headers: head.fields, client: head.client)
        return .YES
    }

    /// A part of the body. What is too much is let go, since the library answers only when all of it has come.
    func read(_ part: UnsafeRawBufferPointer) {
        let count = request?.body.count ?? 0
        request?.body += part.prefix(limits.body + 1 - count)
    }

    /// All of the request is there, or its answer.
    func proceed() -> MHD_Result {
        if let response { return queue(response) }
        if stream != nil { return queueStream() }
        guard let request, ticket == nil else { return .NO }
        self.request = nil
        deadline = nil
        if request.body.count > limits.body { return queue(.tooLong) }
        let ticket = Ticket(number: connections.nextNumber())
        self.ticket = ticket
        connections.waiting[ticket] = self
        connections.whole.append((ticket, request))
        suspend()
        return .YES
    }

    func answer(_ response: Response) {
        self.response = response
        resume()
    }

    private func queue(_ response: Response) -> MHD_Result {
        if let made = response.made() { return send(made, response.status) }
        return Response(status: 500, "The answer cannot be sent.").made().map { send($0, 500) } ?? .NO
    }

    private func send(_ made: OpaquePointer, _ status: UInt32) -> MHD_Result {
        defer { MHD_destroy_response(made) }
        response = nil
        if stream == nil { deadline = monotonicNow() + limits.responseSeconds * 1000 }
        return MHD_queue_response(handle, status, made)
    }

    /// The answer has left, or the client has gone. Another request may follow.
    func finish() {
        if let ticket { connections.waiting[ticket] = nil }
        leave()
        (target, request, ticket, response) = ([], nil, nil, nil)
        deadline = monotonicNow() + (Int64(limits.seconds) + limits.requestSeconds) * 1000
    }

    // MARK: A stream

    func open(_ feeds: Set<String>, first: [UInt8], headers: [String: String]) {
        stream = Stream(feeds: feeds, first: first, headers: headers, at: monotonicNow())
        connections.listeners += 1
        for feed in feeds { connections.feeds[feed, default: [:]][number] = self }
        // The system keeps megabytes for one who does not read; he is to be found by what waits here.
        set(SO_SNDBUF, of: Int(SOL_SOCKET), to: Self.sendBuffer)
        resume()
    }

    /// Bytes; the system doubles it.
    private static let sendBuffer: Int32 = 32 * 1024
    /// Bytes that are asked for at once, where the client is too old to be sent pieces.
    private static let block = 1024

    private func queueStream() -> MHD_Result {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let made = MHD_create_response_from_callback(.max, Self.block, fill, context, nil)
        let headers = (stream?.headers ?? [:]).merging(["X-Accel-Buffering": "no"]) { own, _ in own }
        guard let dressed = made.flatMap(Response(type: "text/event-stream", headers: headers, body: []).dress) else { return .NO }
        return send(dressed, 200)
    }

    func say(_ bytes: [UInt8]) {
        guard stream?.say(bytes, backlog: limits.backlog, at: monotonicNow()) == true else { return cut() }
        resume()
    }

    func end() {
        stream?.isOver = true
        resume()
    }

    /// What the library sends next: a count of bytes, 0 for nothing yet, -1 for the end (MHD_ContentReaderCallback).
    fileprivate func supply(_ room: UnsafeMutableRawBufferPointer) -> Int {
        let count = stream?.take(into: room) ?? 0
        guard count == 0 else { return count }
        guard stream?.isOver == false else { return -1 }
        suspend()
        return 0
    }

    private func leave() {
        guard let stream else { return }
        self.stream = nil
        connections.listeners -= 1
        for feed in stream.feeds {
            connections.feeds[feed]?[number] = nil
            if connections.feeds[feed]?.isEmpty == true { connections.feeds[feed] = nil }
        }
    }

    // MARK: Time

    private func suspend() {
        isSuspended = true
        MHD_suspend_connection(handle)
    }

    func resume() {
        guard isSuspended else { return }
        isSuspended = false
        connections.haveResumed = true
        MHD_resume_connection(handle)
    }

    /// Cuts off who is too slow, and says something to who has heard nothing.
    func sweep(_ now: Int64) {
        if let deadline, deadline <= now { return cut() }
        if let stream, stream.spoken + limits.heartbeatSeconds * 1000 <= now { say(Stream.heartbeat) }
    }

    /// No request is whole here, and none is being answered.
    var isIdle: Bool { ticket == nil && !isCut }

    /// The library finds the socket shut, and tells `finish`.
    func cut() {
        if !isCut { connections.leaving += 1 }
        isCut = true
        deadline = nil
        stream?.isOver = true
        shutdown(socket, Int32(SHUT_RDWR))
        resume()
    }
}

private func fill(_ context: UnsafeMutableRawPointer?, _: UInt64, _ room: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
    guard let context else { return -2 }
    return Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().supply(UnsafeMutableRawBufferPointer(start: room, count: size))
}
