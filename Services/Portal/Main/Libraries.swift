import Contracts
import Glibc
import Portal
import ServiceKit

extension Files {
    /// Our own files, and those that Debian's packages have put where they belong.
    static func found(for policy: PortalPolicy) throws -> Files {
        var files = Files.own
        for library in Library.all {
            files.all[library.name] = File(type: library.type, try library.read(), brotli: bytes(of: "\(library.path).brotli"))
        }
        if let path = policy.map.outline {
            guard let bytes = bytes(of: path) else {
                throw Fatal("\(path), the town's border, cannot be read. Put it there, or take map.outline out of the town's file.")
            }
            files.all["map/outline.geojson"] = File(type: "application/geo+json", bytes)
        }
        return files
    }
}

/// A script or style of somebody else's.
private struct Library {
    let name: String
    let type: String
    let path: String
    let package: String

    static let all = [
        Library(
            name: "lib/leaflet/leaflet.esm.min.js", type: "text/javascript; charset=utf-8",
            path: "/usr/share/javascript/leaflet/leaflet.esm.min.js",
            package: "libjs-leaflet"),
        Library(
            name: "lib/leaflet/leaflet.css", type: "text/css; charset=utf-8", path: "/usr/share/javascript/leaflet/leaflet.css",
            package: "libjs-leaflet"),
        Library(
            name: "lib/chart.js/chart.min.js", type: "text/javascript; charset=utf-8", path: "/usr/share/javascript/chart.js/chart.min.js",
            package: "libjs-chart.js"),
    ]

    func read() throws -> [UInt8] {
        guard let bytes = bytes(of: path) else {
            throw Fatal("\(path) is missing, and maps and charts need it. Install it: sudo apt-get install \(package)")
        }
        return bytes
    }
}

/// At most four megabytes of a file; `nil` if it cannot be read.
private func bytes(of path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while bytes.count < 4 << 20 {
        let count = Glibc.read(file, &piece, piece.count)
        guard count >= 0 else { return nil }
        if count == 0 { return bytes }
        bytes += piece[..<count]
    }
    return nil
}
