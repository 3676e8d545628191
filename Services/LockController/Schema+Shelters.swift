import Store

extension LockController {
    static let atShelters = [
        Migration(
            13,
            """
            -- Shelters that are open or closing, in whatever the town's file says of them; until: the end of a rehearsal.
            CREATE TABLE open_shelter (shelter TEXT PRIMARY KEY, drill INTEGER NOT NULL, until INTEGER) WITHOUT ROWID;
            """)
    ]
}
