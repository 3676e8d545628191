import Contracts
import Town

// The options and operands that several commands share. Each is written once, so each reads the same everywhere.

extension Option where Value == String {
    static var town: Self {
        Self("--town", "TOWN.yaml", "the town's file (default: town.yaml here)", expected: "a path") { $0.isEmpty ? nil : $0 }
    }
    static var data: Self {
        Self("--data", "DIR", "the town's data (default: data beside the town's file)", expected: "a folder") { $0.isEmpty ? nil : $0 }
    }
}

extension Option where Value == Int {
    static var port: Self {
        Self(
            "--port", "N", "the broker's port (default: the one of the last start, or of the town's file)",
            expected: "a port from 1 to 65535"
        ) {
            Int($0).flatMap { (1...65535).contains($0) ? $0 : nil }
        }
    }
}

extension Option where Value == Instance {
    static var speaker: Self {
        Self("--as", "NAME", "the desk, registrar or operator to speak as (default: the first)", expected: "a name such as office") {
            Instance($0)
        }
    }
}

extension Option where Value == SiteID {
    static var site: Self {
        Self("--site", "SITE", "the site whose station this is (default: the one its data are of)", expected: "the name of a site") {
            SiteID($0)
        }
    }
}

extension Operand where Value == SiteID {
    static var site: Self { Self("SITE", expected: "the name of a site, a-z, 0-9 and -") { SiteID($0) } }
}

extension Option where Value == WrittenTime {
    static var from: Self { Self("--from", "TIME", "the beginning", expected: WrittenTime.expected) { WrittenTime($0) } }
    static var to: Self { Self("--to", "TIME", "the end", expected: WrittenTime.expected) { WrittenTime($0) } }
}

extension Option where Value == Day {
    static var day: Self { Self("--day", "DAY", "only this day, such as 2026-11-21", expected: Day.expected) { Day($0) } }
}

extension Option where Value == Token {
    static var card: Self {
        Self("--card", "TOKEN", repeats: true, "a card's token", expected: "a token, k1. and 26 letters and digits") { Token($0) }
    }
}

extension Option where Value == PersonID {
    static var person: Self {
        Self("--person", "PERSON", repeats: true, "a person's id, for all their cards", expected: "p- and 16 letters and digits") {
            PersonID($0)
        }
    }
}

extension Option where Value == ReaderPlace {
    static var tap: Self {
        Self("--tap", "AGENT/READER", repeats: true, "the next card held over this reader", expected: "a reader such as gate-1/reader-1") {
            ReaderPlace($0)
        }
    }
}

extension Option where Value == DoorID {
    static var door: Self { Self("--door", "DOOR", "only this door", expected: "the name of a door") { DoorID($0) } }
}

extension Option where Value == Language {
    static var language: Self {
        Self("--lang", "en|ja", "the language (default: en)", expected: "en or ja") { Language(rawValue: $0) }
    }
}

extension Option where Value == String {
    static var why: Self {
        Self(
            "--why", "TEXT", "why; it is kept with your name and the time, and told to the person",
            expected: "a few words, at most 200 characters"
        ) {
            $0.trimmed.isEmpty || $0.unicodeScalars.count > 200 ? nil : $0.trimmed
        }
    }
}

extension Option where Value == ReaderPlace {
    /// One reader, one card.
    static var enrolment: Self {
        Self("--tap", "AGENT/READER", "the card held over this reader for enrolment", expected: "a reader such as office/reader-1") {
            ReaderPlace($0)
        }
    }
}

extension Option where Value == Name<TownList> {
    static var list: Self {
        Self("--list", "LIST", "a list of the town, by its name in the town's file", expected: "a name such as residents") { Name($0) }
    }
}

extension Flag {
    static var apply: Self { Self("--apply", "do it; without this it is only said what would happen") }
    static var json: Self { Self("--json", "JSON for programs: one value on one line") }
    static var yes: Self { Self("--yes", "do not ask whether it is the right person") }
}

extension Operand where Value == DoorID {
    static var door: Self { Self("DOOR", expected: "the name of a door, a-z, 0-9 and -") { DoorID($0) } }
}

extension Operand where Value == GroupID {
    static var group: Self { Self("GROUP", expected: "the name of a group, a-z, 0-9 and -") { GroupID($0) } }
}

extension Operand where Value == EventID {
    static var booking: Self {
        Self("ID", expected: "a booking's id, 26 characters; kazasu booking list shows them") { EventID($0.uppercased()) }
    }
}

extension Operand where Value == PersonID {
    static var person: Self {
        Self("PERSON", expected: "a person's id such as p-7k3mq2x5t4w2vbza; kazasu person find shows them") { PersonID($0.lowercased()) }
    }
}

extension Operand where Value == ReaderPlace {
    static var reader: Self { Self("AGENT/READER", expected: "a reader such as gate-1/reader-1") { ReaderPlace($0) } }
}

extension Operand where Value == Purpose {
    static var purpose: Self { Self("PURPOSE", expected: "a purpose such as visit or door:gym") { Purpose($0) } }
}
