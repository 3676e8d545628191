import ContractBook
import Glibc

/// `contract write` writes the pages of the contract, `check` compares them and the last release with the source, `release` makes the contract of
/// now the one to compare with. Run from the root of the repository.
@main
struct ContractTool {
    static func main() throws {
        let repository = Files(".")
        let book = try Book(of: repository)
        switch CommandLine.arguments.dropFirst().first {
        case "write": for page in book.pages { try write(page.text, to: page.path) }
        case "release": try write(book.release.page, to: Book.releaseFile)
        case "check":
            guard let released = repository.text(Book.releaseFile) else { throw Trouble(what: "\(Book.releaseFile) is missing") }
            let old = try JSON(reading: released)
            let faults =
                book.drift(in: repository) + breaks(from: old, to: book.release).map { "breaks \(old["version"]?.text ?? "?"): \($0)" }
            for fault in faults { print("contract: \(fault)") }
            if !faults.isEmpty { exit(1) }
            print(
                "contract: \(book.topics.count) topics, \(book.schemas.count) schemas, as the source says; nothing breaks \(old["version"]?.text ?? "?")"
            )
        default: throw Trouble(what: "say write, check or release")
        }

        func write(_ text: String, to path: String) throws {
            guard repository.write(text, to: path) else {
                throw Trouble(what: "\(path) cannot be written. Is this the root of the repository?")
            }
        }
    }

    struct Trouble: Error { let what: String }
}
