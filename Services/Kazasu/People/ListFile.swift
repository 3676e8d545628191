import Contracts
import Glibc
import Seal
import Sheets

/// A list of the town as it lies on a clerk's disk, ready to be handed over.
struct ListFile {
    let header: [String]
    let rows: [AddRows.Row]
    let sha256: String

    /// In bytes. The residents of a large town are a tenth of it.
    static let limit = 256 * 1024 * 1024
    /// In one command, in bytes of JSON: an envelope holds 32 KiB, and something stands around the rows.
    static let portion = 28 * 1024

    /// Lines that cannot be read are named all at once. None is left out: who is missing in a list counts as gone from the town.
    init(_ path: String) throws(Failure) {
        let bytes = try Self.bytes(of: path)
        var rows: [AddRows.Row] = []
        var faults: [SheetError] = []
        do throws(SheetError) {
            var reader = try SheetReader(bytes)
            header = reader.header
            while let row = reader.next() {
                switch row {
                case .success(let row): rows.append(AddRows.Row(line: row.line, row.cells))
                case .failure(let fault): faults.append(fault)
                }
            }
        } catch { throw .refused("\(path): \(error)") }
        guard faults.isEmpty else {
            let more = faults.count > 20 ? ["… and \(faults.count - 20) more"] : []
            throw .refused(
                (["\(path): \(faults.count) of its lines cannot be read, and nothing was sent."] + faults.prefix(20).map(\.description)
                    + more)
                    .joined(separator: "\n  "))
        }
        guard !rows.isEmpty else { throw .refused("\(path): there is a header and no row under it.") }
        self.rows = rows
        sha256 = Hex.text(Seal.sha256(bytes))
    }

    /// The rows in portions that fit into a command each.
    func portions() throws -> [[AddRows.Row]] {
        var portions: [[AddRows.Row]] = []
        var room = 0
        for row in rows {
            let size = try row.json().count + 1
            guard size <= Self.portion else {
                throw Failure.refused(
                    "line \(row.line) is longer than \(Self.portion / 1024) KiB. Is a quotation mark missing? Nothing was sent.")
            }
            if size > room {
                portions.append([])
                room = Self.portion
            }
            portions[portions.count - 1].append(row)
            room -= size
        }
        return portions
    }

    static func bytes(of path: String) throws(Failure) -> [UInt8] {
        func refused(_ reason: String) -> Failure { .refused("\(path): \(reason)") }
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw refused(String(cString: strerror(errno))) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw refused("it is not a regular file") }
        guard status.st_size <= limit else { throw refused("it is longer than \(limit / 1024 / 1024) MiB") }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var length = 0
        while length < bytes.count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress.map { $0 + length }, $0.count - length) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw refused(String(cString: strerror(errno))) }
            guard got > 0 else { throw refused("it became shorter while it was read. Close it in other programs") }
            length += got
        }
        return bytes
    }
}
