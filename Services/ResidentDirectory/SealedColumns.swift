import Contracts
import Store

/// What lies sealed in the directory's own tables. Blind indexes are made from a secret of their own, and stay as they are when keys come and go.
extension ResidentDirectory {
    package static let sealed = [facts, number, why, before, header, cells, again]

    private static let facts = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS person_vault_key ON person (substr(facts, 2, 2))",
        dropIndex: "DROP INDEX IF EXISTS person_vault_key",
        old: "SELECT facts, id, NULL FROM person WHERE substr(facts, 2, 2) < ? LIMIT ?",
        context: { "person/\($0.text(1))" },
        replace: "UPDATE person SET facts = ? WHERE id = CAST(? AS TEXT)",
        count: "SELECT substr(facts, 2, 2), count(*) FROM person WHERE substr(facts, 2, 2) < ? GROUP BY 1")

    private static let number = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS person_number_vault_key ON person_number (substr(written, 2, 2))",
        dropIndex: "DROP INDEX IF EXISTS person_number_vault_key",
        old: "SELECT written, list, number FROM person_number WHERE substr(written, 2, 2) < ? LIMIT ?",
        context: { "number/\($0.text(1))" },
        replace: "UPDATE person_number SET written = ? WHERE list = CAST(? AS TEXT) AND number = ?",
        count: "SELECT substr(written, 2, 2), count(*) FROM person_number WHERE substr(written, 2, 2) < ? GROUP BY 1")

    private static let why = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS ruling_why_vault_key ON ruling (substr(why, 2, 2))",
        dropIndex: "DROP INDEX IF EXISTS ruling_why_vault_key",
        old: "SELECT why, id, NULL FROM ruling WHERE substr(why, 2, 2) < ? LIMIT ?",
        context: { "why/\(eventID($0))" },
        replace: "UPDATE ruling SET why = ? WHERE id = ?",
        count: "SELECT substr(why, 2, 2), count(*) FROM ruling WHERE substr(why, 2, 2) < ? GROUP BY 1")

    private static let before = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS ruling_before_vault_key ON ruling (substr(before, 2, 2))",
        dropIndex: "DROP INDEX IF EXISTS ruling_before_vault_key",
        old: "SELECT before, id, NULL FROM ruling WHERE substr(before, 2, 2) < ? LIMIT ?",
        context: { "before/\(eventID($0))" },
        replace: "UPDATE ruling SET before = ? WHERE id = ?",
        count: "SELECT substr(before, 2, 2), count(*) FROM ruling WHERE substr(before, 2, 2) < ? GROUP BY 1")

    private static let header = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS list_vault_key ON list (substr(header, 2, 2))",
        dropIndex: "DROP INDEX IF EXISTS list_vault_key",
        old: "SELECT header, id, NULL FROM list WHERE substr(header, 2, 2) < ? LIMIT ?",
        context: { "list/\(eventID($0))" },
        replace: "UPDATE list SET header = ? WHERE id = ?",
        count: "SELECT substr(header, 2, 2), count(*) FROM list WHERE substr(header, 2, 2) < ? GROUP BY 1")

    private static let cells = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS list_row_vault_key ON list_row (substr(cells, 2, 2))",
        dropIndex: "DROP INDEX IF EXISTS list_row_vault_key",
        old: "SELECT cells, list, line FROM list_row WHERE substr(cells, 2, 2) < ? LIMIT ?",
        context: { "list/\(eventID($0))/\($0.int(2))" },
        replace: "UPDATE list_row SET cells = ? WHERE list = ? AND line = CAST(? AS INTEGER)",
        count: "SELECT substr(cells, 2, 2), count(*) FROM list_row WHERE substr(cells, 2, 2) < ? GROUP BY 1")

    private static let again = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS told_again_vault_key ON told_again (substr(why, 2, 2))",
        dropIndex: "DROP INDEX IF EXISTS told_again_vault_key",
        old: "SELECT why, id, NULL FROM told_again WHERE substr(why, 2, 2) < ? LIMIT ?",
        context: { "told_again/\(eventID($0))" },
        replace: "UPDATE told_again SET why = ? WHERE id = ?",
        count: "SELECT substr(why, 2, 2), count(*) FROM told_again WHERE substr(why, 2, 2) < ? GROUP BY 1")
}

/// The row's key, as contexts write it.
private func eventID(_ row: Row) -> String { EventID(bytes: row.blob(1))?.description ?? "" }
