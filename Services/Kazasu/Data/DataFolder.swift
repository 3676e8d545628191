import Contracts
import Glibc
import Launch

/// What `kazasu up` keeps in the data folder beside what every program finds there.
///
/// ```
///   broker/HOST.pem, .key     the broker's own certificate
///   broker/mosquitto.conf, acl    written again at every start
///   broker/passwords          what the broker keeps of devices' passwords, written again at every start
///   broker/revoked.json       users who may do nothing any more
///   broker/revoked.pem        their certificates, as the broker reads them; written again at every start
///   broker/memory/            what mosquitto remembers over a restart
///   broker/port               the port of the last start, for commands
///   certificates/USER.former  the certificate before the one there is; it is good until its end
///   certificates/USER.elsewhere   the pair was given to another machine (kazasu provision)
///   copies/inventory.json, town/, status.json    what the copies hold, the town's file of then, how the last backup went
///   trial/                    a backup while it is tried
///   site                      at a station: the name of its site
///   log/up.log                what `kazasu up` has said, at most 8 MiB and one older file
///   up.lock                   held by the one `kazasu up` of this folder
/// ```
extension DataFolder {
    /// A path that stays true when another program starts from another folder.
    package init(_ path: String) { self.init(root: absolute(path)) }

    package func brokerCertificate(host: String) -> PairOfFiles { PairOfFiles("\(root)/broker/\(host)") }
    package var brokerConfiguration: String { "\(root)/broker/mosquitto.conf" }
    package var accessControl: String { "\(root)/broker/acl" }
    package var passwords: String { "\(root)/broker/passwords" }
    package var brokerMemory: String { "\(root)/broker/memory" }
    package var portFile: String { "\(root)/broker/port" }
    package var log: String { "\(root)/log/up.log" }
    package var lock: String { "\(root)/up.lock" }
    /// There when a user's certificate was given to another machine.
    package func elsewhere(_ user: UserID) -> String { "\(root)/certificates/\(user).elsewhere" }
    package var siteFile: String { "\(root)/site" }

    static let folders = ["", "/certificates", "/keys", "/broker", "/broker/memory", "/devices", "/state", "/copies", "/log"]

    /// Makes the folders that are missing, for this user alone.
    package func makeFolders() throws(Failure) {
        for folder in Self.folders { try makeFolder(root + folder) }
    }

    /// A folder of ours that others may enter would give away what is made in it later.
    func makeFolder(_ path: String) throws(Failure) {
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw .refused("the folder \(path) cannot be made: \(String(cString: strerror(errno))). Give another place with --data.")
        }
        guard chmod(path, 0o700) == 0 else {
            throw .refused(
                errno == EROFS
                    ? "the folder \(path) cannot be written: its disk is read-only. dmesg may say why; after a fault of the disk it is time for another one."
                    : "the folder \(path) is not ours: \(String(cString: strerror(errno))). Run as its owner, or give another place with --data."
            )
        }
    }
}

/// Makes the folders a path lies in, for this user alone, as far as they are missing.
func makeParents(of path: String) throws(Failure) {
    let parent = folder(of: path)
    guard !exists(parent) else { return }
    try makeParents(of: parent)
    try DataFolder(root: parent).makeFolder(parent)
}

/// From the root of the file system.
func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let here = getcwd(nil, 0) else { return path }
    defer { free(here) }
    let folder = String(cString: here)
    return path.isEmpty || path == "." ? folder : folder + "/" + (path.hasPrefix("./") ? String(path.dropFirst(2)) : path)
}

/// The folder a file lies in, absolute.
func folder(of path: String) -> String {
    let whole = absolute(path)
    guard let slash = whole.lastIndex(of: "/"), slash != whole.startIndex else { return "/" }
    return String(whole[..<slash])
}

func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
