import Contracts
import Glibc
import Journal
import Launch
import Seal
import Store

/// Puts a backup back: a whole data folder on a fresh machine, or one database of a town that has stopped.
struct Restoration {
    let repository: Repository
    let data: DataFolder
    let console: Console

    /// What was put back, and what is wrong with it.
    struct Result {
        let inventory: Inventory
        let faults: [String]
    }

    /// - Parameter townFile: where the town's file goes, if there is none.
    func everything(of snapshot: Repository.Snapshot, townFile: String) throws -> Result {
        guard databases(in: "\(data.root)/state").isEmpty else {
            throw Failure.refused(
                "\(data.root) holds databases already. Give another folder with --data, or put back one database with --only NAME.")
        }
        let fetched = try fetch(snapshot)
        let inventory: Inventory = try readWhole(fetched.inventory).decoded()
        let faults = inventory.faults(in: fetched.copies, progress: console.progress)
        for thing in fileNames(in: fetched.root) where thing != "copies" {
            try merge("\(fetched.root)/\(thing)", into: "\(data.root)/\(thing)")
        }
        try data.makeFolders()
        for copy in inventory.copies where exists("\(fetched.copies)/\(copy.file)") { try place(copy, from: fetched) }
        if !exists(townFile) {
            for thing in fileNames(in: fetched.copiedTown) {
                let to = thing == "town.yaml" ? townFile : "\(folder(of: townFile))/\(thing)"
                try merge("\(fetched.copiedTown)/\(thing)", into: to)
            }
        }
        // Which opened the backup, and opens the next ones.
        if !exists(data.backupPassword) { try copyPassword() }
        var status = BackupStatus()
        (status.lastGood, status.last) = (inventory.at, .init(at: inventory.at, trouble: nil))
        try status.write(to: data)
        try remove(fetched.root)
        console.progress("")
        return Result(inventory: inventory, faults: faults)
    }

    /// - Parameter name: `points-main`.
    func one(_ name: String, of snapshot: Repository.Snapshot) throws -> Result {
        let lock = try FolderLock(data)
        let fetched = try fetch(snapshot)
        defer { try? remove(fetched.root) }
        let inventory: Inventory = try readWhole(fetched.inventory).decoded()
        guard let copy = inventory.copies.first(where: { $0.file == "\(name).sqlite" }) else {
            let known = inventory.copies.map { String($0.file.dropLast(".sqlite".count)) }.joined(separator: ", ")
            throw Failure.refused("there is no database \(quoted(name)) in this backup. Those there are: \(known).")
        }
        let only = Inventory(at: inventory.at, copies: [copy], version: inventory.version)
        let faults = only.faults(in: fetched.copies, progress: console.progress)
        let stem = "\(data.root)/state/\(copy.file)"
        // Whatever was there is kept: it may be all there is of what came after the copy.
        for end in ["", "-wal"] where exists(stem + end) {
            try move(stem + end, "\(stem).\(console.now().milliseconds)\(end)")
        }
        try place(copy, from: fetched)
        console.progress("")
        _ = consume lock
        return Result(inventory: only, faults: faults)
    }

    private func fetch(_ snapshot: Repository.Snapshot) throws(Failure) -> DataFolder {
        try makeParents(of: data.root)
        try data.makeFolder(data.root)
        try remove(data.trial)
        try data.makeFolder(data.trial)
        console.progress("fetching the backup of \(snapshot.host)")
        try repository.fetch(snapshot.id, to: data.trial)
        return DataFolder(root: data.trial)
    }

    /// Declares it in the database itself, so that its program knows from its first turn on.
    private func place(_ copy: Inventory.Copy, from fetched: DataFolder) throws {
        let path = "\(data.root)/state/\(copy.file)"
        try move("\(fetched.copies)/\(copy.file)", path)
        try Restored(at: console.now(), copied: copy.at).note(in: try Database(path: path))
    }

    /// What is here already stays.
    private func merge(_ from: String, into to: String) throws(Failure) {
        guard exists(to) else { return try move(from, to) }
        var status = stat()
        guard stat(from, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return }
        for name in fileNames(in: from) { try merge("\(from)/\(name)", into: "\(to)/\(name)") }
    }

    private func copyPassword() throws { try SecretFile.create(data.backupPassword, try SecretFile.read(repository.password)) }
}
