import Contracts
import Town

extension Operand where Value == LineID {
    fileprivate static var line: Self { Self("LINE", expected: "a line of the town's file such as line-1") { LineID($0) } }
}

extension Operand where Value == AgentID {
    fileprivate static var vehicle: Self { Self("AGENT", expected: "the machine on board, an agent such as bus-1") { AgentID($0) } }
}

extension Command {
    package static var rideEnd: Command {
        Command(
            "ride end", "LINE AGENT", count: 2...2, summary: "say that a vehicle's run is over: everybody should have alighted (運行終了)",
            options: PointsCounter.options,
            details: """
                Who is watched over and has not alighted is told of as left on board. Exit code 1 where anybody has not, as far as is known.
                Example: kazasu ride end line-1 bus-1
                """
        ) { arguments, console in
            let (line, agent) = (try arguments.operand(0, .line), try arguments.operand(1, .vehicle))
            let counter = try PointsCounter(arguments, console)
            guard counter.town.points.line(line) != nil else {
                throw counter.unknown("line", line.text, among: counter.town.points.lines.map(\.id.text))
            }
            let ended = try counter.ask(EndRun(line, of: agent), on: .endRun)
            if counter.json { try console.json(ended) } else { console.line("\(agent)  \(counter.words.runEnded(ended))") }
            return ended.aboard == 0 ? .done : .refused
        }
    }
}
