import Contracts
import Launch
import Seal
import Town

/// A town's or a station's data folder, backed up and tried.
struct Backup {
    let town: Town
    let townFile: String
    let data: DataFolder
    let place: SiteID?
    let settings: Town.Backups
    /// Where they go.
    let to: String
    let console: Console

    init(_ arguments: Arguments, _ console: Console) throws { try self.init(of: Station(arguments, console), console) }

    init(of station: Station, _ console: Console) throws {
        guard let settings = station.town.backups else {
            throw Failure.refused(
                "the town's file does not say where backups go. Add it, and start the town again: backups: { to: /mnt/backup/kazasu }")
        }
        (town, townFile, data, place, self.settings, self.console) =
            (station.town, station.townFile, station.data, station.place, settings, console)
        to = Self.repository(settings.to, of: place)
    }

    /// A station's beside the town's, under a password of its own: a stolen station must not open what the town has.
    static func repository(_ to: String, of place: SiteID?) -> String {
        guard let place else { return to }
        return to.hasSuffix("/") ? "\(to)\(place)" : "\(to)-\(place)"
    }

    /// The name its backups have.
    var host: String { place.map { "\(town.name)-\($0)" } ?? town.name.text }

    func repository() throws(Failure) -> Repository {
        try Repository(to, password: data.backupPassword, credentials: data.backupCredentials)
    }

    // MARK: Making one

    /// - Returns: the backup's name, and what is missing in it.
    func make() throws -> (id: String, missing: [String]) {
        var status = BackupStatus(of: data)
        do {
            let repository = try repository()
            let seen = (try? readWhole(data.inventory).decoded(as: Inventory.self))?.sights ?? [:]
            let old = try CopyRound(data: data, console: console).run()
            try remove(data.copiedTown)
            for remark in try TownCopy(town: town, townFile: townFile, destination: data.copiedTown).write() { console.note(remark) }
            let (inventory, unreadable) = Inventory.take(
                of: data, now: console.now(), version: console.version, progress: console.progress)
            let missing = old + unreadable
            status.audit = .init(at: inventory.at, trouble: audit(against: seen))
            if let trouble = status.audit?.trouble { console.note("what is kept of who commanded what was altered: \(trouble)") }
            try SecretFile.replace(data.inventory, try inventory.json())
            console.progress("sending to \(to)")
            try repository.open()
            let id = try repository.add(things, in: data.root, as: host, but: Self.excluded)
            try repository.forget(.init(days: settings.days, weeks: settings.weeks, months: settings.months), of: host)
            console.progress("")
            let trouble = missing.isEmpty ? nil : "not in it as of now: \(missing.joined(separator: "; "))"
            status.last = .init(at: console.now(), trouble: trouble)
            if missing.isEmpty { status.lastGood = inventory.at }
            try status.write(to: data)
            return (id, missing)
        } catch {
            console.progress("")
            status.last = .init(at: console.now(), trouble: "\(error)")
            try? status.write(to: data)
            throw error
        }
    }

    /// Each backup looks whether what the last one has seen of the audits is still there.
    private func audit(against seen: [String: AuditBook.Sight]) -> String? {
        let book = AuditBook(folder: data.copies)
        let faults = book.services.flatMap { service in
            console.progress("computing the audit of \(service)")
            // A copy that cannot be read is told of as such.
            let report = try? book.verify(service, against: seen[service].map { [$0] } ?? [], town.offset)
            return report?.faults.map { "\(service): \($0)" } ?? []
        }
        return faults.isEmpty ? nil : faults.joined(separator: "; ")
    }

    /// Copies in place of the databases; what is made again at each start, and what opens the backup itself, stays out.
    private static let excluded = [
        "copies/wanted", "copies/status.json", "copies/before-*", "*.part", "keys/backup.password", "broker/memory",
    ]

    private var things: [String] {
        let memories = fileNames(in: "\(data.root)/state").filter { $0.hasPrefix("lock-") && $0.hasSuffix(".json") }.map { "state/\($0)" }
        return (["copies", "keys", "ca", "certificates", "devices", "broker", "site"] + memories).filter { exists("\(data.root)/\($0)") }
    }

    // MARK: Trying one

    /// Fetches the newest backup, compares it with what was sent, and has every program look at what is its own.
    /// - Returns: what is wrong.
    func tryNewest() throws -> [String] {
        var status = BackupStatus(of: data)
        defer { try? remove(data.trial) }
        do {
            let repository = try repository()
            guard let newest = try repository.snapshots().last else {
                throw Failure.refused("there is no backup of \(host) at \(to). Make one: kazasu backup")
            }
            let faults = try examine(newest, in: repository)
            console.progress("")
            status.trial = .init(at: console.now(), trouble: faults.isEmpty ? nil : faults.joined(separator: "; "))
            try status.write(to: data)
            return faults
        } catch {
            console.progress("")
            status.trial = .init(at: console.now(), trouble: "\(error)")
            try? status.write(to: data)
            throw error
        }
    }

    private func examine(_ snapshot: Repository.Snapshot, in repository: Repository) throws -> [String] {
        try remove(data.trial)
        try data.makeFolder(data.trial)
        console.progress("fetching the backup of \(snapshot.at.minute(town.offset))")
        try repository.fetch(snapshot.id, to: data.trial)
        let fetched = DataFolder(root: data.trial)
        let inventory: Inventory = try readWhole(fetched.inventory).decoded()
        let faults = inventory.faults(in: fetched.copies, progress: console.progress)
        guard faults.isEmpty else { return faults }
        try data.makeFolder("\(data.trial)/state")
        for copy in inventory.copies { try move("\(fetched.copies)/\(copy.file)", "\(fetched.root)/state/\(copy.file)") }
        return try judge(fetched)
    }

    /// Keys open what lies under them, and a ledger adds up: each program knows of its own.
    private func judge(_ fetched: DataFolder) throws -> [String] {
        let file = "\(fetched.copiedTown)/town.yaml"
        let town = try Town.load(path: file)
        return try town.processes(withAgents: true, at: place).compactMap { role, instance in
            guard exists(fetched.state(of: Address(role.program, instance))) else { return nil }
            console.progress("asking \(role.rawValue) \(instance)")
            let own = role == .readerAgent ? ["--agent", instance.text] : instance == .main ? [] : ["--instance", instance.text]
            let ended = try runToEnd(
                ChildSpec(
                    role.rawValue, .service, program: "\(console.programs)/\(role.rawValue)",
                    arguments: ["--check", "--town", file, "--data", fetched.root] + own))
            return ended.code == 0 ? nil : "\(role.rawValue) \(instance): \(harmless(ended.lastWords))"
        }
    }
}
