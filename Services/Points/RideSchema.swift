import Store

extension Points {
    /// Cards held on board, the rides that follow from them, and what each ride has been paid with.
    static let rideTables = Migration(
        3,
        """
        CREATE TABLE ride_tap (
            id BLOB PRIMARY KEY,
            line TEXT NOT NULL,
            agent TEXT NOT NULL,
            at INTEGER NOT NULL,
            -- The person, or the card of whom nobody knows whose it is.
            rider TEXT NOT NULL,
            token TEXT NOT NULL,
            direction TEXT,
            place TEXT NOT NULL,
            position TEXT,
            cut_off INTEGER NOT NULL,
            -- A run of the vehicle begins with it.
            opens INTEGER NOT NULL,
            over INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX ride_tap_rider ON ride_tap (rider, line, agent, at);
        CREATE INDEX ride_tap_vehicle ON ride_tap (line, agent, at);
        CREATE INDEX ride_tap_opens ON ride_tap (line, agent, at) WHERE opens;
        CREATE INDEX ride_tap_waits ON ride_tap (line, agent, at) WHERE NOT over;

        CREATE TABLE ride (
            -- The card held first.
            id BLOB PRIMARY KEY,
            rider TEXT NOT NULL,
            line TEXT NOT NULL,
            agent TEXT NOT NULL,
            carrier TEXT NOT NULL,
            at INTEGER NOT NULL,
            ended INTEGER NOT NULL,
            boarding BLOB,
            alighting BLOB,
            decided INTEGER NOT NULL,
            forgotten INTEGER NOT NULL,
            -- Yen. `due` is what is left of the discounted fare; unknown until the day's rides have been priced.
            whole INTEGER NOT NULL,
            discounted INTEGER NOT NULL,
            due INTEGER,
            outcome TEXT,
            -- It was told that somebody had not alighted.
            told INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID;
        CREATE INDEX ride_rider ON ride (rider, at);
        CREATE INDEX ride_open ON ride (line, agent, at) WHERE NOT decided;

        -- What has been taken for a ride and not given back, in units of each purse.
        CREATE TABLE ride_part (
            ride BLOB NOT NULL,
            account TEXT NOT NULL,
            amount INTEGER NOT NULL CHECK (amount > 0),
            PRIMARY KEY (ride, account)
        ) WITHOUT ROWID;

        -- The newest card held in a vehicle, and when whoever has not alighted will have forgotten to.
        CREATE TABLE ride_vehicle (line TEXT NOT NULL, agent TEXT NOT NULL, last INTEGER NOT NULL, due INTEGER, PRIMARY KEY (line, agent)) WITHOUT ROWID;
        CREATE INDEX ride_vehicle_due ON ride_vehicle (due) WHERE due IS NOT NULL;
        CREATE TABLE run_end (line TEXT NOT NULL, agent TEXT NOT NULL, at INTEGER NOT NULL, due INTEGER, PRIMARY KEY (line, agent, at)) WITHOUT ROWID;
        CREATE INDEX run_end_due ON run_end (due) WHERE due IS NOT NULL;
        """)
}
