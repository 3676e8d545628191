// How residents link their LINE account at their own page: LINE's answer comes after the first command has been answered for, and so the page asks for it.

/// Somebody comes back from LINE with a code: LINE is asked, once, who they are. Accepted before LINE has answered; the answer is kept for a quarter of an hour. Refused with `no-line` where
/// nobody signs in at LINE, and with `too-many` beyond five an hour.
package struct AskOwnLine: CommandBody {
    package typealias Answer = OwnLineAsked
    package static let type = "own-line"

    /// What LINE has sent the browser back with. It is good once, and for ten minutes.
    package var code: String
    /// What LINE was given to put into its answer.
    package var nonce: String
    package var person: PersonID
    /// Where LINE has sent the browser back to.
    package var redirect: String

    package init(_ person: PersonID, code: String, nonce: String, redirect: String) {
        (self.person, self.code, self.nonce, self.redirect) = (person, code, nonce, redirect)
    }
}

package struct OwnLineAsked: Codable, Sendable, Equatable {
    /// By which the answer is asked for.
    package var asked: EventID

    package init(_ asked: EventID) { self.asked = asked }
}

/// Asks what LINE has said. Refused with `no-line` where LINE has named nobody, or too long ago, or somebody else has asked.
package struct FindOwnLine: CommandBody {
    package typealias Answer = OwnLine
    package static let type = "own-line-found"

    package var asked: EventID
    package var person: PersonID

    package init(_ person: PersonID, asked: EventID) { (self.person, self.asked) = (person, asked) }
}

package struct OwnLine: Codable, Sendable, Equatable {
    /// LINE's id of whoever has signed in there; absent while LINE has not answered.
    package var user: String?

    package init(_ user: String?) { self.user = user }
}

extension Channel where Body == AskOwnLine {
    package static var askOwnLine: Self { Self(of: "notifier", named: "own-line") }
}

extension Channel where Body == FindOwnLine {
    package static var findOwnLine: Self { Self(of: "notifier", named: "own-line-found") }
}
