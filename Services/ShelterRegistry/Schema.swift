import Contracts
import People
import Store

extension ShelterRegistry {
    package static let migrations = [
        Migration(
            1,
            """
            -- Of each shelter the newest word of the registry that keeps it. `due`: when its numbers are to be told again.
            CREATE TABLE shelter (
                id TEXT PRIMARY KEY,
                row TEXT NOT NULL,
                stage TEXT NOT NULL,
                drill INTEGER NOT NULL,
                since INTEGER NOT NULL,
                until INTEGER,
                heard INTEGER NOT NULL DEFAULT 0,
                told INTEGER NOT NULL DEFAULT 0,
                due INTEGER NOT NULL DEFAULT 0,
                needs_told INTEGER NOT NULL DEFAULT 0,
                needs_due INTEGER,
                -- Who has everybody noted as gone, while there is still somebody.
                emptied_by TEXT,
                emptied_for BLOB
            ) WITHOUT ROWID;
            CREATE INDEX shelter_due ON shelter (due);
            CREATE INDEX shelter_needs_due ON shelter (needs_due) WHERE needs_due IS NOT NULL;
            CREATE INDEX shelter_until ON shelter (until) WHERE until IS NOT NULL;
            CREATE INDEX shelter_emptied ON shelter (id) WHERE emptied_by IS NOT NULL;

            -- What was said of whom: `raw` as it was said, `key` who that is as far as is known now.
            CREATE TABLE note (
                id BLOB PRIMARY KEY,
                source TEXT NOT NULL,
                raw TEXT NOT NULL,
                key TEXT NOT NULL,
                drill INTEGER NOT NULL,
                shelter TEXT NOT NULL,
                step TEXT NOT NULL,
                kind TEXT,
                at INTEGER NOT NULL,
                by TEXT
            ) WITHOUT ROWID;
            CREATE INDEX note_key ON note (key, drill, at);
            CREATE INDEX note_raw ON note (raw);

            -- Of several corrections of one note the latest counts.
            CREATE TABLE correction (
                note BLOB NOT NULL,
                at INTEGER NOT NULL,
                source TEXT NOT NULL,
                id BLOB NOT NULL,
                stands INTEGER NOT NULL,
                PRIMARY KEY (note, at, source, id)
            ) WITHOUT ROWID;

            -- What follows from the notes that stand.
            CREATE TABLE stay (
                key TEXT NOT NULL,
                drill INTEGER NOT NULL,
                n INTEGER NOT NULL,
                shelter TEXT NOT NULL,
                note BLOB NOT NULL,
                kind TEXT NOT NULL,
                away INTEGER NOT NULL,
                starts INTEGER NOT NULL,
                since INTEGER NOT NULL,
                ends INTEGER CHECK (ends >= starts),
                ending TEXT,
                PRIMARY KEY (key, drill, n)
            ) WITHOUT ROWID;
            -- One person, one place.
            CREATE UNIQUE INDEX stay_open ON stay (key, drill) WHERE ends IS NULL;
            CREATE INDEX stay_here ON stay (shelter, drill, key) WHERE ends IS NULL;

            -- Names in notes of which something was learned: who they are is looked at again.
            CREATE TABLE doubtful (raw TEXT PRIMARY KEY) WITHOUT ROWID;

            -- The registries' own books of evacuees: of each part what each registry wrote last, sealed.
            CREATE TABLE evacuee_file (
                who TEXT NOT NULL,
                part TEXT NOT NULL,
                source TEXT NOT NULL,
                at INTEGER NOT NULL,
                row BLOB NOT NULL,
                PRIMARY KEY (who, part, source)
            ) WITHOUT ROWID;
            -- Whom a guest was found to be, as the winning row of that part says.
            CREATE TABLE identity (guest TEXT PRIMARY KEY, "into" TEXT NOT NULL) WITHOUT ROWID;

            -- The guest that a card nobody knew was taken for.
            CREATE TABLE card_guest (guest TEXT PRIMARY KEY, token TEXT NOT NULL) WITHOUT ROWID;

            -- Who belongs to what, as the directory says: a blind index of `household/…`, `district/…`.
            CREATE TABLE member (list TEXT NOT NULL, person TEXT NOT NULL, PRIMARY KEY (list, person)) WITHOUT ROWID;
            CREATE INDEX member_person ON member (person);

            -- Blind indexes of readings.
            CREATE TABLE reading_index (reading BLOB NOT NULL, who TEXT NOT NULL, PRIMARY KEY (reading, who)) WITHOUT ROWID;
            CREATE INDEX reading_index_who ON reading_index (who);

            -- Who was asked for, by which desk, and what was said.
            CREATE TABLE look_up (
                id BLOB PRIMARY KEY,
                who TEXT,
                by TEXT NOT NULL,
                at INTEGER NOT NULL,
                relation TEXT NOT NULL,
                tier TEXT NOT NULL
            ) WITHOUT ROWID;
            CREATE INDEX look_up_who ON look_up (who, at);
            CREATE INDEX look_up_by ON look_up (by, at);

            -- What was told last of where somebody is.
            CREATE TABLE told_whereabouts (key TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID;
            """),
        Migration(
            2,
            """
            CREATE TABLE supply (
                shelter TEXT NOT NULL,
                item TEXT NOT NULL,
                stock INTEGER NOT NULL,
                wanted INTEGER NOT NULL,
                title TEXT,
                PRIMARY KEY (shelter, item)
            ) WITHOUT ROWID;
            -- The numbers of each shelter as they were told last; `due`: when they are to be told again.
            CREATE TABLE supply_told (shelter TEXT PRIMARY KEY, row TEXT, told INTEGER NOT NULL, due INTEGER) WITHOUT ROWID;
            CREATE INDEX supply_told_due ON supply_told (due) WHERE due IS NOT NULL;

            CREATE TABLE hand_out (
                id BLOB PRIMARY KEY,
                shelter TEXT NOT NULL,
                item TEXT NOT NULL,
                each INTEGER NOT NULL,
                household INTEGER NOT NULL,
                agent TEXT,
                reader TEXT,
                drill INTEGER NOT NULL,
                starts INTEGER NOT NULL,
                ends INTEGER
            ) WITHOUT ROWID;
            -- One at a time of anything, and at a reader.
            CREATE UNIQUE INDEX hand_out_now ON hand_out (shelter, item) WHERE ends IS NULL;
            CREATE UNIQUE INDEX hand_out_here ON hand_out (agent, reader) WHERE ends IS NULL AND reader IS NOT NULL;

            -- Who received it: `raw` as it was said, `key` and `household` as far as is known now.
            CREATE TABLE handed (
                id BLOB PRIMARY KEY,
                hand_out BLOB NOT NULL,
                raw TEXT NOT NULL,
                key TEXT NOT NULL,
                household TEXT,
                at INTEGER NOT NULL
            ) WITHOUT ROWID;
            CREATE INDEX handed_key ON handed (hand_out, key);
            CREATE INDEX handed_household ON handed (hand_out, household) WHERE household IS NOT NULL;
            CREATE INDEX handed_who ON handed (key);
            CREATE INDEX handed_raw ON handed (raw);
            """),
        Migration(
            3,
            """
            -- Of other registries: what their clock said last and when that was heard, by how much it is wrong, and the newest note of theirs from
            -- a time to come. Milliseconds.
            CREATE TABLE registry_clock (
                registry TEXT PRIMARY KEY,
                said INTEGER,
                heard INTEGER,
                error INTEGER,
                ahead_until INTEGER NOT NULL DEFAULT 0
            ) WITHOUT ROWID;
            """),
        Migration(
            4,
            """
            -- That somebody is not where they were said to be is told as long as that would be.
            ALTER TABLE told_whereabouts ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
            CREATE INDEX stay_outside ON stay (key) WHERE ends IS NULL AND kind IN ('car', 'home');
            """),
        Migration(5, "ALTER TABLE shelter ADD COLUMN wiped INTEGER NOT NULL DEFAULT 0"),
        Migration(
            6,
            """
            -- Who has looked at the roster of a shelter, or at one evacuee.
            CREATE TABLE evacuee_seen (
                id BLOB PRIMARY KEY,
                at INTEGER NOT NULL,
                by TEXT NOT NULL,
                shelter TEXT,
                who TEXT,
                drill INTEGER NOT NULL
            ) WITHOUT ROWID;
            CREATE INDEX evacuee_seen_at ON evacuee_seen (at);
            CREATE INDEX evacuee_seen_by ON evacuee_seen (by, at);
            CREATE INDEX evacuee_seen_shelter ON evacuee_seen (shelter, at) WHERE shelter IS NOT NULL;
            CREATE INDEX evacuee_seen_who ON evacuee_seen (who, at) WHERE who IS NOT NULL;
            """),
    ]

    package static let sealed = [People<ShelterView>.sealed, files]

    private static let files = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS evacuee_file_vault_key ON evacuee_file (substr(row, 2, 2))",
        dropIndex: "DROP INDEX IF EXISTS evacuee_file_vault_key",
        old: "SELECT row, who || '/' || part, source FROM evacuee_file WHERE substr(row, 2, 2) < ? LIMIT ?",
        context: { Self.context($0.text(1), $0.text(2)) },
        replace: "UPDATE evacuee_file SET row = ? WHERE who || '/' || part = CAST(? AS TEXT) AND source = CAST(? AS TEXT)",
        count: "SELECT substr(row, 2, 2), count(*) FROM evacuee_file WHERE substr(row, 2, 2) < ? GROUP BY 1")

    static func context(_ key: String, _ source: String) -> String { "evacuee_file/\(key)/\(source)" }
}
