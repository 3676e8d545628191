import Contracts
import Glibc
import Launch
import Seal
import Town

/// The town's file with what it names, for another machine or another day.
struct TownCopy {
    let town: Town
    let townFile: String
    /// A folder that is made.
    let destination: String

    /// - Returns: what a person has still to see to: what is named and does not lie beside the file.
    func write() throws -> [String] {
        try DataFolder(root: destination).makeFolder(destination)
        try copy(townFile, "\(destination)/town.yaml")
        let here = "\(folder(of: townFile))/"
        return try town.applications.compactMap { application in
            let path = absolute(application.issuer)
            guard path.hasPrefix(here), exists(path) else {
                return
                    "card application \(application.name): keep the issuer's certificate, and put it where it is used, as \(application.issuer)"
            }
            let place = "\(destination)/\(path.dropFirst(here.count))"
            try makeParents(of: place)
            try copy(path, place)
            return nil
        }
    }

    private func copy(_ from: String, _ to: String) throws { try SecretFile.replace(to, try readWhole(from)) }
}
