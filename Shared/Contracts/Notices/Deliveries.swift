/// A way by which a message leaves.
package enum Carriage: String, Codable, Sendable, CaseIterable {
    case mail, line, push, webhook
    /// A device in the home.
    case home
}

/// How one message to one recipient ended. It names nobody's address.
package struct DeliveryEnded: EventBody {
    package static let type = "delivery"

    package enum Outcome: String, Codable, Sendable, CaseIterable {
        /// Whoever carries it has taken it. That somebody has read it, nobody says.
        case sent
        /// By none of the recipient's channels, or there is none.
        case failed
        /// Not wanted any more by the time it was to leave: a relation or a consent had ended.
        case withdrawn
        /// It was of no use any more.
        case late
        /// It may have been told before a copy of the notifier's database was put back, and is not told again by itself.
        case perhaps
    }

    /// What it was told for: a tap, a message.
    package var about: EventID
    /// Once for each time it was handed over, across all channels.
    package var attempts: Int
    /// The reply code of a mail server or an HTTP status, the last one.
    package var code: Int?
    package var contact: ContactID?
    /// It may have come twice: the process ended between the carrier's answer and its own note of it, and the carrier knows no key for repetition.
    package var isPerhapsTwice: Bool?
    package var outcome: Outcome
    package var person: PersonID?
    /// By which it left, or was tried last.
    package var way: Carriage?
    package var word: NoticeWord

    package init(_ word: NoticeWord, about: EventID, to recipient: NoticeRecipient, _ outcome: Outcome, attempts: Int) {
        (self.word, self.about, self.outcome, self.attempts) = (word, about, outcome, attempts)
        switch recipient {
        case .person(let id): person = id
        case .contact(let id): contact = id
        }
    }
}

/// Who is told.
package enum NoticeRecipient: Hashable, Sendable {
    case person(PersonID)
    case contact(ContactID)

    /// `p-…`, or `contact/town-hall`.
    package var text: String {
        switch self {
        case .person(let id): id.text
        case .contact(let id): "contact/\(id)"
        }
    }

    package init?(_ text: some StringProtocol) {
        let contact = text.hasPrefix("contact/") ? text.dropFirst("contact/".count)[...] : nil
        if let contact {
            guard let id = ContactID(contact) else { return nil }
            self = .contact(id)
        } else {
            guard let id = PersonID(text) else { return nil }
            self = .person(id)
        }
    }
}

/// What a home's device shows or speaks: the newest ones of a day, without names. The device knows its people by their ids.
package struct HomeNotices: StateBody {
    package static let type = "home-notices"
    package static let most = 10

    package var notices: [Item]

    package init(_ notices: [Item]) { self.notices = notices }

    package struct Item: Codable, Sendable, Equatable {
        /// When it happened.
        package var at: Instant
        package var id: EventID
        package var person: PersonID?
        package var text: String
        package var word: NoticeWord

        package init(_ id: EventID, _ word: NoticeWord, at moment: Instant, about person: PersonID?, text: String) {
            (self.id, self.word, at, self.person, self.text) = (id, word, moment, person, text)
        }
    }
}

/// Takes down another way to reach somebody, or takes it away: a browser that agreed to be pushed (W3C Push API), a device in the home.
package struct Subscribe: CommandBody {
    package typealias Answer = WaysToReach
    package static let type = "subscribe"

    package var home: HomeID?
    package var person: PersonID
    package var push: PushSubscription?
    /// It is taken away.
    package var remove: Bool?

    package init(_ person: PersonID, push: PushSubscription? = nil, home: HomeID? = nil, remove: Bool? = nil) {
        (self.person, self.push, self.home, self.remove) = (person, push, home, remove)
    }
}

/// As a browser hands it out (W3C Push API, `PushSubscription.toJSON`); keys in base64url.
package struct PushSubscription: Codable, Sendable, Equatable {
    /// The secret of RFC 8291, 16 bytes.
    package var auth: String
    package var endpoint: String
    /// The browser's public key on P-256, 65 bytes.
    package var p256dh: String

    package init(endpoint: String, p256dh: String, auth: String) { (self.endpoint, self.p256dh, self.auth) = (endpoint, p256dh, auth) }
}

/// The ways by which somebody is reached, without their addresses.
package struct WaysToReach: Codable, Sendable, Equatable {
    package var person: PersonID
    package var ways: [Carriage]

    package init(_ person: PersonID, ways: [Carriage]) { (self.person, self.ways) = (person, ways) }
}

/// Asks for deliveries, the newest first: of one person, about one message or tap, or all that are not done.
package struct ListDeliveries: CommandBody {
    package typealias Answer = DeliveryList
    package static let type = "delivery-list"

    package var about: EventID?
    /// The last of the answer before, to get the next ones.
    package var after: EventID?
    package var person: PersonID?

    package init(person: PersonID? = nil, about: EventID? = nil, after: EventID? = nil) {
        (self.person, self.about, self.after) = (person, about, after)
    }
}

