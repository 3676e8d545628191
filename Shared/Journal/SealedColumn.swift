/// A column a vault seals, with what is needed to seal its rows anew. The second and third byte of what is sealed are the number of its key; a newer key
/// has a higher one.
struct SealedColumn {
    let index: StaticString
    let dropIndex: StaticString
    /// The row's key as bytes, its context, what is sealed; of rows under keys before ?1, at most ?2.
    let old: StaticString
    let replace: StaticString
    /// How many rows there are under each key before ?1.
    let count: StaticString
}

extension SealedRows {
    static var columns: [SealedColumn] { [outbox, reply, letter, act] }

    private static var outbox: SealedColumn {
        SealedColumn(
            index: "CREATE INDEX IF NOT EXISTS outbox_vault_key ON outbox (substr(event, 2, 2))",
            dropIndex: "DROP INDEX IF EXISTS outbox_vault_key",
            old: "SELECT position, 'outbox/' || position, event FROM outbox WHERE substr(event, 2, 2) < ? LIMIT ?",
            replace: "UPDATE outbox SET event = ? WHERE position = CAST(? AS INTEGER)",
            count: "SELECT substr(event, 2, 2), count(*) FROM outbox WHERE substr(event, 2, 2) < ? GROUP BY 1")
    }

    private static var reply: SealedColumn {
        SealedColumn(
            index: "CREATE INDEX IF NOT EXISTS reply_vault_key ON reply (substr(bytes, 2, 2))",
            dropIndex: "DROP INDEX IF EXISTS reply_vault_key",
            old: "SELECT id, 'reply/' || lower(hex(id)), bytes FROM reply WHERE substr(bytes, 2, 2) < ? LIMIT ?",
            replace: "UPDATE reply SET bytes = ? WHERE id = ?",
            count: "SELECT substr(bytes, 2, 2), count(*) FROM reply WHERE substr(bytes, 2, 2) < ? GROUP BY 1")
    }

    private static var letter: SealedColumn {
        SealedColumn(
            index: "CREATE INDEX IF NOT EXISTS dead_letter_vault_key ON dead_letter (substr(bytes, 2, 2))",
            dropIndex: "DROP INDEX IF EXISTS dead_letter_vault_key",
            old: """
                SELECT position, 'dead_letter/' || topic || '/' || digest, bytes FROM dead_letter WHERE substr(bytes, 2, 2) < ? LIMIT ?
                """,
            replace: "UPDATE dead_letter SET bytes = ? WHERE position = CAST(? AS INTEGER)",
            count: "SELECT substr(bytes, 2, 2), count(*) FROM dead_letter WHERE substr(bytes, 2, 2) < ? GROUP BY 1")
    }

    private static var act: SealedColumn {
        SealedColumn(
            index: "CREATE INDEX IF NOT EXISTS act_vault_key ON act (substr(bytes, 2, 2))",
            dropIndex: "DROP INDEX IF EXISTS act_vault_key",
            old: "SELECT position, 'act/' || position, bytes FROM act WHERE substr(bytes, 2, 2) < ? LIMIT ?",
            replace: "UPDATE act SET bytes = ? WHERE position = CAST(? AS INTEGER)",
            count: "SELECT substr(bytes, 2, 2), count(*) FROM act WHERE substr(bytes, 2, 2) < ? GROUP BY 1")
    }
}
