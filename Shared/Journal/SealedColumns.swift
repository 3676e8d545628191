import Store

extension SealedRows {
    static let columns = [outbox, reply, letter, act]

    private static let outbox = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS outbox_vault_key ON outbox (substr(event, 2, 2))",
        dropIndex: "DROP INDEX IF EXISTS outbox_vault_key",
        old: "SELECT event, position, NULL FROM outbox WHERE substr(event, 2, 2) < ? LIMIT ?",
        context: { "outbox/\($0.int(1))" },
        replace: "UPDATE outbox SET event = ? WHERE position = CAST(? AS INTEGER)",
        count: "SELECT substr(event, 2, 2), count(*) FROM outbox WHERE substr(event, 2, 2) < ? GROUP BY 1")

    private static let reply = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS reply_vault_key ON reply (substr(bytes, 2, 2))",
        dropIndex: "DROP INDEX IF EXISTS reply_vault_key",
        old: "SELECT bytes, id, NULL, lower(hex(id)) FROM reply WHERE substr(bytes, 2, 2) < ? LIMIT ?",
        context: { "reply/\($0.text(3))" },
        replace: "UPDATE reply SET bytes = ? WHERE id = ?",
        count: "SELECT substr(bytes, 2, 2), count(*) FROM reply WHERE substr(bytes, 2, 2) < ? GROUP BY 1")

    private static let letter = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS dead_letter_vault_key ON dead_letter (substr(bytes, 2, 2))",
        dropIndex: "DROP INDEX IF EXISTS dead_letter_vault_key",
        old: "SELECT bytes, position, NULL, topic, digest FROM dead_letter WHERE substr(bytes, 2, 2) < ? LIMIT ?",
        context: { DeadLetter.context($0.text(3), $0.int(4)) },
        replace: "UPDATE dead_letter SET bytes = ? WHERE position = CAST(? AS INTEGER)",
        count: "SELECT substr(bytes, 2, 2), count(*) FROM dead_letter WHERE substr(bytes, 2, 2) < ? GROUP BY 1")

    private static let act = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS act_vault_key ON act (substr(bytes, 2, 2))",
        dropIndex: "DROP INDEX IF EXISTS act_vault_key",
        old: "SELECT bytes, position, NULL FROM act WHERE substr(bytes, 2, 2) < ? LIMIT ?",
        context: { "act/\($0.int(1))" },
        replace: "UPDATE act SET bytes = ? WHERE position = CAST(? AS INTEGER)",
        count: "SELECT substr(bytes, 2, 2), count(*) FROM act WHERE substr(bytes, 2, 2) < ? GROUP BY 1")
}
