import Testing

/// The repository tests itself: what a review would have to look for each time.
@Suite struct Tidy {
    let repository = Repository()

    /// Services are pure: what they may import is all they can reach.
    @Test("A service's library imports contracts, journal, seal, the kit and the store, and nothing else")
    func imports() {
        let allowed: Set = ["Contracts", "Journal", "Seal", "ServiceKit", "Store"]
        let files = serviceLibraries
        #expect(files.count >= 8)
        for path in files {
            for line in lines(path) where line.hasPrefix("import ") {
                let module = String(line.dropFirst(7).split(separator: " ").last ?? "")
                #expect(allowed.contains(module), "\(path) imports \(module)")
            }
        }
    }

    @Test("A service's library has no clock, no chance, no thread and no topic text of its own")
    func purity() {
        let banned = [
            "Date()", "clock_gettime", "wallClock", "Task", "await ", "async ", "sleep(", ".random", "SystemRandomNumberGenerator",
            "Dispatch",
            "print(", "/event/", "/command/", "fatalError",
        ]
        for path in serviceLibraries {
            for line in lines(path) where !isComment(line) {
                for word in banned where line.contains(word) { Issue.record("\(path): \(word) in: \(line)") }
            }
        }
    }

    @Test("Modules know only those below them")
    func layers() {
        let order = ["Contracts", "Store", "Bus", "Seal", "Journal", "ServiceKit", "Mosquitto", "Cards", "Town", "Launch"]
        let forbidden: [String: Set<String>] = [
            "Contracts": Set(order), "Store": Set(order), "Bus": Set(order), "Seal": Set(order).subtracting(["Contracts"]),
            "Journal": ["ServiceKit", "Mosquitto", "Cards", "Town", "Launch"], "ServiceKit": ["Mosquitto", "Cards", "Town", "Launch"],
            "Mosquitto": ["Journal", "ServiceKit", "Cards", "Town", "Launch", "Store"],
            "Town": ["ServiceKit", "Journal", "Mosquitto", "Cards", "Launch"],
        ]
        for path in repository.swift(in: "Shared") {
            let module = String(path.split(separator: "/")[1])
            for line in lines(path) where line.hasPrefix("import ") {
                let other = String(line.split(separator: " ").last ?? "")
                #expect(forbidden[module]?.contains(other) != true, "\(path) imports \(other)")
            }
        }
    }

    @Test("What ships has no Foundation, nothing public, and no way to trap on what comes from outside")
    func shipped() {
        for path in repository.swift(in: "Shared", "Services", "Devices") {
            for line in lines(path) where !isComment(line) {
                for word in ["import Foundation", "try! ", " as! ", "unsafelyUnwrapped"] where line.contains(word) {
                    Issue.record("\(path): \(word) in: \(line)")
                }
                #expect(!line.drop { $0 == " " }.hasPrefix("public "), "\(path): \(line)")
            }
        }
    }

    @Test("No unfinished place is marked and left")
    func finished() {
        let marks = ["TO" + "DO", "FIX" + "ME", "not " + "implemented", "place" + "holder"]
        for path in repository.paths where [".swift", ".md", ".py", ".c", ".yaml"].contains(where: path.hasSuffix) {
            for line in lines(path) { for mark in marks where line.contains(mark) { Issue.record("\(path): \(line)") } }
        }
    }

    /// A longer file needs a reason here.
    @Test("No file is longer than 300 lines, but those with a reason")
    func lengths() {
        let reasons = [
            "Tests/TownTests/MistakeTests.swift": "one table of broken files",
            "Devices/IFDHandler/ifd_kazasu.c": "one driver, one interface",
            "Devices/observer/observer.py": "one class that owns the connection",
        ]
        for path in repository.paths where [".swift", ".py", ".c"].contains(where: path.hasSuffix) && reasons[path] == nil {
            let count = lines(path).count
            #expect(count <= 300 || path.hasPrefix("Tests/"), "\(path) has \(count) lines")
        }
        for path in reasons.keys { #expect(repository.paths.contains(path), "\(path) is gone; take its reason away") }
    }

    @Test("Every link in the documents leads somewhere")
    func links() {
        for path in repository.paths where path.hasSuffix(".md") {
            let folder = path.split(separator: "/").dropLast().joined(separator: "/")
            let text = repository.text(path)
            for part in text.split(separator: "](").dropFirst() {
                let target = String(part.prefix { $0 != ")" && $0 != " " && $0 != "#" })
                if target.isEmpty || target.contains("://") || part.first == "#" { continue }
                let whole = resolve(folder.isEmpty ? target : "\(folder)/\(target)")
                #expect(repository.paths.contains { $0 == whole || $0.hasPrefix(whole + "/") }, "\(path) links to \(target)")
            }
        }
    }

    @Test("Decisions have numbers of their own")
    func decisions() {
        let numbers = repository.paths.filter { $0.hasPrefix("Docs/decisions/0") }.map { $0.split(separator: "/")[2].prefix(4) }
        #expect(numbers.count >= 10)
        #expect(Set(numbers).count == numbers.count)
    }

    @Test("Nothing names a place of the machine it was written on")
    func places() {
        for path in repository.paths
        where [".swift", ".md", ".py", ".c", ".yaml", ".json"].contains(where: path.hasSuffix) || path == "Makefile" {
            let text = repository.text(path)
            for word in ["/wor" + "k/", "/opt/sw" + "ift", "sha" + "red/DESIGN"] where text.contains(word) {
                Issue.record("\(path) names \(word)")
            }
        }
    }

    private var serviceLibraries: [String] {
        repository.swift(in: "Services").filter { !$0.contains("/Main/") && !$0.hasPrefix("Services/Kazasu/") }
    }

    private func lines(_ path: String) -> [Substring] { repository.text(path).split(separator: "\n", omittingEmptySubsequences: false) }
    private func isComment(_ line: Substring) -> Bool { line.drop { $0 == " " }.hasPrefix("//") }

    private func resolve(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." { if part == ".." { _ = parts.popLast() } else { parts.append(part) } }
        return parts.joined(separator: "/")
    }
}
