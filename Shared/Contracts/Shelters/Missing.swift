/// People who were to be looked after together, as the directory has them: `district/宮前`, `group/miyamae-association`, `school/第一小学校`.
package struct PeopleList: Hashable, Sendable, WrittenAsText {
    package enum Kind: String, Sendable, CaseIterable { case district, group, school }

    package static var form: String { "a list of people: district/NAME, group/NAME or school/NAME" }
    package static var pattern: String { #"^(district|group|school)/[^/\u0000-\u001f]{1,100}$"# }
    package static var sample: String { "group/a" }
    package let kind: Kind
    package let name: String

    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])), (1...100).contains(parts[1].unicodeScalars.count),
            !parts[1].utf8.contains(where: { $0 < 32 || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") })
        else { return nil }
        (self.kind, name) = (kind, String(parts[1]))
    }

    package var description: String { "\(kind.rawValue)/\(name)" }
}

/// Who of a list has not come (安否未確認者), and how many have: page by page.
package struct ListMissing: CommandBody {
    package typealias Answer = MissingPage
    package static let type = "missing-list"

    package var after: PersonID?
    package var list: PeopleList

    package init(of list: PeopleList, after: PersonID? = nil) { (self.list, self.after) = (list, after) }
}

package struct MissingPage: Codable, Sendable, Equatable {
    /// At a shelter, by night or day.
    package var here: Int
    /// At home or in a car, as was told.
    package var elsewhere: Int
    /// Seen at a shelter, and gone since.
    package var left: Int
    /// Of whom nothing is known, all pages together.
    package var missing: Int
    package var more: Bool
    /// Of whom nothing is known, and those who have left.
    package var people: [EvacueeBrief]

    package init(here: Int, elsewhere: Int, left: Int, missing: Int, people: [EvacueeBrief], more: Bool) {
        (self.here, self.elsewhere, self.left, self.missing) = (here, elsewhere, left, missing)
        (self.people, self.more) = (people, more)
    }
}

extension Channel where Body == ListMissing {
    package static var listMissing: Self { Self(of: "shelter-registry", named: "missing-list") }
}
