import Bus
import Contracts
import Glibc
import Launch
import Mosquitto
import ServiceKit
import Town

/// A morning at a school's gate: from the tap that the agent says to the mail that a server has taken, with the real notifier, TLS, ACL and a real mail server.
enum GateMeasure {
    private static let pupils = 3000
    /// Ten times as many in a minute as the ten minutes before school bring.
    private static let perSecond = 50
    private static let gate = BenchTown.gate(1)

    static func run(folder: String, programs: String, report: inout Report) throws {
        let server = try Child(
            ["/usr/bin/python3", MailMeasure.program, "--quiet", "--log", "/dev/null"], output: "\(folder)/gate-smtp.port")
        defer { server.stop() }
        let mail = try MailMeasure.port(in: "\(folder)/gate-smtp.port")
        let file = "\(folder)/gate.yaml"
        let broker = try Broker(of: town(at: file, mail: mail), in: "\(folder)/gate")
        defer { broker.stop() }
        guard let data = broker.secure else { throw Fatal("the broker of a town is a secure one") }
        let (directory, agent) = (
            try broker.client("resident-directory-main").connect(), try broker.client("agent-\(gate)").connect()
        )
        let life = Topic.life(of: Address("notifier", "main"), in: BenchTown.town).description
        let told = Channel<DeliveryEnded>.deliveries.topic(in: BenchTown.town, "main").description
        let watch = try broker.client("operator-watch").connect([life, told])
        let clients = [directory, agent, watch]
        defer { for client in clients { client.close() } }
        let notifier = try Child(["\(programs)/notifier", "--town", file, "--data", data.root, "--port", "\(broker.port)"])
        defer { notifier.stop() }

        var isReady = false
        var left: [EventID: UInt64] = [:]
        var times: [Double] = []
        watch.onMessage = { message in
            guard message.topic == told else { return isReady = true }
            guard let ended = try? Envelope<DeliveryEnded>(json: message.payload).data, ended.outcome == .sent,
                let start = left.removeValue(forKey: ended.about)
            else { return }
            times.append(Double(nanoseconds() - start) / 1e6)
        }
        func turn(for what: String, until done: () throws -> Bool) throws {
            let end = monotonicMilliseconds() + 120_000
            while try !done() {
                wait(clients, 2)
                for client in clients { client.turn() }
                guard monotonicMilliseconds() < end else { throw Fatal("no \(what) within two minutes") }
            }
        }
        try turn(for: "sign of life") { isReady }
        try introduce(to: directory, turn)

        let taps = TapStream(gate, for: Purpose(kind: "school-gate"))
        let (start, processor) = (nanoseconds(), notifier.processor)
        var sent = 0
        try turn(for: "mail of every tap") {
            while sent < pupils, nanoseconds() - start >= UInt64(sent) * 1_000_000_000 / UInt64(perSecond) {
                let tap = taps.next(BenchTown.token(sent), at: wallClock())
                left[tap.id] = nanoseconds()
                agent.publish(BenchTown.taps(of: gate), try tap.json())
                agent.transport.flush()
                sent += 1
            }
            return times.count >= pupils
        }
        let percentiles = Percentiles(times)
        report.add("notices: tap at a gate → mail taken and noted, \(perSecond)/s, p50", percentiles.p50, "ms", asked: "≤ 300")
        report.add("the same, p99", percentiles.p99, "ms", asked: "≤ 1,500")
        report.add("the same: processor time of one", (notifier.processor - processor) * 1e6 / Double(pupils), "µs")
        report.add("notifier: resident after it", notifier.resident, "MB", asked: "≤ 30")
    }

    private static func town(at path: String, mail: Int) throws -> Town {
        let text = """
            town: bench
            double-tap: { default: 0s }
            agents:
              \(gate): { readers: { reader-1: { device: "Bench Reader", place: school, purpose: school-gate } } }
            operators: [watch]
            notice-desks: [hall]
            schedules: { all-week: { hours: { mon-sun: "00:00-24:00" } } }
            notices:
              mail: { server: localhost, port: \(mail), encryption: none, from: oshirase@nagai.example }
              quiet: "00:00-00:00"
              schools: { first: { title: 第一小学校, schedule: all-week, gates: [\(gate)], alarms: false } }
            """
        try Array(text.utf8).write(to: path)
        return try Town.load(path: path)
    }

    /// Each pupil has one guardian, who wants to hear of the gate.
    private static func introduce(to directory: Client, _ turn: (String, () throws -> Bool) throws -> Void) throws {
        var random = SystemRandomNumberGenerator()
        let epoch = Epoch(after: nil, now: wallClock(), random: 1)
        let topic = Channel<NoticeView>.noticeView.topic(in: BenchTown.town, "main").description
        var number: Int64 = 0
        func say(_ view: NoticeView) throws {
            number += 1
            let event = Envelope(
                id: EventID(at: wallClock(), random: (random.next(), random.next())),
                source: Address("resident-directory", "main").source(in: BenchTown.town), subject: view.person.text, time: wallClock(),
                position: StreamPosition(epoch: epoch, number: number), data: view)
            directory.publish(topic, try event.json())
            if number % 200 == 0 { try turn("acknowledgement of the views") { directory.waiting == 0 } }
        }
        for pupil in 0..<pupils {
            let guardian = ShelterTown.person(pupil + 100_000)
            var child = NoticeView(ShelterTown.person(pupil))
            (child.tokens, child.called, child.school) = ([BenchTown.token(pupil)], "長井 太郎", "第一小学校")
            child.tell = [NoticeView.Tell(guardian, as: .guardian, kinds: [.schoolGate])]
            try say(child)
            var parent = NoticeView(guardian)
            (parent.tokens, parent.channels) = ([], [Reach(.mail, "p\(pupil)@example.jp")])
            try say(parent)
        }
        try turn("acknowledgement of the views") { directory.waiting == 0 }
    }
}
