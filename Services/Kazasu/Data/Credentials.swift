import Contracts
import Glibc
import Launch
import LockDriver
import Seal
import Town

/// Makes the keys and certificates a town needs. What exists is left as it is: a key that changed would lock out whoever holds the old one.
struct Credentials {
    let data: DataFolder
    let now: Instant
    /// Called before each key that takes a moment.
    let progress: (String) -> Void

    /// Twenty years, half of that for what it signs. A certificate that ends on a Sunday stops a town; stealing a key is answered by the ACL.
    private static let authorityDays = 7300
    private static let certificateDays = 3650

    /// - Returns: what was made, one sentence.
    func complete(for town: Town) throws -> [String] {
        var made: [String] = []
        let authority = try authority(of: town, &made)
        let host = town.broker.host
        // A host that is neither of these is reached from outside too.
        let isAddress =
            host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") || (48...57).contains($0) } || host.contains(":")
        let names = isAddress || host == "localhost" ? ["localhost"] : ["localhost", host]
        let addresses = isAddress && host != "127.0.0.1" ? ["127.0.0.1", host] : ["127.0.0.1"]
        if try ensure(data.brokerCertificate(host: host), by: authority, as: .server(names: names, addresses: addresses), named: host) {
            made.append("a certificate for the broker at \(host)")
        }
        let users = town.brokerUsers.users.map { $0.role.user($0.instance) }
        var added: [UserID] = []
        for (index, user) in users.enumerated() where try ensure(data.certificate(of: user), by: authority, as: .client, named: user.text) {
            added.append(user)
            progress("certificates: \(index + 1) of \(users.count)")
        }
        if !added.isEmpty {
            let names = added.prefix(8).map(\.text).joined(separator: ", ") + (added.count > 8 ? " and \(added.count - 8) more" : "")
            made.append("certificates for \(added.count) user\(added.count == 1 ? "" : "s"): \(names)")
        }
        // The former key is never made: a new secret under its number would know no card.
        let number = town.tokenKeys.current
        if !exists(data.tokenKey(number)) {
            _ = try TokenKey.create(at: data.tokenKey(number), number: number)
            made.append("token key \(number)")
        }
        if !exists(data.vaultKey) {
            try Vault.create(at: data.vaultKey)
            made.append("the key of personal data")
        }
        if !exists(data.grantKey) {
            try SigningKey.generate().save(file: data.grantKey)
            made.append("the key that signs grants")
        }
        let devices = town.deviceUsers.map(\.user).filter { !exists(data.devicePassword(of: $0)) }
        for user in devices { try DevicePassword.create(at: data.devicePassword(of: user)) }
        if !devices.isEmpty {
            made.append("passwords in \(data.root)/devices for \(devices.map(\.text).joined(separator: ", "))")
        }
        // The public half follows from the key, so it is written wherever it is missing.
        if !exists(data.grantPublicKey) { try SigningKey.load(file: data.grantKey).verifyingKey.save(file: data.grantPublicKey) }
        return made
    }

    /// The authority is made in a folder of its own and moved into place whole: a crash leaves none, not half of one.
    private func authority(of town: Town, _ made: inout [String]) throws -> Authority {
        let final = "\(data.root)/ca"
        if exists(final) { return try Authority.load(certificate: data.authority.certificate, key: data.authority.key) }
        let fresh = "\(data.root)/ca.\(getpid()).new"
        try data.makeFolder(fresh)
        let authority = try Authority.create(commonName: "Kazasu \(town.name)", from: start, validDays: Self.authorityDays)
        try authority.save(certificate: "\(fresh)/authority.pem", key: "\(fresh)/authority.key")
        guard rename(fresh, final) == 0 else { throw Failure.refused("\(final) cannot be made: \(String(cString: strerror(errno))).") }
        made.append("the town's certificate authority")
        return authority
    }

    /// - Returns: whether anything was made.
    private func ensure(_ files: PairOfFiles, by authority: Authority, as use: Authority.Use, named name: String) throws -> Bool {
        if exists(files.key), exists(files.certificate) { return false }
        // The key is written first, so one without a certificate is left over from a crash and nobody has ever used it.
        unlink(files.key)
        try authority.issue(use, commonName: name, from: start, validDays: Self.certificateDays).save(
            certificate: files.certificate, key: files.key)
        return true
    }

    /// A day ago: the clocks of small machines differ.
    private var start: Instant { now - .seconds(86_400) }
}
