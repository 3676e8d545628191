import Contracts
import Kazasu
import Launch
import Town

extension FuzzTarget {
    /// A `town.yaml`: a town whose broker can be set up, or mistakes with a place and a sentence.
    static let townFiles = FuzzTarget(name: "town") { bytes in
        let town: Town
        do throws(TownError) { town = try Town.read(bytes, path: "town.yaml") } catch {
            guard case .faulty(_, let faults, let count) = error else { return false }
            try must(!faults.isEmpty && count >= faults.count, "a town refused without a reason: \(bytes.shown)")
            for fault in faults {
                try must(fault.line >= 1 && fault.column >= 1 && !fault.text.isEmpty, "a mistake without a place: \(fault)")
            }
            try must(
                !error.description.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" },
                "a sentence that drives the terminal: \(bytes.shown)")
            return false
        }
        let rights = Contract.accessControl(for: town.name, roster: town.brokerUsers())
        for line in rights.split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            try must(words.first == "user" ? words.count == 2 : words.count == 3 && words[0] == "topic", "a line of rights: \(line)")
            // What the broker says of itself, for operators.
            if words.count == 3, line != "topic read $SYS/broker/#" {
                try must(words[2].hasPrefix("\(town.name)/") && !words[2].contains("#"), "a right too wide: \(line)")
            }
        }
        return true
    }
}
