/// An option that takes a value: `--from TIME`.
package struct Option<Value> {
    package let shape: OptionShape
    /// Completes "expected …", with an example.
    let expected: String
    let parse: (String) -> Value?

    package init(
        _ name: String, _ valueName: String, repeats: Bool = false, _ help: String, expected: String, parse: @escaping (String) -> Value?
    ) {
        shape = OptionShape(name: name, valueName: valueName, repeats: repeats, help: help)
        self.expected = expected
        self.parse = parse
    }
}

/// An option that is there or not: `--json`.
package struct Flag {
    package let shape: OptionShape

    package init(_ name: String, _ help: String) { shape = OptionShape(name: name, valueName: nil, repeats: false, help: help) }
}

/// What the parser and the help text need to know of an option.
package struct OptionShape: Equatable, Sendable {
    package let name: String
    /// `nil` for a flag.
    package let valueName: String?
    package let repeats: Bool
    package let help: String
}

/// A word of the command line that is no option: `DOOR`.
package struct Operand<Value> {
    package let name: String
    let expected: String
    let parse: (String) -> Value?

    package init(_ name: String, expected: String, parse: @escaping (String) -> Value?) {
        self.name = name
        self.expected = expected
        self.parse = parse
    }
}
