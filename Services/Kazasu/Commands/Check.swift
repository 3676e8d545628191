import Contracts
import Launch
import Town

extension Command {
    package static var check: Command {
        Command(
            "check", "TOWN.yaml", count: 1...1, summary: "look for mistakes in a town's file, all at once",
            options: [Option<String>.data.shape, Flag.json.shape],
            details: "Exit code 0 when the file can be used, 1 when it cannot. Nothing is started and nothing is changed."
        ) { arguments, console in
            let path = arguments.operands[0]
            let town: Town
            do throws(TownError) { town = try Town.load(path: path) } catch {
                if arguments.has(.json) { try console.json(CheckReport(error, path: path)) }
                console.err("\(error)\n")
                return .refused
            }
            for warning in town.warnings { console.err("\(warning.described(in: path))\n") }
            for missing in missingFiles(of: town) { console.note(missing) }
            let data = DataFolder(root: try arguments.optional(.data) ?? "\(folder(of: path))/data")
            for missing in missingKeys(of: town, in: data) { console.note(missing) }
            if arguments.has(.json) { try console.json(CheckReport(town)) } else { console.out(summary(of: town)) }
            return .done
        }
    }

    /// Files the town names that are not on this machine: a mistake if its agents run here, none if they run elsewhere.
    static func missingFiles(of town: Town) -> [String] {
        town.applications.filter { !exists($0.issuer) }.map {
            "card application \($0.name): the issuer's certificate \($0.issuer) is not on this machine; an agent that runs here needs it."
        }
            + town.agents.compactMap { agent in
                agent.sound.flatMap { exists($0) ? nil : "agent \(agent.id): the program \($0) for sounds is not on this machine." }
            }
    }

    /// Token keys the town names that are not where the others are; before its first start it has none.
    private static func missingKeys(of town: Town, in data: DataFolder) -> [String] {
        guard exists("\(data.root)/keys") else { return [] }
        let current = data.tokenKey(town.tokenKeys.current)
        let former = town.tokenKeys.former.map(data.tokenKey)
        return [
            exists(current)
                ? nil
                : "\(current) is missing. If it was lost, put it back from the backup: the next kazasu up makes a new one, which names every card anew.",
            former.flatMap { exists($0) ? nil : "\($0) is missing, and no agent starts without it. Put it back from the backup." },
        ].compactMap { $0 }
    }

    private static func summary(of town: Town) -> String {
        var text = "\(town.name)\(town.title.map { " (\(harmless($0)))" } ?? "")  broker \(town.broker.host):\(town.broker.port)\n\n"
        text += table(
            [["AGENT", "READER", "PLACE", "PURPOSE", "DEVICE"]]
                + town.agents.flatMap { agent in
                    agent.readers.map { [agent.id.text, $0.id.text, $0.place.text, $0.purpose.description, harmless($0.device)] }
                })
        if !town.doors.isEmpty {
            text += "\n"
            text += table(
                [["DOOR", "TITLE", "ACCEPTS", "OPEN FOR", "READERS"]]
                    + town.doors.map { door in
                        let readers = town.readers(of: door.id).map { "\($0.agent)/\($0.reader.id)" }
                        return [
                            door.id.text, harmless(door.title ?? "-"), door.accepts.rawValue, "\(door.openFor.milliseconds / 1000) s",
                            readers.isEmpty ? "none" : readers.joined(separator: " "),
                        ]
                    })
        }
        text += "\n"
        return text
            + table([
                ["desks", town.desks.isEmpty ? "none" : town.desks.map(\.text).joined(separator: " ")],
                ["registrars", town.registrars.isEmpty ? "none" : town.registrars.map(\.text).joined(separator: " ")],
                ["shelter desks", town.shelterDesks.isEmpty ? "none" : town.shelterDesks.map(\.text).joined(separator: " ")],
                ["notice desks", town.noticeDesks.isEmpty ? "none" : town.noticeDesks.map(\.text).joined(separator: " ")],
                ["points desks", town.pointsDesks.isEmpty ? "none" : town.pointsDesks.map(\.text).joined(separator: " ")],
                ["reception desks", town.receptions.desks.isEmpty ? "none" : town.receptions.desks.map(\.text).joined(separator: " ")],
                ["operators", town.operators.isEmpty ? "none" : town.operators.map(\.text).joined(separator: " ")],
                ["card applications", town.applications.isEmpty ? "none" : town.applications.map(\.name.text).joined(separator: " ")],
                ["FeliCa", town.felica ? "read" : "not read"],
            ])
    }
}

/// What `check --json` says.
private struct CheckReport: Encodable {
    struct Place: Encodable {
        let line: Int
        let column: Int
        let text: String
    }

    var usable: Bool
    var town: TownID?
    var mistakes: [Place] = []
    var warnings: [Place] = []
    var agents: Int?
    var readers: Int?
    var doors: Int?

    init(_ town: Town) {
        usable = true
        self.town = town.name
        warnings = town.warnings.map { Place(line: $0.line, column: $0.column, text: $0.text) }
        agents = town.agents.count
        readers = town.agents.reduce(0) { $0 + $1.readers.count }
        doors = town.doors.count
    }

    init(_ error: TownError, path: String) {
        usable = false
        switch error {
        case .unreadable(_, let reason): mistakes = [Place(line: 0, column: 0, text: reason)]
        case .faulty(_, let faults, _): mistakes = faults.map { Place(line: $0.line, column: $0.column, text: $0.text) }
        }
    }
}
