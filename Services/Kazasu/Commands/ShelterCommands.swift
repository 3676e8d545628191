import Contracts

extension Option where Value == String {
    fileprivate static var address: Self { Self("--address", "TEXT", "where it is", expected: "an address") { $0 } }
    fileprivate static var district: Self { Self("--district", "TEXT", "the district it is for", expected: "a district") { $0 } }
}

extension Option where Value == Int {
    fileprivate static func people(_ name: String, _ help: String) -> Self {
        Self(name, "N", help, expected: "a number of people, 0 to 100000") { Int($0).flatMap { (0...100_000).contains($0) ? $0 : nil } }
    }
    fileprivate static var byDay: Self { people("--day", "how many people it is made for, by day") }
    fileprivate static var byNight: Self { people("--night", "how many can sleep there") }
}

extension Option where Value == Position {
    fileprivate static var position: Self {
        Self("--position", "LAT,LON", "where it is, in degrees", expected: "latitude and longitude such as 38.1075,140.0408") { text in
            let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double(String($0).trimmed) }
            guard numbers.count == 2, let lat = numbers[0], let lon = numbers[1] else { return nil }
            return Position(lat: lat, lon: lon)
        }
    }
}

extension Option where Value == ShelterID {
    fileprivate static var under: Self {
        Self("--under", "SHELTER", "which one it belongs to", expected: "the id of a shelter") { ShelterID($0) }
    }
}

extension Option where Value: Worded & RawRepresentable<String> & CaseIterable {
    /// One of the contract's words, in English or Japanese.
    fileprivate static func word(_ name: String, _ valueName: String, repeats: Bool = false, _ help: String) -> Self {
        let words = Value.allCases.map { "\($0.rawValue) \($0.phrase.ja)" }.joined(separator: ", ")
        return Self(name, valueName, repeats: repeats, "\(help): \(words)", expected: "one of \(words)") { text in
            Value.allCases.first { $0.rawValue == text || $0.phrase.ja == text }
        }
    }
}

extension Option where Value == Shelter.Tier {
    fileprivate static var tier: Self { word("--tier", "TIER", "its tier") }
}

extension Option where Value == Shelter.Designation {
    fileprivate static var designation: Self { word("--designated", "AS", repeats: true, "what it is designated as") }
}

extension Option where Value == Shelter.Hazard {
    fileprivate static var hazard: Self { word("--hazard", "HAZARD", repeats: true, "what it is a refuge from") }
}

extension Option where Value == Shelter.Feature {
    fileprivate static var feature: Self { word("--feature", "FEATURE", repeats: true, "what it has") }
}

extension Option where Value == WrittenTime {
    fileprivate static var until: Self {
        Self("--until", "TIME", "when a rehearsal ends by itself (default: 12 hours after its beginning)", expected: WrittenTime.expected) {
            WrittenTime($0)
        }
    }
}

extension Flag {
    fileprivate static var drill: Self {
        Self("--drill", "a rehearsal (訓練): everything noted meanwhile is marked, and real stays are untouched")
    }
    fileprivate static var empty: Self { Self("--empty", "whoever is still there is noted as gone") }
}

extension Command {
    package static var shelterAdd: Command {
        Command(
            "shelter add", "SHELTER [TITLE]", count: 1...2,
            summary: "add a shelter, also one opened on the spot, or describe one anew (避難所の登録)",
            options: [
                Option.address.shape, Option.district.shape, Option.position.shape, Option.byDay.shape, Option.byNight.shape,
                Option<Shelter.Designation>.designation.shape, Option<Shelter.Hazard>.hazard.shape, Option<Shelter.Feature>.feature.shape,
                Option<Shelter.Tier>.tier.shape, Option<ShelterID>.under.shape,
            ] + Reception.options,
            details: """
                Of a shelter that is known already, what is not given stays as it is.
                Examples:
                  kazasu shelter add s41 栄町公民館 --day 60 --night 30 --feature pets
                  kazasu shelter add s41 --position 38.1075,140.0408
                """
        ) { arguments, console in
            let id = try arguments.operand(0, .shelter)
            let title = arguments.operands.dropFirst().first
            let reception = try Reception(arguments, console)
            let known = try reception.shelters().first { $0.shelter.id == id }?.shelter
            guard let title = title ?? known?.title else {
                throw Failure.usage("\(id) is not known yet, so it needs a title: kazasu shelter add \(id) TITLE")
            }
            var shelter = known ?? Shelter(id, title: title)
            shelter.title = title
            try describe(&shelter, arguments)
            let changed = try reception.ask(PutShelter(shelter), on: .putShelter)
            if reception.json {
                try console.json(changed)
            } else {
                console.line("\(known == nil ? "added" : "described"): \(id) \(harmless(title))")
            }
            if known == nil { console.note("it is closed. To open it: kazasu shelter open \(id)") }
            return .done
        }
    }

