import Store

extension Points {
    static let tables = [
        Migration(
            2,
            """
            -- Taps as rules see them, for as long as one may pay and be tried on: by person, or by token where nobody is known by it yet.
            CREATE TABLE tap (
                key TEXT NOT NULL,
                at INTEGER NOT NULL,
                id BLOB NOT NULL,
                place TEXT NOT NULL,
                purpose TEXT NOT NULL,
                direction TEXT,
                assurance TEXT NOT NULL,
                PRIMARY KEY (key, at, id)
            ) WITHOUT ROWID;
            CREATE INDEX tap_at ON tap (at);

            -- Who was where, for rules that ask who came along.
            CREATE TABLE company (
                place TEXT NOT NULL, at INTEGER NOT NULL, id BLOB NOT NULL, person TEXT NOT NULL, PRIMARY KEY (place, at, id)
            ) WITHOUT ROWID;
            CREATE INDEX company_at ON company (at);

            -- Cards held at a counter now. A tap does one thing.
            CREATE TABLE fresh_tap (
                id BLOB PRIMARY KEY, person TEXT NOT NULL, heard INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0
            ) WITHOUT ROWID;

            -- What rules have given for which tap.
            CREATE TABLE earned (
                person TEXT NOT NULL,
                rule TEXT NOT NULL,
                day TEXT NOT NULL,
                tap BLOB NOT NULL,
                place TEXT NOT NULL,
                PRIMARY KEY (person, rule, day, tap)
            ) WITHOUT ROWID;

            -- Reserved until the attendance is confirmed.
            CREATE TABLE unconfirmed (
                rule TEXT NOT NULL, at INTEGER NOT NULL, transfer BLOB NOT NULL, person TEXT NOT NULL, amount INTEGER NOT NULL,
                PRIMARY KEY (rule, at, transfer)
            ) WITHOUT ROWID;

            -- Each as JSON, with what it is looked for by.
            CREATE TABLE payment (id BLOB PRIMARY KEY, shop TEXT NOT NULL, due INTEGER, row TEXT NOT NULL) WITHOUT ROWID;
            CREATE INDEX payment_shop ON payment (shop, id);
            CREATE INDEX payment_due ON payment (due) WHERE due IS NOT NULL;

            -- What was taken of somebody beyond what was there, by whom that was cut off: one purse's units.
            CREATE TABLE overdrawn (
                person TEXT NOT NULL, purse TEXT NOT NULL, cause BLOB NOT NULL, amount INTEGER NOT NULL, PRIMARY KEY (person, purse, cause)
            ) WITHOUT ROWID;

            -- Lots that end are looked for by their day; up to which day that is done.
            CREATE INDEX account_expires ON account (expires) WHERE expires <> '';
            CREATE TABLE swept (day TEXT NOT NULL);
            INSERT INTO swept (day) VALUES ('0001-01-01');

            -- Each as JSON; cursor: how far gathering, paying or taking back has come.
            CREATE TABLE campaign (
                id TEXT PRIMARY KEY, opened INTEGER NOT NULL, stage TEXT NOT NULL, cursor TEXT NOT NULL DEFAULT '', row TEXT NOT NULL
            ) WITHOUT ROWID;
            CREATE INDEX campaign_opened ON campaign (opened);
            CREATE INDEX campaign_at_work ON campaign (stage) WHERE stage IN ('gathering', 'paying', 'reversing');
            CREATE TABLE campaign_line (
                campaign TEXT NOT NULL,
                line INTEGER NOT NULL,
                person TEXT NOT NULL,
                amount INTEGER NOT NULL,
                verdict TEXT NOT NULL,
                PRIMARY KEY (campaign, line)
            ) WITHOUT ROWID;
            CREATE INDEX campaign_line_person ON campaign_line (campaign, person);
            -- One benefit, one person, once: whoever pays looks here, and this key forbids the second time.
            CREATE TABLE benefit (benefit TEXT NOT NULL, person TEXT NOT NULL, campaign TEXT NOT NULL, PRIMARY KEY (benefit, person)) WITHOUT ROWID;

            -- Periods that were signed off.
            CREATE TABLE settlement (
                party TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL, row TEXT NOT NULL, PRIMARY KEY (party, first)
            ) WITHOUT ROWID;

            -- What one person gave others, for the limit of a day.
            CREATE TABLE gift (
                person TEXT NOT NULL, purse TEXT NOT NULL, day TEXT NOT NULL, id BLOB NOT NULL, amount INTEGER NOT NULL,
                PRIMARY KEY (person, purse, day, id)
            ) WITHOUT ROWID;
            """)
    ]
}