package struct DeliveryList: Codable, Sendable, Equatable {
    package var backlog: Backlog
    package var deliveries: [DeliveryLine]
    package var more: Bool

    package init(_ deliveries: [DeliveryLine], more: Bool, backlog: Backlog) {
        (self.deliveries, self.more, self.backlog) = (deliveries, more, backlog)
    }
}

/// What has not left yet.
package struct Backlog: Codable, Sendable, Equatable {
    package var count: Int
    /// Since when the oldest of them waits.
    package var oldest: Instant?
    /// Those that may have come twice, ever.
    package var perhapsTwice: Int

    package init(count: Int, oldest: Instant?, perhapsTwice: Int) {
        (self.count, self.oldest, self.perhapsTwice) = (count, oldest, perhapsTwice)
    }
}

/// One message to one recipient, as it stands.
package struct DeliveryLine: Codable, Sendable, Equatable {
    package enum Stage: String, Codable, Sendable, CaseIterable {
        case queued, sending
        /// Tried, and tried again later.
        case deferred
        case sent, failed, withdrawn, late
        /// Whether it was told is not known: the notifier was put back from a copy after it happened. Somebody decides.
        case perhaps
        /// Not reached, and somebody has seen to it otherwise.
        case followedUp = "followed-up"

        package var isOver: Bool { ![.queued, .sending, .deferred].contains(self) }
    }

    package var about: EventID
    package var attempts: Int
    /// When it happened.
    package var at: Instant
    package var code: Int?
    /// Why it did not leave, in the carrier's words, without addresses.
    package var detail: String?
    package var ended: Instant?
    package var id: EventID
    package var isPerhapsTwice: Bool?
    /// When it is tried next.
    package var next: Instant?
    /// `p-…`, or `contact/town-hall`.
    package var recipient: String
    package var stage: Stage
    package var way: Carriage?
    package var word: NoticeWord

    package init(_ id: EventID, _ word: NoticeWord, about: EventID, to recipient: NoticeRecipient, _ stage: Stage, at moment: Instant) {
        (self.id, self.word, self.about, self.stage, at, attempts) = (id, word, about, stage, moment, 0)
        self.recipient = recipient.text
    }
}

/// Asks for those whom messages do not reach, in the order of their ids.
package struct ListUnreached: CommandBody {
    package typealias Answer = UnreachedList
    package static let type = "unreached-list"

    package var after: PersonID?

    package init(after: PersonID? = nil) { self.after = after }
}

package struct UnreachedList: Codable, Sendable, Equatable {
    package var more: Bool
    package var people: [Unreached]

    package init(_ people: [Unreached], more: Bool) { (self.people, self.more) = (people, more) }
}

/// An address that does not work, of somebody who wants to be told things.
package struct Unreached: Codable, Sendable, Equatable {
    package var code: Int?
    package var person: PersonID
    package var since: Instant
    /// Absent where the person has no address at all.
    package var way: Carriage?

    package init(_ person: PersonID, _ way: Carriage?, since: Instant, code: Int? = nil) {
        (self.person, self.way, self.since, self.code) = (person, way, since, code)
    }
}

/// A mail that was taken came back: the status of RFC 3464 that a bounce names, and the delivery from its envelope.
package struct NoteBounce: CommandBody {
    package typealias Answer = DeliveryLine
    package static let type = "bounce"

    package var delivery: EventID
    /// The address is no good: another message would come back too.
    package var isPermanent: Bool
    /// `5.1.1` (RFC 3463).
    package var status: String

    package init(_ delivery: EventID, status: String, isPermanent: Bool) {
        (self.delivery, self.status, self.isPermanent) = (delivery, status, isPermanent)
    }
}

/// Has all addresses tried now rather than over the month, or one person's.
package struct ProbeAddresses: CommandBody {
    package typealias Answer = ProbeAnswer
    package static let type = "probe"

    package var person: PersonID?

    package init(_ person: PersonID? = nil) { self.person = person }
}

package struct ProbeAnswer: Codable, Sendable, Equatable {
    package var addresses: Int

    package init(_ addresses: Int) { self.addresses = addresses }
}

extension Channel where Body == DeliveryEnded {
    package static var deliveries: Self { Self(of: "notifier", named: "delivery") }
}

extension Channel where Body == HomeNotices {
    package static var homeNotices: Self { Self(of: "notifier", named: "home-notices") }
}

extension Channel where Body == Subscribe {
    package static var subscribe: Self { Self(of: "notifier", named: "subscribe") }
}

extension Channel where Body == ListDeliveries {
    package static var listDeliveries: Self { Self(of: "notifier", named: "delivery-list") }
}

extension Channel where Body == ListUnreached {
    package static var listUnreached: Self { Self(of: "notifier", named: "unreached-list") }
}

extension Channel where Body == NoteBounce {
    package static var noteBounce: Self { Self(of: "notifier", named: "bounce") }
}

extension Channel where Body == ProbeAddresses {
    package static var probeAddresses: Self { Self(of: "notifier", named: "probe") }
}
