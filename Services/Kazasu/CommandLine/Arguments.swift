import Contracts
import Town

/// A command line taken apart: operands in order, options with their values. Values are judged when they are asked for.
package struct Arguments {
    package let operands: [String]
    private let values: [String: [String]]

    /// `--name value`, `--name=value`; after `--` everything is an operand. An option may stand anywhere.
    package init(_ words: some Collection<String>, options: [OptionShape], operands wanted: ClosedRange<Int>, usage: String) throws(Failure)
    {
        var operands: [String] = []
        var values: [String: [String]] = [:]
        var rest = Array(words)[...]
        while let word = rest.popFirst() {
            if word == "--" {
                operands += rest
                break
            }
            // A lone `-` and a negative number are values, not options.
            guard word.hasPrefix("--") || word.count == 2 && word.hasPrefix("-") && word.last?.isLetter == true else {
                operands.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let shape = options.first(where: { $0.name == parts[0] }) else {
                let near = nearest(to: parts[0], among: options.map(\.name)).map { " Did you mean \($0)?" } ?? ""
                throw .usage("there is no option \(quoted(parts[0])) here.\(near) Usage: \(usage)")
            }
            guard shape.repeats || values[shape.name] == nil else {
                throw .usage("\(shape.name) is given twice. Give it once. Usage: \(usage)")
            }
            guard let valueName = shape.valueName else {
                guard parts.count == 1 else { throw .usage("\(shape.name) takes no value. Write \(shape.name) alone.") }
                values[shape.name] = [""]
                continue
            }
            guard let value = parts.count == 2 ? parts[1] : rest.popFirst(), parts.count == 2 || !value.hasPrefix("--") else {
                throw .usage("\(shape.name) needs a value: \(shape.name) \(valueName).")
            }
            values[shape.name, default: []].append(value)
        }
        guard operands.count >= wanted.lowerBound else { throw .usage("something is missing. Usage: \(usage)") }
        guard operands.count <= wanted.upperBound else {
            throw .usage("\(quoted(operands[wanted.upperBound])) is more than is needed here. Usage: \(usage)")
        }
        self.operands = operands
        self.values = values
    }

    package func has(_ flag: Flag) -> Bool { values[flag.shape.name] != nil }

    package func all<Value>(_ option: Option<Value>) throws(Failure) -> [Value] {
        var parsed: [Value] = []
        for text in values[option.shape.name, default: []] {
            guard let value = option.parse(text) else { throw .usage("\(option.shape.name) \(quoted(text)): expected \(option.expected).") }
            parsed.append(value)
        }
        return parsed
    }

    package func optional<Value>(_ option: Option<Value>) throws(Failure) -> Value? { try all(option).first }

    package func required<Value>(_ option: Option<Value>) throws(Failure) -> Value {
        guard let value = try optional(option) else {
            throw .usage("\(option.shape.name) is missing. Add \(option.shape.name) \(option.shape.valueName ?? ""): \(option.expected).")
        }
        return value
    }

    package func operand<Value>(_ index: Int, _ operand: Operand<Value>) throws(Failure) -> Value {
        guard operands.indices.contains(index) else { throw .usage("\(operand.name) is missing: expected \(operand.expected).") }
        guard let value = operand.parse(operands[index]) else {
            throw .usage("\(operand.name) \(quoted(operands[index])): expected \(operand.expected).")
        }
        return value
    }
}
