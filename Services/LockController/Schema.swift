import Store

extension LockController {
    package static let migrations = [
        Migration(
            1,
            """
            CREATE TABLE booking (
                id BLOB PRIMARY KEY,
                door TEXT NOT NULL,
                starts INTEGER NOT NULL,
                ends INTEGER NOT NULL CHECK (ends > starts),
                cancelled INTEGER NOT NULL DEFAULT 0
            ) WITHOUT ROWID;
            CREATE INDEX booking_door ON booking (door, starts);
            CREATE INDEX booking_starts ON booking (starts, id);

            CREATE TABLE booking_token (
                token TEXT NOT NULL,
                booking BLOB NOT NULL REFERENCES booking (id),
                PRIMARY KEY (token, booking)
            ) WITHOUT ROWID;
            CREATE INDEX booking_token_booking ON booking_token (booking);

            CREATE TABLE group_token (token TEXT NOT NULL, "group" TEXT NOT NULL, PRIMARY KEY (token, "group")) WITHOUT ROWID;
            CREATE TABLE group_door ("group" TEXT NOT NULL, door TEXT NOT NULL, PRIMARY KEY ("group", door)) WITHOUT ROWID;

            -- The highest counter given out in a grant.
            CREATE TABLE door_count (door TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;

            -- Decisions to open; result is NULL until the lock or the timer has spoken.
            CREATE TABLE opening (
                decision BLOB PRIMARY KEY,
                door TEXT NOT NULL,
                tap BLOB NOT NULL,
                due INTEGER NOT NULL,
                result TEXT
            ) WITHOUT ROWID;
            CREATE INDEX opening_due ON opening (due) WHERE result IS NULL;

            CREATE TABLE door (
                door TEXT PRIMARY KEY,
                lock TEXT NOT NULL DEFAULT 'unknown',
                decision BLOB,
                result TEXT,
                result_at INTEGER
            ) WITHOUT ROWID;

            CREATE TABLE agent_clock (
                agent TEXT NOT NULL,
                heard INTEGER NOT NULL,
                offset INTEGER NOT NULL,
                PRIMARY KEY (agent, heard)
            ) WITHOUT ROWID;
            """),
        Migration(
            2,
            """
            -- Decisions to open under the grant's counter, one for all doors; result is NULL until the lock or the timer has spoken.
            CREATE TABLE opening_2 (
                count INTEGER PRIMARY KEY,
                decision BLOB NOT NULL UNIQUE,
                door TEXT NOT NULL,
                tap BLOB NOT NULL,
                due INTEGER NOT NULL,
                result TEXT
            );
            -- The newest gets the highest counter that any door has seen, so that the next one is above it.
            INSERT INTO opening_2 (count, decision, door, tap, due, result)
            SELECT (SELECT max(last) FROM door_count) - (SELECT count(*) FROM opening) + row_number() OVER (ORDER BY due, decision),
                decision, door, tap, due, result FROM opening;
            DROP TABLE opening;
            DROP TABLE door_count;
            ALTER TABLE opening_2 RENAME TO opening;
            CREATE INDEX opening_due ON opening (due) WHERE result IS NULL;
            """),
        Migration(
            3,
            """
            CREATE TABLE booking_person (
                person TEXT NOT NULL,
                booking BLOB NOT NULL REFERENCES booking (id),
                PRIMARY KEY (person, booking)
            ) WITHOUT ROWID;
            CREATE INDEX booking_person_booking ON booking_person (booking);
            """),
        Migration(
            4,
            """
            -- What locks have told of their doors, in the order of its own time, and what each door was after it.
            CREATE TABLE door_sign (
                door TEXT NOT NULL,
                at INTEGER NOT NULL,
                rank INTEGER NOT NULL,
                id BLOB NOT NULL,
                grant_id BLOB,
                condition BLOB NOT NULL,
                life BLOB NOT NULL,
                PRIMARY KEY (door, at, rank, id)
            ) WITHOUT ROWID;
            CREATE INDEX door_sign_at ON door_sign (at);

            -- held: when an open door will be open for too long. folded: signs until then are not kept any more.
            CREATE TABLE door_life (
                door TEXT PRIMARY KEY,
                life BLOB NOT NULL,
                at INTEGER NOT NULL,
                held INTEGER,
                folded INTEGER NOT NULL DEFAULT 0
            ) WITHOUT ROWID;
            CREATE INDEX door_life_held ON door_life (held) WHERE held IS NOT NULL;

            -- Locks that are lost; due is NULL once that was alarmed.
            CREATE TABLE door_silence (door TEXT PRIMARY KEY, since INTEGER NOT NULL, due INTEGER) WITHOUT ROWID;
            CREATE INDEX door_silence_due ON door_silence (due) WHERE due IS NOT NULL;

            CREATE TABLE alarm (
                id BLOB PRIMARY KEY,
                door TEXT NOT NULL,
                kind TEXT NOT NULL,
                raised INTEGER NOT NULL,
                cleared INTEGER,
                withdrawn INTEGER NOT NULL DEFAULT 0,
                acknowledged INTEGER,
                by TEXT,
                note TEXT
            ) WITHOUT ROWID;
            CREATE INDEX alarm_raised ON alarm (raised, id);
            CREATE INDEX alarm_open ON alarm (door, kind) WHERE acknowledged IS NULL AND NOT withdrawn;

            CREATE TABLE battery (door TEXT NOT NULL, at INTEGER NOT NULL, percent INTEGER NOT NULL, PRIMARY KEY (door, at)) WITHOUT ROWID;

            -- Who did what at a door and why. What a lock said of a grant stands in opening.
            CREATE TABLE audit (
                door TEXT NOT NULL,
                at INTEGER NOT NULL,
                id BLOB NOT NULL,
                what TEXT NOT NULL,
                who TEXT,
                why TEXT,
                by TEXT,
                PRIMARY KEY (door, at, id)
            ) WITHOUT ROWID;

            -- Whether the door was opened by it; NULL where it was not, or nobody can tell.
            ALTER TABLE opening ADD COLUMN used INTEGER;
            """),
    ]
}
