/// One value of a YAML file and where it stands.
struct Node {
    indirect enum Content {
        /// Text; `quoted` tells `""` from nothing at all.
        case scalar(String, quoted: Bool)
        case sequence([Node])
        case mapping([Entry])
        /// Something already reported, of which no more is said.
        case refused
    }

    let content: Content
    let mark: Mark
}

/// One `key: value` of a mapping. Keys are unique within their mapping.
struct Entry {
    let key: String
    let keyMark: Mark
    let value: Node
}
