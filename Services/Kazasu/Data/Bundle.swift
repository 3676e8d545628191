import Contracts
import Glibc
import Launch
import Seal
import Town

extension Town {
    /// The site of that name, with a sentence if the town has none; `nil` for no name.
    func site(named id: SiteID?) throws(Failure) -> Site? {
        guard let id else { return nil }
        if let site = site(id) { return site }
        let near = nearest(to: id.text, among: sites.map(\.id.text)).map { " Did you mean \($0)?" } ?? ""
        let known = sites.isEmpty ? "none" : sites.prefix(20).map(\.id.text).joined(separator: ", ")
        throw .refused("there is no site \(id) in this town.\(near) Sites: \(known).")
    }

    /// Everybody with a certificate for a site: who is at its broker, and its line to the town.
    func users(of site: Site) -> [UserID] {
        brokerUsers(at: site.id).users.map { $0.role.user($0.instance) } + [premises(site).line]
    }

    /// The files a station works with, in its own data folder; the town's authority, grant key and vault are not among them.
    func secrets(of site: Site, in data: DataFolder) -> [String] {
        let pairs = users(of: site).map(data.certificate) + [data.brokerCertificate(host: site.broker.host)]
        let tokenKeys = [tokenKeys.current, tokenKeys.former].compactMap { $0 }.map(data.tokenKey)
        let ofDoors = site.doors.isEmpty ? [] : [data.grantKey, data.grantPublicKey]
        let ofPeople = site.keepsPersonalData ? [data.vaultKey] : []
        return [data.authority.certificate] + pairs.flatMap { [$0.certificate, $0.key] } + tokenKeys + ofDoors + ofPeople
    }
}

/// A folder with all that a station needs and nothing that is of others.
struct Bundle {
    let town: Town
    let site: Town.Site
    let townFile: String
    let data: DataFolder
    /// Where the station's folder is made; it holds `town.yaml` and `data` on the station.
    let destination: String

    /// - Returns: what a person has still to see to.
    func write() throws -> [String] {
        guard rmdir(destination) == 0 || errno == ENOENT else {
            throw Failure.refused(
                "\(destination) is there already. Name a folder that is not: what a station has by now is not written over.")
        }
        let station = DataFolder(root: "\(destination)/data")
        try station.makeFolder(destination)
        try station.makeFolders()
        try station.makeFolder("\(station.root)/ca")
        let theirs = town.secrets(of: site, in: station)
        let own = [
            data.grantKey: data.grantKey(of: site.id).secret, data.grantPublicKey: data.grantKey(of: site.id).shown,
            data.vaultKey: data.vaultKey(of: site.id),
        ]
        let ours = town.secrets(of: site, in: data).map { own[$0] ?? $0 }
        for (from, to) in zip(ours, theirs) { try copy(from, to) }
        try SecretFile.replace(station.siteFile, Array("\(site.id)\n".utf8))
        return try TownCopy(town: town, townFile: townFile, destination: destination).write()
    }

    private func copy(_ from: String, _ to: String) throws { try SecretFile.replace(to, try readWhole(from)) }
}
