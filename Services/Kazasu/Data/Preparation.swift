import Contracts
import Launch
import LockDriver
import Seal
import Town

extension DataFolder {
    /// Makes what a town needs and is missing; writes the broker's configuration and ACL anew.
    /// - Returns: what was made, for people; empty at an ordinary start.
    package func prepare(
        _ town: Town, port: Int, now: Instant, progress: @escaping (String) -> Void = { _ in }
    ) throws -> [String] {
        try makeFolders()
        let made = try Credentials(data: self, now: now, progress: progress).complete(for: town)
        let lines = town.sites.map { (user: town.premises($0).line, access: town.crossing(of: $0).farAccess) }
        let acl = Contract.accessControl(for: town.name, roster: town.brokerUsers(), lines: lines) + town.deviceAccessControl
        let revoked = try Revocations(of: self)
        try revoked.refuseCertificates(in: self)
        let devices = town.deviceUsers.filter { !revoked.contains($0.user.text) }
        try SecretFile.replace(passwords, Array(try keptPasswords(of: devices).utf8))
        let configuration = BrokerConfiguration(
            data: self, host: town.broker.host, port: port, devicePort: town.devicePort(beside: port), systemUser: systemUser())
        try write(acl, configuration)
        return made
    }

    /// The same at a station. Its keys came in its bundle, all but the password of its own backups.
    package func prepare(_ town: Town, at site: Town.Site, port: Int) throws -> [String] {
        try makeFolders()
        let missing = town.secrets(of: site, in: self).filter { !exists($0) }
        guard missing.isEmpty else {
            throw Failure.refused(
                "this is not the whole bundle of site \(site.id): \(missing[0]) is missing\(missing.count > 1 ? ", and \(missing.count - 1) more" : ""). Make it anew where the town's data is: kazasu station bundle \(site.id) DIR"
            )
        }
        try SecretFile.replace(siteFile, Array("\(site.id)\n".utf8))
        let configuration = BrokerConfiguration(data: self, host: site.broker.host, port: port, devicePort: nil, systemUser: systemUser())
        let line = (user: town.premises(site).line, access: town.crossing(of: site).nearAccess)
        try write(Contract.accessControl(for: town.name, roster: town.brokerUsers(at: site.id), lines: [line]), configuration)
        return try makeBackupPassword(for: town).map { [$0] } ?? []
    }

    private func write(_ acl: String, _ configuration: BrokerConfiguration) throws {
        try SecretFile.replace(accessControl, Array(Revocations(of: self).applied(to: acl).utf8))
        try SecretFile.replace(brokerConfiguration, Array(configuration.text.utf8))
        try SecretFile.replace(portFile, Array("\(configuration.port)\n".utf8))
    }

    /// Mosquitto's password file.
    private func keptPasswords(of users: [DeviceUser]) throws -> String {
        try users.map { "\($0.user):\(try DevicePassword.load(file: devicePassword(of: $0.user)).kept(salt: randomBytes(12)))\n" }.joined()
    }

    /// The site whose station this folder belongs to; `nil` for the town's own.
    package var site: SiteID? {
        (try? SecretFile.read(siteFile)).flatMap { SiteID(String(decoding: $0.filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self)) }
    }

    /// The port of the last start.
    package var lastPort: Int? {
        guard let bytes = try? SecretFile.read(portFile) else { return nil }
        return Int(String(decoding: bytes, as: UTF8.self).filter { $0 != "\n" })
    }
}
