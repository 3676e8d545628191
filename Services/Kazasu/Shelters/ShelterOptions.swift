import Contracts

// The options and operands that several commands of shelters share.

extension Operand where Value == ShelterID {
    static var shelter: Self {
        Self("SHELTER", expected: "the id of a shelter such as s01; kazasu shelter list shows them") { ShelterID($0) }
    }
}

extension Operand where Value == GuestID {
    static var guest: Self {
        Self("GUEST", expected: "a guest's id such as g-7k3mq2x5t4w2vbza; kazasu shelter roster shows them") { GuestID($0.lowercased()) }
    }
}

extension Operand where Value == Evacuee {
    static var evacuee: Self { Self("WHO", expected: "a person's id (p-…), a guest's id (g-…) or a card's token (k1.…)") { Evacuee($0) } }
}

extension Option where Value == GuestID {
    static var guest: Self {
        Self("--guest", "GUEST", repeats: true, "a guest's id, g-…", expected: "g- and 16 letters and digits") { GuestID($0.lowercased()) }
    }
}

extension Option where Value == PersonID {
    static var evacuee: Self {
        Self("--person", "PERSON", repeats: true, "a person's id, p-…", expected: "p- and 16 letters and digits") {
            PersonID($0.lowercased())
        }
    }
}

extension Option where Value == StayKind {
    static var stayKind: Self {
        let words = StayKind.allCases.map { "\($0.rawValue) \($0.phrase.ja)" }.joined(separator: ", ")
        return Self("--kind", "KIND", "how they stay: \(words)", expected: "one of \(words)") { text in
            StayKind.allCases.first { $0.rawValue == text || $0.phrase.ja == text }
        }
    }
}

extension Option where Value == WrittenTime {
    /// Of a note: when it was.
    static var noted: Self {
        Self("--at", "TIME", "when it was, as on paper (default: now)", expected: WrittenTime.expected) { WrittenTime($0) }
    }
}

extension Option where Value == String {
    static var page: Self {
        Self("-o", "FILE", "where to write", expected: "the path of a file") { $0.isEmpty ? nil : $0 }
    }
}

extension Flag {
    static var rehearsal: Self { Self("--drill", "of the rehearsal (訓練)") }
}
