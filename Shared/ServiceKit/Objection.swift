import Contracts

/// Why a command is not obeyed, before it is known who is answered.
package struct Objection {
    package let word: String
    package let text: String

    package init(_ word: String, _ text: String) { (self.word, self.text) = (word, text) }

    package func reply<Answer>() -> Reply<Answer> { .refuse(word, text) }
}

/// A row that is filed under another one's name.
package struct Misfiled: Error, CustomStringConvertible {
    package let description = "the subject is not what the row is about"

    package init() {}
}
