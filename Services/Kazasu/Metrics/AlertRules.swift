import Contracts

/// The rules Prometheus is given: `deploy/prometheus/alerts.yaml` is what `kazasu metrics --alerts` prints. What they say stands in `Advice`, once.
enum AlertRules {
    struct Rule {
        let name: String
        let expression: String
        let minutes: Int
        /// A template of Prometheus, which reads the labels.
        let severity: String
        let summary: String
        let advice: Advice
    }

    private static let byWeight = #"{{ if eq $labels.weight "red" }}critical{{ else }}warning{{ end }}"#
    private static let who = "{{ $labels.role }} {{ $labels.name }}"

    static var rules: [Rule] {
        let down = Role.allCases.filter(\.hasLife).sorted().map { role in
            Rule(
                name: "Kazasu\(camel(role.rawValue))Down", expression: #"\#(Family.processUp.rawValue){role="\#(role.rawValue)"} == 0"#,
                minutes: 2,
                severity: "critical", summary: "\(who) does not run, or is not heard", advice: Advice.down(role))
        }
        let problems = Advice.codes.map { code in (code, Advice.on(code)) }.compactMap { code, advice in
            advice.map {
                Rule(
                    name: "KazasuProblem\(camel(code))", expression: #"\#(Family.problem.rawValue){code="\#(code)"} == 1"#, minutes: 2,
                    severity: byWeight, summary: "\(code) at \(who)", advice: $0)
            }
        }
        return measured + down + problems
    }

    /// What no process says of itself.
    private static var measured: [Rule] {
        let ahead = "abs(\(Family.clockAhead.rawValue))"
        let wanted: [(String, String, Int, String, String, String)] = [
            ("KazasuBrokerDown", "\(Family.brokerUp.rawValue) == 0", 1, "critical", "The broker cannot be reached", "no-broker"),
            // Prometheus's own word for a target that does not answer.
            ("KazasuExporterDown", #"up{job="kazasu"} == 0"#, 5, "warning", "kazasu metrics does not answer", "no-broker"),
            ("KazasuBehind", "\(Family.missing.rawValue) > 0", 10, "warning", "\(who) waits for {{ $value }} events", "lag"),
            (
                "KazasuUnsent", "\(Family.unsent.rawValue) > 1000", 10, "warning", "\(who) keeps {{ $value }} events that have not left",
                "journal-filling"
            ),
            (
                "KazasuBrokerDropped", "increase(\(Family.brokerDropped.sampleName)[15m]) > 0", 0, "warning",
                "The broker had no room for {{ $value }} messages", "broker-dropped"
            ),
            ("KazasuClockOff", "\(ahead) > 2 and \(ahead) <= 10", 5, "warning", "The clock of \(who) is {{ $value }} s off", "clock-off"),
            ("KazasuClockFarOff", "\(ahead) > 10", 2, "critical", "The clock of \(who) is {{ $value }} s off", "clock-off"),
        ]
        return wanted.compactMap { name, expression, minutes, severity, summary, code in
            Advice.on(code).map {
                Rule(name: name, expression: expression, minutes: minutes, severity: severity, summary: summary, advice: $0)
            }
        }
    }

    /// YAML in which every text is in single quotes, where a quote alone is special (YAML 1.2.2, 7.3.2).
    static var yaml: String {
        var text =
            "# Made by: kazasu metrics --alerts. What it says is the advice of kazasu doctor.\ngroups:\n  - name: kazasu\n    rules:\n"
        for rule in rules {
            let annotations = [
                ("summary", rule.summary), ("residents_notice", rule.advice.effect.en), ("next_step", rule.advice.next.en),
                ("summary_ja", rule.advice.what), ("residents_notice_ja", rule.advice.effect.ja), ("next_step_ja", rule.advice.next.ja),
            ]
            text += "      - alert: \(rule.name)\n        expr: \(quoted(rule.expression))\n"
            if rule.minutes > 0 { text += "        for: \(rule.minutes)m\n" }
            text += "        labels: { severity: \(quoted(rule.severity)) }\n        annotations:\n"
            for (key, value) in annotations { text += "          \(key): \(quoted(value))\n" }
        }
        return text
    }

    private static func quoted(_ text: String) -> String {
        "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
    }

    /// `reader-agent` as `ReaderAgent`.
    private static func camel(_ name: String) -> String {
        name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
