import Contracts
import Town

// The options and operands of commands about notices.

/// A text in one language: `ja=message.txt`. The first line of the file is the title.
struct TextFile: Equatable {
    let language: String
    let path: String

    init?(_ text: String) {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        (language, path) = (String(text[..<equals]), String(text[text.index(after: equals)...]))
        guard (2...35).contains(language.utf8.count), !path.isEmpty else { return nil }
    }
}

extension Option where Value == TextFile {
    static var text: Self {
        Self(
            "--text", "LANGUAGE=FILE", repeats: true, "what it says in a language; the first line of the file is the title",
            expected: "a language and a file, such as ja=message.txt"
        ) { TextFile($0) }
    }
}

extension Option where Value == NoticeKind {
    static var kind: Self {
        Self("--kind", "KIND", "to whoever agreed to this kind of message (default: town)", expected: "a word such as town-events") {
            Name($0)
        }
    }
}

extension Option where Value == TownMessage.Tier {
    static var tier: Self {
        let words = TownMessage.Tier.allCases.map(\.rawValue).joined(separator: ", ")
        return Self(
            "--tier", "WORD",
            "ordinary (◆); confidential (★): to people the town has made sure of, by ways that nobody else looks at; disaster: to everybody, at any hour",
            expected: "one of \(words)"
        ) { TownMessage.Tier(rawValue: $0) }
    }
}

extension Option where Value == String {
    static var livesIn: Self {
        Self("--district", "NAME", repeats: true, "who lives there", expected: "the name of a district") {
            $0.trimmed.isEmpty ? nil : $0.trimmed
        }
    }
    static var schoolClass: Self { Self("--class", "CLASS", "of that class", expected: "a class such as 3-2") { $0.isEmpty ? nil : $0 } }
    static var link: Self {
        Self("--link", "URL", repeats: true, "said at the end", expected: "an address that begins with https://") {
            $0.hasPrefix("https://") ? $0 : nil
        }
    }
}

extension Option where Value == ProgrammeID {
    static var entitled: Self {
        Self("--eligible", "PROGRAMME", "who is entitled to it on the day", expected: "a programme such as senior") { ProgrammeID($0) }
    }
}

extension Option where Value == GroupID {
    static var inGroup: Self { Self("--group", "GROUP", "the members of a group", expected: "the name of a group") { GroupID($0) } }
}

extension Option where Value == SchoolID {
    static var school: Self {
        Self("--school", "SCHOOL", "guardians of its pupils, and pupils who can be written to", expected: "a school of the town's file") {
            SchoolID($0)
        }
    }
}

extension Option where Value == ShelterID {
    static var shelter: Self {
        Self("--shelter", "SHELTER", repeats: true, "who is there now, wherever they live", expected: "a shelter such as s01") {
            ShelterID($0)
        }
    }
}

extension Flag {
    static var anyShelter: Self { Self("--evacuated", "who is at any shelter now, wherever they live") }
}

extension Option where Value == WrittenTime {
    static var leaveAt: Self {
        Self("--at", "TIME", "when it leaves (default: as soon as it is approved)", expected: WrittenTime.expected) { WrittenTime($0) }
    }
}

extension Operand where Value == TownMessageID {
    static var message: Self {
        Self("ID", expected: "a message's name such as typhoon-15: a-z, 0-9 and -") { TownMessageID($0) }
    }
}

extension Operand where Value == SchoolID {
    static var school: Self { Self("SCHOOL", expected: "a school of the town's file such as east") { SchoolID($0) } }
}

extension Operand where Value == EventID {
    static var delivery: Self {
        Self("DELIVERY", expected: "the number of a delivery; kazasu notice status shows them") { EventID($0) }
    }
}

extension Arguments {
    /// Whom a message is for.
    func audience() throws(Failure) -> Audience {
        var audience = Audience()
        let districts = try all(.livesIn)
        audience.districts = districts.isEmpty ? nil : districts
        audience.eligible = try optional(.entitled)
        audience.group = try optional(.inGroup)
        audience.school = try optional(.school)
        audience.schoolClass = try optional(.schoolClass)
        let shelters = try all(.shelter)
        audience.shelters = has(.anyShelter) ? [] : shelters.isEmpty ? nil : shelters
        guard audience.schoolClass == nil || audience.school != nil else {
            throw .usage("of which school is that class? Add --school SCHOOL.")
        }
        return audience
    }

    static let audience: [OptionShape] = [
        Option<String>.livesIn.shape, Option<ProgrammeID>.entitled.shape, Option<GroupID>.inGroup.shape, Option<SchoolID>.school.shape,
        Option<String>.schoolClass.shape, Option<ShelterID>.shelter.shape, Flag.anyShelter.shape,
    ]
}
