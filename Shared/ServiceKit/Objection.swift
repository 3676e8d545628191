import Contracts

/// Why a command is not obeyed, before it is known who is answered.
package struct Objection: Error {
    package let word: String
    package let text: String

    package init(_ word: String, _ text: String) { (self.word, self.text) = (word, text) }

    package func reply<Answer>() -> Reply<Answer> { .refuse(word, text) }
}

extension Turn {
    /// Turns the objection that a command meets into its answer. Nothing of the command stays.
    package borrowing func obey<Answer>(_ body: () throws -> Reply<Answer>) throws -> Reply<Answer> {
        do { return try attempt(body) } catch let objection as Objection { return objection.reply() }
    }
}

/// A row that is filed under another one's name.
package struct Misfiled: Error, CustomStringConvertible {
    package let description = "the subject is not what the row is about"

    package init() {}
}
