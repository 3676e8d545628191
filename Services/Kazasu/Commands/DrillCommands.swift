import Contracts
import Town

extension Operand where Value == DrillKind {
    fileprivate static var drill: Self {
        Self("KIND", expected: DrillKind.allCases.map(\.rawValue).joined(separator: ", ")) { DrillKind(rawValue: $0) }
    }
}

extension Operand where Value == SiteID {
    fileprivate static var drilledSite: Self { Self("SITE", expected: "a site of the town's file") { SiteID($0) } }
}

extension Operand where Value == DisasterPlanID {
    fileprivate static var drilledPlan: Self { Self("PLAN", expected: "a plan of the town's file") { DisasterPlanID($0) } }
}

extension Command {
    package static var drill: Command {
        Command(
            "drill", "KIND [WHAT]", count: 1...2, summary: "practise a trouble before it comes, and keep how it went (訓練)",
            options: [Flag.yes.shape] + Station.options,
            details: """
                  broker-restart             the broker ends and starts again; every service must be back. Doors stay shut for some seconds
                  reader-unplug GATE/READER  says when to unplug and when to plug in, and whether it was noticed
                  link-cut SITE              the same with a station's line
                  restore                    fetches the newest backup and looks whether it could be put back; nothing that runs is touched
                  disaster PLAN              a disaster mode that says it is a drill; another desk has to agree; it ends after 15 minutes at the latest
                What takes a person's hand waits three minutes for it. Exit code 1 when it did not go well. What was practised: kazasu drill list
                """
        ) { arguments, console in
            let kind = try arguments.operand(0, .drill)
            let station = try Station(arguments, console)
            let drill = Drill(station: station, console: console)
            let thing = arguments.operands.dropFirst().first
            guard (thing != nil) == [.readerUnplug, .linkCut, .disaster].contains(kind) else {
                throw Failure.usage(thing == nil ? "which one? kazasu drill --help" : "\(kind.rawValue) takes nothing behind it.")
            }
            if kind == .brokerRestart || kind == .disaster {
                try console.confirm("\(kind.title[.en]), \(kind.title[.ja]): begin?", unless: arguments.has(.yes))
            }
            let entry = try drill.run(kind, of: thing) {
                switch kind {
                case .brokerRestart: try drill.brokerRestart()
                case .readerUnplug: try drill.readerUnplug(try arguments.operand(1, .reader))
                case .linkCut:
                    let site = try arguments.operand(1, .drilledSite)
                    _ = try station.town.site(named: site)
                    try drill.linkCut(site)
                case .restore: try drill.restore()
                case .disaster: try drill.disaster(try arguments.operand(1, .drilledPlan))
                }
            }
            console.line(sentence(entry))
            return entry.trouble == nil ? .done : .refused
        }
    }

    package static var drillList: Command {
        Command(
            "drill list", summary: "what was practised on this machine, and how it went (訓練の記録)",
            options: Station.options + [Flag.json.shape]
        ) { arguments, console in
            let station = try Station(arguments, console)
            let book = DrillBook(of: station.data)
            if arguments.has(.json) {
                try console.json(book.entries)
            } else if book.entries.isEmpty {
                console.line("nothing was practised here yet: kazasu drill --help")
            } else {
                let rows = book.entries.map { entry in
                    [
                        entry.at.minute(station.town.offset), entry.kind.rawValue, entry.of ?? "", seconds(entry),
                        entry.trouble.map(harmless) ?? "well",
                    ]
                }
                console.out(table(rows))
            }
            return .done
        }
    }

    private static func sentence(_ entry: DrillBook.Entry) -> String {
        let what = "\(entry.kind.rawValue)\(entry.of.map { " \(harmless($0))" } ?? "")"
        return entry.trouble.map { "\(what) did not go well: \(harmless($0))" } ?? "\(what) went well, \(seconds(entry))"
    }

    private static func seconds(_ entry: DrillBook.Entry) -> String { "\((entry.seconds * 10).rounded() / 10) s" }
}
