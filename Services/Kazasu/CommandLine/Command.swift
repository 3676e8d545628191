/// One command: how it is called, what it says of itself, what it does.
package struct Command {
    /// `["booking", "add"]`
    package let words: [String]
    /// How the operands are written in the usage line: `DOOR`, `[AGENT/READER]`.
    let operands: String
    let operandCount: ClosedRange<Int>
    let summary: String
    let options: [OptionShape]
    /// What the summary leaves open: paragraphs and examples, at most 100 columns wide.
    let details: String
    let run: (Arguments, Console) throws -> ExitCode

    package init(
        _ words: String, _ operands: String = "", count: ClosedRange<Int> = 0...0, summary: String, options: [OptionShape] = [],
        details: String = "",
        run: @escaping (Arguments, Console) throws -> ExitCode
    ) {
        self.words = words.split(separator: " ").map(String.init)
        self.operands = operands
        operandCount = count
        self.summary = summary
        self.options = options
        self.details = details
        self.run = run
    }

    package var name: String { words.joined(separator: " ") }

    package var usage: String {
        ["kazasu", name, operands].filter { !$0.isEmpty }.joined(separator: " ") + (options.isEmpty ? "" : " [options]")
    }

    package var help: String {
        var text = "\(usage)\n\n\(summary)\n"
        if !details.isEmpty { text += "\n\(details)\n" }
        let rows = (options + [Command.helpOption]).map {
            ["  " + $0.name + ($0.valueName.map { " " + $0 } ?? ""), $0.help + ($0.repeats ? " (may be repeated)" : "")]
        }
        return text + "\nOptions:\n" + table(rows)
    }

    static let helpOption = OptionShape(name: "--help", valueName: nil, repeats: false, help: "show this text")
}
