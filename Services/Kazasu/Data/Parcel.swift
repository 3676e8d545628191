import Contracts
import Glibc
import Launch
import Seal
import Town

extension Role {
    /// Whose machine may be another one than the town's or a station's, and is given its own files alone.
    static let ofOwnMachines = Role.allCases.filter { !$0.hasLife && $0.connects || [.readerAgent, .lock, .keypad].contains($0) }

    /// The word in front of the users' names: `agent` of `agent-gate-1`.
    var word: String { self == .readerAgent ? "agent" : rawValue }
}

/// All that one user's machine needs and nothing that is of others, as one file that a passphrase opens.
struct Parcel {
    let town: Town
    let townFile: String
    let data: DataFolder
    let role: Role
    let instance: Instance
    /// Whether the desk gives codes for doors: their key makes the codes of all keypads.
    let givesCodes: Bool

    var user: UserID { role.user(instance) }

    /// The largest parcel, in bytes: a town's file and some keys.
    static let limit = 16 << 20

    /// - Returns: the files, and what a person has still to see to.
    func files() throws -> (archive: Archive, left: [String]) {
        let there = DataFolder(root: "data")
        var files = try zip(secrets(in: data, isHere: true), secrets(in: there, isHere: false)).map { from, to in
            Archive.File(path: to, bytes: try readWhole(from))
        }
        // Locks, keypads and homes are others' devices, and the town's file is not for them.
        guard role == .readerAgent || role.isStation else { return (Archive(files), []) }
        let copy = try TownCopy(town: town, townFile: townFile, destination: "", servesPages: false).files()
        files += copy.files
        return (Archive(files), copy.left)
    }

    /// By their places in a data folder; a site's keys have other names here than there.
    private func secrets(in data: DataFolder, isHere: Bool) -> [String] {
        let pair = data.certificate(of: user)
        let common = [data.authority.certificate, pair.certificate, pair.key]
        switch role {
        case .readerAgent: return common + [town.tokenKeys.current, town.tokenKeys.former].compactMap { $0 }.map(data.tokenKey)
        case .lock:
            let site = isHere ? town.place(of: role, instance) : nil
            let door = town.door(instance.named())
            return common + [site.map { data.grantKey(of: $0).shown } ?? data.grantPublicKey]
                + (door.flatMap { $0.lease == nil ? nil : [data.doorKey($0.id)] } ?? [])
        case .keypad: return common + [data.keypadKey(instance.named())]
        case .desk where givesCodes: return common + [data.codeKey]
        default: return common
        }
    }

    /// Writes the parcel, for its owner alone.
    /// - Returns: what opens it, and what a person has still to see to.
    func write(to path: String) throws -> (passphrase: String, left: [String]) {
        let (archive, left) = try files()
        let passphrase = try AgeFile.newPassphrase()
        try SecretFile.create(path, AgeFile.seal(try archive.bytes(), passphrase: passphrase))
        try SecretFile.replace(data.elsewhere(user), [])
        return (passphrase, left)
    }

    /// Makes a folder of what is in a parcel. Nothing takes its place there before all of it is on the disk.
    /// - Returns: the names of what is there.
    static func unpack(_ path: String, passphrase: String, to destination: String) throws -> [String] {
        guard size(of: path) <= limit else { throw Failure.refused("\(path) is larger than any parcel. Is it the right file?") }
        let sealed = try readWhole(path)
        let opened: [UInt8]?
        do throws(SealError) { opened = try AgeFile.open(sealed, passphrase: passphrase) } catch {
            throw Failure.refused("\(path) is not a parcel, or was damaged on its way. Copy it again, or make it again: kazasu provision")
        }
        guard let opened else { throw Failure.refused("that is not the passphrase of \(path). Nothing was written.") }
        guard let archive = Archive(opened) else {
            throw Failure.refused("\(path) holds something else than kazasu provision puts there. Nothing was written.")
        }
        // Inside the folder, whose parent may be somebody else's.
        let fresh = "\(destination)/.new"
        try makeParents(of: fresh)
        guard fileNames(in: destination).isEmpty else {
            throw Failure.refused("\(destination) is there already and is not written over. Name a folder that is not, or is empty.")
        }
        defer { try? remove(fresh) }
        try DataFolder(root: fresh).makeFolder(fresh)
        try DataFolder(root: "\(fresh)/data").makeFolders()
        for file in archive.files {
            try makeParents(of: "\(fresh)/\(file.path)")
            try SecretFile.create("\(fresh)/\(file.path)", file.bytes)
        }
        for name in fileNames(in: fresh) { try move("\(fresh)/\(name)", "\(destination)/\(name)") }
        return archive.files.map(\.path)
    }
}
