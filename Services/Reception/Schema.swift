import Contracts
import People
import Store

extension Reception {
    package static let migrations = [
        Migration(
            1,
            """
            -- Each as JSON: its changes, its numbers. `ended`: since when it is over, for what is kept no longer.
            CREATE TABLE reception (id TEXT PRIMARY KEY, row TEXT NOT NULL, ended INTEGER) WITHOUT ROWID;

            -- Lists. What names people lies sealed, and is found by blind indexes.
            CREATE TABLE expected (
                reception TEXT NOT NULL,
                row INTEGER NOT NULL,
                person TEXT,
                station TEXT,
                ticket BLOB,
                name BLOB NOT NULL,
                reading BLOB,
                mark BLOB NOT NULL,
                sealed BLOB NOT NULL,
                PRIMARY KEY (reception, row)
            ) WITHOUT ROWID;
            CREATE UNIQUE INDEX expected_mark ON expected (reception, mark);
            CREATE UNIQUE INDEX expected_ticket ON expected (reception, ticket) WHERE ticket IS NOT NULL;
            CREATE UNIQUE INDEX expected_person ON expected (reception, person) WHERE person IS NOT NULL;
            CREATE INDEX expected_name ON expected (reception, name);
            CREATE INDEX expected_reading ON expected (reception, reading) WHERE reading IS NOT NULL;

            -- Who was received. `who`: the row, the person, or neither; `stage`: standing, disputed, struck.
            CREATE TABLE entry (
                reception TEXT NOT NULL,
                number INTEGER NOT NULL,
                who TEXT NOT NULL,
                row INTEGER,
                person TEXT,
                at INTEGER NOT NULL,
                station TEXT NOT NULL,
                way TEXT NOT NULL,
                walk_in INTEGER NOT NULL,
                once INTEGER NOT NULL,
                stage TEXT NOT NULL DEFAULT 'standing',
                sealed BLOB,
                PRIMARY KEY (reception, number)
            ) WITHOUT ROWID;
            -- One person, once: whatever a program believes, this key forbids the second time.
            CREATE UNIQUE INDEX entry_once ON entry (reception, who) WHERE once = 1 AND stage = 'standing';
            CREATE INDEX entry_who ON entry (reception, who, number);
            CREATE INDEX entry_person ON entry (person, reception) WHERE person IS NOT NULL;

            -- The newest of each, as JSON.
            CREATE TABLE reversal (reception TEXT NOT NULL, number INTEGER NOT NULL, row TEXT NOT NULL, PRIMARY KEY (reception, number)) WITHOUT ROWID;
            CREATE TABLE conflict (
                reception TEXT NOT NULL, number INTEGER NOT NULL, open INTEGER NOT NULL, row TEXT NOT NULL, PRIMARY KEY (reception, number)
            ) WITHOUT ROWID;
            CREATE TABLE paper (reception TEXT NOT NULL, station TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (reception, station)) WITHOUT ROWID;
            """),
        Migration(
            2,
            """
            -- Whom a site has received: the site, and its number. What a site keeps of its own has neither, until the town has told of it.
            ALTER TABLE entry ADD COLUMN site TEXT;
            ALTER TABLE entry ADD COLUMN site_number INTEGER;
            ALTER TABLE paper ADD COLUMN at INTEGER NOT NULL DEFAULT 0;

            -- What sites were not told yet: 'stages', a 'row' of a list, an 'entry'. Noted by triggers, so that no way of changing one can forget it.
            CREATE TABLE untold (
                reception TEXT NOT NULL, kind TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (reception, kind, number)
            ) WITHOUT ROWID;
            INSERT INTO untold SELECT id, 'stages', 0 FROM reception;
            INSERT INTO untold SELECT reception, 'row', row FROM expected;
            INSERT INTO untold SELECT reception, 'entry', number FROM entry;
            CREATE TRIGGER expected_in AFTER INSERT ON expected BEGIN
                INSERT INTO untold SELECT new.reception, 'row', new.row
                WHERE NOT EXISTS (SELECT 1 FROM untold WHERE reception = new.reception AND kind = 'row' AND number = new.row);
            END;
            CREATE TRIGGER expected_out AFTER DELETE ON expected BEGIN
                DELETE FROM untold WHERE reception = old.reception AND kind = 'row' AND number = old.row;
            END;
            CREATE TRIGGER entry_in AFTER INSERT ON entry BEGIN
                INSERT INTO untold SELECT new.reception, 'entry', new.number
                WHERE NOT EXISTS (SELECT 1 FROM untold WHERE reception = new.reception AND kind = 'entry' AND number = new.number);
            END;
            CREATE TRIGGER entry_moved AFTER UPDATE OF stage ON entry BEGIN
                INSERT INTO untold SELECT new.reception, 'entry', new.number
                WHERE NOT EXISTS (SELECT 1 FROM untold WHERE reception = new.reception AND kind = 'entry' AND number = new.number);
            END;
            CREATE TRIGGER entry_out AFTER DELETE ON entry BEGIN
                DELETE FROM untold WHERE reception = old.reception AND kind = 'entry' AND number = old.number;
            END;
            """),
    ]

    package static let sealed = [
        People<ReceptionView>.sealed,
        SealedColumn(
            index: "CREATE INDEX IF NOT EXISTS expected_vault_key ON expected (substr(sealed, 2, 2))",
            dropIndex: "DROP INDEX IF EXISTS expected_vault_key",
            old: "SELECT sealed, reception, row FROM expected WHERE substr(sealed, 2, 2) < ? LIMIT ?",
            context: { "expected/\($0.text(1))/\($0.int(2))" },
            replace: "UPDATE expected SET sealed = ? WHERE reception = CAST(? AS TEXT) AND row = CAST(CAST(? AS TEXT) AS INTEGER)",
            count: "SELECT substr(sealed, 2, 2), count(*) FROM expected WHERE substr(sealed, 2, 2) < ? GROUP BY 1"),
        SealedColumn(
            index: "CREATE INDEX IF NOT EXISTS entry_vault_key ON entry (substr(sealed, 2, 2)) WHERE sealed IS NOT NULL",
            dropIndex: "DROP INDEX IF EXISTS entry_vault_key",
            old: "SELECT sealed, reception, number FROM entry WHERE sealed IS NOT NULL AND substr(sealed, 2, 2) < ? LIMIT ?",
            context: { "entry/\($0.text(1))/\($0.int(2))" },
            replace: "UPDATE entry SET sealed = ? WHERE reception = CAST(? AS TEXT) AND number = CAST(CAST(? AS TEXT) AS INTEGER)",
            count: "SELECT substr(sealed, 2, 2), count(*) FROM entry WHERE sealed IS NOT NULL AND substr(sealed, 2, 2) < ? GROUP BY 1"),
    ]
}
