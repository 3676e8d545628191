/// Lets somebody of the town's file sign in, or no longer: given by a technician, since whoever has no account cannot ask for one.
package struct ChangeAccount: CommandBody {
    package typealias Answer = AccountAnswer
    package static let type = "account-change"

    package enum Step: String, Codable, Sendable, CaseIterable {
        /// Makes a code with which a password is chosen, once, within a day. What was chosen before holds until then.
        case invite
        /// Ends every session, and forgets the password and what makes codes.
        case shut
    }

    package var account: AccountID
    package var step: Step

    package init(_ step: Step, _ account: AccountID) { (self.step, self.account) = (step, account) }
}

package struct AccountAnswer: Codable, Sendable, Equatable {
    /// Of an invitation. The portal keeps its digest, and this answer, sealed, for a day, for whoever asks again under the same id.
    package var code: String?
    package var until: Instant?

    package init(code: String? = nil, until: Instant? = nil) { (self.code, self.until) = (code, until) }
}

/// Somebody looked at pages with people's data, or signed in: who, at what, and nothing of what stood there.
package struct Looked: EventBody {
    package static let type = "look"

    package enum At: String, Codable, Sendable, CaseIterable {
        case signIn = "sign-in"
        case signInFailed = "sign-in-failed"
        case lockedOut = "locked-out"
        case signOut = "sign-out"
        /// A screen became a kiosk, and shows whoever holds a card there what is theirs.
        case kiosk
        /// Somebody has ended one: it shows nothing more.
        case kioskEnded = "kiosk-ended"
        /// A page of the name.
        case roster, person, pupils, bookings, missing, attendance, points, export, own
    }

    package var account: AccountID?
    package var at: At
    /// As whom the services were asked, if they were.
    package var by: UserID?
    /// Whose data it was, where it was one person's.
    package var person: PersonID?
    /// A shelter, a school, a door.
    package var thing: Entity?

    package init(_ at: At, account: AccountID?, by: UserID? = nil, thing: Entity? = nil, person: PersonID? = nil) {
        (self.at, self.account, self.by, self.thing, self.person) = (at, account, by, thing, person)
    }
}

extension Channel where Body == ChangeAccount {
    package static var changeAccount: Self { Self(of: "portal", named: "account-change") }
}

extension Channel where Body == Looked {
    package static var looks: Self { Self(of: "portal", named: "look") }
}
