import Contracts
import Glibc
import Launch
import Seal

/// Where backups go: a repository of restic, which encrypts, keeps each piece once, and can be read without us (restic.net).
struct Repository {
    /// A folder, `sftp:…`, `s3:…` or `rest:…`.
    let place: String
    /// Files: what opens it, and who we are at a store of the S3 kind, if that is there.
    let password: String
    let credentials: String?
    private let program: String

    static let tag = "kazasu"

    init(_ place: String, password: String, credentials: String? = nil) throws(Failure) {
        guard let program = Programs.find("restic") else {
            throw .refused("restic, which keeps the backups, is not installed. Install it: sudo apt-get install restic")
        }
        guard exists(password) else {
            throw .refused(
                "\(password), the password of the backups, is missing. kazasu up makes it at its next start; for backups that are there already, put the one back that they were made with, or name it: --password-file FILE"
            )
        }
        self.program = program
        self.place = place
        self.password = password
        self.credentials = credentials.flatMap { exists($0) ? $0 : nil }
    }

    /// One backup.
    struct Snapshot: Decodable {
        let id: String
        let host: String
        private let time: String

        private enum CodingKeys: String, CodingKey {
            case time
            case host = "hostname"
            case id = "short_id"
        }

        var at: Instant { Instant(rfc3339: time) ?? .distantPast }
    }

    /// Makes it if it is not there. A folder on a disk that is not mounted must not become one.
    func open() throws(Failure) {
        if try run(["cat", "config"]).code == 0 { return }
        if place.hasPrefix("/"), !exists(folder(of: place)) {
            throw .refused("\(folder(of: place)), where the backups go, is not there. Is its disk connected and mounted?")
        }
        let made = try run(["init"])
        guard made.code == 0 else { throw trouble(made) }
    }

    /// - Parameter things: relative to `folder`.
    func add(_ things: [String], in folder: String, as host: String, but excluded: [String]) throws(Failure) -> String {
        // What a killed backup has locked is free again; what another one works on stays locked.
        _ = try run(["unlock"])
        let options = ["backup", "--json", "--quiet", "--tag", Self.tag, "--host", host] + excluded.flatMap { ["--exclude", $0] }
        let ended = try run(options + things, in: folder)
        guard ended.code == 0, let id = Self.summary(of: ended.output) else { throw trouble(ended) }
        return id
    }

    func forget(_ backups: Keep, of host: String) throws(Failure) {
        let ended = try run([
            "forget", "--quiet", "--tag", Self.tag, "--host", host, "--group-by", "host,tags", "--keep-daily", "\(backups.days)",
            "--keep-weekly", "\(backups.weeks)", "--keep-monthly", "\(backups.months)", "--prune",
        ])
        guard ended.code == 0 else { throw trouble(ended) }
    }

    struct Keep { let days, weeks, months: Int }

    /// The oldest first.
    func snapshots() throws(Failure) -> [Snapshot] {
        let ended = try run(["snapshots", "--json", "--tag", Self.tag])
        guard ended.code == 0, let found = try? Self.lastLine(of: ended.output).decoded(as: [Snapshot].self) else { throw trouble(ended) }
        return found
    }

    func fetch(_ snapshot: String, to folder: String) throws(Failure) {
        let ended = try run(["restore", snapshot, "--quiet", "--target", folder])
        guard ended.code == 0 else { throw trouble(ended) }
    }

    /// One file of a backup.
    func read(_ path: String, of snapshot: String) throws(Failure) -> [UInt8] {
        let ended = try run(["dump", "--quiet", snapshot, path])
        guard ended.code == 0 else { throw trouble(ended) }
        return ended.output
    }

    private func run(_ words: [String], in folder: String? = nil) throws(Failure) -> Ended {
        var spec = ChildSpec(
            "restic", .service, program: program, arguments: words + ["--repo", place, "--password-file", absolute(password), "--no-cache"])
        spec.folder = folder
        if let credentials { spec.environment["AWS_SHARED_CREDENTIALS_FILE"] = absolute(credentials) }
        return try runToEnd(spec)
    }

    private func trouble(_ ended: Ended) -> Failure {
        .refused(
            "the backups at \(place) cannot be worked with: \(harmless(ended.lastWords)). Look at the place, its space and the password.")
    }

    private struct Summary: Decodable {
        let kind: String
        let snapshot: String?

        private enum CodingKeys: String, CodingKey {
            case kind = "message_type"
            case snapshot = "snapshot_id"
        }
    }

    private static func summary(of output: [UInt8]) -> String? {
        let last = output.split(separator: UInt8(ascii: "\n")).lazy.compactMap { try? Array($0).decoded(as: Summary.self) }
        return last.last { $0.kind == "summary" }?.snapshot
    }

    private static func lastLine(of output: [UInt8]) -> [UInt8] { output.split(separator: UInt8(ascii: "\n")).last.map(Array.init) ?? [] }
}
