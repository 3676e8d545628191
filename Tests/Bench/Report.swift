import Contracts
import Glibc

/// One measurement, as `results.json` holds it.
struct Row: Encodable {
    var name: String
    var value: Double
    var unit: String
    /// What the machine gives at best, measured in the same run.
    var floor: Double?
    /// The same of the peer, measured in the same run.
    var peer: Double?
    /// Of the floor; or how many times better than the peer, where less may be better.
    var ratio: Double?
    fileprivate var floorName = ""
    fileprivate var asked = ""

    private enum Key: String, CodingKey { case name, value, unit, floor, peer, ratio }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Key.self)
        try members.encode(name, forKey: .name)
        try members.encode(rounded(value), forKey: .value)
        try members.encode(unit, forKey: .unit)
        for (key, number) in [(Key.floor, floor), (.peer, peer), (.ratio, ratio)] {
            if let number { try members.encode(rounded(number), forKey: key) } else { try members.encodeNil(forKey: key) }
        }
    }

    /// Four digits: more is noise.
    private func rounded(_ value: Double) -> Double { value.magnitude >= 1000 ? value.rounded() : (value * 1000).rounded() / 1000 }
}

/// The one table of a run: what was measured, beside its floor in the same run.
struct Report {
    private(set) var rows: [Row] = []

    /// - Parameters:
    ///   - floor: what the machine gives at best, measured in the same run.
    ///   - asked: what the product wants on an ordinary machine; words, since nothing here passes or fails by a clock.
    mutating func add(_ name: String, _ value: Double, _ unit: String, floor: Double? = nil, floorName: String = "", asked: String = "") {
        let ratio = floor.flatMap { $0 > 0 ? value / $0 : nil }
        add(Row(name: name, value: value, unit: unit, floor: floor, ratio: ratio, floorName: floorName, asked: asked))
    }

    /// - Parameter lessIsBetter: for what a tap costs; the ratio says how many times better the product is in either case.
    mutating func compare(_ name: String, _ value: Double, _ unit: String, peer: Double, lessIsBetter: Bool = false, asked: String = "") {
        let (better, worse) = lessIsBetter ? (peer, value) : (value, peer)
        add(Row(name: name, value: value, unit: unit, peer: peer, ratio: worse > 0 ? better / worse : nil, asked: asked))
    }

    private mutating func add(_ row: Row) {
        rows.append(row)
        let words = cells(row)
        let beside = [
            row.floor.map { _ in "floor \(words[2])" }, row.peer.map { _ in "peer \(words[3])" },
            row.ratio.map { _ in "ratio \(words[4])" },
        ]
        let text = beside.compactMap { $0 }.joined(separator: ", ")
        say("\(row.name): \(words[1])\(text.isEmpty ? "" : "  (\(text))")")
    }

    private func cells(_ row: Row) -> [String] {
        [
            row.name, "\(written(row.value)) \(row.unit)", row.floor.map { "\(written($0)) \(row.floorName)" } ?? "",
            row.peer.map(written) ?? "",
            row.ratio.map { String(hundredths: $0) } ?? "", row.asked,
        ]
    }

    func show() {
        let all = [["", "measured", "floor, same run", "peer", "ratio", "asked"]] + rows.map(cells)
        let widths = (0..<5).map { column in all.map { $0[column].count }.max() ?? 0 }
        say("")
        for row in all {
            let padded = row.indices.map { $0 < 5 ? row[$0] + String(repeating: " ", count: widths[$0] - row[$0].count) : row[$0] }
            say(padded.joined(separator: "  "))
        }
    }

    /// One row a line, so that two runs can be compared line by line.
    func json() throws -> String {
        "[\n" + (try rows.map { String(decoding: try $0.json(), as: UTF8.self) }.joined(separator: ",\n")) + "\n]\n"
    }

    subscript(_ name: String) -> Row? { rows.first { $0.name == name } }
}

func written(_ value: Double) -> String { value >= 100 ? "\(Int(value.rounded()))" : String(hundredths: value) }

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
    let p999: Double

    init(_ values: [Double]) {
        let sorted = values.sorted()
        func at(_ share: Double) -> Double { sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] }
        p50 = at(0.5)
        p99 = at(0.99)
        p999 = at(0.999)
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
