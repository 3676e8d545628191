import Store

extension ReaderAgent {
    package static let migrations = [
        Migration(
            1,
            """
            -- The last tap of each card at each reader, in milliseconds since the machine started.
            CREATE TABLE recent (reader TEXT NOT NULL, token TEXT NOT NULL, uptime INTEGER NOT NULL, PRIMARY KEY (reader, token)) WITHOUT ROWID;
            CREATE INDEX recent_uptime ON recent (uptime);

            -- A purpose set by command holds while the configuration is the one it was set under.
            CREATE TABLE purpose (reader TEXT PRIMARY KEY, purpose TEXT NOT NULL, configured TEXT NOT NULL) WITHOUT ROWID;

            CREATE TABLE reader (reader TEXT PRIMARY KEY, condition TEXT NOT NULL) WITHOUT ROWID;
            """),
        Migration(
            2,
            """
            -- A time since the start of the machine means nothing beside one of another start, so each says which start it counts from (boot_id).
            DROP TABLE recent;
            CREATE TABLE recent (
                reader TEXT NOT NULL, token TEXT NOT NULL, boot TEXT NOT NULL, uptime INTEGER NOT NULL, PRIMARY KEY (reader, token)) WITHOUT ROWID;
            CREATE INDEX recent_uptime ON recent (uptime);
            """),
        Migration(
            3,
            """
            -- What was told of each card for the doors that decide alone: a digest, and when.
            CREATE TABLE lease_told (token TEXT PRIMARY KEY, digest BLOB NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
            CREATE INDEX lease_told_at ON lease_told (at);
            """),
        Migration(
            4,
            """
            -- Shelters that are open or closing; until: the end of a rehearsal.
            CREATE TABLE open_shelter (shelter TEXT PRIMARY KEY, stage TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER) WITHOUT ROWID;

            -- A purpose set by command while the reader stands for a shelter holds until the next change of that.
            CREATE TABLE meanwhile (reader TEXT PRIMARY KEY, shelter TEXT NOT NULL, purpose TEXT NOT NULL) WITHOUT ROWID;
            """),
        Migration(
            5,
            """
            -- What the next card at a shop's reader pays, until when.
            CREATE TABLE charge (reader TEXT PRIMARY KEY, row TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
            """),
    ]
}
