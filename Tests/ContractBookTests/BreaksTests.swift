import ContractBook
import Testing

@Suite("What a release may change")
struct BreaksTests {
    /// A contract of two topics, one event and one command, over schemas whose parts a row of the table replaces.
    static func contract(
        _ tap: [(String, JSON)] = [], required: JSON = ["token"], scheme: JSON = ["qr", "felica"], topic: [(String, JSON)] = [],
        address: String = "{town}/reader-agent/event/{agent}/tap", more: [JSON] = [], way: JSON = ["in", "out"], ways: Bool = true
    ) -> JSON {
        func object(_ members: [(String, JSON)], _ changes: [(String, JSON)]) -> JSON {
            let names = members.map(\.0)
            return .object(
                (members.map { name, value in (name, changes.first { $0.0 == name }?.1 ?? value) }
                    + changes.filter { !names.contains($0.0) }).map { .init(key: $0.0, value: $0.1) })
        }
        let event = object(
            [
                ("address", .text(address)), ("class", "event"), ("form", "cloudevent"), ("type", "jp.kazasu.tap.v1"), ("schema", "tap.v1"),
                ("retained", false), ("keyed", false), ("qos", 1), ("writers", ["reader-agent"]), ("readers", ["lock-controller", "desk"]),
            ], topic)
        let command: JSON = ["address": "{town}/x/command/{name}/turn", "class": "command", "schema": "turn.v1"]
        let properties = object(
            [
                ("token", ["type": "string", "pattern": "^k"]), ("scheme", ["type": "string", "enum": scheme]),
                ("position", ["type": "object", "required": ["lat"], "properties": ["lat": ["type": "number"]]]),
                ("tags", ["type": "array", "items": ["type": "string"]]),
                ("counts", ["type": "object", "additionalProperties": ["type": "integer"]]), ("note", ["type": "string"]),
            ], tap)
        return [
            "version": "1", "topics": .array([event, command] + more),
            "schemas": [
                "tap.v1": ["type": "object", "required": required, "properties": .object(properties.members.filter { $0.value != [] })],
                "turn.v1": [
                    "type": "object", "required": [], "properties": ways ? ["way": ["type": "string", "enum": way]] : [:],
                ],
            ],
        ]
    }

