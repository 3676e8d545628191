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
    /// What was practised last, of each kind.
    var drills: [DrillBook.Entry] = []
    var backups: [Problem] = []
    /// When a backup, and a trial of one, went well the last time.
    var lastBackup: Instant?
    var lastTrial: Instant?
    /// Of the broker that runs here.
    var broker: [Problem] = []
}

/// Judges a town from its last words and what this machine knows: no clock, no network.
struct Examination {
    let vitals: [Vitals]
    let own: OwnMachine
    let language: Language
    let now: Instant
    let offset: UTCOffset
    /// What processes answered.
    var survey = Survey()
    /// What the town as a whole has: what the broker keeps and should not, or that it is not there.
    var town: [Problem] = []

    /// A disk with less is nearly full: a tenth, and no more than five gigabytes.
    static let leastFree: Int64 = 5 << 30
    static let warnsBefore = Duration.seconds(90 * 86_400)

    /// The worst first, then by place.
    var findings: [Finding] {
        let place = Phrase("town", "町全体")[language]
        return (machine + vitals.flatMap(findings) + (town + differences + [clocks].compactMap(\.self)).map { finding($0, at: place) })
            .sorted {
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
        case .red, .amber, .ready:
            let own = (one.life?.problems ?? []) + survey.problems(of: one.address)
            return (own + [one.clockless].compactMap(\.self)).map { finding($0, at: place) }
        }
    }

    private var machine: [Finding] {
        own.problems(now: now, offset).map { finding($0, at: Phrase("this machine", "この機械")[language]) }
    }

    /// Programs of several versions, or that speak of different contracts.
    private var differences: [Problem] {
        func lists(_ word: (Life) -> String?) -> [String] {
            let known = Dictionary(grouping: vitals.filter(\.answers)) { $0.life.flatMap(word) ?? "" }.filter { $0.key != "" }
            return known.count < 2
                ? []
                : known.sorted { $0.key < $1.key }.map { word, those in
                    "\(word): \(those.prefix(5).map { "\($0.role.rawValue) \($0.instance)" }.joined(separator: ", "))"
                }
        }
        let (versions, contracts) = (lists(\.version), lists(\.contract))
        if !versions.isEmpty { return [Problem(.amber, "versions", versions.joined(separator: "; "))] }
        // One version with two contracts was built from two sources.
        return contracts.isEmpty ? [] : [Problem(.amber, "versions", "contracts: \(contracts.joined(separator: "; "))")]
    }

    /// Machines elsewhere whose clocks nobody keeps. Where ours is not kept either, that stands already.
    private var clocks: Problem? {
        let free = vitals.filter { $0.answers && $0.life?.clock == .free }
        guard own.clock == .synced, !free.isEmpty else { return nil }
        let more = free.count > 5 ? " and \(free.count - 5) more" : ""
        let list = free.prefix(5).map { "\($0.role.rawValue) \($0.instance)" }.joined(separator: ", ")
        return Problem(.amber, "time", "The clock is kept by nothing but its own crystal at \(list)\(more).")
    }
}

extension Vitals {
    /// A machine that was started and has not been told the time.
    var clockless: Problem? {
        guard answers, life?.clock == .boot else { return nil }
        return Problem(.red, "no-clock", "This machine has not been told the time since its start, and has no clock of its own.")
    }
}

extension OwnMachine {
    func problems(now: Instant, _ offset: UTCOffset) -> [Problem] {
        var problems = backups + broker
        if let disk, disk.free < min(disk.all / 10, Examination.leastFree) {
            problems.append(
                Problem(disk.free < disk.all / 50 ? .red : .amber, "disk", "\(disk.free >> 20) MB of \(disk.all >> 20) MB are free."))
        }
        switch clock {
        case .synced: break
        case .free: problems.append(Problem(.amber, "time", "This machine's clock is kept by nothing but its own crystal."))
        case .boot: problems.append(Problem(.red, "no-clock", "This machine has not been told the time since its start."))
        }
        if let (name, end) = certificate, end - Examination.warnsBefore < now {
            problems.append(Problem(end < now ? .red : .amber, "certificate", "\(name) ends on \(end.day(offset))."))
        }
        return problems
    }
}

extension OwnMachine {
    /// Of the machine whose data these are.
    init(of station: Station, now: Instant) {
        let data = station.data
        var space = statvfs()
        if statvfs(data.root, &space) == 0 {
            disk = (Int64(space.f_bavail) * Int64(space.f_frsize), Int64(space.f_blocks) * Int64(space.f_frsize))
        }
        clock = clockQuality(now: now, notBefore: .distantPast)
        let files = [data.authority.certificate, data.brokerCertificate(host: station.town.broker(at: station.place).host).certificate]
        let own = fileNames(in: "\(data.root)/certificates").filter { $0.hasSuffix(".pem") }.map { "\(data.root)/certificates/\($0)" }
        certificate = (files + own).compactMap { path in (try? endOfCertificate(path)).map { (path, $0) } }.min { $0.1 < $1.1 }
            .map { (String($0.0.split(separator: "/").last ?? ""), $0.1) }
        let practised = DrillBook(of: data)
        backups = station.backupProblems(now: now) + practised.problems
        drills = practised.newest
        let status = BackupStatus(of: data)
        lastBackup = status.lastGood
        lastTrial = status.trial.flatMap { $0.trouble == nil ? $0.at : nil }
        if let file = try? readWhole(data.brokerConfiguration) { broker = BrokerRules.problems(in: String(decoding: file, as: UTF8.self)) }
    }
}
