/// What a client asks for, whole.
package struct Request: Equatable, Sendable {
    /// As the client has it: GET, HEAD, POST, or what whoever owns the path answers with 405 and the ones it takes (RFC 9110, 15.5.6).
    package var method: String
    /// Decoded once, always with a `/` at its beginning, without what stands behind a question mark: `/metrics`.
    package var path: String
    /// What stands behind the question mark, decoded; the first of each name.
    package var query: [String: String]
    /// Names in lower case; of repeated ones the first.
    package var headers: [String: String]
    package var body: [UInt8]
    /// Address of whoever asks, as numbers. If a proxy on this machine passes it on: the address that the proxy wrote down.
    package var client: String

    package init(
        method: String = "GET", path: String, query: [String: String] = [:], headers: [String: String] = [:], body: [UInt8] = [],
        client: String = "127.0.0.1"
    ) {
        (self.method, self.path, self.query, self.headers) = (method, path, query, headers)
        (self.body, self.client) = (body, client)
    }

    /// What the client says it can read.
    package var accept: String { headers["accept"] ?? "" }

    /// The fields of a form, the first of each name. Read anew at each call.
    package var form: [String: String] { Dictionary(fields, uniquingKeysWith: { first, _ in first }) }

    /// All values of a field, as they stand in the form: ticked boxes.
    package func formValues(_ name: String) -> [String] { fields.filter { $0.0 == name }.map(\.1) }

    private var fields: [(String, String)] {
        let type = headers["content-type", default: formType].prefix { $0 != ";" }
        return type.lowercased().filter { $0 != " " } == formType ? formPairs(body[...]) : []
    }

    /// What the client keeps for us (RFC 6265, 4.2.1); the first of each name, which a browser lets be the one that fits best (5.4).
    package var cookies: [String: String] {
        var found: [String: String] = [:]
        for pair in headers["cookie", default: ""].utf8.split(separator: UInt8(ascii: ";")) {
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = trimmed(pair[..<equals])
            if !name.isEmpty, found[name] == nil { found[name] = trimmed(pair[pair.index(after: equals)...]) }
        }
        return found
    }
}

private let formType = "application/x-www-form-urlencoded"

/// Without the spaces and tabs around it.
package func trimmed(_ text: Substring.UTF8View) -> String {
    let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    let rest = text.drop(while: isBlank)
    return String(decoding: rest.prefix(upTo: rest.lastIndex { !isBlank($0) }.map(rest.index(after:)) ?? rest.startIndex), as: UTF8.self)
}
