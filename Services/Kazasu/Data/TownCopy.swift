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
    /// Whether pages are served there.
    var servesPages = true

    /// - Returns: what a person has still to see to: what is named and does not lie beside the file.
    func write() throws -> [String] {
        try DataFolder(root: destination).makeFolder(destination)
        let (files, left) = try files()
        for file in files {
            let place = "\(destination)/\(file.path)"
            try makeParents(of: place)
            try SecretFile.replace(place, file.bytes)
        }
        return left
    }

    /// What there is to copy, by its place beside the town's file, and what a person has still to see to.
    func files() throws -> (files: [Archive.File], left: [String]) {
        var (files, left) = ([Archive.File(path: "town.yaml", bytes: try readWhole(townFile))], [String]())
        let here = "\(folder(of: townFile))/"
        for application in town.applications {
            let path = absolute(application.issuer)
            guard path.hasPrefix(here), exists(path) else {
                left.append(
                    "card application \(application.name): keep the issuer's certificate, and put it where it is used, as \(application.issuer)"
                )
                continue
            }
            files.append(Archive.File(path: String(path.dropFirst(here.count)), bytes: try readWhole(path)))
        }
        guard servesPages else { return (files, left) }
        let borders = Set(([town.portal?.map] + town.sites.map(\.pages?.map)).compactMap { $0?.outline })
        for border in borders.sorted() {
            let path = absolute(border)
            guard path.hasPrefix(here), exists(path) else {
                left.append("the pages' map: put the town's border where they are served, as \(border)")
                continue
            }
            files.append(Archive.File(path: String(path.dropFirst(here.count)), bytes: try readWhole(path)))
        }
        return (files, left)
    }
}
