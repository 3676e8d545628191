import Contracts
import Seal
import ServiceKit
import Store

package enum LinkKind {}
/// What a link leads to: one made for something is of no use elsewhere.
package typealias LinkPurpose = Name<LinkKind>

/// Residents have no passwords: a link that reaches them on a way the town knows lets them in, once and soon.
extension SignIn {
    /// Bytes that `link` wants.
    package static let linkBytes = 16
    private static let linkHolds = Duration.seconds(900)

    /// - Parameter bytes: `linkBytes` of them, which nobody can guess.
    /// - Returns: what stands in the link; only its hash is kept.
    package func link(for person: PersonID, to purpose: LinkPurpose, bytes: [UInt8], in turn: borrowing Turn) throws -> String {
        precondition(bytes.count == Self.linkBytes, "a link takes \(Self.linkBytes) random bytes")
        try turn.db.run(
            "INSERT INTO link (id, person, purpose, until) VALUES (?, ?, ?, ?)", sha256(bytes), person.text, purpose.text,
            (turn.now + Self.linkHolds).milliseconds)
        return Base64URL.text(bytes)
    }

    /// Begins a session with what stood in a link. Programs follow links before people do, so only a form's button may lead here.
    /// - Parameter former: the cookie that came with it. Its session ends.
    /// - Returns: `nil` if there is no such link, or no longer.
    package func redeem(
        _ text: String, for purpose: LinkPurpose, secret: SessionSecret, replacing former: String? = nil, in turn: borrowing Turn
    ) throws -> SessionSecret? {
        guard let bytes = Base64URL.decode(text.utf8), bytes.count == Self.linkBytes else { return nil }
        let found = try turn.db.first("SELECT person, until FROM link WHERE id = ? AND purpose = ?", sha256(bytes), purpose.text) {
            (PersonID($0.text(0)), Instant(milliseconds: $0.int(1)))
        }
        guard let (person, until) = found, let person, turn.now < until, until - turn.now <= Self.linkHolds else { return nil }
        try turn.db.run("DELETE FROM link WHERE id = ?", sha256(bytes))
        return try admit(person, secret: secret, replacing: former, in: turn)
    }
}
