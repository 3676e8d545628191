package enum ContactKind {}
package enum SchoolKind {}
package enum HomeKind {}
package enum NoticeDeskKind {}
/// An office, an association or a monitor that is told things: `town-hall`.
package typealias ContactID = Name<ContactKind>
/// A school, a nursery or an after-school club: `east`.
package typealias SchoolID = Name<SchoolKind>
/// A device in somebody's home that shows or speaks notices (家の端末).
package typealias HomeID = Name<HomeKind>
/// A station from which messages are sent and schools are looked after (お知らせ窓口).
package typealias NoticeDeskID = Name<NoticeDeskKind>
/// What somebody agrees to be told, as consents for the service `notifier` name it: `school-gate`, `silence`, `town-events`.
package typealias NoticeKind = Name<Consent>

extension NoticeKind {
    package static var schoolGate: Self { "school-gate" }
    package static var ride: Self { "ride" }
    package static var silence: Self { "silence" }
    package static var safety: Self { "safety" }
    package static var locker: Self { "locker" }
    /// Of the town to everybody who wants to hear from it.
    package static var town: Self { "town" }
}

/// What a town has decided about whom it tells what. Lists keep the order of the file.
package struct NoticesPolicy: Sendable, Equatable {
    package var contacts: [Contact] = []
    /// Who is told with everybody else of alarms: of those who are watched over, of a child left on a bus, of a school that names no office of its own.
    package var office: [ContactID] = []
    /// Who is sent a message before anybody else, to look at it.
    package var monitors: [ContactID] = []
    package var desks: [NoticeDesk] = []
    package var homes: [HomeID] = []
    package var schools: [School] = []
    /// Who is in a line's vehicles or can call them, when somebody may have been left in one.
    package var drivers: [LineID: [ContactID]] = [:]
    package var quiet = QuietHours()
    package var silence = SilenceRules()
    /// What is told later than this after it happened says so.
    package var lateAfter = Duration.seconds(600)
    /// What could not be delivered for so long is given up. An arrival is of no use on the next day.
    package var givesUpAfter = Duration.seconds(86_400)
    /// Addresses get a test message once a month.
    package var probes = false
    /// Letters and calls a second, at most, for messages of the town.
    package var rate = 100
    /// In the town's own words, by language; what is not here is said in the product's.
    package var texts: [NoticeWord: [String: NoticeText]] = [:]
    /// How places, lines and lockers are called; by their ids.
    package var titles: [String: String] = [:]
    /// In which people are written to who have said nothing of it, as BCP 47 writes it.
    package var language = "ja"

    package init() {}

    package func contact(_ id: ContactID) -> Contact? { contacts.first { $0.id == id } }
    package func school(_ id: SchoolID) -> School? { schools.first { $0.id == id } }
}

/// Somebody who is told things without being a person of the directory.
package struct Contact: Sendable, Equatable {
    package var id: ContactID
    package var title: String
    /// The one that is tried first stands first.
    package var channels: [Reach]
    package var language: String?

    package init(_ id: ContactID, title: String, channels: [Reach]) { (self.id, self.title, self.channels) = (id, title, channels) }
}

/// A clerk's station, or a school's.
package struct NoticeDesk: Sendable, Equatable {
    package var id: NoticeDeskID
    /// Which alone it sees and speaks for; a desk of the town, which sees all and may send messages, if `nil`.
    package var schools: Set<SchoolID>?

    package init(_ id: NoticeDeskID, schools: Set<SchoolID>? = nil) { (self.id, self.schools) = (id, schools) }
}

/// When nobody is disturbed but in a disaster or for a child in danger.
package struct QuietHours: Sendable, Equatable {
    /// Minutes after midnight; over midnight where the first is the later one. None where they are the same.
    package var from = 21 * 60
    package var until = 7 * 60

    package init() {}

    /// The first moment at which somebody may be told what is known now.
    package func end(after now: Instant, _ offset: UTCOffset) -> Instant {
        let midnight = Instant(startOf: now.date(offset), offset)
        let minute = Int((now - midnight).milliseconds / 60_000)
        let isQuiet = from <= until ? (from..<until).contains(minute) : minute >= from || minute < until
        guard isQuiet else { return now }
        let end = midnight + .seconds(Int64(until) * 60)
        return minute < until ? end : end + .seconds(86_400)
    }
}

/// A school, a nursery or an after-school club, with its gate.
package struct School: Sendable, Equatable {
    package var id: SchoolID
    package var title: String
    /// Its pupils: those of whom the register says that they go to the school of this name …
    package var register: String?
    /// … or those of a group.
    package var group: GroupID?
    /// When pupils should have come, by weekday and term: by the beginning of the day's first opening. They leave after the end of its last.
    package var schedule: Schedule
    /// Days on which there is no school.
    package var closures: [DateSpan] = []
    /// How late a child may be before somebody is alarmed.
    package var grace = Duration.seconds(15 * 60)
    /// The machines at its gates.
    package var gates: [AgentID]
    /// Readings nearer to each other than this are one: a card held on, a child who plays.
    package var pause = Duration.seconds(120)
    /// Those who bring or collect a child hold their own cards (送迎).
    package var isForCollectors = false
    /// Who is told of every alarm beside the guardians: the staff room.
    package var office: [ContactID] = []
    /// Whether it is an alarm if somebody does not come. At a club whoever wants to comes.
    package var expects = true

    package init(_ id: SchoolID, title: String, schedule: Schedule, gates: [AgentID]) {
        (self.id, self.title, self.schedule, self.gates) = (id, title, schedule, gates)
    }
}

/// How it is noticed that somebody has not been seen (見守り), and who is told when.
package struct SilenceRules: Sendable, Equatable {
    /// The association is told so long after the family …
    package var associationAfter = Duration.seconds(6 * 3600)
    /// … and the office so long after the family, unless somebody has seen to it.
    package var officeAfter = Duration.seconds(24 * 3600)

    package init() {}
}
