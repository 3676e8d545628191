import Contracts
import Town

extension Option where Value == DoorID {
    fileprivate static var inside: Self {
        Self("--in", "COMPARTMENT", "this compartment, and no other", expected: "the name of a compartment") { DoorID($0) }
    }
}

extension Option where Value == ItemNumber {
    fileprivate static var number: Self {
        Self("--note", "NUMBER", "the item's number in your books; never a title or a name", expected: ItemNumber.form) { ItemNumber($0) }
    }
}

extension Option where Value == WrittenTime {
    fileprivate static var until: Self {
        Self("--until", "TIME", "how long it waits (default: as the town's file says)", expected: WrittenTime.expected) { WrittenTime($0) }
    }
}

extension Option where Value == PersonID {
    fileprivate static var recipient: Self {
        Self("--for", "PERSON", repeats: true, "a person's id, for all their cards", expected: "p- and 16 letters and digits") {
            PersonID($0)
        }
    }
}

extension Operand where Value == LockerID {
    fileprivate static var locker: Self { Self("LOCKER", expected: "the name of a locker, a-z, 0-9 and -") { LockerID($0) } }
}

extension Operand where Value == DoorID {
    fileprivate static var compartment: Self {
        Self("COMPARTMENT", expected: "the name of a compartment; kazasu locker list shows them") { DoorID($0) }
    }
}

extension Command {
    private static let family = Station.options + [Flag.json.shape]

    package static var lockerPut: Command {
        Command(
            "locker put", "LOCKER", count: 1...1, summary: "open a free compartment and keep an item in it for somebody (予約ロッカー)",
            options: [
                Option.recipient.shape, Option.card.shape, Option.tap.shape, Option<WrittenTime>.until.shape,
                Option<ItemNumber>.number.shape,
                Option<DoorID>.inside.shape,
            ] + family,
            details: """
                Give it standing in front of the locker: the compartment opens at once. When its door is shut again the item is ready.
                Examples:
                  kazasu locker put library --for p-… --note 4-1234
                  kazasu locker put library --tap office/reader-1 --until "2026-11-24 20:00"
                """
        ) { arguments, console in
            let locker = try arguments.operand(0, .locker)
            let persons = try arguments.all(.recipient)
            let isForCards = try !arguments.all(.card).isEmpty || !arguments.all(.tap).isEmpty
            guard isForCards || !persons.isEmpty else {
                throw Failure.usage("for whom? Add --for PERSON, --card TOKEN, or --tap AGENT/READER and hold the card over that reader.")
            }
            let station = try Station(arguments, console)
            try station.check(locker)
            let until = try arguments.optional(.until)?.instant(now: console.now(), station.town.offset)
            let desk = try station.promptDesk()
            let wish = PutLockerItem(
                locker: locker, tokens: try isForCards ? cards(arguments, desk.session) : [], persons: persons.isEmpty ? nil : persons,
                compartment: try arguments.optional(.inside), number: try arguments.optional(.number), until: until)
            let item = try desk.ask(wish, on: .putLockerItem, for: LockerItemAnswer.self).item
            try report(item, "\(item.compartment) opens: put the item in and shut the door", arguments, station, console)
            return .done
        }
    }

    package static var lockerTakeBack: Command {
        Command(
            "locker take-back", "COMPARTMENT", count: 1...1, summary: "open a compartment for staff; what is in it is returned",
            options: family
        ) { arguments, console in
            let compartment = try arguments.operand(0, .compartment)
            let station = try Station(arguments, console)
            let command = ChangeLockerItem(.takeBack, compartment: compartment)
            let item = try station.promptDesk().ask(command, on: .changeLockerItem, for: LockerItemAnswer.self).item
            try report(item, "\(compartment) opens: take the item out and shut the door", arguments, station, console)
            return .done
        }
    }

    package static var lockerRelease: Command {
        Command(
            "locker release", "COMPARTMENT", count: 1...1, summary: "say that a compartment is empty; look first",
            options: family, details: "For a compartment that did not open, or was opened by its key."
        ) { arguments, console in
            let station = try Station(arguments, console)
            let command = ChangeLockerItem(.release, compartment: try arguments.operand(0, .compartment))
            let item = try station.desk().ask(command, on: .changeLockerItem, for: LockerItemAnswer.self).item
            try report(item, "\(item.compartment) is free", arguments, station, console)
            return .done
        }
    }

    package static var lockerExtend: Command {
        Command(
            "locker extend", "COMPARTMENT", count: 1...1, summary: "let an item wait longer, also one that has expired",
            options: [Option<WrittenTime>.until.shape] + family
        ) { arguments, console in
            let compartment = try arguments.operand(0, .compartment)
            let until = try arguments.required(.until)
            let station = try Station(arguments, console)
            let end = until.instant(now: console.now(), station.town.offset)
            let command = ChangeLockerItem(.extend, compartment: compartment, until: end)
            let item = try station.desk().ask(command, on: .changeLockerItem, for: LockerItemAnswer.self).item
            try report(item, "waits in \(compartment) until \(end.minute(station.town.offset))", arguments, station, console)
            return .done
        }
    }

    package static var lockerList: Command {
        Command("locker list", "[LOCKER]", count: 0...1, summary: "what is in which compartment, and until when", options: family) {
            arguments, console in
            let locker = arguments.operands.isEmpty ? nil : try arguments.operand(0, .locker)
            let station = try Station(arguments, console)
            if let locker { try station.check(locker) }
            let desk = try station.desk()
            var items: [LockerItem] = []
            var page = LockerItemList(items: [], more: true)
            while page.more {
                page = try desk.ask(
                    ListLockerItems(locker: locker, after: items.last?.compartment), on: .listLockerItems, for: LockerItemList.self)
                items += page.items
            }
            if arguments.has(.json) {
                try console.json(items)
                return .done
            }
            let rows = station.town.lockers.filter { locker == nil || $0.id == locker }.flatMap { locker in
                locker.compartments.map { compartment in
                    let item = items.first { $0.compartment == compartment }
                    let state = item.map { $0.state.rawValue + ($0.trouble.map { ", did not open (\($0.rawValue))" } ?? "") } ?? "free"
                    return [
                        locker.id.text, compartment.text, state, item?.number?.text ?? "-",
                        item?.until.minute(station.town.offset) ?? "-",
                    ]
                }
            }
            console.out(table([["LOCKER", "COMPARTMENT", "STATE", "NUMBER", "UNTIL"]] + rows))
            return .done
        }
    }

    private static func report(_ item: LockerItem, _ what: String, _ arguments: Arguments, _ station: Station, _ console: Console) throws {
        if arguments.has(.json) { return try console.json(item) }
        console.line("\(item.locker): \(what)\(item.number.map { ", item \($0)" } ?? "")")
    }
}

extension Station {
    /// A connection for what opens a door: said for as long as whoever gave the command stands there.
    fileprivate func promptDesk() throws -> Desk {
        var desk = try desk()
        desk.life = .seconds(10)
        return desk
    }

    /// Whether the town has such a locker; a sentence if not.
    func check(_ locker: LockerID) throws(Failure) {
        guard town.locker(locker) == nil else { return }
        let known = town.lockers.map(\.id.text)
        let near = nearest(to: locker.text, among: known).map { " Did you mean \($0)?" } ?? ""
        throw .refused(
            "there is no locker \(locker) in this town.\(near) Lockers: \(known.isEmpty ? "none" : known.joined(separator: ", ")).")
    }
}
