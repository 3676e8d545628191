import ServiceKit

/// The contest as a picture for the README: bars with their numbers, on a ground of its own, so that it can be read on a light page and on a dark one.
struct Chart {
    private var panels: [Panel] = []

    private struct Panel {
        let title: String
        let rows: [(label: String, row: Row)]
        let unit: String
    }

    /// Nothing when the contest was not held.
    init?(_ report: Report) {
        guard let rate = report["beside the peer: decided taps, one in ten opens"],
            let memory = report.rows.first(where: { $0.name.hasPrefix("beside the peer: resident") }),
            let processor = report["beside the peer: processor for 1,000 taps"],
            let sync = report["fdatasync of 4 KiB on this disk"]
        else { return nil }
        let slow = Contest.delays.compactMap { delay in
            report["decided taps, fsync \(delay) ms slower"].map { ("fsync \(delay) ms slower", $0) }
        }
        let latency = ["p50", "p99", "p99.9"].compactMap { share in
            report.rows.first { $0.name.hasPrefix("beside the peer") && $0.name.hasSuffix(", \(share)") }.map { (share, $0) }
        }
        panels = [
            Panel(
                title: "Taps decided a second, one in ten opens the door",
                rows: [("this disk (fsync \(written(sync.value)) ms)", rate)] + slow,
                unit: "/s"),
            Panel(title: "From the tap to the signed order at the lock, 400 taps a second", rows: latency, unit: " ms"),
            Panel(title: "Memory while it works", rows: [("resident", memory)], unit: " MB"),
            Panel(title: "Processor for 1,000 taps", rows: [("processor", processor)], unit: " s"),
        ]
    }

    private static let (width, left, right, bar) = (760, 210, 130, 13)

    var svg: String {
        var body = ""
        var y = 64
        for panel in panels {
            body += "<text class=\"title\" x=\"24\" y=\"\(y)\">\(panel.title)</text>\n"
            y += 12
            let most = panel.rows.map { max($0.row.value, $0.row.peer ?? 0) }.max() ?? 1
            for (label, row) in panel.rows {
                body += "<text class=\"label\" x=\"\(Self.left - 10)\" y=\"\(y + Self.bar + 4)\">\(label)</text>\n"
                body += self.bar(row.value, of: most, kind: "own", y: y, unit: panel.unit)
                body += self.bar(row.peer ?? 0, of: most, kind: "peer", y: y + Self.bar + 1, unit: panel.unit)
                y += 2 * Self.bar + 11
            }
            y += 24
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.width)" height="\(y - 8)" viewBox="0 0 \(Self.width) \(y - 8)" role="img" \
            aria-label="lock-controller beside a Python service that does the same job">
            <style>
            text { font: 12px system-ui, sans-serif; fill: #24292f }
            .title { font-weight: 600; font-size: 13px } .label { text-anchor: end } .ground { fill: #ffffff; stroke: #d0d7de }
            .own { fill: #0969da } .peer { fill: #bf8700 }
            @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3 } .ground { fill: #0d1117; stroke: #30363d } .own { fill: #4493f8 } .peer { fill: #d29922 }
            }
            </style>
            <rect class="ground" x="0.5" y="0.5" width="\(Self.width - 1)" height="\(y - 9)" rx="6"/>
            <rect class="own" x="24" y="18" width="12" height="12"/><text x="42" y="28">lock-controller</text>
            <rect class="peer" x="160" y="18" width="12" height="12"/><text x="178" y="28">the same job in Python (paho-mqtt, sqlite3, \
            cryptography), a commit for each message</text>
            \(body)</svg>

            """
    }

    private func bar(_ value: Double, of most: Double, kind: String, y: Int, unit: String) -> String {
        let length = max(1, Int((Double(Self.width - Self.left - Self.right) * value / most).rounded()))
        return """
            <rect class="\(kind)" x="\(Self.left)" y="\(y)" width="\(length)" height="\(Self.bar)"/>\
            <text x="\(Self.left + length + 6)" y="\(y + Self.bar - 2)">\(written(value))\(unit)</text>

            """
    }
}
