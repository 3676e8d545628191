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

    /// Whoever agrees to what another one has drawn up must be somebody whom the town lets. The same command draws up, so the broker cannot tell.
    package borrowing func checkApprover() throws(Objection) {
        guard identity.roster.capabilities.has(.approve, actor) else {
            throw Objection("not-permitted", "The town does not let \(actor) approve. Ask who may: capabilities of the town's file.")
        }
    }
}

/// A row that is filed under another one's name.
package struct Misfiled: Error, CustomStringConvertible {
    package let description = "the subject is not what the row is about"

    package init() {}
}
