import Contracts
import Glibc
import Launch
import Store
import Town

/// What helps somebody far away to see what is wrong here, and tells of nobody: a folder of texts.
struct SupportBundle {
    let station: Station
    let examination: Examination
    /// Where our programs lie.
    let programs: String

    /// Lines of the log.
    private static let lines = 500

    private static let explanation = """
        What a town sends to whoever helps it. Look through it before you send it: these are plain texts.

        doctor.json       what kazasu doctor says     health.json   how each process is, with its counters
        town.yaml         the bones of the town's file     mosquitto.conf   the broker's settings, without paths
        up.log            the last lines of kazasu up     tables.json   tables of the copies of the last backup: rows and schema versions
        sizes.txt         bytes of databases and logs     system.json   operating system, memory, disk, clock, versions

        Left out, and shown as \u{2026}: names and titles, addresses, telephone numbers, mail addresses, hosts, addresses of machines, paths, tokens of cards,
        ids of people, remarks, and whatever is written in another script than Latin. No database, key or certificate is in here.
        Left in: what the town calls its machines, readers, doors, groups and desks in topics (gate-1, gym), since without that nothing can be found.
        A name in Latin letters that somebody chose for one of those is therefore in here.

        """

    /// Name and contents of each file. What cannot be read is said in its place: a bundle is made when something is broken.
    func files() -> [(name: String, text: String)] {
        let data = station.data
        let town = (try? readWhole(station.townFile)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let outline = TownOutline(town, users: station.town.brokerUsers().users.map(\.instance.text))
        var host = [CChar](repeating: 0, count: 256)
        gethostname(&host, host.count - 1)
        let here = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let scrub = Scrub(removed: outline.removed + [here, data.root, folder(of: station.townFile), Self.home])
        let facts = SystemFacts(examination.own, programs: programs, now: examination.now, examination.offset)
        let reports = examination.vitals.map { HealthReport($0, examination.survey.answers[$0.address]) }
        return [
            ("README.txt", Self.explanation), ("doctor.json", scrub.text(Self.json(examination.findings))),
            ("health.json", scrub.text(Self.json(reports))), ("town.yaml", outline.text), ("mosquitto.conf", scrub.text(brokerSettings)),
            ("up.log", scrub.text(log)), ("tables.json", Self.json(tables)), ("sizes.txt", sizes),
            ("system.json", scrub.text(Self.json(facts))),
        ]
    }

    private static var home: String { getenv("HOME").map { String(cString: $0) }.flatMap { $0 == "/" ? nil : $0 } ?? "" }
    private static func json(_ value: some Encodable) -> String { String(decoding: (try? value.json()) ?? [], as: UTF8.self) + "\n" }

    /// Names and values, without remarks, and without values that are paths.
    private var brokerSettings: String {
        guard let file = try? readWhole(station.data.brokerConfiguration) else { return "not on this machine\n" }
        return String(decoding: file, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            line.contains("/") ? "\(line.prefix { $0 != " " }) \(Scrub.gap)" : String(line)
        }.joined(separator: "\n") + "\n"
    }

    private var log: String {
        guard let file = try? readWhole(station.data.log) else { return "not on this machine\n" }
        return String(decoding: file, as: UTF8.self).split(separator: "\n").suffix(Self.lines).joined(separator: "\n") + "\n"
    }

    private struct Tables: Encodable {
        let file: String
        let at: String?
        var schemas: [String: Int64]?
        var rows: [String: Int64]?
        var trouble: String?
    }

    /// Of the copies: the databases themselves are in use.
    private var tables: [Tables] {
        let copies = station.data.copies
        return databases(in: copies).map { file in
            let at = modified("\(copies)/\(file)")?.rfc3339(examination.offset)
            do {
                let database = try Database(path: "\(copies)/\(file)")
                let schemas = try database.read { db in
                    try db.all("SELECT module, max(number) FROM migration GROUP BY module") { ($0.text(0), $0.int(1)) }
                }
                return Tables(file: file, at: at, schemas: Dictionary(uniqueKeysWithValues: schemas), rows: try database.census())
            } catch { return Tables(file: file, at: at, trouble: "cannot be read") }
        }
    }

    private var sizes: String {
        ["state", "copies", "broker/memory", "log"].flatMap { folder in
            fileNames(in: "\(station.data.root)/\(folder)").map { "\(size(of: "\(station.data.root)/\(folder)/\($0)"))  \(folder)/\($0)\n" }
        }.joined()
    }
}
