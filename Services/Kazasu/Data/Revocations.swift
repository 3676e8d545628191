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
    /// How often they were changed; `nil` before the first time.
    private(set) var revision: Int?

    init() {}

    /// - Throws: where the file is there and cannot be read: nobody may get back what was taken because of a damaged file.
    init(of data: DataFolder) throws {
        guard exists(data.revocations) else { return }
        self = try SecretFile.read(data.revocations).decoded()
    }

    mutating func write(to data: DataFolder) throws {
        revision = (revision ?? 0) + 1
        try SecretFile.replace(data.revocations, try json())
    }

    /// Has the broker refuse their certificates too: the one each has, and the one before it, which is good for the same key.
    func refuseCertificates(in data: DataFolder) throws {
        let files = lines.flatMap { [data.certificate(of: $0.user).certificate, data.certificate(of: $0.user).former] }.filter(exists)
        let authority = try Authority.load(certificate: data.authority.certificate, key: data.authority.key)
        try SecretFile.replace(data.revocationList, try authority.revocationList(files, revision: revision ?? 0))
    }

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
    /// Revoked certificates, as the broker reads them. Only where the authority is: a station's broker has no such list.
    var revocationList: String { "\(root)/broker/revoked.pem" }
}

extension PairOfFiles {
    /// The certificate before the one there is.
    var former: String { key.dropLast(3) + "former" }
}
