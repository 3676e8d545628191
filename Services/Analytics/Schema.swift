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
        -- seen, 8 the beginning was not seen. `age` is the first of ten years; residency the word.
        CREATE TABLE visit (
            day INTEGER NOT NULL, facility INTEGER NOT NULL, who INTEGER NOT NULL, n INTEGER NOT NULL,
            came INTEGER, "left" INTEGER, marks INTEGER NOT NULL, purpose INTEGER NOT NULL, age INTEGER, district INTEGER, residency INTEGER,
            PRIMARY KEY (day, facility, who, n)
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
}
