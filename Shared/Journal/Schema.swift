import Store

/// The journal's tables, in every service's database.
package enum JournalSchema {
    package static let migrations = [
        Migration(
            1,
            """
            -- Producer ------------------------------------------------------------------------------------------------

            -- The epoch of the last start.
            CREATE TABLE start (epoch TEXT PRIMARY KEY) WITHOUT ROWID;

            CREATE TABLE stream (id INTEGER PRIMARY KEY, topic TEXT NOT NULL UNIQUE);

            -- Numbers first...last of a stream were written under an epoch. They go on over epochs and never restart.
            CREATE TABLE segment (
                stream INTEGER NOT NULL REFERENCES stream (id),
                epoch TEXT NOT NULL,
                first INTEGER NOT NULL,
                last INTEGER NOT NULL CHECK (last >= first),
                PRIMARY KEY (stream, epoch)
            ) WITHOUT ROWID;

            -- What is to be said and what has been said: outbox and journal in one.
            CREATE TABLE outbox (
                position INTEGER PRIMARY KEY AUTOINCREMENT,
                stream INTEGER NOT NULL REFERENCES stream (id),
                n INTEGER NOT NULL,
                id BLOB NOT NULL UNIQUE,
                event BLOB NOT NULL,
                UNIQUE (stream, n)
            );

            -- Everything up to `through` was acknowledged by the broker at `at` (ms, one row an hour), or stands in `refused`.
            CREATE TABLE sent (at INTEGER PRIMARY KEY, through INTEGER NOT NULL);

            -- Rows the broker would not take, with its reason code; tried again at every connect.
            CREATE TABLE refused (position INTEGER PRIMARY KEY REFERENCES outbox (position), code INTEGER NOT NULL, at INTEGER NOT NULL);

            -- Consumer ------------------------------------------------------------------------------------------------

            -- Numbers below `next` of a segment are handled, but for its gaps. `head`: the producer's newest number as far as it has said.
            CREATE TABLE inbox (
                topic TEXT NOT NULL,
                epoch TEXT NOT NULL,
                next INTEGER NOT NULL,
                head INTEGER NOT NULL,
                PRIMARY KEY (topic, epoch)
            ) WITHOUT ROWID;

            CREATE TABLE inbox_gap (
                topic TEXT NOT NULL,
                epoch TEXT NOT NULL,
                first INTEGER NOT NULL,
                last INTEGER NOT NULL CHECK (last >= first),
                PRIMARY KEY (topic, epoch, first)
            ) WITHOUT ROWID;

            -- The ids of all events applied. `digest` tells a repeat from a contradiction.
            CREATE TABLE seen (id BLOB PRIMARY KEY, digest INTEGER NOT NULL) WITHOUT ROWID;

            CREATE TABLE dead_letter (
                position INTEGER PRIMARY KEY AUTOINCREMENT,
                topic TEXT NOT NULL,
                bytes BLOB NOT NULL,
                digest INTEGER NOT NULL,
                reason TEXT NOT NULL,
                program TEXT NOT NULL,
                at INTEGER NOT NULL,
                UNIQUE (topic, digest)
            );

            -- Numbers nobody has any more, or that a restored producer has taken back after we had applied them.
            CREATE TABLE lost_range (
                topic TEXT NOT NULL,
                epoch TEXT NOT NULL,
                first INTEGER NOT NULL,
                last INTEGER NOT NULL,
                reason TEXT NOT NULL CHECK (reason IN ('missing', 'gone', 'denied', 'orphaned')),
                at INTEGER NOT NULL,
                PRIMARY KEY (topic, epoch, first)
            ) WITHOUT ROWID;

            -- Answers already given to commands and reports.
            CREATE TABLE reply (id BLOB PRIMARY KEY, digest INTEGER NOT NULL, topic TEXT NOT NULL, bytes BLOB NOT NULL) WITHOUT ROWID;

            -- Acts -----------------------------------------------------------------------------------------------------

            -- What is to leave the building, at most one of a kind for a cause. state: 0 due, 1 done, 2 expired.
            CREATE TABLE act (
                position INTEGER PRIMARY KEY AUTOINCREMENT,
                cause BLOB NOT NULL,
                kind TEXT NOT NULL,
                topic TEXT NOT NULL,
                bytes BLOB NOT NULL,
                expires INTEGER NOT NULL,
                state INTEGER NOT NULL DEFAULT 0,
                UNIQUE (cause, kind)
            );
            CREATE INDEX act_due ON act (position) WHERE state = 0;
            """),
        Migration(
            2,
            """
            -- Positions are counted by the program, and a keyed stream keeps the newest row of each key for ever.
            ALTER TABLE stream ADD COLUMN keyed INTEGER NOT NULL DEFAULT 0;
            CREATE TABLE outbox_2 (
                position INTEGER PRIMARY KEY,
                stream INTEGER NOT NULL,
                n INTEGER NOT NULL,
                id BLOB NOT NULL UNIQUE,
                event BLOB NOT NULL,
                -- What the event is about, in a keyed stream.
                key TEXT,
                UNIQUE (stream, n)
            );
            INSERT INTO outbox_2 (position, stream, n, id, event) SELECT position, stream, n, id, event FROM outbox;
            CREATE TEMP TABLE refused_1 AS SELECT * FROM refused;
            DELETE FROM refused;
            DROP TABLE outbox;
            ALTER TABLE outbox_2 RENAME TO outbox;
            INSERT INTO refused SELECT * FROM refused_1;
            DROP TABLE refused_1;
            CREATE UNIQUE INDEX outbox_key ON outbox (stream, key) WHERE key IS NOT NULL;

            -- The newest row of each key of a keyed stream. unknown: it may not be the newest any more, and nothing is to rest on it.
            CREATE TABLE keyed (
                topic TEXT NOT NULL,
                key TEXT NOT NULL,
                epoch TEXT NOT NULL,
                n INTEGER NOT NULL,
                unknown INTEGER NOT NULL DEFAULT 0,
                PRIMARY KEY (topic, key)
            ) WITHOUT ROWID;
            CREATE INDEX keyed_unknown ON keyed (topic) WHERE unknown;

            CREATE TABLE act_2 (
                position INTEGER PRIMARY KEY,
                cause BLOB NOT NULL,
                kind TEXT NOT NULL,
                topic TEXT NOT NULL,
                bytes BLOB NOT NULL,
                expires INTEGER NOT NULL,
                state INTEGER NOT NULL DEFAULT 0,
                UNIQUE (cause, kind)
            );
            INSERT INTO act_2 SELECT * FROM act;
            DROP TABLE act;
            ALTER TABLE act_2 RENAME TO act;
            CREATE INDEX act_due ON act (position) WHERE state = 0;

            -- What a person has settled: letters that were accepted at another try or dismissed, gaps and warnings that were closed.
            CREATE TABLE settled (
                position INTEGER PRIMARY KEY,
                what TEXT NOT NULL,
                topic TEXT NOT NULL,
                epoch TEXT,
                first INTEGER,
                last INTEGER,
                number INTEGER,
                reason TEXT,
                bytes INTEGER,
                who TEXT NOT NULL,
                why TEXT NOT NULL,
                at INTEGER NOT NULL
            );
            CREATE INDEX settled_number ON settled (topic, epoch, first);

            -- The oldest epoch whose rows were folded into this segment.
            ALTER TABLE segment ADD COLUMN since TEXT;
            """),
        Migration(
            3,
            """
            -- The vault's keys that rows in here may be sealed under, each with something sealed under it. None: everything is in clear.
            CREATE TABLE vault_key (number INTEGER PRIMARY KEY, proof BLOB NOT NULL);
            """),
        Migration(
            4,
            """
            -- When this database was put back from a copy, and how old that was. Written by whoever puts it back.
            CREATE TABLE restored (at INTEGER PRIMARY KEY, copied INTEGER NOT NULL);
            """),
        Migration(
            5,
            """
            -- Who commanded what, and what became of it (Audit.swift). `link`: SHA-256 of the link before and the fields of this row.
            CREATE TABLE audit_entry (
                n INTEGER PRIMARY KEY,
                at INTEGER NOT NULL,
                who TEXT NOT NULL,
                what TEXT NOT NULL,
                id BLOB NOT NULL,
                verdict TEXT NOT NULL,
                link TEXT NOT NULL
            );
            CREATE INDEX audit_entry_at ON audit_entry (at);
            CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'an entry of the audit is never changed'); END;
            -- The oldest go first, so that nothing disappears from the middle.
            CREATE TRIGGER audit_is_whole BEFORE DELETE ON audit_entry WHEN OLD.n > (SELECT min(n) FROM audit_entry)
            BEGIN SELECT RAISE(ABORT, 'an entry of the audit is never taken out of its middle'); END;
            """),
        Migration(
            6,
            """
            -- A command that is given again is looked for.
            CREATE INDEX audit_entry_id ON audit_entry (id);
            """),
    ]
}
