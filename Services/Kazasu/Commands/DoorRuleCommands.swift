import Contracts
import Town

extension Option where Value == GroupID {
    fileprivate static var forGroup: Self {
        Self(
            "--for", "GROUP", repeats: true, "a group it opens for; known: whoever the directory knows; public: whoever has a card",
            expected: "the name of a group, known or public"
        ) { GroupID($0) }
    }
    fileprivate static var butGroup: Self {
        Self("--but", "GROUP", repeats: true, "a group that keeps the rights it has", expected: "the name of a group, known or public") {
            GroupID($0)
        }
    }
}

extension Option where Value == String {
    fileprivate static var exceptionReason: Self {
        Self("--reason", "TEXT", "why; clerks see it, nobody else", expected: "a few words, at most 200 characters") {
            $0.trimmed.isEmpty || $0.unicodeScalars.count > 200 ? nil : $0.trimmed
        }
    }
}

extension Option where Value == ReaderPlace {
    fileprivate static var oneTap: Self {
        Self("--tap", "AGENT/READER", "the next card held over this reader", expected: "a reader such as gate-1/reader-1") {
            ReaderPlace($0)
        }
    }
}

extension Flag {
    fileprivate static var everybody: Self { Self("--everybody", "everybody who is inside") }
}

extension Operand where Value == EventID {
    fileprivate static var exception: Self {
        Self("ID", expected: "an exception's id, 26 characters; kazasu door exceptions shows them") { EventID($0.uppercased()) }
    }
}

extension Operand where Value == ZoneID {
    fileprivate static var zone: Self { Self("ZONE", expected: "the name of a zone, a-z, 0-9 and -") { ZoneID($0) } }
}

extension Operand where Value == WrittenTime {
    fileprivate static var time: Self { Self("TIME", expected: WrittenTime.expected) { WrittenTime($0) } }
}

/// A card as a clerk names it.
private enum Holder {
    case card(Token)
    case person(PersonID)

    init?(_ text: String) {
        if let token = Token(text) {
            self = .card(token)
        } else if let person = PersonID(text.lowercased()) {
            self = .person(person)
        } else {
            return nil
        }
    }
}

extension Operand where Value == Holder {
    fileprivate static var holder: Self { Self("CARD", expected: "a card's token (k1.…) or a person's id (p-…)") { Holder($0) } }
}

extension Command {
    private static let family = Station.options + [Flag.json.shape]
    private static let hours = [Option.from.shape, Option.to.shape, Option.exceptionReason.shape]

    package static var doorClose: Command {
        Command(
            "door close", "DOOR", count: 1...1, summary: "close a door for a time, for all but some groups (臨時休館)",
            options: hours + [Option.butGroup.shape] + family,
            details: """
                Bookings, groups and schedules open nothing while it holds. Of several exceptions the last
                one made counts.
                Example: kazasu door close gym --from 13:00 --to 18:00 --but staff --reason "burst pipe"
                """
        ) { arguments, console in
            try except(.close, arguments.all(.butGroup), arguments, console)
        }
    }

    package static var doorOpen: Command {
        Command(
            "door open", "DOOR", count: 1...1, summary: "let groups open a door for a time, against its schedules and closures (臨時開館)",
            options: hours + [Option.forGroup.shape] + family,
            details: "Example: kazasu door open gym --from \"2026-12-30 09:00\" --to \"2026-12-30 12:00\" --for volleyball"
        ) { arguments, console in
            let groups = try arguments.all(.forGroup)
            guard !groups.isEmpty else { throw Failure.usage("for whom? Add --for GROUP, --for known or --for public.") }
            return try except(.open, groups, arguments, console)
        }
    }

    private static func except(
        _ kind: DoorException.Kind, _ groups: [GroupID], _ arguments: Arguments, _ console: Console
    ) throws -> ExitCode {
        let door = try arguments.operand(0, .door)
        let (from, to) = (try arguments.required(.from), try arguments.required(.to))
        let reason = try arguments.optional(.exceptionReason)
        let station = try Station(arguments, console)
        try station.check(door)
        let offset = station.town.offset
        let (start, end) = (from.instant(now: console.now(), offset), to.instant(now: console.now(), offset))
        guard start < end else {
            throw Failure.usage("it ends (\(end.minute(offset))) before it begins. A time over midnight needs its days.")
        }
        let wish = AddException(kind, door, from: start, to: end, groups: groups, reason: reason)
        return try show(station.desk().ask(wish, on: .addException, for: ExceptionNote.self), "made", arguments, station, console)
    }

    package static var doorUndo: Command {
        Command("door undo", "ID", count: 1...1, summary: "take an exception back, also while it holds", options: family) {
            arguments, console in
            let id = try arguments.operand(0, .exception)
            let station = try Station(arguments, console)
            let note = try station.desk().ask(UndoException(exception: id), on: .undoException, for: ExceptionNote.self)
            return try show(note, "undone", arguments, station, console)
        }
    }

