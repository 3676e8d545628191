import Contracts
import ServiceKit
import Store

/// Writes down everything it is told, once: what the town's journals add up to in the eyes of a consumer.
struct Auditor: Service {
    static let program: Program = "operator"

    var reads: [Reading] {
        [
            on(.taps) { tap, turn in
                try turn.db.run(
                    "INSERT INTO audit_tap (id, token, door) VALUES (?, ?, ?)", tap.id.bytes, tap.data.token.text,
                    tap.data.purpose.door?.text)
            },
            on(.doorDecisions) { decision, turn in
                try turn.db.run(
                    "INSERT INTO audit_decision (id, tap, verdict, reason) VALUES (?, ?, ?, ?)", decision.id.bytes, decision.data.tap.bytes,
                    decision.data.verdict.rawValue, decision.data.refusal?.rawValue)
            },
            on(.doorOutcomes) { outcome, turn in
                try turn.db.run(
                    "INSERT INTO audit_outcome (id, decision, result) VALUES (?, ?, ?)", outcome.id.bytes, outcome.data.decision?.bytes,
                    outcome.data.result.rawValue)
            },
        ]
    }

    static let migrations = [
        Migration(
            1,
            """
            CREATE TABLE audit_tap (id BLOB PRIMARY KEY, token TEXT NOT NULL, door TEXT);
            CREATE TABLE audit_decision (id BLOB PRIMARY KEY, tap BLOB NOT NULL, verdict TEXT NOT NULL, reason TEXT);
            CREATE TABLE audit_outcome (id BLOB PRIMARY KEY, decision BLOB, result TEXT NOT NULL);
            """)
    ]
}
