/// A JSON text (RFC 8259) cut into its values, once, without building any of them.
///
/// The toolchain's JSONDecoder and JSONEncoder do this too; they took more than half of a tap's time (see the decision record on JSON).
final class JSONText {
    let bytes: [UInt8]
    /// In the order of the text; an object's members are key, value, key, value.
    let nodes: [Node]

    struct Node {
        var kind: Kind
        /// Of a string: between the quotes.
        var start: Int32
        var end: Int32
        /// The node after this one and all it contains.
        var next: Int32 = 0
    }

    enum Kind: UInt8 { case object, array, string, escapedString, number, yes, no, null }

    /// Deeper nesting than this is refused.
    static let depth = 16

    init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        nodes = try bytes.withUnsafeBufferPointer { text in
            var nodes: [Node] = []
            // An event of ours has fewer, and glibc hands out pieces of up to 1,032 bytes without looking for them.
            nodes.reserveCapacity(56)
            var scanner = Scanner(text)
            try scanner.value(into: &nodes, depth: 0)
            scanner.skipSpace()
            guard scanner.at == text.count else { throw scanner.fault("something follows the JSON value") }
            return nodes
        }
    }

    func string(_ index: Int) throws -> String {
        let node = nodes[index]
        let text =
            node.kind == .string
            ? bytes(index) { $0.allSatisfy { $0 < 0x80 } ? String(decoding: $0, as: UTF8.self) : String(validating: $0, as: UTF8.self) }
            : unescaped(bytes[Int(node.start)..<Int(node.end)])
        guard let text else { throw JSONFault(text: "a text that is not UTF-8", at: Int(node.start)) }
        return text
    }

    /// Lends the bytes of a value as they stand.
    func bytes<Result>(_ index: Int, _ read: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let node = nodes[index]
        return bytes.withUnsafeBufferPointer { read(UnsafeBufferPointer(rebasing: $0[Int(node.start)..<Int(node.end)])) }
    }

    /// RFC 8259 section 7. The scanner has seen that every escape is well formed.
    private func unescaped(_ raw: ArraySlice<UInt8>) -> String? {
        var units: [UInt8] = []
        units.reserveCapacity(raw.count)
        var at = raw.startIndex
        func code() -> UInt32 { raw[at + 2..<at + 6].reduce(0) { $0 << 4 | UInt32(hexadecimal($1) ?? 0) } }
        while at < raw.endIndex {
            guard raw[at] == UInt8(ascii: "\\") else {
                units.append(raw[at])
                at += 1
                continue
            }
            switch raw[at + 1] {
            case UInt8(ascii: "n"): units.append(10)
            case UInt8(ascii: "t"): units.append(9)
            case UInt8(ascii: "r"): units.append(13)
            case UInt8(ascii: "b"): units.append(8)
            case UInt8(ascii: "f"): units.append(12)
            case UInt8(ascii: "u"):
                var scalar = code()
                at += 4
                if (0xD800..<0xDC00).contains(scalar) {
                    guard at + 8 <= raw.endIndex, raw[at + 2] == UInt8(ascii: "\\"), raw[at + 3] == UInt8(ascii: "u") else { return nil }
                    at += 2
                    let low = code()
                    guard (0xDC00..<0xE000).contains(low) else { return nil }
                    scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
                    at += 4
                }
                guard let scalar = Unicode.Scalar(scalar) else { return nil }
                units += Array(String(Character(scalar)).utf8)
            default: units.append(raw[at + 1])
            }
            at += 2
        }
        return String(validating: units, as: UTF8.self)
    }
}

/// Where a JSON text is wrong.
package struct JSONFault: Error, CustomStringConvertible {
    let text: String
    let at: Int

    package var description: String { "not readable as JSON at byte \(at): \(text)" }
}

func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}

/// Walks over the bytes once.
private struct Scanner {
    let text: UnsafeBufferPointer<UInt8>
    var at = 0

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    func fault(_ what: String) -> JSONFault { JSONFault(text: what, at: at) }
    var byte: UInt8 { at < text.count ? text[at] : 0 }

