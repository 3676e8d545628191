import Glibc

/// The one table of a run: what was measured, beside its floor in the same run.
struct Report {
    private var rows: [(name: String, value: String, floor: String, ratio: String, asked: String)] = []

    /// - Parameters:
    ///   - floor: what the machine gives at best, measured in the same run.
    ///   - asked: what the product wants on an ordinary machine; words, since nothing here passes or fails by a clock.
    mutating func add(_ name: String, _ value: Double, _ unit: String, floor: Double? = nil, floorName: String = "", asked: String = "") {
        let ratio = floor.map { $0 > 0 ? String(hundredths: value / $0) : "" } ?? ""
        let floorText = floor.map { "\(written($0)) \(floorName)" } ?? ""
        rows.append((name, "\(written(value)) \(unit)", floorText, ratio, asked))
        let line = "\(name): \(written(value)) \(unit)\(floorText.isEmpty ? "" : "  (floor \(floorText), ratio \(ratio))")"
        say(line)
    }

    func show() {
        let heads = ("", "measured", "floor, same run", "ratio", "asked")
        let all = [(heads.0, heads.1, heads.2, heads.3, heads.4)] + rows.map { ($0.name, $0.value, $0.floor, $0.ratio, $0.asked) }
        let widths = (
            all.map(\.0.count).max() ?? 0, all.map(\.1.count).max() ?? 0, all.map(\.2.count).max() ?? 0, all.map(\.3.count).max() ?? 0
        )
        func pad(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
        say("")
        for row in all {
            say("\(pad(row.0, widths.0))  \(pad(row.1, widths.1))  \(pad(row.2, widths.2))  \(pad(row.3, widths.3))  \(row.4)")
        }
    }

    private func written(_ value: Double) -> String { value >= 100 ? "\(Int(value.rounded()))" : String(hundredths: value) }
}

extension String {
    init(hundredths value: Double) {
        let whole = Int((value * 100).rounded())
        let rest = abs(whole % 100)
        self = "\(whole / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}

struct Percentiles {
    let p50: Double
    let p99: Double

    init(_ values: [Double]) {
        let sorted = values.sorted()
        func at(_ share: Double) -> Double { sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] }
        p50 = at(0.5)
        p99 = at(0.99)
    }
}

/// One line on stdout, at once.
func say(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    _ = write(STDOUT_FILENO, bytes, bytes.count)
}

func nanoseconds() -> UInt64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
}
