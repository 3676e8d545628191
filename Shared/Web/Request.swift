/// What a client asks for. A body is not read: whoever sends one is turned away before.
package struct Request: Equatable, Sendable {
    package var method: String
    /// Without what stands behind a question mark: `/metrics`.
    package var path: String
    /// What the client says it can read: the header `Accept`.
    package var accept: String

    package init(method: String = "GET", path: String, accept: String = "") {
        (self.method, self.path, self.accept) = (method, path, accept)
    }
}

/// What it is answered.
package struct Response: Equatable, Sendable {
    package var status: UInt32
    /// `text/plain; charset=utf-8`
    package var type: String
    package var body: [UInt8]

    package init(status: UInt32 = 200, type: String = "text/plain; charset=utf-8", body: [UInt8]) {
        (self.status, self.type, self.body) = (status, type, body)
    }

    /// A short sentence.
    package init(status: UInt32, _ sentence: String) { self.init(status: status, body: Array("\(sentence)\n".utf8)) }
}

/// What nobody may use up, whoever he is.
package struct WebLimits: Sendable {
    /// Connections at once, and of one address.
    package var connections: UInt32 = 32
    package var connectionsOfOne: UInt32 = 8
    /// A connection on which nothing has moved for so long is closed.
    package var seconds: UInt32 = 10
    /// For the head of a request, and for what of a response waits in the library. A longer head is answered with 431 or 414.
    package var bytes = 32 * 1024

    package init() {}
}
