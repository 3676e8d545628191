/// What a town has decided about its people's data.
package struct PeoplePolicy: Sendable, Equatable {
    /// Who is entitled to what, by attribute and age.
    package var programmes: [Programme] = []
    /// How long the facts about somebody who left the town are kept.
    package var keepsLeft = Duration.seconds(5 * 365 * 86_400)
    /// How long it is kept who decided what, and who looked at whose file.
    package var keepsRulings = Duration.seconds(10 * 365 * 86_400)
    /// How long a provisional person without a working card is kept.
    package var keepsProvisional = Duration.seconds(365 * 86_400)

    package var lists: [ListRule] = []

    package init() {}

    /// Something one can be entitled to (事業). All that is given must hold.
    package struct Programme: Sendable, Equatable {
        package var id: ProgrammeID
        package var fromAge: Int?
        /// The first age at which it is over.
        package var toAge: Int?
        package var attribute: Name<Attribute>?
        /// Of the attribute; any if empty.
        package var values: [String] = []

        package init(_ id: ProgrammeID) { self.id = id }
    }
}

/// How one list of the town is read.
package struct ListRule: Sendable, Equatable {
    package enum Says: Sendable, Equatable {
        /// Who lives here: whoever stands in it no more has left.
        case residents
        /// Who belongs to a group: pupils, staff, an association (町内会).
        case members(GroupID)
        /// Who is entitled to something.
        case eligible(ProgrammeID)
        /// What holds of a person for a while.
        case attribute(Name<Attribute>)
    }

    /// What a column may mean.
    package enum Field: String, Sendable, CaseIterable {
        case number, name, reading, born, sex, address, district, household, school, languages, phone, mail, residency, protected, value,
            from, to
        case schoolClass = "class"
    }

    package var id: Name<TownList>
    package var says: Says
    /// Its header in the file.
    package var columns: [Field: String]
    /// The list whose numbers its numbers are: itself, or that of the residents.
    package var numbersOf: Name<TownList>

    package init(_ id: Name<TownList>, _ says: Says, columns: [Field: String], numbersOf: Name<TownList>? = nil) {
        (self.id, self.says, self.columns) = (id, says, columns)
        self.numbersOf = numbersOf ?? id
    }
}