    package static var shelterOpen: Command {
        Command(
            "shelter open", "SHELTER", count: 1...1, summary: "open a shelter, or begin a rehearsal there (避難所の開設)",
            options: [Flag.drill.shape, Option<WrittenTime>.until.shape] + Reception.options
        ) { arguments, console in
            let id = try arguments.operand(0, .shelter)
            let isDrill = arguments.has(.drill)
            let until = try arguments.optional(.until)
            guard isDrill || until == nil else { throw Failure.usage("--until is for rehearsals; add --drill.") }
            let reception = try Reception(arguments, console)
            let wish = RunShelter(id, .open, drill: isDrill, until: until?.instant(now: console.now(), reception.offset))
            try report(try reception.ask(wish, on: .runShelter), reception)
            return .done
        }
    }

    package static var shelterWipe: Command {
        Command(
            "shelter wipe-drill", "SHELTER", count: 1...1, summary: "wipe what was noted in rehearsals at a shelter (訓練記録の消去)",
            options: [Flag.yes.shape] + Reception.options,
            details:
                "Notes, stays, guests who were made up for it and receipts, here and at every other registry. Real stays are untouched. It cannot be undone."
        ) { arguments, console in
            let id = try arguments.operand(0, .shelter)
            let reception = try Reception(arguments, console)
            try console.confirm("wipe all rehearsals at \(id)?", unless: arguments.has(.yes))
            let changed = try reception.ask(WipeDrill(at: id), on: .wipeDrill)
            if reception.json { try console.json(changed) } else { console.line("wiped: what was noted in rehearsals at \(id)") }
            return .done
        }
    }

    package static var shelterClose: Command {
        Command(
            "shelter close", "SHELTER", count: 1...1, summary: "close a shelter; while people are in it, it is closing (避難所の閉鎖)",
            options: [Flag.empty.shape] + Reception.options,
            details: "Without --empty it closes by itself when the last of them has been moved or checked out."
        ) { arguments, console in
            let id = try arguments.operand(0, .shelter)
            let reception = try Reception(arguments, console)
            let changed = try reception.ask(RunShelter(id, .closed, empties: arguments.has(.empty)), on: .runShelter)
            try report(changed, reception)
            if changed.run.stage == .closing, !arguments.has(.empty) {
                console.note("there are people in it. Who they are: kazasu shelter roster \(id); to note all of them as gone: --empty")
            }
            return .done
        }
    }

    // MARK: Parts

    private static func describe(_ shelter: inout Shelter, _ arguments: Arguments) throws(Failure) {
        shelter.address = try arguments.optional(.address) ?? shelter.address
        shelter.district = try arguments.optional(.district) ?? shelter.district
        shelter.position = try arguments.optional(.position) ?? shelter.position
        let (day, night) = (
            try arguments.optional(.byDay) ?? shelter.capacity?.day, try arguments.optional(.byNight) ?? shelter.capacity?.night
        )
        if day != nil || night != nil { shelter.capacity = Shelter.Capacity(day: day, night: night) }
        shelter.tier = try arguments.optional(.tier) ?? shelter.tier
        shelter.under = try arguments.optional(.under) ?? shelter.under
        func replace<Word>(_ words: inout [Word], _ option: Option<Word>) throws(Failure) {
            let given = try arguments.all(option)
            if !given.isEmpty { words = given }
        }
        try replace(&shelter.designations, .designation)
        try replace(&shelter.hazards, .hazard)
        try replace(&shelter.features, .feature)
    }

    private static func report(_ changed: ShelterChanged, _ reception: Reception) throws {
        if reception.json { return try reception.console.json(changed) }
        reception.console.line("\(changed.shelter.id) \(reception.words.shelter(changed))")
    }
}
