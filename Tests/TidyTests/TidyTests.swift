import Testing

@Suite("The house keeps its own rules")
struct TidyTests {
    static let shipped = ["Shared", "Services", "Devices"].flatMap { Repository.files($0, ending: ".swift") }
    /// The libraries of services: pages, decisions, tables. Kazasu is the operator's command and meets the machine.
    static let services = Repository.files("Services", ending: ".swift").filter {
        !$0.contains("/Main/") && !$0.hasPrefix("Services/Kazasu/")
    }
    static let everything = shipped + Repository.files("Tests", ending: ".swift")

    /// Each place where one of the words stands in code.
    static func places(of words: [String], in files: [String]) -> [String] {
        files.flatMap { file in
            Repository.code(file).enumerated().flatMap { index, line in
                words.filter { line.contains($0) }.map { "\(file):\(index + 1): \($0)" }
            }
        }
    }

    static func imports(_ file: String) -> [String] {
        Repository.code(file).compactMap { line in
            let words = line.split(separator: " ")
            guard let at = words.firstIndex(of: "import"), at + 1 < words.count else { return nil }
            return String(words[at + 1])
        }
    }

    @Test("There is something to look at")
    func found() {
        #expect(Self.services.count > 8)
        #expect(Self.shipped.count > 80)
    }

    @Test("A service imports contracts, the journal, people, seals, the kit and the store, and nothing that meets the machine")
    func serviceImports() {
        let allowed: Set = [
            "Calendars", "Contracts", "HTTP", "Journal", "People", "Post", "QRCode", "Seal", "ServiceKit", "Sheets", "Store",
        ]
        for file in Self.services { #expect(Set(Self.imports(file)).subtracting(allowed).isEmpty, "\(file)") }
    }

    @Test("A service has no clock, no chance, no threads and no terminal of its own")
    func pure() {
        #expect(
            Self.places(
                of: [
                    "Date()", "Task ", "Task{", "Task(", "await ", "async ", "sleep(", "random(", ".random", "DispatchQueue", "print(",
                    "Thread", "ContinuousClock", "getenv",
                ],
                in: Self.services) == [])
    }

    @Test("Imports point one way")
    func direction() {
        let allowed: [String: Set<String>] = [
            "Shared/Contracts/": ["FoundationEssentials"], "Shared/Store/": ["CSQLite", "Glibc"], "Shared/Bus/": [],
            "Shared/Journal/": ["Bus", "Contracts", "Seal", "Store"],
            "Shared/ServiceKit/": ["Bus", "CLinux", "Contracts", "Dispatch", "Glibc", "Journal", "Seal", "Store"],
            "Shared/People/": ["Contracts", "ServiceKit", "Store"], "Shared/Post/": ["Contracts", "Seal"],
            "Shared/Mail/": ["CCurl", "Contracts", "Glibc", "Post", "Seal"],
            "Shared/HTTP/": [], "Shared/QRCode/": ["CQRencode"], "Shared/Web/": ["CMicroHTTPD", "Glibc", "HTTP"],
        ]
        for (folder, modules) in allowed {
            for file in Repository.files(String(folder.dropLast()), ending: ".swift") {
                #expect(Set(Self.imports(file)).subtracting(modules).isEmpty, "\(file)")
            }
        }
    }

    @Test("Nothing that ships imports the whole of Foundation, and one file alone uses threads for its work")
    func foundation() {
        for file in Self.shipped { #expect(!Self.imports(file).contains("Foundation"), "\(file)") }
        #expect(Self.shipped.filter { Self.imports($0).contains("Dispatch") } == ["Shared/ServiceKit/Turn.swift"])
    }

    @Test("Everything is for this package alone")
    func access() {
        #expect(
            Self.places(
                of: ["public ", "open class ", "open func ", "@_exported", "@_spi"],
                in: Self.everything.filter { !$0.hasPrefix("Tests/TidyTests/") }) == [])
    }

