extension Book {
    package static let releaseFile = "Docs/schemas/released/contract.json"

    /// The contract as the source of this repository says it.
    package init(of repository: Files) throws {
        let sources = repository.list("Shared/Contracts", ending: ".swift", below: true).compactMap(repository.text)
        try self.init(comments: Comments(sources: sources))
    }

    /// Every generated file: its path and what stands in it.
    package var pages: [(path: String, text: String)] {
        [
            (
                "Docs/asyncapi.yaml",
                "# Made by `make contract-pages` from Shared/Contracts. Edits are lost.\n" + asyncAPI.yaml
            ), ("Docs/topics.md", topicsPage),
        ] + schemas.map { ("Docs/schemas/\($0.name).json", $0.schema.page) }
    }

    /// Where the pages of a repository are not what its source says, one sentence each.
    package func drift(in repository: Files) -> [String] {
        let pages = pages
        let changed = pages.filter { repository.text($0.path) != $0.text }.map {
            "\($0.path) is not what the source says: make contract-pages"
        }
        let strays = repository.list("Docs/schemas", ending: ".json").filter { path in !pages.contains { $0.path == path } }
        return changed + strays.map { "\($0) belongs to no topic: remove it" }
    }
}
