import Store

extension Ledger {
    package static let migrations = [
        Migration(
            1,
            """
            -- Sums of what moved; they follow from the transfers.
            CREATE TABLE account (
                id INTEGER PRIMARY KEY,
                purse TEXT NOT NULL,
                kind TEXT NOT NULL,
                holder TEXT NOT NULL,
                -- The last day on which what is in it can be spent; empty where nothing expires.
                expires TEXT NOT NULL,
                guarded INTEGER NOT NULL,
                debits_pending INTEGER NOT NULL DEFAULT 0 CHECK (debits_pending >= 0),
                debits_posted INTEGER NOT NULL DEFAULT 0 CHECK (debits_posted >= 0),
                credits_pending INTEGER NOT NULL DEFAULT 0 CHECK (credits_pending >= 0),
                credits_posted INTEGER NOT NULL DEFAULT 0 CHECK (credits_posted >= 0),
                -- The newest of its entries, and how many it has.
                last INTEGER,
                entries INTEGER NOT NULL DEFAULT 0,
                -- No purse below zero.
                CHECK (NOT guarded OR debits_pending + debits_posted <= credits_posted),
                UNIQUE (holder, kind, purse, expires)
            );

            CREATE TABLE transfer (
                n INTEGER PRIMARY KEY,
                id BLOB NOT NULL UNIQUE,
                -- Of what was asked.
                digest INTEGER NOT NULL,
                debit INTEGER NOT NULL REFERENCES account (id),
                credit INTEGER NOT NULL REFERENCES account (id),
                amount INTEGER NOT NULL CHECK (amount >= 0),
                kind INTEGER NOT NULL,
                pending INTEGER REFERENCES transfer (n),
                due INTEGER,
                code TEXT NOT NULL,
                cause BLOB,
                moment INTEGER NOT NULL,
                -- The ledger's own time, which never goes back.
                at INTEGER NOT NULL,
                hash BLOB NOT NULL,
                CHECK (debit <> credit)
            );
            -- What is pending is resolved once.
            CREATE UNIQUE INDEX transfer_resolves ON transfer (pending) WHERE pending IS NOT NULL;
            CREATE TRIGGER transfer_stays BEFORE UPDATE ON transfer BEGIN SELECT raise(ABORT, 'a transfer is never changed'); END;
            CREATE TRIGGER transfer_remains BEFORE DELETE ON transfer BEGIN SELECT raise(ABORT, 'a transfer is never deleted'); END;

            -- What is still pending, until when.
            CREATE TABLE reserved (n INTEGER PRIMARY KEY REFERENCES transfer (n), due INTEGER NOT NULL);
            CREATE INDEX reserved_due ON reserved (due);

            -- What had gone out of an account and come in once a transfer was made: entry 2n of its debit account, 2n + 1 of its credit account.
            CREATE TABLE entry (
                id INTEGER PRIMARY KEY,
                account INTEGER NOT NULL,
                -- The one before of the same account, and how many there are up to this one.
                before INTEGER,
                place INTEGER NOT NULL,
                debits INTEGER NOT NULL,
                credits INTEGER NOT NULL
            );

            -- Each 64th entry of an account: where to begin when looking back from a moment.
            CREATE TABLE milestone (
                account INTEGER NOT NULL,
                at INTEGER NOT NULL,
                entry INTEGER NOT NULL,
                PRIMARY KEY (account, at, entry)
            ) WITHOUT ROWID;

            -- What was asked and not made: asked again, it has the same answer.
            CREATE TABLE refused_transfer (id BLOB PRIMARY KEY, digest INTEGER NOT NULL, refusal TEXT NOT NULL) WITHOUT ROWID;
            """)
    ]
}
