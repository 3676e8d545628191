import Contracts
import Store

extension SignIn {
    package static let tables = Migration(
        1,
        """
        -- Who can sign in. factors: the secret of their one-time passwords and what is kept of their password, sealed. last_step: of the code that was
        -- accepted last.
        CREATE TABLE credential (
            account TEXT PRIMARY KEY, factors BLOB NOT NULL, last_step INTEGER NOT NULL, chosen_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        -- With which code somebody chooses these, by its SHA-256. factors: what was chosen, until a code of the app confirms it; sealed.
        CREATE TABLE invitation (
            account TEXT PRIMARY KEY, code BLOB NOT NULL, until INTEGER NOT NULL, factors BLOB
        ) WITHOUT ROWID;
        -- id: SHA-256 of the secret that the browser holds.
        CREATE TABLE session (
            id BLOB PRIMARY KEY,
            account TEXT,
            person TEXT,
            made INTEGER NOT NULL,
            seen INTEGER NOT NULL,
            CHECK ((account IS NULL) <> (person IS NULL))
        ) WITHOUT ROWID;
        CREATE INDEX session_account ON session (account) WHERE account IS NOT NULL;
        CREATE INDEX session_person ON session (person) WHERE person IS NOT NULL;
        -- With which a resident signs in once. id: SHA-256 of the secret in it.
        CREATE TABLE link (id BLOB PRIMARY KEY, person TEXT NOT NULL, purpose TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX link_until ON link (until);
        -- Wrong tries. key: of a name or an address, as a masked digest, since people write passwords where names belong; 0: a check of a password,
        -- right or wrong.
        CREATE TABLE attempt (key INTEGER NOT NULL, at INTEGER NOT NULL);
        CREATE INDEX attempt_key ON attempt (key, at);
        CREATE INDEX attempt_at ON attempt (at);
        -- times: how often in a row.
        CREATE TABLE lockout (key INTEGER PRIMARY KEY, times INTEGER NOT NULL, until INTEGER NOT NULL);
        """)

    package static let cardColumn = Migration(
        7,
        """
        -- By which a resident came in, if it was by a card.
        ALTER TABLE session ADD COLUMN card TEXT;
        CREATE INDEX session_card ON session (card) WHERE card IS NOT NULL;
        """)

    package static let sealed = [
        SealedColumn(
            index: "CREATE INDEX IF NOT EXISTS credential_vault_key ON credential (substr(factors, 2, 2))",
            dropIndex: "DROP INDEX IF EXISTS credential_vault_key",
            old: "SELECT factors, account, NULL FROM credential WHERE substr(factors, 2, 2) < ? LIMIT ?",
            context: { "credential/\($0.text(1))" },
            replace: "UPDATE credential SET factors = ? WHERE account = CAST(? AS TEXT)",
            count: "SELECT substr(factors, 2, 2), count(*) FROM credential WHERE substr(factors, 2, 2) < ? GROUP BY 1"),
        SealedColumn(
            index: "CREATE INDEX IF NOT EXISTS invitation_vault_key ON invitation (substr(factors, 2, 2)) WHERE factors IS NOT NULL",
            dropIndex: "DROP INDEX IF EXISTS invitation_vault_key",
            old: "SELECT factors, account, NULL FROM invitation WHERE factors IS NOT NULL AND substr(factors, 2, 2) < ? LIMIT ?",
            context: { "invitation/\($0.text(1))" },
            replace: "UPDATE invitation SET factors = ? WHERE account = CAST(? AS TEXT)",
            count:
                "SELECT substr(factors, 2, 2), count(*) FROM invitation WHERE factors IS NOT NULL AND substr(factors, 2, 2) < ? GROUP BY 1"),
    ]
}
