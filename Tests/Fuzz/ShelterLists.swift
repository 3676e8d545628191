import Contracts
import Kazasu

extension FuzzTarget {
    /// A national list of shelters: each under an id of its own, or sentences with a line.
    static let shelterLists = FuzzTarget(name: "shelter-list") { bytes in
        let sheet: ShelterSheet
        do throws(Failure) { sheet = try ShelterSheet(bytes) } catch { return try isRefused(error) }
        try must(Set(sheet.lines.map(\.id)).count == sheet.lines.count, "two shelters of one id: \(bytes.shown)")
        for line in sheet.lines {
            let position = line.position.map { (-90...90).contains($0.lat) && (-180...180).contains($0.lon) }
            try must(
                !line.title.isEmpty && position != false && (0...100_000).contains(line.people ?? 0), "a shelter that cannot be: \(line)")
        }
        return try areSentences(sheet.faults, sheet.faults.map(\.line))
    }

    /// A list into which forms were copied: of each line who it was and when, or a sentence with the line.
    static let paperLists = FuzzTarget(name: "paper-list") { bytes in
        let now = Instant(milliseconds: 1_795_227_986_000)
        let sheet: PaperSheet
        do throws(Failure) { sheet = try PaperSheet(bytes, of: "s01", now: now, .japan) } catch { return try isRefused(error) }
        for line in sheet.lines {
            try must(line.at <= now + .seconds(3600), "a line of a time to come: \(line)")
            try must(line.who != nil || line.facts.name?.isEmpty == false, "a line about nobody: \(line)")
            try must((0...130).contains(line.facts.age ?? 0), "an age nobody has: \(line)")
        }
        let lines = sheet.lines.map(\.line)
        try must(lines == lines.sorted() && Set(lines).count == lines.count, "lines out of place: \(bytes.shown)")
        return try areSentences(sheet.faults, sheet.faults.map(\.line))
    }
}

private func isRefused(_ failure: Failure) throws -> Bool {
    try must(
        !failure.description.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" }, "a sentence that drives the terminal: \(failure)")
    return false
}

/// - Returns: whether there are none.
private func areSentences(_ faults: [some CustomStringConvertible], _ lines: [Int]) throws -> Bool {
    for (fault, line) in zip(faults, lines) {
        try must(
            line > 0 && !fault.description.unicodeScalars.contains { $0.value < 0x20 }, "a sentence that drives the terminal: \(fault)")
    }
    return faults.isEmpty
}
