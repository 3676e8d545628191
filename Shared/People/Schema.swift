import ServiceKit
import Store

/// The tables of a view. A service follows one view, so their names are its alone; they are counted apart from its own tables.
enum PeopleSchema {
    static let tables = Tables(
        "people",
        [
            Migration(
                1,
                """
                -- The newest row of each person that still says something: JSON as it was said, NULL where all that is left is into whom it was merged.
                CREATE TABLE view_person (person TEXT PRIMARY KEY, "into" TEXT, row TEXT) WITHOUT ROWID;
                CREATE INDEX view_person_into ON view_person ("into", person) WHERE "into" IS NOT NULL;

                -- Which newest row names which card. Of several the last in this order counts, so that the answer is read off the end of the key.
                CREATE TABLE view_token (
                    token TEXT NOT NULL,
                    epoch TEXT NOT NULL,
                    n INTEGER NOT NULL,
                    person TEXT NOT NULL,
                    barred INTEGER NOT NULL,
                    PRIMARY KEY (token, epoch, n, person)
                ) WITHOUT ROWID;
                CREATE INDEX view_token_person ON view_token (person);
                """)
        ])
}
