import Store

extension ResidentDirectory {
    package static let migrations = [
        Migration(
            1,
            """
            -- Blobs are sealed, or blind indexes: without the key of the vault they say nothing.
            CREATE TABLE person (
                id TEXT PRIMARY KEY,
                residency TEXT NOT NULL,
                standing TEXT NOT NULL,
                facts BLOB NOT NULL,
                -- Of the folded reading and the birth date.
                search BLOB,
                household BLOB,
                -- Whoever this person was found to be.
                merged TEXT REFERENCES person (id),
                since INTEGER NOT NULL,
                -- When they left, or were erased.
                ended INTEGER,
                CHECK ((merged IS NOT NULL) = (standing = 'merged'))
            ) WITHOUT ROWID;
            CREATE INDEX person_search ON person (search) WHERE search IS NOT NULL;
            CREATE INDEX person_household ON person (household) WHERE household IS NOT NULL;
            CREATE INDEX person_merged ON person (merged) WHERE merged IS NOT NULL;
            CREATE INDEX person_ended ON person (ended) WHERE ended IS NOT NULL;

            -- Under which numbers lists of the town know a person.
            CREATE TABLE person_number (
                list TEXT NOT NULL,
                number BLOB NOT NULL,
                person TEXT NOT NULL REFERENCES person (id),
                written BLOB NOT NULL,
                PRIMARY KEY (list, number)
            ) WITHOUT ROWID;
            CREATE INDEX person_number_person ON person_number (person);

            -- One person a token, whatever its status.
            CREATE TABLE card (
                token TEXT PRIMARY KEY,
                person TEXT NOT NULL REFERENCES person (id),
                scheme TEXT NOT NULL,
                status TEXT NOT NULL,
                since INTEGER NOT NULL,
                until INTEGER,
                -- The same card under the former token key.
                former TEXT,
                CHECK ((until IS NULL) = (status = 'active'))
            ) WITHOUT ROWID;
            CREATE INDEX card_person ON card (person);
            CREATE INDEX card_former ON card (former) WHERE former IS NOT NULL;

            -- person is kind to other.
            CREATE TABLE relation (
                person TEXT NOT NULL REFERENCES person (id),
                kind TEXT NOT NULL,
                other TEXT NOT NULL REFERENCES person (id) CHECK (other <> person),
                since INTEGER NOT NULL,
                PRIMARY KEY (person, kind, other)
            ) WITHOUT ROWID;
            CREATE INDEX relation_other ON relation (other);

            CREATE TABLE member (
                "group" TEXT NOT NULL,
                person TEXT NOT NULL REFERENCES person (id),
                since INTEGER NOT NULL,
                PRIMARY KEY ("group", person)
            ) WITHOUT ROWID;
            CREATE INDEX member_person ON member (person);

            -- The newest of a service and kind is what holds.
            CREATE TABLE consent (
                person TEXT NOT NULL REFERENCES person (id),
                service TEXT NOT NULL,
                kind TEXT NOT NULL,
                at INTEGER NOT NULL,
                given INTEGER NOT NULL,
                wording TEXT NOT NULL,
                how TEXT NOT NULL,
                PRIMARY KEY (person, service, kind, at)
            ) WITHOUT ROWID;

            -- What lists of the entitled say; what follows from attributes is not written down.
            CREATE TABLE eligibility (
                person TEXT NOT NULL REFERENCES person (id),
                programme TEXT NOT NULL,
                list TEXT NOT NULL,
                starts TEXT NOT NULL,
                ends TEXT,
                PRIMARY KEY (person, programme, list)
            ) WITHOUT ROWID;

            -- Who decided what about whom, and who looked.
            CREATE TABLE ruling (
                id BLOB PRIMARY KEY,
                at INTEGER NOT NULL,
                who TEXT NOT NULL,
                what TEXT NOT NULL,
                person TEXT NOT NULL,
                -- The other person, the card, the group.
                about TEXT,
                why BLOB,
                -- What it takes to take it back.
                before BLOB,
                undone INTEGER NOT NULL DEFAULT 0
            ) WITHOUT ROWID;
            CREATE INDEX ruling_person ON ruling (person, at);
            CREATE INDEX ruling_at ON ruling (at);

            -- Cards held at readers for enrolment within the last minutes.
            CREATE TABLE fresh_tap (
                tap BLOB PRIMARY KEY,
                token TEXT NOT NULL,
                former TEXT,
                scheme TEXT NOT NULL,
                heard INTEGER NOT NULL,
                used INTEGER NOT NULL DEFAULT 0
            ) WITHOUT ROWID;

            -- What each service was told last of each key, as a blind index.
            CREATE TABLE told (view TEXT NOT NULL, key TEXT NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (view, key)) WITHOUT ROWID;

            -- Lists of the town on their way: handed over, approved by somebody else, applied.
            CREATE TABLE list (
                id BLOB PRIMARY KEY,
                name TEXT NOT NULL,
                header BLOB NOT NULL,
                rows INTEGER NOT NULL,
                sha256 TEXT NOT NULL,
                stage TEXT NOT NULL,
                opened_by TEXT NOT NULL,
                approved_by TEXT,
                applied_by TEXT,
                -- Lines up to here are applied.
                line INTEGER NOT NULL DEFAULT 0,
                at INTEGER NOT NULL,
                CHECK (approved_by IS NULL OR approved_by <> opened_by)
            ) WITHOUT ROWID;

            CREATE TABLE list_row (
                list BLOB NOT NULL REFERENCES list (id) ON DELETE CASCADE,
                line INTEGER NOT NULL,
                cells BLOB NOT NULL,
                what TEXT NOT NULL,
                -- Whom it means, and by which number: for who has left.
                person TEXT,
                number BLOB,
                -- Not understood, and nobody can tell whom it means.
                anybody INTEGER NOT NULL,
                PRIMARY KEY (list, line)
            ) WITHOUT ROWID;
            CREATE INDEX list_row_person ON list_row (list, person);
            CREATE INDEX list_row_anybody ON list_row (list) WHERE anybody;
            CREATE INDEX list_row_number ON list_row (list, number) WHERE number IS NOT NULL;

            -- How many lines of each kind were found, and done.
            CREATE TABLE list_count (list BLOB NOT NULL, what TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (list, what)) WITHOUT ROWID;

            -- Everybody's views are made anew, a few at a time, once a day and when the rules have changed.
            CREATE TABLE sweep (
                one INTEGER PRIMARY KEY CHECK (one = 1),
                id BLOB NOT NULL,
                day TEXT NOT NULL,
                rules BLOB NOT NULL,
                -- Everybody up to here is done; NULL when all are.
                after TEXT,
                -- Whether services are told again what they were told before.
                again INTEGER NOT NULL
            );
            """),
        Migration(
            2,
            """
            -- Who had every service told everything again, and why.
            CREATE TABLE told_again (id BLOB PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, why BLOB NOT NULL) WITHOUT ROWID;
            """),
        Migration(
            3,
            """
            -- Who was said to want to open their own page within the last hour: by a blind index of reading and birth date, or by a card that did not fit.
            CREATE TABLE own_try (mark BLOB NOT NULL, at INTEGER NOT NULL, id BLOB NOT NULL, PRIMARY KEY (mark, at, id)) WITHOUT ROWID;
            """),
    ]
}
