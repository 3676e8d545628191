import Contracts

/// A JSON value whose members keep their order: schemas are written and read with it.
package indirect enum JSON: Equatable, Sendable {
    case object([Member])
    case array([JSON])
    case text(String)
    case whole(Int)
    case number(Double)
    case flag(Bool)

    package struct Member: Equatable, Sendable {
        package var key: String
        package var value: JSON

        package init(key: String, value: JSON) {
            self.key = key
            self.value = value
        }
    }

    package subscript(key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    package var members: [Member] { if case .object(let members) = self { members } else { [] } }
    package var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }
    package var text: String? { if case .text(let text) = self { text } else { nil } }
    package var isTrue: Bool { self == .flag(true) }

    /// What is left without the members of that name, at any depth but not among a schema's properties.
    package func without(_ key: String) -> JSON {
        switch self {
        case .object(let members):
            .object(
                members.filter { $0.key != key || $0.value.text == nil }.map { Member(key: $0.key, value: $0.value.without(key)) })
        case .array(let elements): .array(elements.map { $0.without(key) })
        case .text, .whole, .number, .flag: self
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    package init(stringLiteral text: String) { self = .text(text) }
    package init(booleanLiteral flag: Bool) { self = .flag(flag) }
    package init(integerLiteral number: Int) { self = .whole(number) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// In the order in which they are written.
    package init(dictionaryLiteral members: (String, JSON)...) { self = .object(members.map { Member(key: $0.0, value: $0.1) }) }
}

extension JSON: Decodable {
    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package init(from decoder: any Decoder) throws {
        if let fields = try? decoder.container(keyedBy: AnyKey.self) {
            self = .object(try fields.allKeys.map { Member(key: $0.stringValue, value: try fields.decode(JSON.self, forKey: $0)) })
        } else if var list = try? decoder.unkeyedContainer() {
            var elements: [JSON] = []
            while !list.isAtEnd { elements.append(try list.decode(JSON.self)) }
            self = .array(elements)
        } else {
            let scalar = try decoder.singleValueContainer()
            if let text = try? scalar.decode(String.self) {
                self = .text(text)
            } else if let flag = try? scalar.decode(Bool.self) {
                self = .flag(flag)
            } else if let number = try? scalar.decode(Int.self) {
                self = .whole(number)
            } else {
                self = .number(try scalar.decode(Double.self))
            }
        }
    }

    package init(reading text: String) throws { self = try Array(text.utf8).decoded() }
}

extension JSON {
    /// For people: one member a line, two spaces a level, lists of scalars on one line.
    package var page: String { pretty("") + "\n" }

    private func pretty(_ indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .object(let members) where members.isEmpty: return "{}"
        case .object(let members):
            return "{\n" + members.map { "\(inner)\(quoted($0.key)): \($0.value.pretty(inner))" }.joined(separator: ",\n") + "\n\(indent)}"
        case .array(let elements) where elements.allSatisfy(\.isScalar):
            return "[" + elements.map { $0.pretty("") }.joined(separator: ", ") + "]"
        case .array(let elements): return "[\n" + elements.map { inner + $0.pretty(inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .text(let text): return quoted(text)
        case .whole(let number): return String(number)
        case .number(let number): return String(number)
        case .flag(let flag): return String(flag)
        }
    }

    /// The same as YAML 1.2 in block style; texts are quoted as in JSON, which YAML reads alike.
    package var yaml: String { block("") + "\n" }

    private func block(_ indent: String) -> String {
        switch self {
        case .object(let members) where !members.isEmpty:
            members.map { member in
                let key = member.key.allSatisfy({ $0.isLetter || $0.isNumber || "-._".contains($0) }) ? member.key : quoted(member.key)
                return "\(indent)\(key):\(member.value.behindKey(indent))"
            }.joined(separator: "\n")
        default: pretty(indent)
        }
    }

    private func behindKey(_ indent: String) -> String {
        switch self {
        case .object(let members) where !members.isEmpty: "\n" + block(indent + "  ")
        case .array(let elements) where !elements.allSatisfy(\.isScalar):
            "\n"
                + elements.map { element in
                    let lines = element.block(indent + "    ")
                    return "\(indent)  - \(lines.drop { $0 == " " })"
                }.joined(separator: "\n")
        default: " " + pretty(indent)
        }
    }

    private var isScalar: Bool {
        switch self {
        case .text, .whole, .number, .flag: true
        case .object, .array: false
        }
    }

    private func quoted(_ text: String) -> String {
        // A text is always encodable.
        (try? text.json()).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
