package enum GuestKind: OpaqueKind {
    package static let letter = "g"
    package static let noun = "a guest's id"
}

/// Somebody at a shelter of whom the directory knows nothing: a name on paper, a card of another town, a baby.
package typealias GuestID = OpaqueID<GuestKind>

/// Whoever is meant, as well as the one who says it knows them: by the directory's id, by an id of the shelters' own, or by a card alone.
package enum Evacuee: Hashable, Sendable, WrittenAsText, Comparable {
    case person(PersonID)
    case guest(GuestID)
    case card(Token)

    package static var form: String { "an evacuee: a person's id, a guest's id, or a card's token" }
    package static var pattern: String { #"^([pg]-[a-z2-7]{16}|k[1-9][0-9]{0,2}\.[a-z2-7]{26})$"# }
    package static var sample: String { GuestID.sample }

    package init?(_ text: String) {
        if let person = PersonID(text) {
            self = .person(person)
        } else if let guest = GuestID(text) {
            self = .guest(guest)
        } else if let token = Token(text) {
            self = .card(token)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .person(let person): person.text
        case .guest(let guest): guest.text
        case .card(let token): token.text
        }
    }

    package var person: PersonID? { if case .person(let person) = self { person } else { nil } }
    package var guest: GuestID? { if case .guest(let guest) = self { guest } else { nil } }
    package static func < (a: Self, b: Self) -> Bool { a.description < b.description }
}

/// What is known of a guest. In a command, what is absent stays as it is, and an empty text takes away what was there.
package struct GuestFacts: Codable, Sendable, Equatable {
    /// In years, as told.
    package var age: Int?
    package var district: String?
    package var name: String?
    package var reading: String?
    package var sex: PersonFacts.Sex?
    /// Where the guest is from, if not from here.
    package var town: String?

    package init() {}
}

/// What the shelters' own books say of an evacuee: one part of it, as the registry that wrote it last has it.
///
/// Registries tell it each other and nobody else. Of a part that two of them have written, the later one counts.
package struct EvacueeFile: EventBody {
    package static let type = "evacuee-file"

    package enum Part: String, Codable, Sendable, CaseIterable {
        case facts, identity, needs
    }

    package var facts: GuestFacts?
    /// Whom a guest was found to be; absent where they are themselves, also again.
    package var into: Evacuee?
    package var needs: [NeedAnswer]?
    package var part: Part
    package var who: Evacuee

    package init(_ part: Part, of who: Evacuee) { (self.part, self.who) = (part, who) }

    package var key: String { "\(who)/\(part.rawValue)" }
}

package enum NeedKind {}
/// A question of the town's questionnaire: `allergy`, `formula`, `wheelchair`.
package typealias NeedID = Name<NeedKind>

/// One answer.
package struct NeedAnswer: Codable, Sendable, Equatable {
    package var need: NeedID
    /// Of a number or a choice, or in words; absent where it is a plain yes.
    package var value: String?

    package init(_ need: NeedID, _ value: String? = nil) { (self.need, self.value) = (need, value) }
}

extension Channel where Body == EvacueeFile {
    package static var evacueeFiles: Self { Self(of: "shelter-registry", named: "evacuee-file", keyed: true) }
}
