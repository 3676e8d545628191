import Contracts
import Glibc
import Launch
import Seal
import ServiceKit
import Town

/// One thing somebody should know: where, what, what residents notice, what to do next.
struct Finding: Encodable, Equatable {
    let weight: Problem.Weight
    let place: String
    let code: String
    let what: String
    let effect: String
    let next: String
}

/// What this machine can say of itself.
struct OwnMachine {
    /// Free bytes where the data are, and all of them.
    var disk: (free: Int64, all: Int64)?
    var clock = ClockQuality.synced
    /// The certificate that ends first, with its file's name.
    var certificate: (name: String, end: Instant)?
    var backups: [Problem] = []
}

/// Judges a town from its last words and what this machine knows: no clock, no network.
struct Examination {
    let vitals: [Vitals]
    let own: OwnMachine
    let language: Language
    let now: Instant
    let offset: UTCOffset

    /// A disk with less is nearly full: a tenth, and no more than five gigabytes.
    static let leastFree: Int64 = 5 << 30
    static let warnsBefore = Duration.seconds(90 * 86_400)

    /// The worst first, then by place.
    var findings: [Finding] {
        (machine + vitals.flatMap(findings) + versions).sorted {
            ($0.weight == .red ? 0 : 1, $0.place, $0.code) < ($1.weight == .red ? 0 : 1, $1.place, $1.code)
        }
    }

    private func finding(_ problem: Problem, at place: String) -> Finding {
        guard let advice = Advice.on(problem.code) else {
            return Finding(weight: problem.weight, place: place, code: problem.code, what: harmless(problem.text), effect: "", next: "")
        }
        // The sentence of the program has the particulars.
        let what = language == .en ? harmless(problem.text) : "\(advice.what) (\(harmless(problem.text)))"
        return Finding(
            weight: problem.weight, place: place, code: problem.code, what: what, effect: advice.effect[language],
            next: advice.next[language])
    }

    private func findings(of one: Vitals) -> [Finding] {
        let place = "\(one.role.rawValue) \(one.instance)"
        switch one.condition {
        case .lost, .unheard, .stopped:
            let advice = Advice.down(one.role)
            let since = one.life.map { " \($0.at.minute(offset))" }
            let words =
                switch (one.condition, language) {
                case (.stopped, .en): "stopped\(since ?? "")"
                case (.stopped, .ja): "停止中\(since ?? "")"
                case (_, .en): since.map { "silent since\($0)" } ?? "never heard of"
                case (_, .ja): since.map { "応答なし(最終\($0))" } ?? "一度も応答がありません"
                }
            return [
                Finding(
                    weight: .red, place: place, code: "silent", what: words, effect: advice.effect[language], next: advice.next[language])
            ]
        case .absent: return []
        case .red, .amber, .ready: return (one.life?.problems ?? []).map { finding($0, at: place) }
        }
    }

    private var machine: [Finding] {
        var problems = own.backups
        if let disk = own.disk, disk.free < min(disk.all / 10, Self.leastFree) {
            problems.append(
                Problem(disk.free < disk.all / 50 ? .red : .amber, "disk", "\(disk.free >> 20) MB of \(disk.all >> 20) MB are free."))
        }
        if own.clock != .synced {
            problems.append(Problem(.amber, "time", "This machine's clock is kept by nothing but its own crystal."))
        }
        if let (name, end) = own.certificate, end - Self.warnsBefore < now {
            problems.append(Problem(end < now ? .red : .amber, "certificate", "\(name) ends on \(end.day(offset))."))
        }
        return problems.map { finding($0, at: Phrase("this machine", "この機械")[language]) }
    }

    private var versions: [Finding] {
        let known = Dictionary(grouping: vitals.filter(\.answers)) { $0.life?.version ?? "" }.filter { $0.key != "" }
        guard known.count > 1 else { return [] }
        let list = known.sorted { $0.key < $1.key }.map { version, those in
            "\(version): \(those.prefix(5).map { "\($0.role.rawValue) \($0.instance)" }.joined(separator: ", "))"
        }
        return [finding(Problem(.amber, "versions", list.joined(separator: "; ")), at: Phrase("town", "町全体")[language])]
    }
}

extension OwnMachine {
    /// Of the machine whose data these are.
    init(of station: Station, now: Instant) {
        let data = station.data
        var status = statvfs()
        if statvfs(data.root, &status) == 0 {
            disk = (Int64(status.f_bavail) * Int64(status.f_frsize), Int64(status.f_blocks) * Int64(status.f_frsize))
        }
        clock = clockQuality(now: now, notBefore: .distantPast)
        let files = [data.authority.certificate, data.brokerCertificate(host: station.town.broker(at: station.place).host).certificate]
        let own = fileNames(in: "\(data.root)/certificates").filter { $0.hasSuffix(".pem") }.map { "\(data.root)/certificates/\($0)" }
        certificate = (files + own).compactMap { path in (try? endOfCertificate(path)).map { (path, $0) } }.min { $0.1 < $1.1 }
            .map { (String($0.0.split(separator: "/").last ?? ""), $0.1) }
        backups = station.backupProblems(now: now)
    }
}
