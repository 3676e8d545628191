import Contracts
import People
import ResidentDirectory
import ServiceKit
import Store

/// A service that follows a view of the directory, as its disk shows it at rest.
struct Consumer<View: PersonView> {
    private let name: String
    private let disk: Database
    private let directory: ServiceMachine<ResidentDirectory>
    private let program: Program

    private struct Row: Equatable {
        var into: String?
        var json: String?
    }

    init<S: Service>(_ machine: ServiceMachine<S>, _ directory: ServiceMachine<ResidentDirectory>) {
        (name, disk, program) = (machine.name, machine.disk, machine.identity.address.program)
        self.directory = directory
    }

    /// - Parameter files: everybody's.
    /// - Returns: each key that is not as the directory would tell it now; those it lost with its disk are unknown, and named.
    func differences(from files: [PersonFile]) throws -> [String] {
        let (expected, unknown, found) = (try expected(files), try unknown(), try found())
        var wrong = try unnamed(unknown) + heldByTwo()
        for key in Set(expected.keys).union(found.keys).sorted() {
            if unknown.contains(key) {
                if found[key] != nil { wrong.append("\(name) rests on \(key), of whom it knows nothing certain") }
            } else if found[key] != expected[key], try !isUntoldMerge(key, expected[key], found[key]) {
                wrong.append("\(name) has of \(key): \(say(found[key])), and would be told: \(say(expected[key]))")
            }
        }
        return wrong
    }

    private func say(_ row: Row?) -> String { row.map { $0.json ?? "merged into \($0.into ?? "nobody")" } ?? "nothing" }

    private func expected(_ files: [PersonFile]) throws -> [String: Row] {
        var rows: [String: Row] = [:]
        for file in files {
            guard let json = file.views[program.text] else { continue }
            let view: View = try Array(json.utf8).decoded()
            rows[view.person.text] = Row(into: view.into?.text, json: view.tokens == nil ? nil : json)
        }
        return rows
    }

    private func found() throws -> [String: Row] {
        let rows = try disk.read { db in
            try db.all("SELECT person, \"into\", row FROM view_person") {
                let json = $0.isNull(2) ? nil : String(decoding: try db.open($0.blob(2), "view_person/\($0.text(0))"), as: UTF8.self)
                return ($0.text(0), Row(into: $0.textIfPresent(1), json: json))
            }
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Of the directory's; a site knows other keyed streams too.
    private func unknown() throws -> Set<String> {
        let topic = View.channel.topic(in: "nagai", "main").description
        return Set(try disk.read { try $0.all("SELECT key FROM keyed WHERE unknown AND topic = ?", topic) { $0.text(0) } })
    }

    /// Whoever never heard of a person is not told into whom they were merged.
    private func isUntoldMerge(_ key: String, _ expected: Row?, _ found: Row?) throws -> Bool {
        guard found == nil, expected?.into != nil else { return false }
        return try directory.disk.read {
            try $0.first("SELECT 1 FROM told WHERE view = ? AND key = ?", View.channel.name.text, key) { _ in } == nil
        }
    }

    /// Keys are unknown because the directory lost the rows that said them, and that is written down.
    private func unnamed(_ unknown: Set<String>) throws -> [String] {
        let silent = try disk.read {
            try $0.all(
                """
                SELECT key FROM keyed WHERE unknown AND NOT EXISTS (SELECT 1 FROM lost_range WHERE lost_range.topic = keyed.topic
                AND lost_range.epoch = keyed.epoch AND n BETWEEN first AND last) ORDER BY key
                """
            ) { $0.text(0) }
        }
        if !unknown.isEmpty, directory.forgotten.isEmpty, directory.clones == 0 {
            return ["\(name) knows nothing certain of \(unknown.count) keys, and nothing was lost"]
        }
        return silent.map { "\(name) knows nothing certain of \($0), and does not say since when" }
    }

    private func heldByTwo() throws -> [String] {
        try disk.read { try $0.all("SELECT token FROM view_token GROUP BY token HAVING count(DISTINCT person) > 1") { $0.text(0) } }
            .map { "\(name) knows two holders of \($0)" }
    }
}
