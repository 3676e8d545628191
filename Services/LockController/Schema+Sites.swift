import Store

/// What the town and its sites tell each other beside rights.
extension LockController {
    static let atSites = [
        Migration(
            12,
            """
            -- At the town: lines of the audit as sites have told them, NULL where one was not so; epoch and n are the place of the newest word.
            CREATE TABLE site_audit (
                door TEXT NOT NULL,
                at INTEGER NOT NULL,
                id BLOB NOT NULL,
                line BLOB,
                epoch TEXT NOT NULL,
                n INTEGER NOT NULL,
                PRIMARY KEY (door, at, id)
            ) WITHOUT ROWID;
            CREATE INDEX site_audit_at ON site_audit (at);

            -- Of an alarm at a site: which, and the place of the newest word about it.
            ALTER TABLE alarm ADD COLUMN site TEXT;
            ALTER TABLE alarm ADD COLUMN epoch TEXT;
            ALTER TABLE alarm ADD COLUMN n INTEGER;

            -- At a site: the place of the exception among the town's rulings, which is the order in which they were made.
            ALTER TABLE exception ADD COLUMN epoch TEXT;
            ALTER TABLE exception ADD COLUMN place INTEGER;

            -- That a booking was used changes no right.
            DROP TRIGGER booking_changed;
            CREATE TRIGGER booking_changed AFTER UPDATE OF door, starts, ends, paid, cancelled ON booking
            BEGIN INSERT INTO untold_booking SELECT new.id WHERE NOT EXISTS (SELECT 1 FROM untold_booking WHERE booking = new.id); END;
            """)
    ]
}
