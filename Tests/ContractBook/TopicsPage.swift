import Contracts

extension Book {
    /// The contract for people: one table a kind of topic.
    package var topicsPage: String {
        let parts: [(title: String, note: String, kinds: [TopicClass])] = [
            ("Events", "Journaled facts. The topic is the stream, and its writer keeps what it said.", [.event]),
            ("States", "Snapshots, whole, said again at each connect.", [.state]),
            (
                "Commands, reports and their answers",
                """
                The answer comes with the same last segment; who may write the question may read it. A command is valid until its `expires`, 30 s after its `time` if it has none; a report is said again until it is
                answered. Repeated with the same id and the same bytes it gets the stored answer again; with other bytes it is refused.
                """, [.command, .report, .reply]
            ),
            (
                "To devices, and to persons at readers", "Gone in seconds. For a lock maker there is a page of its own: [locks](locks.md).",
                [.grant, .feedback]
            ),
            (
                "To locks that decide alone", "Kept by the broker, and by the lock for days; [locks](locks.md) has the bytes.", [.lease]
            ),
            ("Lives", "Said every 10 s, and at a connect; `lost` by last will.", [.health]),
            (
                "Journals",
                "How a hole is filled: heads show it, an ask names it, a batch fills it. [Architecture](architecture.md) has the rules.",
                [.journal, .ask, .batch]
            ),
        ]
        let tables = parts.map { part in
            let rows = topics.filter { part.kinds.contains($0.kind) }.map(row)
            return """
                ## \(part.title)

                \(part.note)

                | topic | payload | writer | readers | retained | QoS | meaning |
                |---|---|---|---|---|---|---|
                \(rows.joined(separator: "\n"))

                """
        }
        return Self.preamble + "\n" + tables.joined(separator: "\n") + Self.ending
    }

    private func row(_ topic: BookTopic) -> String {
        let payload = topic.form == .text ? "any text" : "[`\(topic.schema)`](schemas/\(topic.schema).json)"
        let meaning = (topic.isKeyed ? "Keyed. " : "") + meaning(of: topic)
        return
            "| `\(topic.address.dropFirst(7))` | \(payload) | \(names(topic.writers)) | \(names(topic.readers)) | \(topic.kind.isRetained ? "yes" : "no") | \(topic.qos) | \(meaning) |"
    }

    private func names(_ roles: [Role]) -> String { roles.map(\.rawValue).joined(separator: ", ") }

    private static let preamble = """
        # Topics

        <!-- Made by `make contract-pages` from Shared/Contracts. Edits are lost. -->

        Every topic has five segments, `{town}/{owner}/{class}/{entity}/{name}`, each of `a-z`, `0-9`, `-`; the leading `{town}/` is left out below. The class says how a message is carried; nothing else can, and nobody but
        the writer and the readers named here may write or read it: the broker's ACL is made from the same rows ([`Contract.swift`](../Shared/Contracts/Contract.swift),
        [`AccessControl.swift`](../Shared/Contracts/AccessControl.swift)). A retained event, command or report becomes a dead letter; a lock refuses a retained grant.

        `lock` is a lock's hardware, `desk` a clerk's station (user `desk-NAME`), `registrar` a residents' counter (`registrar-NAME`), `shelter-desk` a shelter's reception or headquarters (`shelter-desk-NAME`), `operator` a technician's or an auditor's (`operator-NAME`); they keep no journal and say no life. `upkeep` and `uses` are no programs: every process with a journal answers
        there, `upkeep` to operators alone and `uses` to registrars alone ([kazasu](kazasu.md)). Services read lives with QoS 0. Operators alone also read what the broker says of itself, `$SYS/broker/#`.

        ## Forms

        * `event`, `state`, `command`, `reply`, `report`, `feedback`: [CloudEvents 1.0](schemas/envelope.json) around the payload as `data`. Events have `epoch` and `sequence`, replies have a `cause`, commands may have `expires`, and `again` where they are given again.
        * `health`, `journal`, `ask`, `batch`: plain JSON.
        * `grant`: a JWS, EdDSA over Ed25519, with the payload as its claims.
        * `lease`: such a JWS, a line feed, and the list of cards that its claim `sum` names, in bytes.

        ## For programs

        The same as this page: [`asyncapi.yaml`](asyncapi.yaml), AsyncAPI 3.0, and a [JSON Schema](schemas/) (2020-12) a payload, with [examples](schemas/examples/) as they are on the wire and
        [messages that are refused](schemas/refused/). Members that a schema does not name are allowed, and readers ignore them. A closed list of words stays closed: who reads another word there keeps the message as a dead
        letter until a newer version can take it.

        Within a version (`tap.v1`) there may come new topics, new readers of a topic, new optional fields, and new words in commands and reports, whose one reader is replaced first. Anything else is another topic or another
        version; `make contract` compares with [the last release](schemas/released/contract.json) and refuses the rest. Each program says in its life, as `speaks`, the versions of what it writes. Who reads a version that it does
        not know from a running program refuses to start, and becomes red if it is running already ([decision 13](decisions/0013-published-contract.md)).

        """

    private static let ending = ""
}
