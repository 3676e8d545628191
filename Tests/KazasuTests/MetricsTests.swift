import Contracts
import Glibc
import Journal
import Launch
import ServiceKit
import Testing
import Town

@testable import Kazasu

@Suite("kazasu metrics")
struct MetricsTests {
    private let now = Instant(rfc3339: "2026-11-22T09:00:00+09:00") ?? .distantPast
    private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    private func figures(_ vitals: [Vitals]?) -> TownFigures {
        var own = OwnMachine()
        own.disk = (1 << 30, 100 << 30)
        own.certificate = ("authority.pem", now + .seconds(400 * 86_400))
        return TownFigures(now: now, offset: .japan, vitals: vitals, own: own)
    }

    private func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

    @Test("Both formats tell the same; OpenMetrics has units, counters by their bare names, and an end")
    func formats() {
        var figures = figures([Vitals(.points, "main", Life(.ready, at: now, clock: .synced), now: now)])
        figures.broker = ["bytes/received": 12.0, "uptime": 3]
        let (open, old) = (lines(figures.text(.openMetrics)), lines(figures.text(.prometheus)))
        #expect(open.filter { !$0.hasPrefix("#") } == old.filter { !$0.hasPrefix("#") })
        #expect(open.last == "# EOF" && !old.contains("# EOF"))
        #expect(open.contains("# TYPE kazasu_broker_received_bytes counter") && open.contains("# UNIT kazasu_broker_received_bytes bytes"))
        #expect(old.contains("# TYPE kazasu_broker_received_bytes_total counter") && !old.contains { $0.hasPrefix("# UNIT") })
        #expect(open.contains("kazasu_broker_received_bytes_total 12") && open.contains("kazasu_broker_uptime_seconds 3"))
        #expect(open.contains("kazasu_process_life_timestamp_seconds{role=\"points\",name=\"main\"} 1795305600"))
        #expect(Exposition.Format(accept: "application/openmetrics-text;version=1.0.0,text/plain;q=0.5") == .openMetrics)
        #expect(Exposition.Format(accept: "*/*") == .prometheus)
    }

    @Test("Of one that is silent it is said that it is, and nothing of what it said before; a lock never heard of is not there")
    func silent() {
        let problems = [Problem(.red, "pcscd", "x")]
        let life = Life(.red, at: now - .seconds(600), clock: .free, problems: problems, counters: ["missing": 7])
        let text = figures([Vitals(.readerAgent, "gate-1", life, now: now), Vitals(.lock, "gym", nil, now: now)]).text(.openMetrics)
        #expect(text.contains("kazasu_process_up{role=\"reader-agent\",name=\"gate-1\"} 0"))
        #expect(!text.contains("gym") && !text.contains("pcscd") && !text.contains("kazasu_missing_events"))
    }

    @Test("Problems are series by code, each once; alarms are one code, and a code nobody knows is other")
    func problems() {
        let codes = ["alarm-forced-gym", "alarm-jammed-hall", "from-the-future", "lag"]
        let life = Life(
            .red, at: now, problems: codes.map { Problem(.amber, $0, "Tanaka's door") }, counters: ["missing": 7, "applied": 9])
        let text = figures([Vitals(.lockController, "main", life, now: now)]).text(.openMetrics)
        let series = lines(text).filter { $0.hasPrefix("kazasu_problem{role=\"lock-controller\"") }
        #expect(series.map { $0.split(separator: "\"")[5] } == ["alarm", "other", "lag"])
        #expect(text.contains("kazasu_problem{role=\"machine\",name=\"this\",code=\"disk\",weight=\"red\"} 1"))
        #expect(text.contains("kazasu_missing_events{role=\"lock-controller\",name=\"main\"} 7"))
        #expect(text.contains("counter=\"applied\"} 9") && !text.contains("Tanaka"))
    }

    @Test("A process with more counters than are told is cut; a value with quotes does not end its label")
    func bounds() {
        let counters = Dictionary(uniqueKeysWithValues: (100..<300).map { ("c\"\($0)", Int64($0)) })
        let text = figures([Vitals(.points, "main", Life(.ready, at: now, counters: counters), now: now)]).text(.openMetrics)
        #expect(lines(text).count { $0.hasPrefix("kazasu_process_value{") } == TownFigures.most)
        #expect(text.contains("counter=\"c\\\"100\""))
    }

    @Test("Without a broker nothing is said of anybody")
    func alone() {
        let text = figures(nil).text(.openMetrics)
        #expect(
            text.contains("kazasu_broker_up 0") && text.contains("kazasu_disk_free_bytes 1073741824") && !text.contains("kazasu_process"))
    }

    @Test("A sign of life that was held up does not make a clock look slow, and a clock that was set is soon known")
    func clock() {
        var measure = ClockMeasure()
        #expect(measure.ahead == nil)
        for held in [20, 3000, 5, 900] { measure.note(.milliseconds(5000 - held)) }
        #expect(measure.ahead == .milliseconds(4995))
        for held in [20, 3000, 5, 900] { measure.note(.milliseconds(-held)) }
        #expect(measure.ahead == .milliseconds(-5))
    }

    @Test("The rules in deploy are those of this program, and every code that has advice has a rule")
    func alerts() {
        #expect(
            read("\(Self.root)/deploy/prometheus/alerts.yaml") == AlertRules.yaml, "kazasu metrics --alerts > deploy/prometheus/alerts.yaml"
        )
        let names = AlertRules.rules.map(\.name)
        #expect(
            Set(names).count == names.count
                && Advice.codes.allSatisfy { code in AlertRules.rules.contains { $0.summary.hasPrefix("\(code) at") } })
    }

    @Test("Whatever the rules and the dashboard ask for is exported under that name")
    func names() {
        let exported = Set(Family.allCases.map(\.sampleName))
        for file in ["deploy/prometheus/alerts.yaml", "deploy/grafana/kazasu.json"] {
            let words = read("\(Self.root)/\(file)").split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
            let asked = Set(words.filter { $0.hasPrefix("kazasu_") })
            #expect(asked.count > 5 && asked.subtracting(exported).isEmpty, "\(file): \(asked.subtracting(exported).sorted())")
        }
    }
}