    private static func show(
        _ note: ExceptionNote, _ what: String, _ arguments: Arguments, _ station: Station, _ console: Console
    ) throws -> ExitCode {
        if arguments.has(.json) {
            try console.json(note)
        } else {
            console.line(
                "\(what): door \(note.exception.door) \(PlainWords(.en, station.town).held(note.exception)), exception \(note.exception.id)"
            )
        }
        return .done
    }

    package static var doorExceptions: Command {
        Command("door exceptions", summary: "the exceptions that are not over", options: [Option.door.shape] + family) {
            arguments, console in
            let door = try arguments.optional(.door)
            let station = try Station(arguments, console)
            let desk = try station.desk()
            var found: [ExceptionNote] = []
            var page = ExceptionList(exceptions: [], more: true)
            while page.more {
                let ask = ListExceptions(door: door, after: found.last?.exception.id)
                page = try desk.ask(ask, on: .listExceptions, for: ExceptionList.self)
                if page.exceptions.isEmpty { page.more = false }
                found += page.exceptions
            }
            if arguments.has(.json) {
                try console.json(found)
            } else if found.isEmpty {
                console.line("no exceptions: doors open by their bookings, groups and schedules")
            } else {
                let words = PlainWords(.en, station.town)
                let rows = found.map {
                    [$0.exception.door.text, words.held($0.exception), harmless($0.reason ?? "-"), $0.exception.id.description]
                }
                console.out(table([["DOOR", "WHAT", "REASON", "ID"]] + rows))
            }
            return .done
        }
    }

    package static var doorExplain: Command {
        Command(
            "door explain", "DOOR [CARD] [TIME]", count: 1...3, summary: "whether a door opens for a card at a time, and why or why not",
            options: [Option.oneTap.shape, Option.language.shape] + family,
            details: """
                CARD is a token, or a person's id for any of their cards; with --tap the next card held there.
                Without TIME: now.
                Lists every right that touches that day and what each says. Exit code 1 when the door stays shut.
                Example: kazasu door explain gym p-7k3mq2x5t4w2vbza "2026-11-21 17:55"
                """
        ) { arguments, console in
            let door = try arguments.operand(0, .door)
            let tap = try arguments.optional(.oneTap)
            guard tap != nil || arguments.operands.count > 1 else {
                throw Failure.usage("which card? Give its token or the person's id, or --tap AGENT/READER and hold the card there.")
            }
            let holder = try tap == nil ? arguments.operand(1, .holder) : nil
            let timeAt = tap == nil ? 2 : 1
            let time = try arguments.operands.count > timeAt ? arguments.operand(timeAt, .time) : nil
            let language = try arguments.optional(.language) ?? .en
            let station = try Station(arguments, console)
            try station.check(door)
            let desk = try station.desk()
            let at = time?.instant(now: console.now(), station.town.offset)
            let ask: ExplainDoor
            switch (holder, tap) {
            case (.card(let token)?, _): ask = ExplainDoor(door, at: at ?? console.now(), token: token)
            case (.person(let person)?, _): ask = ExplainDoor(door, at: at ?? console.now(), person: person)
            case (nil, let place?): ask = ExplainDoor(door, at: at ?? console.now(), token: try desk.session.nextTap(at: place).token)
            case (nil, nil): return .usage
            }
            let answer = try desk.ask(ask, on: .explainDoor, for: DoorExplanation.self)
            if arguments.has(.json) {
                try console.json(answer)
            } else {
                console.out(PlainWords(language, station.town).page(answer))
            }
            return answer.verdict == .open ? .done : .refused
        }
    }

    package static var doorForgive: Command {
        Command(
            "door forgive", "ZONE [CARD]", count: 1...2, summary: "take somebody to be outside of a zone (anti-passback)",
            options: [Option.oneTap.shape, Flag.everybody.shape] + family,
            details: "For who went out without a tap and is not let in again. CARD is a token or a person's id."
        ) { arguments, console in
            let zone = try arguments.operand(0, .zone)
            let tap = try arguments.optional(.oneTap)
            let named = [tap != nil, arguments.operands.count > 1, arguments.has(.everybody)].count { $0 }
            guard named == 1 else { throw Failure.usage("whom? Give one of: the card or person, --tap AGENT/READER, --everybody.") }
            let holder = try arguments.operands.count > 1 ? arguments.operand(1, .holder) : nil
            let desk = try Station(arguments, console).desk()
            var wish = ForgivePassback(zone)
            switch holder {
            case .card(let token)?: wish.token = token
            case .person(let person)?: wish.person = person
            case nil: if let tap { wish.token = try desk.session.nextTap(at: tap).token }
            }
            let answer = try desk.ask(wish, on: .forgivePassback, for: Forgiven.self)
            if arguments.has(.json) {
                try console.json(answer)
            } else {
                console.line("zone \(zone): \(answer.count) taken to be outside")
            }
            return .done
        }
    }
}
