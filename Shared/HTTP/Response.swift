/// What a request is answered.
package struct Response: Equatable, Sendable {
    package var status: UInt32
    /// `text/plain; charset=utf-8`
    package var type: String
    /// Further ones: `Location`, `Content-Security-Policy`. They take the place of those that every answer has: `Cache-Control: no-store`,
    /// `Referrer-Policy: same-origin`, `X-Content-Type-Options: nosniff`.
    package var headers: [String: String]
    /// Each the value of a `Set-Cookie`.
    package var cookies: [String]
    package var body: [UInt8]

    package init(
        status: UInt32 = 200, type: String = "text/plain; charset=utf-8", headers: [String: String] = [:], cookies: [String] = [],
        body: [UInt8]
    ) {
        (self.status, self.type, self.headers, self.cookies, self.body) = (status, type, headers, cookies, body)
    }

    /// A short sentence.
    package init(status: UInt32, headers: [String: String] = [:], cookies: [String] = [], _ sentence: String) {
        self.init(status: status, headers: headers, cookies: cookies, body: Array("\(sentence)\n".utf8))
    }
}