    static let broken: [(change: String, new: JSON, sentence: String)] = [
        ("a field is removed", contract([("note", [])]), "tap.v1.note: the field is gone"),
        ("a command's field is removed", contract(ways: false), "turn.v1.way: the field is gone"),
        ("a field is renamed", contract([("note", []), ("remark", ["type": "string"])]), "tap.v1.note: the field is gone"),
        ("a field is retyped", contract([("note", ["type": "integer"])]), "tap.v1.note: type was \"string\" and is \"integer\""),
        (
            "a form is changed", contract([("token", ["type": "string", "pattern": "^t"])]),
            "tap.v1.token: pattern was \"^k\" and is \"^t\""
        ),
        ("a form is made up", contract([("note", ["type": "string", "pattern": "^t"])]), "tap.v1.note: pattern was absent and is \"^t\""),
        (
            "an old field is required", contract(required: ["token", "note"]),
            "tap.v1.note: must be present now; older writers do not say it"
        ),
        (
            "a new field is required", contract([("door", ["type": "string"])], required: ["token", "door"]),
            "tap.v1.door: must be present now; older writers do not say it"
        ),
        ("a required field becomes optional", contract(required: []), "tap.v1.token: may be absent now; older readers need it"),
        ("a word is removed", contract(scheme: ["qr"]), "tap.v1.scheme: the word \"felica\" is gone"),
        ("a command's word is removed", contract(way: ["in"]), "turn.v1.way: the word \"out\" is gone"),
        (
            "an event has a new word", contract(scheme: ["qr", "felica", "nfc"]),
            "tap.v1.scheme: older readers do not know the word \"nfc\""
        ),
        ("a list is opened", contract([("scheme", ["type": "string"])]), "tap.v1.scheme: was a closed list of words"),
        ("a text is closed", contract([("note", ["type": "string", "enum": ["a"]])]), "tap.v1.note: is a closed list of words now"),
        (
            "a field below is removed", contract([("position", ["type": "object", "required": [], "properties": [:]])]),
            "tap.v1.position.lat: the field is gone"
        ),
        (
            "elements are retyped", contract([("tags", ["type": "array", "items": ["type": "integer"]])]),
            "tap.v1.tags[]: type was \"string\" and is \"integer\""
        ),
        (
            "values are retyped", contract([("counts", ["type": "object", "additionalProperties": ["type": "string"]])]),
            "tap.v1.counts[]: type was \"integer\" and is \"string\""
        ),
        (
            "a map becomes a record", contract([("counts", ["type": "object"])]),
            "tap.v1.counts: additionalProperties was {\n  \"type\": \"integer\"\n} and is absent"
        ),
        (
            "a topic is renamed", contract(address: "{town}/reader-agent/event/{agent}/taps"),
            "{town}/reader-agent/event/{agent}/tap: the topic is gone"
        ),
        (
            "a topic is retained", contract(topic: [("retained", true)]),
            "{town}/reader-agent/event/{agent}/tap: retained was false and is true"
        ),
        ("a stream is compacted", contract(topic: [("keyed", true)]), "{town}/reader-agent/event/{agent}/tap: keyed was false and is true"),
        ("another QoS", contract(topic: [("qos", 0)]), "{town}/reader-agent/event/{agent}/tap: qos was 1 and is 0"),
        (
            "another version on the same topic", contract(topic: [("type", "jp.kazasu.tap.v2")]),
            "{town}/reader-agent/event/{agent}/tap: type was \"jp.kazasu.tap.v1\" and is \"jp.kazasu.tap.v2\""
        ),
        (
            "another payload", contract(topic: [("schema", "touch.v1")]),
            "{town}/reader-agent/event/{agent}/tap: schema was \"tap.v1\" and is \"touch.v1\""
        ),
        (
            "another form", contract(topic: [("form", "json")]),
            "{town}/reader-agent/event/{agent}/tap: form was \"cloudevent\" and is \"json\""
        ),
        (
            "another writer", contract(topic: [("writers", ["desk"])]),
            "{town}/reader-agent/event/{agent}/tap: writers was [\"reader-agent\"] and is [\"desk\"]"
        ),
        (
            "a reader loses its right", contract(topic: [("readers", ["desk"])]),
            "{town}/reader-agent/event/{agent}/tap: \"lock-controller\" may read it no more"
        ),
    ]

    @Test("Whatever breaks somebody is named, once", arguments: broken.indices)
    func breaking(_ index: Int) {
        let row = Self.broken[index]
        #expect(breaks(from: Self.contract(), to: row.new) == [row.sentence], "\(row.change)")
    }

    static let allowed: [(change: String, new: JSON)] = [
        ("nothing", contract()),
        ("a new optional field", contract([("direction", ["type": "string", "enum": ["in", "out"]])])),
        (
            "a new optional record",
            contract([("lamp", ["type": "object", "required": ["red"], "properties": ["red": ["type": "number"]]])])
        ),
        ("a new word in a command", contract(way: ["in", "out", "through"])),
        ("words in another order", contract(scheme: ["felica", "qr"])),
        ("a new topic", contract(more: [["address": "{town}/reader-agent/event/{agent}/held", "class": "event", "schema": "held.v1"]])),
        ("a new reader", contract(topic: [("readers", ["desk", "lock-controller", "points"])])),
        ("another description", contract([("note", ["description": "Anything.", "type": "string"])])),
        ("another name of a parameter", contract(address: "{town}/reader-agent/event/{machine}/tap")),
    ]

    @Test("What breaks nobody passes", arguments: allowed.indices)
    func harmless(_ index: Int) {
        let row = Self.allowed[index]
        #expect(breaks(from: Self.contract(), to: row.new) == [], "\(row.change)")
    }

    @Test("A word may not be added where a command's payload is also an event's")
    func shared() {
        let event: JSON = ["address": "{town}/x/event/{name}/turned", "class": "event", "schema": "turn.v1"]
        let new = Self.contract(more: [event], way: ["in", "out", "through"])
        #expect(breaks(from: Self.contract(), to: new) == ["turn.v1.way: older readers do not know the word \"through\""])
    }
}
