import Contracts

private enum LockerKey: String, Setting {
    case title, compartments, keep, remind, accepts
    case openFor = "open-for"
}

extension Draft {
    static let mostCompartments = 500

    /// Lockers, whose compartments are doors that nobody books. Left out where the doors cannot be read: a name could be anybody's.
    func lockers(_ value: Value, into table: inout DoorTable?) {
        guard var doors = table, let members = value.members("locker") else { return }
        var taken = doors.ids
        for (key, value) in members {
            let locker = locker(value, taken: &taken)
            guard let id = key.name(LockerID.self), var locker else { continue }
            if doors.ids.contains(id.named()) {
                findings.fault(
                    key.mark, "locker \"\(id)\" has the name of a door, and journals could not tell them apart. Rename one of them.")
            }
            locker.id = id
            doors.lockers.append(locker)
            doors.lockerMarks.append(key.mark)
        }
        table = doors
    }

    private func locker(_ value: Value, taken: inout Set<DoorID>) -> Town.Locker? {
        guard let settings = value.section(LockerKey.self) else { return nil }
        var locker = Town.Locker(id: "unreadable", compartments: [])
        locker.title = settings.optional(.title)?.title()
        locker.keep = settings.optional(.keep)?.keeping() ?? locker.keep
        locker.remind = settings.optional(.remind)?.hours() ?? locker.remind
        locker.accepts = settings.optional(.accepts)?.choice() ?? locker.accepts
        locker.openFor = settings.optional(.openFor)?.duration(in: .seconds(1) ... .seconds(60)) ?? locker.openFor
        let example = "[library-1, library-2]"
        guard let value = settings.required(.compartments, example: example),
            let items = value.list(of: "this compartment", example: example)
        else { return locker }
        if !(1...Self.mostCompartments).contains(items.count) {
            findings.fault(value.mark, "\(value.subject) has \(items.count) names. Write 1 to \(Self.mostCompartments).")
        }
        for item in items {
            guard let name = item.name(atMost: Self.longestUser, DoorID.self) else { continue }
            if name.text.hasPrefix("controller-") {
                item.isWrong("another name: lock-\(name) is kept for the program lock-controller.")
            } else if !taken.insert(name).inserted {
                findings.fault(item.mark, "\"\(name)\" is a door or a compartment already. Give each compartment a name of its own.")
            }
            locker.compartments.append(name)
        }
        return locker
    }

    func warnOfIdleLockers(_ table: DoorTable?, agents: [Town.Agent]) {
        let used = Set(agents.flatMap(\.readers).compactMap(\.purpose.locker))
        for (locker, mark) in zip(table?.lockers ?? [], table?.lockerMarks ?? []) where !used.contains(locker.id) {
            findings.warn(
                mark,
                "no reader stands for locker \"\(locker.id)\". Give a reader the purpose \"locker:\(locker.id)\", or remove the locker.")
        }
    }

    /// Whether a reader stands for a locker there is.
    func check(_ purpose: Purpose, at value: Value, of reader: String, among lockers: [LockerID]) {
        let known = lockers.map(\.text)
        guard let locker = purpose.locker else {
            return value.isWrong("the locker it stands for after a colon, such as \"locker:library\". Lockers known: \(listed(known)).")
        }
        guard !lockers.contains(locker) else { return }
        let near = suggestion(for: locker.text, among: known)
        findings.fault(
            value.mark, "\(reader) names locker \"\(locker)\", which is not among the lockers.\(near) Lockers known: \(listed(known)).")
    }
}

extension Value {
    /// `72h`, or `3d` to the end of the third day after.
    fileprivate func keeping() -> Keeping? {
        parsed("how long an item is kept: hours from 1h to 2160h, or days from 0d to 90d, which end at midnight.") { text in
            switch (Int(text.dropLast()), text.last) {
            case (let hours?, "h") where (1...2160).contains(hours): .time(.seconds(3600 * hours))
            case (let days?, "d") where (0...90).contains(days): .days(days)
            default: nil
            }
        }
    }

    fileprivate func hours() -> Duration? {
        parsed("how long before its end, in hours from 0h (nobody is reminded) to 2160h.") { text in
            guard let hours = Int(text.dropLast()), text.last == "h", (0...2160).contains(hours) else { return nil }
            return .seconds(3600 * hours)
        }
    }
}
