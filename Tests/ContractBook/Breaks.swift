/// What in `new` would break somebody who was built for `old`, one sentence each; both are releases as `Book.release` writes them.
///
/// Free to add: topics, readers of a topic, optional fields, and words that only a question's answerer has to know. Everything else is a new topic,
/// or a new version of the type.
package func breaks(from old: JSON, to new: JSON) -> [String] {
    var found: [String] = []
    let topics = new["topics"]?.elements ?? []
    for topic in old["topics"]?.elements ?? [] {
        let address = topic["address"]?.text ?? ""
        guard let now = topics.first(where: { levels($0) == levels(topic) }) else {
            found.append("\(address): the topic is gone")
            continue
        }
        for key in ["class", "form", "type", "schema", "retained", "keyed", "qos", "writers"] where topic[key] != now[key] {
            found.append("\(address): \(key) was \(shown(topic[key])) and is \(shown(now[key]))")
        }
        for reader in topic["readers"]?.elements ?? [] where now["readers"]?.elements.contains(reader) != true {
            found.append("\(address): \(shown(reader)) may read it no more")
        }
    }
    for schema in old["schemas"]?.members ?? [] {
        // A schema that is gone is missed by its topics.
        guard let now = new["schemas"]?[schema.key] else { continue }
        let users = topics.filter { $0["schema"]?.text == schema.key }.compactMap { $0["class"]?.text }
        // Whoever answers a question is the only one to read it, and is replaced before those who ask. Everybody else may be older than the writer.
        let mayGrow = !users.isEmpty && users.allSatisfy { $0 == "command" || $0 == "report" }
        found += breaks(of: schema.value, now: now, at: schema.key, wordsMayBeAdded: mayGrow)
    }
    return found
}

private func breaks(of old: JSON, now: JSON, at place: String, wordsMayBeAdded: Bool) -> [String] {
    var found: [String] = []
    func below(_ old: JSON, _ now: JSON, _ place: String) {
        found += breaks(of: old, now: now, at: place, wordsMayBeAdded: wordsMayBeAdded)
    }
    for key in ["type", "pattern", "const", "$ref", "dependentRequired"] where old[key] != now[key] {
        found.append("\(place): \(key) was \(shown(old[key])) and is \(shown(now[key]))")
    }
    switch (old["enum"]?.elements, now["enum"]?.elements) {
    case (let words?, let others?):
        for word in words where !others.contains(word) { found.append("\(place): the word \(shown(word)) is gone") }
        for word in others where !words.contains(word) && !wordsMayBeAdded {
            found.append("\(place): older readers do not know the word \(shown(word))")
        }
    case (nil, nil): break
    case (_?, nil): found.append("\(place): was a closed list of words")
    case (nil, _?): found.append("\(place): is a closed list of words now")
    }
    for key in ["items", "additionalProperties"] {
        switch (old[key], now[key]) {
        case (let old?, let now?): below(old, now, "\(place)[]")
        case (nil, nil): break
        default: found.append("\(place): \(key) was \(shown(old[key])) and is \(shown(now[key]))")
        }
    }
    let needed = old["required"]?.elements ?? []
    for field in old["properties"]?.members ?? [] {
        if let other = now["properties"]?[field.key] {
            below(field.value, other, "\(place).\(field.key)")
        } else {
            found.append("\(place).\(field.key): the field is gone")
        }
    }
    for field in now["required"]?.elements ?? [] where !needed.contains(field) {
        found.append("\(place).\(field.text ?? ""): must be present now; older writers do not say it")
    }
    for field in needed where now["required"]?.elements.contains(field) != true && now["properties"]?[field.text ?? ""] != nil {
        found.append("\(place).\(field.text ?? ""): may be absent now; older readers need it")
    }
    return found
}

/// A topic without the names of its parameters.
private func levels(_ topic: JSON) -> String {
    (topic["address"]?.text ?? "").split(separator: "{").enumerated().map { index, piece in
        index == 0 ? String(piece) : "*" + piece.drop { $0 != "}" }.dropFirst()
    }.joined()
}

private func shown(_ value: JSON?) -> String { value.map { String($0.page.dropLast()) } ?? "absent" }
