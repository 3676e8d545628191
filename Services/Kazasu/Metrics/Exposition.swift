/// Metrics as text: OpenMetrics 1.0 for who asks for it, and the older format of Prometheus (0.0.4), which differs in names of counters, units and the end.
struct Exposition {
    enum Format {
        case openMetrics, prometheus

        /// What a client says it can read decides (RFC 9110, 12.5.1); we have no third.
        init(accept: String) { self = accept.contains("application/openmetrics-text") ? .openMetrics : .prometheus }

        var type: String {
            switch self {
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
            }
        }
    }

    private var samples: [Family: [String]] = [:]
    private var seen: Set<String> = []

    mutating func add(_ family: Family, _ value: Double) { add(family, [:], value) }

    mutating func add(_ family: Family, _ labels: KeyValuePairs<String, String>, _ value: Double) {
        let pairs = labels.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
        let name = "\(family.sampleName)\(pairs.isEmpty ? "" : "{\(pairs)}")"
        // Several problems of one code are one series.
        guard seen.insert(name).inserted else { return }
        samples[family, default: []].append("\(name) \(Self.number(value))\n")
    }

    /// Families in the order of their list, each in one piece; one without samples is left out.
    func text(_ format: Format) -> String {
        var text = ""
        for family in Family.allCases {
            guard let lines = samples[family] else { continue }
            let name = format == .openMetrics ? family.rawValue : family.sampleName
            text += "# TYPE \(name) \(family.kind.rawValue)\n"
            if format == .openMetrics, let unit = family.unit { text += "# UNIT \(name) \(unit)\n" }
            text += "# HELP \(name) \(family.help)\n"
            for line in lines { text += line }
        }
        return text + (format == .openMetrics ? "# EOF\n" : "")
    }

    /// Whole numbers without a point.
    private static func number(_ value: Double) -> String {
        value.rounded() == value && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    private static func escaped(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
    }
}
