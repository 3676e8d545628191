import Store

extension LockController {
    package static let migrations = spine + atDoors + atSites + atShelters

    private static let spine = [
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
    ]
}
