import Contracts

/// One value of the file with what is needed to speak about it. Each reading function gives the typed value, or reports a fault and gives nil.
struct Value {
    /// As it stands in a sentence: `"port" of the broker`.
    let subject: String
    let node: Node
    /// Where its key stands: what is missing inside it is reported there.
    let keyMark: Mark
    let findings: Findings

    var mark: Mark { node.mark }

    /// `"port" of the broker is "70000". Write a whole number from 1 to 65535.`
    func isWrong(_ advice: @autoclosure () -> String) {
        let found: String
        switch node.content {
        case .refused: return
        case .scalar: found = scalar.map(quoted) ?? "empty"
        case .sequence: found = "a list"
        case .mapping: found = "a mapping"
        }
        findings.fault(mark, "\(subject) is \(found). Write \(advice())")
    }

    /// Nil for what is not a scalar and for one that says nothing.
    private var scalar: String? {
        guard case .scalar(let text, let quoted) = node.content else { return nil }
        let saysNothing = text.isEmpty || !quoted && ["~", "null", "Null", "NULL"].contains(text)
        return saysNothing ? nil : text
    }

    /// One line of text for people or the system, without control characters.
    func text(atMost limit: Int = 200, _ what: String) -> String? {
        parsed("\(what), on one line, at most \(limit) characters.") { text in
            let scalars = text.unicodeScalars
            return scalars.count <= limit && !scalars.contains { $0.properties.generalCategory == .control } ? text : nil
        }
    }

    /// A scalar that `parse` understands; `advice` says what it would.
    func parsed<Result>(_ advice: @autoclosure () -> String, by parse: (String) -> Result?) -> Result? {
        if let result = scalar.flatMap(parse) { return result }
        isWrong(advice())
        return nil
    }

    func flag() -> Bool? { parsed("true or false.") { $0 == "true" ? true : $0 == "false" ? false : nil } }

    func number(in range: ClosedRange<Int>) -> Int? {
        parsed("a whole number from \(range.lowerBound) to \(range.upperBound).") { text in
            guard text.utf8.allSatisfy(isDigit), let number = Int(text), range.contains(number) else { return nil }
            return number
        }
    }

    /// Degrees as decimal digits, without an exponent.
    func degrees(within limit: Double) -> Double? {
        parsed("degrees from -\(Int(limit)) to \(Int(limit)), such as 38.1077.") { text in
            guard text.utf8.count <= 20, text.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }),
                let degrees = Double(text), (-limit...limit).contains(degrees)
            else { return nil }
            return degrees
        }
    }

    /// `500ms`, `5s`, `2m`, `7d`.
    func duration(in range: ClosedRange<Duration>) -> Duration? {
        parsed("a time with its unit (ms, s, m, h or d) from \(range.lowerBound.setting) to \(range.upperBound.setting), such as 5s.") {
            Duration(setting: $0).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(_: Choice.Type = Choice.self) -> Choice? {
        let known = Choice.allCases.map(\.rawValue)
        guard let choice = scalar.flatMap(Choice.init(rawValue:)) else {
            isWrong("\(known.joined(separator: " or ")).\(suggestion(for: scalar ?? "", among: known))")
            return nil
        }
        return choice
    }

    /// Bytes as pairs of hexadecimal digits: `F04B41`.
    func hex(bytes count: ClosedRange<Int>) -> [UInt8]? {
        let amount = count.count == 1 ? "\(2 * count.lowerBound)" : "\(2 * count.lowerBound) to \(2 * count.upperBound)"
        return parsed("\(amount) hexadecimal digits (0-9, A-F), two a byte.") {
            bytes(ofHex: $0).flatMap { count.contains($0.count) ? $0 : nil }
        }
    }

    func name<Kind>(atMost limit: Int = 63, _: Name<Kind>.Type = Name<Kind>.self) -> Name<Kind>? {
        guard let text = scalar, let name = Name<Kind>(text), text.utf8.count <= limit else {
            let near = scalar.flatMap(respelled).map { " Perhaps \($0)." } ?? ""
            isWrong("a name of a-z, 0-9 and -, at most \(limit) characters, the first not a -.\(near)")
            return nil
        }
        return name
    }

    func section<Key: Setting>(_: Key.Type, called name: String? = nil) -> Section<Key>? {
        guard case .mapping(let entries) = node.content else {
            isWrong("its settings as key: value, indented below it, or {} for none.")
            return nil
        }
        return Section(entries, of: name ?? subject, at: keyMark, findings: findings)
    }

    /// The members of a list; `noun` is what each is called.
    func list(of noun: String, example: String) -> [Value]? {
        guard case .sequence(let items) = node.content else {
            isWrong("a list, for example \(example).")
            return nil
        }
        return items.map { Value(subject: noun, node: $0, keyMark: $0.mark, findings: findings) }
    }

    /// The members of a mapping whose keys are names somebody chose; `noun` is what each is called, `suffix` where it belongs.
    func members(_ noun: String, suffix: String = "") -> [(key: Value, value: Value)]? {
        guard case .mapping(let entries) = node.content else {
            isWrong("names, each with its settings, as name: { … } on lines of their own below it.")
            return nil
        }
        return entries.map { entry in
            let key = Node(content: .scalar(entry.key, quoted: true), mark: entry.keyMark)
            let subject = "\(noun) \(quoted(entry.key))\(suffix)"
            return (
                Value(subject: "the name of this \(noun)", node: key, keyMark: entry.keyMark, findings: findings),
                Value(subject: subject, node: entry.value, keyMark: entry.keyMark, findings: findings)
            )
        }
    }
}

/// `Gate_1` as `gate-1`, if that makes a name.
private func respelled(_ text: String) -> String? {
    let letters = text.lowercased().map { $0 == " " || $0 == "_" || $0 == "." ? "-" : $0 }
    return Name<Never>(String(letters))?.text
}

func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

private func bytes(ofHex text: String) -> [UInt8]? {
    let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count % 2 == 0, digits.count <= 64 else { return nil }
    var bytes: [UInt8] = []
    for at in stride(from: 0, to: digits.count, by: 2) {
        guard let high = digits[at], let low = digits[at + 1] else { return nil }
        bytes.append(UInt8(high << 4 | low))
    }
    return bytes
}

extension Duration {
    /// Up to nine digits and `ms`, `s`, `m`, `h` or `d`.
    fileprivate init?(setting text: String) {
        let digits = text.prefix { $0.utf8.allSatisfy(isDigit) }
        guard digits.utf8.count <= 9, let amount = Int64(digits) else { return nil }
        switch text[digits.endIndex...] {
        case "ms": self = .milliseconds(amount)
        case "s": self = .seconds(amount)
        case "m": self = .seconds(60 * amount)
        case "h": self = .seconds(3600 * amount)
        case "d": self = .seconds(86_400 * amount)
        default: return nil
        }
    }

    /// As it is written in the file.
    fileprivate var setting: String {
        switch milliseconds {
        case let ms where ms % 1000 != 0: "\(ms)ms"
        case let ms where ms % 86_400_000 == 0 && ms != 0: "\(ms / 86_400_000)d"
        case let ms where ms % 60_000 == 0 && ms != 0: "\(ms / 60_000)m"
        case let ms: "\(ms / 1000)s"
        }
    }
}
