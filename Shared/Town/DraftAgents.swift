import Contracts

private enum AgentKey: String, Setting {
    case journalLimit = "journal-limit"
    case sound, readers
}

private enum ReaderKey: String, Setting {
    case device, place, purpose, direction, position
    case whenOpen = "when-open"
}

extension Draft {
    func agents(_ value: Value, doors: DoorTable?) -> [Town.Agent] {
        guard let members = value.members("agent") else { return [] }
        if members.isEmpty { value.isEmpty("agent") }
        if members.count > Self.mostAgents {
            findings.fault(value.keyMark, "the town has \(members.count) agents. At most \(Self.mostAgents) are taken.")
        }
        return members.compactMap { key, value in
            let agent = agent(value, doors: doors)
            guard let id = key.name(atMost: Self.longestUser, AgentID.self), var agent else { return nil }
            agent.id = id
            return agent
        }
    }

    private func agent(_ value: Value, doors: DoorTable?) -> Town.Agent? {
        guard let settings = value.section(AgentKey.self) else { return nil }
        var agent = Town.Agent(id: "unreadable", readers: [])
        agent.journalLimit = settings.optional(.journalLimit)?.number(in: 1...10_000_000) ?? agent.journalLimit
        agent.sound = settings.optional(.sound)?.parsed(
            "the whole path of one program, beginning with /, without arguments.", by: wholePath)
        agent.readers =
            settings.required(.readers, example: "{ reader-1: { device: \"…\", place: hall, purpose: visit } }")
            .map { readers($0, of: value.subject, doors: doors) } ?? []
        return agent
    }

    private func readers(_ value: Value, of agent: String, doors: DoorTable?) -> [Town.Reader] {
        guard let members = value.members("reader", suffix: " of \(agent)") else { return [] }
        if members.isEmpty { value.isEmpty("reader") }
        if members.count > Self.mostReaders {
            findings.fault(
                value.keyMark,
                "\(agent) has \(members.count) readers. At most \(Self.mostReaders) are taken; give the rest to another agent.")
        }
        return members.compactMap { key, value in
            let reader = reader(value, doors: doors)
            guard let id = key.name(ReaderID.self), var reader else { return nil }
            reader.id = id
            return reader
        }
    }

    private func reader(_ value: Value, doors: DoorTable?) -> Town.Reader? {
        guard let settings = value.section(ReaderKey.self) else { return nil }
        let device = settings.required(.device, example: "\"SONY FeliCa RC-S300/P\"")?.text(
            atMost: 128, "how the reader's name begins, as pcsc_scan shows it")
        let place = settings.required(.place, example: "civic-gym")?.name(PlaceID.self)
        let purpose = settings.required(.purpose, example: "visit").flatMap { self.purpose($0, of: value.subject, doors: doors) }
        let direction = settings.optional(.direction)?.choice(Direction.self)
        let position = settings.optional(.position).flatMap { self.position($0) }
        let whenOpen = settings.optional(.whenOpen)?.name(ShelterID.self)
        guard let device, let place, let purpose else { return nil }
        var reader = Town.Reader(id: "unreadable", device: device, place: place, purpose: purpose)
        (reader.direction, reader.position, reader.whenOpen) = (direction, position, whenOpen)
        if let door = purpose.door, let whenOpen {
            findings.warn(
                value.keyMark,
                "\(value.subject) counts people while shelter \"\(whenOpen)\" is open, and opens door \"\(door)\" for nobody meanwhile. Give the door another reader, or remove \"when-open\"."
            )
        }
        return reader
    }

    private func purpose(_ value: Value, of reader: String, doors: DoorTable?) -> Purpose? {
        let advice = "a purpose, such as visit or \"door:gym\". Known: \(listed(Self.purposes))."
        guard let purpose = value.parsed(advice, by: { Purpose($0) }) else { return nil }
        warnOfUnknownPurpose(purpose.kind, at: value.mark)
        if let doors, purpose.kind == "locker" { check(purpose, at: value, of: reader, among: doors.lockers.map(\.id)) }
        guard purpose.kind == "door", let doors else { return purpose }
        guard let door = purpose.door else {
            value.isWrong("the door it stands for after a colon, such as \"door:gym\". Doors known: \(listed(doors.names)).")
            return purpose
        }
        if !doors.ids.contains(door) {
            let near = suggestion(for: door.text, among: doors.names)
            findings.fault(
                value.mark, "\(reader) names door \"\(door)\", which is not among the doors.\(near) Doors known: \(listed(doors.names)).")
        }
        return purpose
    }

    func position(_ value: Value) -> Position? {
        let example = "[38.1077, 140.0408]"
        guard let numbers = value.list(of: "this degree in \(value.subject)", example: example) else { return nil }
        guard numbers.count == 2 else {
            findings.fault(
                value.mark, "\(value.subject) has \(numbers.count) numbers. Write latitude and longitude, for example \(example).")
            return nil
        }
        let latitude = numbers[0].degrees(within: 90)
        let longitude = numbers[1].degrees(within: 180)
        guard let latitude, let longitude else { return nil }
        return Position(lat: latitude, lon: longitude)
    }
}

extension Value {
    fileprivate func isEmpty(_ noun: String) { findings.fault(mark, "\(subject) names no \(noun). Name at least one.") }
}

private func wholePath(_ text: String) -> String? {
    let isPath =
        text.hasPrefix("/") && text.utf8.count < 4096 && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    return isPath ? text : nil
}
