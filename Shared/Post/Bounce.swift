/// What a mail server says became of a letter: a delivery status notification (RFC 3464), as it arrives at a return path.
package struct Bounce: Equatable, Sendable {
    /// The delivery's, from the address the bounce went to. Servers on the way may have changed its case.
    package let key: String
    /// `5.1.1` (RFC 3463 §2).
    package let status: String
    /// Whether the server has given up for good. A delay is none, and neither is a mailbox that is full for today.
    package let isPermanent: Bool

    /// Of a longer mail only the beginning is read: what counts stands in front of the letter sent back.
    package static let mostBytes = 256 * 1024

    /// Nil for anything else that arrives there: answers of people, holiday notices, unwanted mail, reports on letters that are not ours.
    /// - Parameter recipient: whom the envelope names, if the mail server tells; else the headers are looked at.
    package init?(_ mail: [UInt8], to path: ReturnPath, recipient: String? = nil) {
        let text = String(decoding: mail.prefix(Self.mostBytes), as: UTF8.self)
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        let head = Fields(lines)
        guard let type = head["content-type"], type.lowercased().hasPrefix("multipart/report"),
            let boundary = Self.boundary(in: type), let report = Self.report(in: lines, boundary),
            let (status, isPermanent) = Self.verdict(in: report)
        else { return nil }
        let named = [recipient, head["x-original-to"], head["delivered-to"], head["to"]].compactMap { $0 }
        guard let key = named.lazy.compactMap({ path.key(in: Self.bare($0)) }).first else { return nil }
        self.key = key
        self.status = status
        self.isPermanent = isPermanent
    }

    /// The lines of the part that machines read (RFC 3464 §2.1).
    private static func report(in lines: [Substring], _ boundary: Substring) -> ArraySlice<Substring>? {
        let ends = lines.indices.filter { lines[$0].hasPrefix("--\(boundary)") }
        for (start, end) in zip(ends, ends.dropFirst() + [lines.endIndex]) {
            let part = lines[(start + 1)..<max(end, start + 1)]
            let fields = Fields(part)
            let type = fields["content-type"]?.lowercased() ?? ""
            if type.hasPrefix("message/delivery-status") || type.hasPrefix("message/global-delivery-status") {
                return part.dropFirst(fields.lines + 1)
            }
        }
        return nil
    }

    /// Of the groups of fields, one a recipient, the first that has failed, or else the first that says anything (RFC 3464 §2.3).
    private static func verdict(in report: ArraySlice<Substring>) -> (String, Bool)? {
        let groups = report.split(whereSeparator: { $0.allSatisfy(\.isWhitespace) }).map { Fields($0) }
        let said = groups.compactMap { group -> (status: String, action: String)? in
            guard let action = group["action"]?.lowercased(), let status = group["status"]?.prefix(while: { !$0.isWhitespace }),
                isStatus(status)
            else { return nil }
            return (String(status), action)
        }
        guard let one = said.first(where: { $0.action.hasPrefix("failed") }) ?? said.first else { return nil }
        return (one.status, one.action.hasPrefix("failed") && one.status.hasPrefix("5.") && one.status != "5.2.2")
    }

    private static func isStatus(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 && ["2", "4", "5"].contains(parts[0])
            && parts.dropFirst().allSatisfy { (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    }

    private static func boundary(in type: String) -> Substring? {
        guard let start = type.lowercased().range(of: "boundary=") else { return nil }
        // Lower case has as many bytes as ASCII had; a type with other letters has no business here.
        guard type.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let value = type.dropFirst(start)
        let word = value.first == "\"" ? value.dropFirst().prefix { $0 != "\"" } : value.prefix { $0 != ";" && !$0.isWhitespace }
        return (1...70).contains(word.utf8.count) ? word : nil
    }

    /// `Name <a@b>` or `a@b`.
    private static func bare(_ field: String) -> String {
        guard let open = field.lastIndex(of: "<") else { return String(field.drop(while: \.isWhitespace).prefix { !$0.isWhitespace }) }
        return String(field[field.index(after: open)...].prefix { $0 != ">" })
    }
}

extension String {
    /// How many characters stand in front of what follows the word; nil without the word.
    fileprivate func range(of word: String) -> Int? {
        var rest = self[...]
        while !rest.isEmpty {
            if rest.hasPrefix(word) { return count - rest.count + word.count }
            rest.removeFirst()
        }
        return nil
    }
}

/// Header fields (RFC 5322 §2.2), unfolded, names in lower case; the first of each name.
private struct Fields {
    private var values: [String: String] = [:]
    /// How many lines they took.
    private(set) var lines = 0

    init(_ text: some Sequence<Substring>) {
        var last: String?
        for line in text {
            if line.allSatisfy(\.isWhitespace) { break }
            lines += 1
            if line.first == " " || line.first == "\t" {
                if let last { values[last, default: ""] += " " + line.drop(while: \.isWhitespace) }
                continue
            }
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = line[..<colon].lowercased()
            last = values[name] == nil ? name : nil
            if last != nil { values[name] = String(line[line.index(after: colon)...].drop(while: \.isWhitespace)) }
        }
    }

    subscript(name: String) -> String? { values[name] }
}
