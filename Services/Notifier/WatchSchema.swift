import Contracts
import Store

extension Notifier {
    static let watchTables = Migration(
        3,
        """
        -- Whose silence is heard. last: when they were seen; it only goes forward. due: when it is looked at next, or never. alarm: what `last` was when the
        -- alarm was raised, and raised when that was. unsure: the `last` for which the office was told that nobody knows. words: a visitor's, sealed.
        CREATE TABLE watch (
            person TEXT PRIMARY KEY,
            days INTEGER NOT NULL,
            places TEXT NOT NULL,
            paused_until TEXT,
            begun INTEGER NOT NULL,
            last INTEGER NOT NULL,
            stage TEXT NOT NULL,
            due INTEGER,
            alarm INTEGER,
            raised INTEGER,
            unsure INTEGER,
            words BLOB
        ) WITHOUT ROWID;
        CREATE INDEX watch_due ON watch (due) WHERE due IS NOT NULL;
        CREATE INDEX watch_open ON watch (person) WHERE stage IN ('family', 'association', 'office', 'unknown');
        -- Where they hold their cards: the first and the last time.
        CREATE TABLE watch_gate (
            person TEXT NOT NULL, agent TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (person, agent)
        ) WITHOUT ROWID;
        CREATE INDEX watch_gate_last ON watch_gate (last);
        -- The days of a month on which they were seen, a bit each. month: 202611.
        CREATE TABLE watch_month (
            person TEXT NOT NULL, month INTEGER NOT NULL, days INTEGER NOT NULL, PRIMARY KEY (person, month)
        ) WITHOUT ROWID;
        CREATE INDEX watch_month_month ON watch_month (month);
        -- How far this month's summary has come; NULL when everybody has theirs.
        CREATE TABLE watch_round (month TEXT NOT NULL, cursor TEXT);

        -- Up to when each agent was heard, and for how long it has not moved while somebody listened. When that was looked at last.
        CREATE TABLE gate (agent TEXT PRIMARY KEY, through INTEGER, still_ms INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE listening (at INTEGER NOT NULL);
        -- When an agent could not be heard.
        CREATE TABLE gate_outage (
            agent TEXT NOT NULL, "from" INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (agent, "from")
        ) WITHOUT ROWID;

        -- Messages of the town: JSON, sealed. due: when it goes on with it, or never. cursor: up to whom it has been told, NULL when to all.
        -- round: how often it was sent again. told: to how many in this round, since `started`.
        CREATE TABLE town_message (
            id TEXT PRIMARY KEY,
            opened INTEGER NOT NULL,
            stage TEXT NOT NULL,
            due INTEGER,
            started INTEGER,
            round INTEGER NOT NULL DEFAULT 0,
            cursor TEXT,
            told INTEGER NOT NULL DEFAULT 0,
            row BLOB NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX town_message_opened ON town_message (opened, id);
        CREATE INDEX town_message_due ON town_message (due) WHERE due IS NOT NULL;
        -- It failed, and the message was sent once more in its place.
        ALTER TABLE delivery ADD COLUMN again INTEGER NOT NULL DEFAULT 0;
        """)

    static let perhapsIndex = Migration(4, "CREATE INDEX delivery_perhaps ON delivery (id) WHERE stage = 'perhaps'")

    static let watchWords = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS watch_vault_key ON watch (substr(words, 2, 2)) WHERE words IS NOT NULL",
        dropIndex: "DROP INDEX IF EXISTS watch_vault_key",
        old: "SELECT words, person, NULL FROM watch WHERE words IS NOT NULL AND substr(words, 2, 2) < ? LIMIT ?",
        context: { "watch/\($0.text(1))" },
        replace: "UPDATE watch SET words = ? WHERE person = CAST(? AS TEXT)",
        count: "SELECT substr(words, 2, 2), count(*) FROM watch WHERE words IS NOT NULL AND substr(words, 2, 2) < ? GROUP BY 1")

    static let townMessageRows = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS town_message_vault_key ON town_message (substr(row, 2, 2))",
        dropIndex: "DROP INDEX IF EXISTS town_message_vault_key",
        old: "SELECT row, id, NULL FROM town_message WHERE substr(row, 2, 2) < ? LIMIT ?",
        context: { "town_message/\($0.text(1))" },
        replace: "UPDATE town_message SET row = ? WHERE id = CAST(? AS TEXT)",
        count: "SELECT substr(row, 2, 2), count(*) FROM town_message WHERE substr(row, 2, 2) < ? GROUP BY 1")
}
