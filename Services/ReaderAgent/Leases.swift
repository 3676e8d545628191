import Contracts
import Seal
import ServiceKit
import Store

/// What a card is called at the doors that decide alone is known here and nowhere else, so it is told: once a card, and again after a fortnight, well
/// before journals forget it.
extension ReaderAgent {
    private static let toldAgainAfter = Duration.seconds(14 * 86_400)

    /// In the transaction of the tap, so that a card which was accepted is one that its doors will know.
    func tell(_ hashes: LeaseHashes, with tap: EventID, in turn: borrowing Turn) throws {
        let digest = Array(sha256(try hashes.json()).prefix(8))
        let told = try turn.db.first("SELECT digest FROM lease_told WHERE token = ?", hashes.token.text) { $0.blob(0) }
        guard told != digest else { return }
        try turn.db.run(
            "INSERT OR REPLACE INTO lease_told (token, digest, at) VALUES (?, ?, ?)", hashes.token.text, digest, turn.now.milliseconds)
        try turn.emit(hashes, on: .leaseHashes, cause: tap, discriminator: hashes.token.text, subject: nil)
    }

    /// What was told in a time that is still to come was told by a clock that has been set since.
    func forgetToldLeases(in turn: borrowing Turn) throws {
        try turn.db.run(
            "DELETE FROM lease_told WHERE at < ? OR at > ?", (turn.now - Self.toldAgainAfter).milliseconds, turn.now.milliseconds)
    }
}
