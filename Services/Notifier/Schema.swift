import Contracts
import People
import Store

extension Notifier {
    static let deliveryTables = Migration(
        1,
        """
        -- What is looked for by: schools and districts as blind indexes. All of it is made anew from a person's row in the view.
        CREATE TABLE known (person TEXT PRIMARY KEY, school BLOB, district BLOB) WITHOUT ROWID;
        CREATE INDEX known_school ON known (school, person) WHERE school IS NOT NULL;
        CREATE INDEX known_district ON known (district, person) WHERE district IS NOT NULL;
        CREATE TABLE member ("group" TEXT NOT NULL, person TEXT NOT NULL, PRIMARY KEY ("group", person)) WITHOUT ROWID;
        CREATE INDEX member_person ON member (person);
        -- Who may be told about whom, and who may bring or collect whom.
        CREATE TABLE told_of (recipient TEXT NOT NULL, subject TEXT NOT NULL, PRIMARY KEY (recipient, subject)) WITHOUT ROWID;
        CREATE INDEX told_of_subject ON told_of (subject);
        CREATE TABLE collects (collector TEXT NOT NULL, child TEXT NOT NULL, PRIMARY KEY (collector, child)) WITHOUT ROWID;
        CREATE INDEX collects_child ON collects (child);

        -- Ways to somebody beside those of the directory: JSON, sealed.
        CREATE TABLE subscription (person TEXT NOT NULL, mark BLOB NOT NULL, row BLOB NOT NULL, PRIMARY KEY (person, mark)) WITHOUT ROWID;

        -- What is told, once for all who are told: JSON with ids in place of names, sealed.
        CREATE TABLE notice (
            id BLOB PRIMARY KEY,
            word TEXT NOT NULL,
            about BLOB NOT NULL,
            subject TEXT,
            at INTEGER NOT NULL,
            row BLOB NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX notice_at ON notice (at);

        -- urgency: the lower the sooner. lead: the delivery that this one leaves with, in one message. mark: the address it was handed over with.
        CREATE TABLE delivery (
            id BLOB PRIMARY KEY,
            notice BLOB NOT NULL REFERENCES notice (id),
            recipient TEXT NOT NULL,
            urgency INTEGER NOT NULL,
            stage TEXT NOT NULL,
            created INTEGER NOT NULL,
            due INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            tries INTEGER NOT NULL DEFAULT 0,
            way TEXT,
            mark BLOB,
            code INTEGER,
            detail TEXT,
            ended INTEGER,
            twice INTEGER NOT NULL DEFAULT 0,
            lead BLOB
        ) WITHOUT ROWID;
        CREATE UNIQUE INDEX delivery_once ON delivery (notice, recipient);
        CREATE INDEX delivery_due ON delivery (urgency, due) WHERE stage IN ('queued', 'deferred') AND lead IS NULL;
        CREATE INDEX delivery_open ON delivery (recipient, created) WHERE stage IN ('queued', 'deferred', 'sending');
        CREATE INDEX delivery_sending ON delivery (due) WHERE stage = 'sending';
        CREATE INDEX delivery_lead ON delivery (lead) WHERE lead IS NOT NULL;
        CREATE INDEX delivery_recipient ON delivery (recipient, id);

        -- Addresses a delivery has given up.
        CREATE TABLE given_up (delivery BLOB NOT NULL, mark BLOB NOT NULL, PRIMARY KEY (delivery, mark)) WITHOUT ROWID;

        -- Addresses that do not work, by a blind index of the address: since when, and by whose answer.
        CREATE TABLE dead_address (
            recipient TEXT NOT NULL, mark BLOB NOT NULL, way TEXT NOT NULL, since INTEGER NOT NULL, code INTEGER, PRIMARY KEY (recipient, mark)
        ) WITHOUT ROWID;

        -- What devices in homes show, for a day.
        CREATE TABLE home_notice (
            home TEXT NOT NULL, at INTEGER NOT NULL, notice BLOB NOT NULL, person TEXT NOT NULL, PRIMARY KEY (home, notice)
        ) WITHOUT ROWID;

        -- How shelters are called.
        CREATE TABLE shelter (id TEXT PRIMARY KEY, title TEXT NOT NULL) WITHOUT ROWID;
        -- Where somebody was told to be last.
        CREATE TABLE sheltered (person TEXT PRIMARY KEY, shelter TEXT, presence TEXT NOT NULL) WITHOUT ROWID;

        -- How far this month's trial of addresses has come.
        CREATE TABLE probe_round (month TEXT NOT NULL, cursor TEXT NOT NULL, due INTEGER NOT NULL);
        CREATE TABLE counted (twice INTEGER NOT NULL);
        INSERT INTO counted (twice) VALUES (0);
        """)

    static let guardTables = Migration(
        5,
        """
        -- Who speaks for which pupil at their own page: made anew from a pupil's row in the view.
        CREATE TABLE guards (guardian TEXT NOT NULL, child TEXT NOT NULL, PRIMARY KEY (guardian, child)) WITHOUT ROWID;
        CREATE INDEX guards_child ON guards (child);
        """)

    package static let sealed = [
        SealedColumn(
            index: "CREATE INDEX IF NOT EXISTS notice_vault_key ON notice (substr(row, 2, 2))",
            dropIndex: "DROP INDEX IF EXISTS notice_vault_key",
            old: "SELECT row, id, NULL FROM notice WHERE substr(row, 2, 2) < ? LIMIT ?",
            context: { "notice/\(EventID(bytes: $0.blob(1))?.description ?? "")" },
            replace: "UPDATE notice SET row = ? WHERE id = ?",
            count: "SELECT substr(row, 2, 2), count(*) FROM notice WHERE substr(row, 2, 2) < ? GROUP BY 1"),
        SealedColumn(
            index: "CREATE INDEX IF NOT EXISTS subscription_vault_key ON subscription (substr(row, 2, 2))",
            dropIndex: "DROP INDEX IF EXISTS subscription_vault_key",
            old: "SELECT row, person, mark FROM subscription WHERE substr(row, 2, 2) < ? LIMIT ?",
            context: { "subscription/\($0.text(1))" },
            replace: "UPDATE subscription SET row = ? WHERE person = CAST(? AS TEXT) AND mark = ?",
            count: "SELECT substr(row, 2, 2), count(*) FROM subscription WHERE substr(row, 2, 2) < ? GROUP BY 1"),
        People<NoticeView>.sealed, watchWords, townMessageRows, ownLineUsers,
    ]
}
