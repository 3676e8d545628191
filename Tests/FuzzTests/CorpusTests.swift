import Contracts
import Fuzz
import Testing

@Suite("The corpora of the fuzzer")
struct CorpusTests {
    @Test("Every example is read or refused as its name says, and nothing is broken", arguments: FuzzTarget.all.map(\.name))
    func examples(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        #expect(target.examples.contains { !$0.contains("/bad-") }, "\(name) has no example that is accepted")
        for example in target.examples {
            let accepted = try target.run(FuzzTarget.corpus(example))
            #expect(accepted == !example.contains("/bad-"), "\(example)")
        }
    }

    @Test("Every beginning of every example is survived", arguments: FuzzTarget.all.map(\.name))
    func beginnings(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        for example in target.examples {
            let bytes = try FuzzTarget.corpus(example)
            // A few dozen of each: a whole service takes its time.
            for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) { _ = try target.run(Array(bytes[..<length])) }
        }
    }

    @Test("Every payload of the contract is among the targets, and has an example")
    func contract() throws {
        let types = Set(EnvelopeKind.all.keys)
        #expect(Set(Contract.rows.map(\.type)).subtracting(types).isEmpty)
        let target = try #require(FuzzTarget.all.first { $0.name == "envelope" })
        let examples = try target.examples.map { String(decoding: try FuzzTarget.corpus($0), as: UTF8.self) }
        for type in types { #expect(examples.contains { $0.contains("\"type\":\"\(type)\"") }, "\(type) has no example") }
    }
}
