import Store

/// What doors have beside bookings, groups and orders.
extension LockController {
    static let atDoors = [
        Migration(
            4,
            """
            -- What another system knows the booking as; whether it is paid, where it is to be; when it first opened its door.
            ALTER TABLE booking ADD COLUMN reference TEXT;
            ALTER TABLE booking ADD COLUMN paid INTEGER;
            ALTER TABLE booking ADD COLUMN opened INTEGER;
            CREATE UNIQUE INDEX booking_reference ON booking (reference) WHERE reference IS NOT NULL;
            """),
        Migration(
            5,
            """
            -- Disaster modes; due is when the wish or the mode is over, NULL when it is.
            CREATE TABLE disaster (
                id BLOB PRIMARY KEY,
                plan TEXT NOT NULL,
                stage TEXT NOT NULL,
                proposed_by TEXT NOT NULL,
                agreed_by TEXT,
                until INTEGER NOT NULL,
                drill INTEGER,
                due INTEGER
            ) WITHOUT ROWID;
            CREATE UNIQUE INDEX disaster_plan ON disaster (plan) WHERE due IS NOT NULL;
            """),
        Migration(
            6,
            """
            -- In the order in which they were made; groups are names with spaces between them.
            CREATE TABLE exception (
                n INTEGER PRIMARY KEY AUTOINCREMENT,
                id BLOB NOT NULL UNIQUE,
                door TEXT NOT NULL,
                starts INTEGER NOT NULL,
                ends INTEGER NOT NULL CHECK (ends > starts),
                kind TEXT NOT NULL CHECK (kind IN ('open', 'close')),
                groups TEXT NOT NULL,
                reason TEXT,
                undone INTEGER NOT NULL DEFAULT 0
            );
            CREATE INDEX exception_door ON exception (door, ends);

            -- When somebody of a group that has to come first last came in.
            CREATE TABLE arrival (
                door TEXT NOT NULL,
                "group" TEXT NOT NULL,
                at INTEGER NOT NULL,
                tap BLOB NOT NULL,
                PRIMARY KEY (door, "group")
            ) WITHOUT ROWID;
            CREATE INDEX arrival_tap ON arrival (tap);

            -- Who has come in by a schedule, in which of its openings: a person, or a card of nobody known.
            CREATE TABLE slot_guest (
                door TEXT NOT NULL,
                schedule TEXT NOT NULL,
                starts INTEGER NOT NULL,
                guest TEXT NOT NULL,
                PRIMARY KEY (door, starts, schedule, guest)
            ) WITHOUT ROWID;

            -- Who went in or out of a zone; failed is NULL until the lock has said whether the door opened.
            CREATE TABLE passage (
                zone TEXT NOT NULL,
                holder TEXT NOT NULL,
                at INTEGER NOT NULL,
                tap BLOB NOT NULL,
                way TEXT NOT NULL CHECK (way IN ('in', 'out')),
                failed INTEGER,
                PRIMARY KEY (zone, holder, at, tap)
            ) WITHOUT ROWID;
            CREATE INDEX passage_tap ON passage (tap);
            CREATE INDEX passage_at ON passage (at);
            """),
        Migration(
            7,
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
        Migration(
            8,
            """
            -- What cards are called at the doors that decide alone, and when each was last told.
            CREATE TABLE lease_token (token TEXT PRIMARY KEY, heard INTEGER NOT NULL) WITHOUT ROWID;
            CREATE INDEX lease_token_heard ON lease_token (heard);

            -- When a card may enter: pairs of seconds, 4 bytes each; none is x''. `changed` counts as the door's lists do, `narrowed` says that since
            -- the last whole list the card has lost something.
            CREATE TABLE lease_card (
                door TEXT NOT NULL,
                hash INTEGER NOT NULL,
                token TEXT NOT NULL,
                windows BLOB NOT NULL DEFAULT x'',
                changed INTEGER NOT NULL DEFAULT 0,
                narrowed INTEGER NOT NULL DEFAULT 0,
                PRIMARY KEY (door, hash, token)
            ) WITHOUT ROWID;
            CREATE INDEX lease_card_token ON lease_card (token);
            CREATE INDEX lease_card_changed ON lease_card (door, changed, hash, narrowed) WHERE changed > 0;

            -- Cards whose rights may have changed.
            CREATE TABLE lease_due (token TEXT PRIMARY KEY) WITHOUT ROWID;

            -- What the door's lock was given, what it says it has, and when to look at it again.
            CREATE TABLE lease (
                door TEXT PRIMARY KEY,
                due INTEGER NOT NULL DEFAULT 0,
                last INTEGER NOT NULL DEFAULT 0,
                terms TEXT,
                issued INTEGER,
                expires INTEGER,
                lease INTEGER,
                changes INTEGER,
                cards INTEGER NOT NULL DEFAULT 0,
                omitted INTEGER NOT NULL DEFAULT 0,
                held_lease INTEGER,
                held_changes INTEGER,
                held_expires INTEGER,
                held_since INTEGER,
                resent INTEGER NOT NULL DEFAULT 0
            ) WITHOUT ROWID;

            -- The bytes beside it, so that looking at the row does not move them.
            CREATE TABLE lease_list (door TEXT NOT NULL, part TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (door, part));
            """),
        Migration(
            9,
            """
            CREATE TABLE locker_item (
                id BLOB PRIMARY KEY,
                locker TEXT NOT NULL,
                compartment TEXT NOT NULL,
                number TEXT,
                state TEXT NOT NULL,
                until INTEGER NOT NULL,
                trouble TEXT,
                put INTEGER NOT NULL,
                remind INTEGER,
                decision BLOB,
                errand TEXT,
                underway INTEGER NOT NULL,
                settles INTEGER,
                due INTEGER
            ) WITHOUT ROWID;
            -- Nobody finds the item of somebody else.
            CREATE UNIQUE INDEX locker_item_compartment ON locker_item (compartment) WHERE state IN ('reserved', 'filled', 'expired');
            CREATE INDEX locker_item_decision ON locker_item (decision) WHERE decision IS NOT NULL;
            CREATE INDEX locker_item_due ON locker_item (due) WHERE due IS NOT NULL;
            CREATE INDEX locker_item_over ON locker_item (until, id) WHERE state IN ('collected', 'returned', 'released');
            CREATE TABLE locker_token (token TEXT NOT NULL, item BLOB NOT NULL REFERENCES locker_item (id), PRIMARY KEY (token, item)) WITHOUT ROWID;
            CREATE INDEX locker_token_item ON locker_token (item);
            CREATE TABLE locker_person (person TEXT NOT NULL, item BLOB NOT NULL REFERENCES locker_item (id), PRIMARY KEY (person, item)) WITHOUT ROWID;
            CREATE INDEX locker_person_item ON locker_person (item);

            -- Which code of a booking counts; the code itself is nowhere. How many wrong ones were entered while its slot ran.
            CREATE TABLE booking_code (booking BLOB PRIMARY KEY, number INTEGER NOT NULL, wrong INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
            CREATE TABLE code_try (door TEXT NOT NULL, at INTEGER NOT NULL);
            CREATE INDEX code_try_door ON code_try (door, at);
            """),
        Migration(
            10,
            """
            -- What sites are to be told: bookings, and cards and doors of groups ('' where it is about the other), that have changed.
            CREATE TABLE untold_booking (booking BLOB PRIMARY KEY) WITHOUT ROWID;
            CREATE TABLE untold_group (
                "group" TEXT NOT NULL, token TEXT NOT NULL, door TEXT NOT NULL, PRIMARY KEY ("group", token, door)
            ) WITHOUT ROWID;
            INSERT INTO untold_booking SELECT id FROM booking;
            INSERT INTO untold_group SELECT "group", token, '' FROM group_token;
            INSERT INTO untold_group SELECT "group", '', door FROM group_door;

            -- Not OR IGNORE: the statement that fires a trigger overrules what the trigger does on conflict.
            CREATE TRIGGER booking_made AFTER INSERT ON booking BEGIN INSERT INTO untold_booking SELECT new.id WHERE NOT EXISTS (SELECT 1 FROM untold_booking WHERE booking = new.id); END;
            CREATE TRIGGER booking_changed AFTER UPDATE ON booking BEGIN INSERT INTO untold_booking SELECT new.id WHERE NOT EXISTS (SELECT 1 FROM untold_booking WHERE booking = new.id); END;
            CREATE TRIGGER booking_gone AFTER DELETE ON booking BEGIN INSERT INTO untold_booking SELECT old.id WHERE NOT EXISTS (SELECT 1 FROM untold_booking WHERE booking = old.id); END;
            CREATE TRIGGER group_token_in AFTER INSERT ON group_token
            BEGIN INSERT INTO untold_group SELECT new."group", new.token, '' WHERE NOT EXISTS (
                SELECT 1 FROM untold_group WHERE "group" = new."group" AND token = new.token AND door = ''); END;
            CREATE TRIGGER group_token_out AFTER DELETE ON group_token
            BEGIN INSERT INTO untold_group SELECT old."group", old.token, '' WHERE NOT EXISTS (
                SELECT 1 FROM untold_group WHERE "group" = old."group" AND token = old.token AND door = ''); END;
            CREATE TRIGGER group_door_in AFTER INSERT ON group_door
            BEGIN INSERT INTO untold_group SELECT new."group", '', new.door WHERE NOT EXISTS (
                SELECT 1 FROM untold_group WHERE "group" = new."group" AND token = '' AND door = new.door); END;
            CREATE TRIGGER group_door_out AFTER DELETE ON group_door
            BEGIN INSERT INTO untold_group SELECT old."group", '', old.door WHERE NOT EXISTS (
                SELECT 1 FROM untold_group WHERE "group" = old."group" AND token = '' AND door = old.door); END;

            -- At a site: when the town was last heard.
            CREATE TABLE town_heard (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL);
            """),
        Migration(
            11,
            """
            -- What has been taken away is counted, and looked for, at every change; without these by going through all that has changed.
            CREATE INDEX lease_card_narrowed ON lease_card (door, narrowed, changed, hash) WHERE changed > 0 AND narrowed = 1;
            CREATE INDEX lease_card_revoked ON lease_card (door, windows, changed) WHERE changed > 0 AND windows = x'';
            """),
    ]
}
