import Contracts
import Glibc
import Launch
import Town

/// What is known of this machine without asking anybody: no name of it, no user, no address.
struct SystemFacts: Encodable {
    var os: String?
    var kernel: String?
    var processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    var memory: [String: String] = [:]
    var load: String?
    var upSeconds: String?
    var diskFree: Int64?
    var diskSize: Int64?
    var clock: ClockQuality
    var now: String
    /// Name of a program, and what it answers to `--version`.
    var programs: [String: String] = [:]

    init(_ own: OwnMachine, programs folder: String, now: Instant, _ offset: UTCOffset) {
        func lines(_ path: String) -> [Substring] {
            String(decoding: (try? readWhole(path)) ?? [], as: UTF8.self).split(separator: "\n")
        }
        os = lines("/etc/os-release").first { $0.hasPrefix("PRETTY_NAME=") }.map { $0.dropFirst(12).filter { $0 != "\"" } }
        kernel = lines("/proc/sys/kernel/osrelease").first.map(String.init)
        for line in lines("/proc/meminfo") {
            let parts = line.split(separator: ":")
            guard parts.count == 2, ["MemTotal", "MemAvailable", "SwapTotal", "SwapFree"].contains(parts[0]) else { continue }
            memory[String(parts[0])] = String(parts[1]).trimmed
        }
        load = lines("/proc/loadavg").first.map(String.init)
        upSeconds = lines("/proc/uptime").first.flatMap { $0.split(separator: " ").first.map(String.init) }
        (diskFree, diskSize, clock) = (own.disk?.free, own.disk?.all, own.clock)
        self.now = now.rfc3339(offset)
        let ours = Role.allCases.filter { $0.hasLife && ![.lock, .keypad, .lockDriver].contains($0) }.map {
            ($0.rawValue, "\(folder)/\($0.rawValue)", "--version")
        }
        let others = [("mosquitto", "-h"), ("restic", "version")].compactMap { name, word in Programs.find(name).map { (name, $0, word) } }
        for (name, path, word) in ours + others where access(path, X_OK) == 0 {
            let said = try? runToEnd(ChildSpec(name, .service, program: path, arguments: [word]))
            self.programs[name] = said.map {
                String(decoding: $0.output, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
            }
        }
    }
}
