import Contracts
import Town

/// A field of a form: how a clerk knows it, and where its text goes.
struct Field<Draft> {
    /// In a file: `born: S29.3.1`. Either name will do.
    let key: String
    let japanese: String
    /// What may stand there, with an example, in both languages.
    let hint: Phrase
    /// - Returns: what is wrong with the text.
    let fill: (_ draft: inout Draft, _ text: String) -> String?

    init(_ key: String, _ japanese: String, _ hint: Phrase, fill: @escaping (inout Draft, String) -> String?) {
        (self.key, self.japanese, self.hint, self.fill) = (key, japanese, hint, fill)
    }
}

/// What a command asks about a person. It is asked field by field on a terminal and read as `key: value` lines from elsewhere, and never stands on a command
/// line: other users of the machine see those, and shells keep them.
struct Form<Draft> {
    /// What it is for, at its top.
    let title: Phrase
    let fields: [Field<Draft>]

    func read(into draft: Draft, _ console: Console) throws(Failure) -> Draft {
        console.isTerminal ? try asked(into: draft, console) : try lines(into: draft, console)
    }

    /// To be filled in with an editor.
    var blank: String {
        let head = [
            "# " + title.ja, "# # で始まる行は読まれません。空欄の項目は変わりません。", "# " + title.en,
            "# Lines that begin with # are not read; what is left empty stays as it is.",
        ]
        return fields.reduce(head.joined(separator: "\n") + "\n") { text, field in
            text + "\n# \(field.japanese)  \(field.hint.ja)\n# \(field.hint.en)\n\(field.key):\n"
        }
    }

    private func asked(into draft: Draft, _ console: Console) throws(Failure) -> Draft {
        var draft = draft
        console.note("an empty answer leaves a field as it is; Ctrl-C gives up, and nothing is sent")
        for field in fields {
            while true {
                guard let text = try console.answer(to: "\(field.japanese) \(field.key) (\(field.hint.en))") else {
                    throw .refused("the answers ended early. Nothing was sent.")
                }
                guard !text.isEmpty, let fault = field.fill(&draft, text) else { break }
                console.note(fault)
            }
        }
        return draft
    }

    /// All that is wrong is said at once.
    private func lines(into draft: Draft, _ console: Console) throws(Failure) -> Draft {
        var draft = draft
        var faults: [String] = []
        var seen: [String: Int] = [:]
        var number = 0
        while let line = try console.nextLine()?.trimmed {
            number += 1
            guard number <= Console.inputLimit.lines else {
                throw .refused("the form has more than \(Console.inputLimit.lines) lines. Nothing was sent.")
            }
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let colon = line.firstIndex(where: { $0 == ":" || $0 == "\u{FF1A}" }) else {
                faults.append("line \(number): no colon. Write key: value.")
                continue
            }
            let (key, text) = (String(line[..<colon]).trimmed, String(line[line.index(after: colon)...]).trimmed)
            guard let field = fields.first(where: { $0.key == key.lowercased() || $0.japanese == key }) else {
                let near = nearest(to: key, among: fields.map(\.key)).map { " Did you mean \($0)?" } ?? ""
                faults.append(
                    "line \(number): there is no field \(quoted(key)).\(near) Known: \(fields.map(\.key).joined(separator: ", ")).")
                continue
            }
            if text.isEmpty { continue }
            if let first = seen.updateValue(number, forKey: field.key) {
                faults.append("line \(number): \(field.key) stands on line \(first) already.")
            } else if let fault = field.fill(&draft, text) {
                faults.append("line \(number), \(field.key): \(fault)")
            }
        }
        guard faults.isEmpty else {
            throw .refused((["the form cannot be used, and nothing was sent."] + faults).joined(separator: "\n  "))
        }
        return draft
    }
}
