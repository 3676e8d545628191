import Contracts

/// The settings one mapping may hold: a closed list, in the order in which people write them.
protocol Setting: RawRepresentable<String>, CaseIterable, Hashable {}

/// A mapping whose keys are known beforehand: the broker, one agent, one reader.
struct Section<Key: Setting> {
    /// As it stands in a sentence: `agent "gate-1"`.
    let subject: String
    private let mark: Mark
    private let findings: Findings
    private var values: [Key: Value] = [:]

    /// Reports every key that is not on the list.
    init(_ entries: [Entry], of subject: String, at mark: Mark, findings: Findings) {
        (self.subject, self.mark, self.findings) = (subject, mark, findings)
        let known = Key.allCases.map(\.rawValue)
        for entry in entries {
            guard let key = Key(rawValue: entry.key) else {
                findings.fault(
                    entry.keyMark,
                    "\(subject) has no setting \(quoted(entry.key)).\(suggestion(for: entry.key, among: known)) Known: \(listed(known)).")
                continue
            }
            values[key] = Value(subject: "\"\(entry.key)\" of \(subject)", node: entry.value, keyMark: entry.keyMark, findings: findings)
        }
    }

    func optional(_ key: Key) -> Value? { values[key] }

    /// Reports its absence; `example` is what a person could write.
    func required(_ key: Key, example: String) -> Value? {
        if let value = values[key] { return value }
        findings.fault(mark, "\(subject) lacks \"\(key.rawValue)\". Add it, for example \(key.rawValue): \(example)")
        return nil
    }
}
