/// A reader of bytes that come from outside, with what must hold whatever they are.
package struct FuzzTarget: Sendable {
    package let name: String
    /// Gives back whether the bytes were accepted, and throws `Broken` when something that must hold does not.
    package let run: @Sendable ([UInt8]) throws -> Bool

    package static let all: [FuzzTarget] = [
        envelopes, plainMessages, batches, words, grants, leases, certificates, cardAnswers, cardFiles, townFiles, lists, shelterLists,
        paperLists, lockController, readerAgent, bounces,
    ]
}

/// Something that must hold for every input did not hold for this one.
package struct Broken: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

func must(_ holds: Bool, _ sentence: @autoclosure () -> String) throws {
    if !holds { throw Broken(sentence()) }
}

extension [UInt8] {
    /// For the sentence about a broken rule.
    var shown: String { String(decoding: prefix(400), as: UTF8.self).debugDescription }
}
