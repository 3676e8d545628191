import Contracts
import Launch
import Seal

/// Users of the broker who may do nothing any more, whatever certificate they show: `broker/revoked.json`.
struct Revocations: Codable, Equatable {
    struct Line: Codable, Equatable {
        var user: UserID
        var at: Instant
        var why: String
    }

    var lines: [Line] = []

    init() {}

    /// - Throws: where the file is there and cannot be read: nobody may get back what was taken because of a damaged file.
    init(of data: DataFolder) throws {
        guard exists(data.revocations) else { return }
        self = try SecretFile.read(data.revocations).decoded()
    }

    func write(to data: DataFolder) throws { try SecretFile.replace(data.revocations, try json()) }

    func contains(_ user: some StringProtocol) -> Bool { lines.contains { $0.user.text == user } }

    /// An ACL file without the blocks of these users. Whoever has no block has no right (mosquitto.conf(5), acl_file).
    func applied(to acl: String) -> String {
        let blocks = acl.split(separator: "\nuser ", omittingEmptySubsequences: false)
        let kept = blocks.dropFirst().filter { !contains($0.prefix { $0 != "\n" }) }
        return blocks.prefix(1).joined() + kept.map { "\nuser \($0)" }.joined()
    }
}

extension DataFolder {
    var revocations: String { "\(root)/broker/revoked.json" }
}
