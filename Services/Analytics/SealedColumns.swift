import Contracts
import Seal
import Store

/// What lies sealed under the vault: whose cards are whose, how people are called in a month, and taps that wait for their time.
extension Analytics {
    package static let sealed = [knownRows, monthKeys, unplacedRows, atDoorRows]

    private static let knownRows = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS known_vault_key ON known (substr(row, 2, 2))",
        dropIndex: "DROP INDEX IF EXISTS known_vault_key",
        old: "SELECT row, card, NULL FROM known WHERE substr(row, 2, 2) < ? LIMIT ?",
        context: { knownContext($0.blob(1)) },
        replace: "UPDATE known SET row = ? WHERE card = ?",
        count: "SELECT substr(row, 2, 2), count(*) FROM known WHERE substr(row, 2, 2) < ? GROUP BY 1")

    private static let monthKeys = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS month_key_vault_key ON month_key (substr(row, 2, 2))",
        dropIndex: "DROP INDEX IF EXISTS month_key_vault_key",
        old: "SELECT row, month, NULL FROM month_key WHERE substr(row, 2, 2) < ? LIMIT ?",
        context: { monthKeyContext($0.int(1)) },
        replace: "UPDATE month_key SET row = ? WHERE month = CAST(? AS INTEGER)",
        count: "SELECT substr(row, 2, 2), count(*) FROM month_key WHERE substr(row, 2, 2) < ? GROUP BY 1")

    private static let unplacedRows = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS unplaced_vault_key ON unplaced (substr(row, 2, 2))",
        dropIndex: "DROP INDEX IF EXISTS unplaced_vault_key",
        old: "SELECT row, id, NULL FROM unplaced WHERE substr(row, 2, 2) < ? LIMIT ?",
        context: { unplacedContext($0.blob(1)) },
        replace: "UPDATE unplaced SET row = ? WHERE id = ?",
        count: "SELECT substr(row, 2, 2), count(*) FROM unplaced WHERE substr(row, 2, 2) < ? GROUP BY 1")

    private static let atDoorRows = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS at_door_vault_key ON at_door (substr(row, 2, 2)) WHERE row IS NOT NULL",
        dropIndex: "DROP INDEX IF EXISTS at_door_vault_key",
        old: "SELECT row, tap, NULL FROM at_door WHERE row IS NOT NULL AND substr(row, 2, 2) < ? LIMIT ?",
        context: { atDoorContext($0.blob(1)) },
        replace: "UPDATE at_door SET row = ? WHERE tap = ?",
        count: "SELECT substr(row, 2, 2), count(*) FROM at_door WHERE row IS NOT NULL AND substr(row, 2, 2) < ? GROUP BY 1")

    static func atDoorContext(_ id: [UInt8]) -> String { "at_door/\(Hex.text(id))" }
    static func knownContext(_ card: [UInt8]) -> String { "known/\(Hex.text(card))" }
    static func monthKeyContext(_ month: Int64) -> String { "month_key/\(month)" }
    static func unplacedContext(_ id: [UInt8]) -> String { "unplaced/\(Hex.text(id))" }
}
