import Bus
import Contracts
import Town

extension Command {
    package static var doorLeases: Command {
        Command(
            "door leases", summary: "the doors that decide alone when cut off: how old is what each lock knows",
            options: Station.options + [Flag.json.shape, Option.language.shape],
            details: "Exit code 1 when a lock has no lease, or one that is over."
        ) { arguments, console in
            let language = try arguments.optional(.language) ?? .en
            let station = try Station(arguments, console)
            let now = console.now()
            let states = try station.lookout().look(at: [Channel.leases.filter(in: station.town.name)])
            let reports = station.town.doors.filter { $0.lease != nil }.map { door in
                let topic = Channel.leases.topic(in: station.town.name, door.id.named()).description
                return LeaseReport(
                    door: door.id, lease: states.last { $0.topic == topic }.flatMap { try? Envelope<LeaseState>(json: $0.payload).data })
            }
            if arguments.has(.json) {
                try console.json(reports)
            } else if reports.isEmpty {
                console.line(Phrase("no door of this town has a lease", "単独で判断する扉はありません")[language])
            } else {
                let words = LeaseWords(language: language, now: now, offset: station.town.offset)
                console.out(table([words.heading] + reports.map { words.row($0.door, $0.lease) }))
            }
            return reports.allSatisfy { $0.lease?.held.map { $0.expires > now } ?? false } ? .done : .refused
        }
    }
}

private struct LeaseReport: Encodable {
    let door: DoorID
    /// Absent while lock-controller has said nothing of it.
    let lease: LeaseState?
}