    mutating func skipSpace() {
        while at < text.count, text[at] == 32 || text[at] == 10 || text[at] == 13 || text[at] == 9 { at += 1 }
    }

    mutating func value(into nodes: inout [JSONText.Node], depth: Int) throws {
        guard depth < JSONText.depth else { throw fault("nested too deeply") }
        skipSpace()
        let index = nodes.count
        switch byte {
        case UInt8(ascii: "{"): try members(into: &nodes, close: UInt8(ascii: "}"), kind: .object, depth: depth)
        case UInt8(ascii: "["): try members(into: &nodes, close: UInt8(ascii: "]"), kind: .array, depth: depth)
        case UInt8(ascii: "\""): try string(into: &nodes)
        case UInt8(ascii: "t"): try word("true", .yes, into: &nodes)
        case UInt8(ascii: "f"): try word("false", .no, into: &nodes)
        case UInt8(ascii: "n"): try word("null", .null, into: &nodes)
        default: try number(into: &nodes)
        }
        nodes[index].next = Int32(nodes.count)
    }

    private mutating func members(into nodes: inout [JSONText.Node], close: UInt8, kind: JSONText.Kind, depth: Int) throws {
        let index = nodes.count
        nodes.append(JSONText.Node(kind: kind, start: Int32(at), end: 0))
        at += 1
        skipSpace()
        if byte == close {
            at += 1
            return nodes[index].end = Int32(at)
        }
        while true {
            if kind == .object {
                skipSpace()
                guard byte == UInt8(ascii: "\"") else { throw fault("a key in quotes is missing") }
                try string(into: &nodes)
                nodes[nodes.count - 1].next = Int32(nodes.count)
                skipSpace()
                guard byte == UInt8(ascii: ":") else { throw fault("\":\" is missing") }
                at += 1
            }
            try value(into: &nodes, depth: depth + 1)
            skipSpace()
            if byte == close {
                at += 1
                return nodes[index].end = Int32(at)
            }
            guard byte == UInt8(ascii: ",") else { throw fault("\",\" or the end is missing") }
            at += 1
        }
    }

    private mutating func string(into nodes: inout [JSONText.Node]) throws {
        at += 1
        let start = at
        var kind = JSONText.Kind.string
        while true {
            guard at < text.count else { throw fault("a text without its closing quote") }
            let byte = text[at]
            if byte == UInt8(ascii: "\"") { break }
            guard byte >= 0x20 else { throw fault("a control character in a text") }
            if byte == UInt8(ascii: "\\") {
                kind = .escapedString
                try escape()
            }
            at += 1
        }
        nodes.append(JSONText.Node(kind: kind, start: Int32(start), end: Int32(at)))
        at += 1
    }

    private mutating func escape() throws {
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"),
            UInt8(ascii: "t"):
            break
        case UInt8(ascii: "u"):
            guard at + 4 < text.count, (1...4).allSatisfy({ hexadecimal(text[at + $0]) != nil }) else { throw fault("a broken \\u") }
            at += 4
        default: throw fault("an unknown escape")
        }
    }

    private mutating func word(_ word: StaticString, _ kind: JSONText.Kind, into nodes: inout [JSONText.Node]) throws {
        let length = word.utf8CodeUnitCount
        guard at + length <= text.count, (0..<length).allSatisfy({ text[at + $0] == word.utf8Start[$0] }) else {
            throw fault("an unknown word")
        }
        nodes.append(JSONText.Node(kind: kind, start: Int32(at), end: Int32(at + length)))
        at += length
    }

    private var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private mutating func digits() throws {
        guard isDigit else { throw fault("a value is missing") }
        while isDigit { at += 1 }
    }

    private mutating func number(into nodes: inout [JSONText.Node]) throws {
        let start = at
        if byte == UInt8(ascii: "-") { at += 1 }
        if byte == UInt8(ascii: "0") { at += 1 } else { try digits() }
        if byte == UInt8(ascii: ".") {
            at += 1
            try digits()
        }
        if byte | 0x20 == UInt8(ascii: "e") {
            at += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { at += 1 }
            try digits()
        }
        nodes.append(JSONText.Node(kind: .number, start: Int32(start), end: Int32(at)))
    }
}