    @Test("Nothing that may be wrong is forced")
    func forced() {
        #expect(
            Self.places(of: ["try!", "as!", ".unsafelyUnwrapped", "fatalError("], in: Self.shipped.filter { !$0.hasPrefix("Devices/") })
                == [])
    }

    @Test("Nothing retains by hand: what is retained follows from the topic's class, and that from the payload's type")
    func retained() {
        // Of what a driver says in a foreign tree its kind decides, and that no order's does is tested.
        let known = ["retain: false", "retain: topic.kind.isRetained", "retain: Bool", "retain: saying.isRetained"]
        for file in Self.shipped {
            for (index, line) in Repository.code(file).enumerated() where line.contains("retain:") {
                #expect(known.contains { line.contains($0) }, "\(file):\(index + 1)")
            }
        }
        #expect(Self.places(of: [".retain = true"], in: Self.shipped) == [])
    }

    @Test("What is not Sendable by its types says why")
    func unchecked() {
        for file in Self.shipped {
            let lines = Repository.lines(file)
            for (index, line) in lines.enumerated() where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
                #expect(lines[max(0, index - 4)...index].contains { $0.contains("//") }, "\(file):\(index + 1)")
            }
        }
    }

    @Test("A file that is read in one sitting: 300 lines, but for those with a reason")
    func length() {
        let reasons = ["Tests/TownTests/MistakeTests.swift": "one table: every mistake a town's file can hold, with its sentence"]
        for file in Self.everything where reasons[file] == nil { #expect(Repository.lines(file).count <= 301, "\(file)") }
        for file in reasons.keys { #expect(Repository.lines(file).count > 301, "\(file) needs its reason no more") }
    }

    @Test("Nothing is left for later")
    func later() {
        let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X ", "HA" + "CK"]
        for file in Self.everything + Repository.files(ending: ".md") + Repository.files(ending: ".py") + Repository.files(ending: ".c") {
            for word in words { #expect(!Repository.text(file).contains(word), "\(file): \(word)") }
        }
    }

    @Test("The project speaks of itself alone: no path of one machine")
    func machines() {
        let words = ["/wo" + "rk/", "/opt/sw" + "ift", "DESI" + "GN.md", "/ro" + "ot/"]
        let files =
            Self.everything
            + [".md", ".py", ".c", ".h", ".yaml", ".yml", ".json", ".sh", "Makefile"].flatMap { Repository.files(ending: $0) }
        for file in files { for word in words { #expect(!Repository.text(file).contains(word), "\(file): \(word)") } }
    }

    @Test("Every link between pages leads somewhere")
    func links() {
        for page in Repository.files(ending: ".md") {
            let folder = page.split(separator: "/").dropLast().joined(separator: "/")
            for piece in Repository.text(page).split(separator: "](").dropFirst() {
                let target = piece.prefix { $0 != ")" && $0 != "#" && $0 != " " }
                if target.isEmpty || target.contains(":") { continue }
                #expect(Repository.exists(folder.isEmpty ? String(target) : "\(folder)/\(target)"), "\(page): \(target)")
            }
        }
    }

    @Test("Decisions are numbered, each number once")
    func decisions() {
        let names = Repository.files("Docs/decisions", ending: ".md").compactMap { $0.split(separator: "/").last }.filter {
            $0 != "README.md"
        }
        let numbers = names.map { $0.prefix { $0 != "-" } }
        #expect(Set(numbers).count == numbers.count)
        #expect(numbers.allSatisfy { Int($0) != nil })
    }

    @Test("Every type is explained in a sentence in front of it")
    func explained() {
        let kinds = ["package struct ", "package final class ", "package protocol "]
        for file in Self.services + Repository.files("Shared/Journal", ending: ".swift")
            + Repository.files("Shared/ServiceKit", ending: ".swift") + Repository.files("Shared/People", ending: ".swift")
        {
            let lines = Repository.lines(file)
            for (index, line) in lines.enumerated() where kinds.contains(where: line.hasPrefix) {
                let isError = line.contains(": Error")
                #expect(
                    isError || index > 0 && (lines[index - 1].hasPrefix("///") || lines[index - 1].hasPrefix("@")), "\(file):\(index + 1)")
            }
        }
    }
}
