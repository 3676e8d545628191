import Contracts
import Glibc
import Launch
import Town

/// What `kazasu up` runs: the broker, and every process of the town beside this program.
struct Programs {
    /// What to run beside the broker.
    let processes: [(role: Role, instance: Instance)]
    let townFile: String
    let data: DataFolder
    let port: Int
    /// Where our own programs lie.
    let folder: String
    /// At a station: who carries between its broker and the town's.
    var line: UserID?
    /// Whether the town's figures are told to Prometheus and others.
    var tellsMetrics = false

    static let broker = "broker"

    func specs() throws(Failure) -> [ChildSpec] {
        guard let mosquitto = Self.find("mosquitto") else {
            throw .refused("mosquitto, the broker, is not installed. Install it: sudo apt-get install mosquitto")
        }
        var specs = [ChildSpec(Self.broker, .broker, program: mosquitto, arguments: ["-c", data.brokerConfiguration])]
        let common = ["--town", townFile, "--data", data.root, "--port", "\(port)"]
        for (role, instance) in processes {
            let isAgent = role == .readerAgent
            let program = "\(folder)/\(role.rawValue)"
            guard access(program, X_OK) == 0 else {
                throw .refused("\(program) is missing. It is built and installed beside kazasu: make build")
            }
            specs.append(
                ChildSpec(
                    role.user(instance).text, isAgent ? .agent : .service, program: program,
                    arguments: common + (isAgent ? ["--agent", instance.text] : instance == .main ? [] : ["--instance", instance.text])))
        }
        if let line {
            specs.append(ChildSpec(line.text, .service, program: "\(folder)/kazasu", arguments: ["station", "line"] + common))
        }
        if tellsMetrics { specs.append(ChildSpec("metrics", .service, program: "\(folder)/kazasu", arguments: ["metrics"] + common)) }
        return specs
    }

    /// Debian keeps servers out of the PATH of ordinary users.
    static func find(_ name: String) -> String? {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"]
        return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}

/// Whether nobody listens on the port yet.
func isFree(port: Int) -> Bool {
    let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard probe >= 0 else { return true }
    defer { close(probe) }
    // As mosquitto does: a port that only waits for its last packets may be taken again.
    var yes: Int32 = 1
    setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    let code = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(probe, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    return code == 0 || errno != EADDRINUSE
}

/// One `kazasu up` a data folder; the system takes the lock back however the process ends.
struct FolderLock: ~Copyable {
    private let file: Int32

    init(_ data: DataFolder) throws(Failure) {
        file = open(data.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .refused("\(data.lock) cannot be made: \(String(cString: strerror(errno))).") }
        guard lockf(file, F_TLOCK, 0) == 0 else {
            close(file)
            throw .refused("another kazasu up runs with \(data.root). Stop it first, or give another folder with --data.")
        }
    }

    deinit { close(file) }
}
