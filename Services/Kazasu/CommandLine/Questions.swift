// What a person is asked on a terminal. Questions go to standard error: standard output is for what was asked for.
extension Console {
    /// A file on standard input may have this many lines, and a line this many characters.
    static var inputLimit: (lines: Int, characters: Int) { (1000, 4000) }

    /// The next line that was typed or handed over; `nil` at the end.
    func nextLine() throws(Failure) -> String? {
        guard let line = read() else { return nil }
        guard line.unicodeScalars.count <= Self.inputLimit.characters else {
            throw .refused("a line on standard input is longer than \(Self.inputLimit.characters) characters. Nothing was sent.")
        }
        guard !line.unicodeScalars.contains("\u{FFFD}") else {
            throw .refused("standard input is not UTF-8. Save the form as UTF-8 and give it again; nothing was sent.")
        }
        return line
    }

    /// The answer to a question, trimmed; on no terminal the next line of standard input. `nil` at the end.
    func answer(to question: String) throws(Failure) -> String? {
        progress("")
        if isTerminal { err("\(question): ") }
        return try nextLine()?.trimmed
    }

    /// Goes on only with a yes. Where nobody can be asked, whoever wrote the command has decided.
    func confirm(_ question: String, unless isSure: Bool) throws(Failure) {
        guard isTerminal, !isSure else { return }
        let said = try answer(to: "\(question) [y/N]") ?? ""
        guard ["y", "yes", "はい"].contains(said.lowercased()) else { throw .refused("nothing was changed.") }
    }
}

extension String {
    /// Without white space at both ends, full-width spaces included.
    var trimmed: String {
        let isSpace = { (character: Character) in character.isWhitespace }
        return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
