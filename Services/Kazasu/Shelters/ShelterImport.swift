import Contracts

/// What a national list changes of the shelters that are known.
struct ShelterImport {
    struct Change: Encodable, Equatable {
        enum What: String, Encodable { case new, changed, same, withdrawn }

        let what: What
        /// In the file; absent where it does not name the shelter.
        let line: Int?
        let shelter: Shelter
        let sentence: String
    }

    let words: PlainWords

    /// A shelter is known again by its id, or by its title and address: the two national lists number the same school each in its own way.
    /// - Parameter isComplete: whether what the file does not name is no longer designated as what it is a list of.
    func changes(_ sheet: ShelterSheet, to known: [Shelter], isComplete: Bool) -> [Change] {
        var named: Set<ShelterID> = []
        var changes = sheet.lines.map { line in
            let before =
                known.first { $0.id == line.id }
                ?? known.first { $0.title == line.title && $0.address != nil && $0.address == line.address }
            let after = merged(line, into: before, sheet.designation)
            named.insert(after.id)
            guard let before else {
                return Change(
                    what: .new, line: line.line, shelter: after,
                    sentence: "\(after.id) \(harmless(after.title)): \(words.list(after.designations))")
            }
            let differences = differences(before, after)
            return Change(
                what: differences.isEmpty ? .same : .changed, line: line.line, shelter: after,
                sentence: "\(after.id) \(harmless(before.title)): \(differences.joined(separator: "; "))")
        }
        for before in known where isComplete && !named.contains(before.id) && before.designations.contains(sheet.designation) {
            var after = before
            after.designations.removeAll { $0 == sheet.designation }
            if sheet.designation == .emergencySite { after.hazards = [] }
            changes.append(
                Change(
                    what: .withdrawn, line: nil, shelter: after,
                    sentence: "\(before.id) \(harmless(before.title)): no longer \(words.list([sheet.designation]))"))
        }
        return changes
    }

    /// What the file says, and where it says nothing what was known.
    private func merged(_ line: ShelterSheet.Line, into before: Shelter?, _ list: Shelter.Designation) -> Shelter {
        var shelter = before ?? Shelter(line.id, title: line.title)
        shelter.title = line.title
        shelter.address = line.address ?? shelter.address
        shelter.position = line.position ?? shelter.position
        shelter.district = line.district ?? shelter.district
        if let people = line.people { shelter.capacity = Shelter.Capacity(day: people, night: before?.capacity?.night) }
        if list == .emergencySite { shelter.hazards = line.hazards }
        shelter.designations = Shelter.Designation.allCases.filter { shelter.designations.contains($0) || line.designations.contains($0) }
        return shelter
    }

    private func differences(_ before: Shelter, _ after: Shelter) -> [String] {
        func change<Value: Equatable>(_ what: String, _ old: Value, _ new: Value, _ text: (Value) -> String) -> String? {
            old == new ? nil : "\(what) \(text(old)) → \(text(new))"
        }
        let text = { (text: String?) in text.map(harmless) ?? "-" }
        return [
            change("title", before.title, after.title, harmless), change("address", before.address, after.address, text),
            change("district", before.district, after.district, text),
            change("position", before.position, after.position) { $0.map { "\($0.lat), \($0.lon)" } ?? "-" },
            change("capacity", before.capacity?.day, after.capacity?.day) { $0.map(String.init) ?? "-" },
            change("hazards", before.hazards, after.hazards, words.list),
            change("designated as", before.designations, after.designations, words.list),
        ].compactMap(\.self)
    }
}
