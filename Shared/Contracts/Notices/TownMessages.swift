package enum TownMessageKind {}
/// One message of the town to many: `typhoon-2026-09`.
package typealias TownMessageID = Name<TownMessageKind>

/// Something the town tells many people (お知らせ): drawn up by one, looked at, approved by another, sent once to each.
package struct TownMessage: Codable, Sendable, Equatable {
    package enum Stage: String, Codable, Sendable, CaseIterable {
        case draft
        /// Somebody else has agreed; it leaves when it is time.
        case approved
        /// Going out.
        case sending
        case sent
        case withdrawn
    }

    package enum Tier: String, Codable, Sendable, CaseIterable {
        /// ◆ To whoever wants to hear of it.
        case ordinary
        /// ★ To people whom the town has made sure of alone (本人確認), by ways that nobody else looks at.
        case confidential
        /// For life and limb: to everybody it is for, whatever they agreed to and at any hour.
        case disaster
    }

    package var approvedBy: UserID?
    /// When it leaves; at once when approved if absent.
    package var at: Instant?
    package var audience: Audience
    package var id: TownMessageID
    package var kind: NoticeKind
    /// https alone; said at the end.
    package var links: [String]?
    package var opened: Instant
    package var proposedBy: UserID
    package var stage: Stage
    package var tally: Tally
    /// By language as BCP 47 writes it; one of them the town's own.
    package var texts: [String: NoticeText]
    package var tier: Tier

    package struct Tally: Codable, Sendable, Equatable {
        package var deferred = 0
        package var failed = 0
        package var followedUp = 0
        package var queued = 0
        /// Of those it is for.
        package var recipients = 0
        package var sent = 0
        package var withdrawn = 0

        package init() {}
    }

    package init(_ wish: OpenMessage, by user: UserID, at moment: Instant) {
        (id, kind, tier, audience, texts, links, at) = (wish.message, wish.kind, wish.tier, wish.audience, wish.texts, wish.links, wish.at)
        (proposedBy, opened, stage, tally) = (user, moment, .draft, Tally())
    }
}

/// Whom a message is for: those for whom all that is given holds. Everybody if nothing is.
package struct Audience: Codable, Sendable, Equatable {
    package var districts: [String]?
    /// Of a programme, on the day it is sent.
    package var eligible: ProgrammeID?
    package var group: GroupID?
    /// Guardians of the pupils of a school, and the pupils themselves if they have channels.
    package var school: SchoolID?
    /// `3-2`; with a school.
    package var schoolClass: String?
    /// Who is at one of these shelters, wherever they live; at any where the list is empty.
    package var shelters: [ShelterID]?

    package init() {}
}

package struct OpenMessage: CommandBody {
    package typealias Answer = MessageChanged
    package static let type = "message-open"
    /// Of all texts together, in bytes of UTF-8.
    package static let most = 16_000

    package var at: Instant?
    package var audience: Audience
    package var kind: NoticeKind
    package var links: [String]?
    package var message: TownMessageID
    package var texts: [String: NoticeText]
    package var tier: TownMessage.Tier

    package init(_ message: TownMessageID, _ kind: NoticeKind, _ tier: TownMessage.Tier, to audience: Audience, texts: [String: NoticeText])
    {
        (self.message, self.kind, self.tier, self.audience, self.texts) = (message, kind, tier, audience, texts)
    }
}

package struct DecideMessage: CommandBody {
    package typealias Answer = MessageChanged
    package static let type = "message-decide"

    package enum Decision: String, Codable, Sendable, CaseIterable {
        /// To the monitors alone, as it will be.
        case test
        /// Another than who proposed it.
        case approve
        /// What has not left does not leave.
        case withdraw
        /// Once more to those it did not reach.
        case resend
    }

    package var decision: Decision
    package var message: TownMessageID

    package init(_ decision: Decision, _ message: TownMessageID) { (self.decision, self.message) = (decision, message) }
}

/// A message of the town, as it stands now.
package struct MessageChanged: EventBody {
    package static let type = "message"

    package var by: UserID?
    package var message: TownMessage

    package init(_ message: TownMessage, by user: UserID?) { (self.message, by) = (message, user) }
}

/// Counts whom a message would reach: asked again and again with `after` of the answer before, some hundred people at a time.
package struct CountAudience: CommandBody {
    package typealias Answer = AudienceCount
    package static let type = "audience-count"

    package var after: PersonID?
    package var audience: Audience
    package var kind: NoticeKind
    package var tier: TownMessage.Tier

    package init(_ audience: Audience, _ kind: NoticeKind, _ tier: TownMessage.Tier, after: PersonID? = nil) {
        (self.audience, self.kind, self.tier, self.after) = (audience, kind, tier, after)
    }
}

package struct AudienceCount: Codable, Sendable, Equatable {
    /// Who does not want it.
    package var declined: Int
    /// Where to go on; absent at the end.
    package var next: PersonID?
    package var recipients: Int
    /// Who would have it, and has no address that works.
    package var unreachable: Int

    package init(recipients: Int, declined: Int, unreachable: Int, next: PersonID?) {
        (self.recipients, self.declined, self.unreachable, self.next) = (recipients, declined, unreachable, next)
    }
}

package struct ListMessages: CommandBody {
    package typealias Answer = MessageList
    package static let type = "message-list"

    /// The last of the answer before, the newest being first.
    package var after: TownMessageID?
    package var message: TownMessageID?

    package init(message: TownMessageID? = nil, after: TownMessageID? = nil) { (self.message, self.after) = (message, after) }
}

package struct MessageList: Codable, Sendable, Equatable {
    package var messages: [TownMessage]
    package var more: Bool

    package init(_ messages: [TownMessage], more: Bool) { (self.messages, self.more) = (messages, more) }
}

/// Somebody whom a message did not reach was told otherwise: by telephone, at the door.
package struct FollowUp: CommandBody {
    package typealias Answer = DeliveryLine
    package static let type = "follow-up"

    package var delivery: EventID

    package init(_ delivery: EventID) { self.delivery = delivery }
}

extension Channel where Body == OpenMessage {
    package static var openMessage: Self { Self(of: "notifier", named: "message-open") }
}

extension Channel where Body == DecideMessage {
    package static var decideMessage: Self { Self(of: "notifier", named: "message-decide") }
}

extension Channel where Body == MessageChanged {
    package static var townMessages: Self { Self(of: "notifier", named: "message") }
}

extension Channel where Body == CountAudience {
    package static var countAudience: Self { Self(of: "notifier", named: "audience-count") }
}

extension Channel where Body == ListMessages {
    package static var listMessages: Self { Self(of: "notifier", named: "message-list") }
}

extension Channel where Body == FollowUp {
    package static var followUp: Self { Self(of: "notifier", named: "follow-up") }
}
