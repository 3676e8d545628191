import Store

extension Analytics {
    static let visitTables = Migration(
        1,
        """
        -- Names and the like, once each.
        CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);

        -- What is known of those who agreed to be counted, by a blind index of the card: JSON, sealed. No token lies here.
        CREATE TABLE known (card BLOB PRIMARY KEY, visitor BLOB NOT NULL, row BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX known_visitor ON known (visitor);
        -- Under which visitors are called in a month, drawn for it and deleted once nothing of it can change any more: sealed.
        CREATE TABLE month_key (month INTEGER PRIMARY KEY, row BLOB NOT NULL) WITHOUT ROWID;

        -- day: days after 1970-01-01, of visits (`day-starts`). facility, purpose, district: words. who: 8 bytes of a pseudonym, of the month for those who
        -- agreed, else of this day and house alone. Times are milliseconds.
        CREATE TABLE tap (
            day INTEGER NOT NULL, facility INTEGER NOT NULL, who INTEGER NOT NULL, at INTEGER NOT NULL, id BLOB NOT NULL,
            direction INTEGER NOT NULL, purpose INTEGER NOT NULL,
            PRIMARY KEY (day, facility, who, at, id)
        ) WITHOUT ROWID;

        -- What is made of a person's taps at one house on one day, and nothing else. marks: 1 agreed to be counted, 2 the end is assumed, 4 the end was not
        -- seen, 8 the beginning was not seen. `age` is the first of ten years; residency: a word.
        CREATE TABLE visit (
            day INTEGER NOT NULL, facility INTEGER NOT NULL, who INTEGER NOT NULL, n INTEGER NOT NULL,
            came INTEGER, "left" INTEGER, marks INTEGER NOT NULL, purpose INTEGER NOT NULL, age INTEGER, district INTEGER, residency INTEGER,
            PRIMARY KEY (day, facility, who, n)
        ) WITHOUT ROWID;

        -- Who is inside: whose end is assumed and lies ahead.
        CREATE INDEX visit_inside ON visit (day, facility, "left") WHERE marks & 2;

        -- Where visits were made. stale: something has changed since `told`, when the numbers of everybody's state were counted last, in milliseconds. until:
        -- when they change by themselves.
        CREATE TABLE house_day (
            day INTEGER NOT NULL, facility INTEGER NOT NULL, stale INTEGER NOT NULL DEFAULT 1, told INTEGER NOT NULL DEFAULT 0,
            until INTEGER, visits INTEGER NOT NULL DEFAULT 0, inside INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (day, facility)
        ) WITHOUT ROWID;

        -- Taps at doors wait for the door's verdict, and verdicts for their taps, whichever comes first; heard: a day. row: the tap's event, sealed.
        CREATE TABLE at_door (tap BLOB PRIMARY KEY, heard INTEGER NOT NULL, row BLOB, opened INTEGER) WITHOUT ROWID;
        CREATE INDEX at_door_heard ON at_door (heard);

        -- Taps of machines that have no clock and have not learnt the time yet, by machine (a word) and its start; heard: a day. row: the event, sealed.
        CREATE TABLE unplaced (
            agent INTEGER NOT NULL, epoch TEXT NOT NULL, id BLOB NOT NULL, heard INTEGER NOT NULL, row BLOB NOT NULL,
            PRIMARY KEY (agent, epoch, id)
        ) WITHOUT ROWID;
        -- When such machines were started, in milliseconds, by the time they have learnt since.
        CREATE TABLE started (
            agent INTEGER NOT NULL, epoch TEXT NOT NULL, zero INTEGER NOT NULL, heard INTEGER NOT NULL, PRIMARY KEY (agent, epoch)
        ) WITHOUT ROWID;

        -- Taps that no visit is made of, by the day they were heard on. agent: a word.
        CREATE TABLE odd (
            day INTEGER NOT NULL, reason TEXT NOT NULL, agent INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (day, reason, agent)
        ) WITHOUT ROWID;
        -- What others have counted. hour: -1 for the whole day.
        CREATE TABLE counted (
            day INTEGER NOT NULL, facility INTEGER NOT NULL, hour INTEGER NOT NULL, source TEXT NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (day, facility, hour, source)
        ) WITHOUT ROWID;
        -- Doors that were opened. means: `card`, `code`, `desk`.
        CREATE TABLE unlocked (day INTEGER NOT NULL, means TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (day, means)) WITHOUT ROWID;

        -- month: year × 12 + month − 1. Figures as they were made, JSON by name: that of a table, or `summary`.
        CREATE TABLE figures (
            month INTEGER NOT NULL, revision INTEGER NOT NULL, at INTEGER NOT NULL, visits INTEGER NOT NULL, late INTEGER NOT NULL,
            PRIMARY KEY (month, revision)
        ) WITHOUT ROWID;
        CREATE TABLE figure (
            month INTEGER NOT NULL, revision INTEGER NOT NULL, name TEXT NOT NULL, row BLOB NOT NULL, PRIMARY KEY (month, revision, name)
        ) WITHOUT ROWID;
        -- Visits that came, went or changed since the month's figures were made.
        CREATE TABLE late (month INTEGER PRIMARY KEY, visits INTEGER NOT NULL) WITHOUT ROWID;
        """)

    static let receivedTable = Migration(
        2,
        """
        -- Received without a card, by reception (a word) and day: what it had come to before, and with this day. at: when that was said, in milliseconds.
        CREATE TABLE received (
            reception INTEGER NOT NULL, day INTEGER NOT NULL, at INTEGER NOT NULL, before INTEGER NOT NULL, total INTEGER NOT NULL,
            PRIMARY KEY (reception, day)
        ) WITHOUT ROWID;
        """)

    static let rideTables = Migration(
        3,
        """
        -- How rides stand, by the card held first. line: a word; hour: of the town's clock. epoch, n: where the newest that was said of it stood.
        CREATE TABLE ride (
            id BLOB PRIMARY KEY, day INTEGER NOT NULL, line INTEGER NOT NULL, hour INTEGER NOT NULL, void INTEGER NOT NULL,
            epoch TEXT NOT NULL, n INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX ride_day ON ride (day);
        -- Who held a card on board: a pseudonym of the month for those who agreed, else of the day and line alone.
        CREATE TABLE rider (
            tap BLOB PRIMARY KEY, day INTEGER NOT NULL, line INTEGER NOT NULL, who INTEGER NOT NULL, agreed INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX rider_who ON rider (who);
        CREATE INDEX rider_day ON rider (day);
        """)
}
