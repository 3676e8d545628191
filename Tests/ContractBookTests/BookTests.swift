import ContractBook
import Contracts
import Testing

/// The checked-out repository and the contract that its source says.
enum Published {
    static let repository = Files("/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/"))

    static func book() throws -> Book { try Book(of: repository) }

    /// The files of a folder of messages: for each the name of its schema, and its bytes.
    static func messages(_ folder: String, _ book: Book) throws -> [(file: String, topic: BookTopic, bytes: [UInt8])] {
        try repository.list("Docs/schemas/\(folder)", ending: ".json").map { path in
            let file = path.split(separator: "/").last.map { String($0.dropLast(5)) } ?? ""
            let topic = try #require(book.topics.first { file == $0.schema || file.hasPrefix($0.schema + ".") }, "\(file)")
            return (file, topic, Array(try #require(repository.text(path)).utf8))
        }
    }
}

@Suite("The published contract")
struct BookTests {
    @Test("The pages are what the source says, and nothing breaks the last release")
    func pages() throws {
        let book = try Published.book()
        #expect(book.drift(in: Published.repository) == [])
        let released = try JSON(reading: try #require(Published.repository.text(Book.releaseFile)))
        #expect(breaks(from: released, to: book.release) == [])
        #expect(breaks(from: book.release, to: book.release) == [])
    }

    @Test("A changed page and a stray one are named")
    func drift() throws {
        let faults = try Published.book().drift(in: Files("\(Published.repository.root)/Docs"))
        #expect(faults.contains("Docs/topics.md is not what the source says: make contract-pages"))
        #expect(faults.count == (try Published.book().pages.count))
    }

    @Test("Every payload has an example, and each example is read and written again byte for byte")
    func examples() throws {
        let book = try Published.book()
        let examples = try Published.messages("examples", book)
        for (file, topic, bytes) in examples {
            let rewritten = Result { try topic.rewritten(bytes) }
            #expect(throws: Never.self, "\(file)") { try rewritten.get() }
            let text = (try? rewritten.get()).map { String(decoding: $0, as: UTF8.self) }
            #expect(text == String(decoding: bytes, as: UTF8.self), "\(file)")
        }
        let shown = Set(examples.map(\.topic.schema))
        #expect(book.schemas.map(\.name).filter { $0 != "envelope" && !shown.contains($0) } == [])
    }

    @Test("Every field of every payload stands in some example")
    func fields() throws {
        let book = try Published.book()
        let examples = try Published.messages("examples", book)
        for (name, schema) in book.schemas {
            let payloads = try examples.filter { $0.topic.schema == name || name == "envelope" && $0.topic.form == .cloudEvent }.map {
                let message = try JSON(reading: String(decoding: $0.bytes, as: UTF8.self))
                return $0.topic.form == .cloudEvent && name != "envelope" ? try #require(message["data"]) : message
            }
            // What is common to all replies is shown once.
            let common = name.hasPrefix("reply-") ? ["refusal", "text"] : []
            #expect(unshown(schema, in: payloads).filter { !common.contains($0) } == [], "\(name)")
        }
    }

    /// Paths of the schema's fields that none of the values has.
    private func unshown(_ schema: JSON, in values: [JSON]) -> [String] {
        if let items = schema["items"] { return unshown(items, in: values.flatMap(\.elements)) }
        if let items = schema["additionalProperties"] { return unshown(items, in: values.flatMap { $0.members.map(\.value) }) }
        return (schema["properties"]?.members ?? []).flatMap { field -> [String] in
            let found = values.compactMap { $0[field.key] }
            return found.isEmpty ? [field.key] : unshown(field.value, in: found).map { "\(field.key).\($0)" }
        }
    }

    @Test("Messages that the schemas refuse are refused by the programs too")
    func refused() throws {
        let refused = try Published.messages("refused", try Published.book())
        #expect(refused.count > 30)
        for (file, topic, bytes) in refused { #expect(throws: (any Error).self, "\(file)") { try topic.rewritten(bytes) } }
    }

    @Test("Only states, leases, lives and heads are ever retained, and the class belongs to the payload's type")
    func retained() throws {
        for topic in try Published.book().topics {
            #expect(topic.kind.isRetained == [.state, .lease, .health, .journal].contains(topic.kind), "\(topic.address)")
        }
        for row in Contract.rows { #expect(row.kind == row.body.kind && row.type.contains(row.body.type)) }
    }

    @Test("Topics are named once, and their names say what they are")
    func keys() throws {
        let topics = try Published.book().topics
        #expect(Set(topics.map(\.key)).count == topics.count)
        #expect(Set(topics.map(\.address)).count == topics.count)
        for topic in topics { #expect(Set(topic.parameters).count == topic.parameters.count, "\(topic.address)") }
        for topic in topics { if let reply = topic.replyAddress { #expect(topics.contains { $0.address == reply }, "\(reply)") } }
    }
}
