import Store

extension Notifier {
    static let schoolTables = Migration(
        2,
        """
        -- Cards held at gates and on buses, for some weeks: who came and went follows from them. key: whose day it is, or the token of a card that is nobody's yet.
        -- spot: a school, or line/vehicle. carrier: who brought or collected the child. told: somebody was told because of it.
        CREATE TABLE gate_tap (
            key TEXT NOT NULL,
            spot TEXT NOT NULL,
            at INTEGER NOT NULL,
            id BLOB NOT NULL,
            direction TEXT,
            carrier TEXT,
            told INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (key, spot, at, id)
        ) WITHOUT ROWID;
        CREATE INDEX gate_tap_at ON gate_tap (at, spot);

        -- Days that are not as the calendar says; minutes after midnight.
        CREATE TABLE school_change (
            school TEXT NOT NULL, date TEXT NOT NULL, closed INTEGER NOT NULL, opens INTEGER, closes INTEGER, PRIMARY KEY (school, date)
        ) WITHOUT ROWID;
        CREATE TABLE absence (
            school TEXT NOT NULL, person TEXT NOT NULL, date TEXT NOT NULL, PRIMARY KEY (school, person, date)
        ) WITHOUT ROWID;

        -- How far a day's question whether everybody has come is answered: waiting, silent, done. late: since when an answer is overdue. due: when to look next.
        CREATE TABLE school_day (
            date TEXT NOT NULL, school TEXT NOT NULL, stage TEXT NOT NULL, late INTEGER, due INTEGER, PRIMARY KEY (date, school)
        ) WITHOUT ROWID;
        -- Up to when a gate was known when its answer became due.
        CREATE TABLE gate_mark (
            date TEXT NOT NULL, school TEXT NOT NULL, agent TEXT NOT NULL, through INTEGER NOT NULL, PRIMARY KEY (date, school, agent)
        ) WITHOUT ROWID;
        CREATE TABLE school_alarm (
            date TEXT NOT NULL, school TEXT NOT NULL, person TEXT NOT NULL, due INTEGER NOT NULL, outcome TEXT NOT NULL,
            PRIMARY KEY (date, school, person)
        ) WITHOUT ROWID;
        """)
}
