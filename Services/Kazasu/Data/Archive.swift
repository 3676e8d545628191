/// A few small files in one, as `tar` reads and writes them: the ustar interchange format of POSIX.1-2017 (pax).
struct Archive: Equatable {
    struct File: Equatable {
        /// From the folder it is unpacked in.
        var path: String
        var bytes: [UInt8]
    }

    var files: [File]

    init(_ files: [File]) { self.files = files }

    private static let block = 512

    /// - Throws: when a name is too long.
    func bytes() throws(Failure) -> [UInt8] {
        var whole: [UInt8] = []
        for file in files {
            guard file.path.utf8.count <= 100 else {
                throw .refused(
                    "\(file.path): the name is too long, at most 100 bytes. Give the file a shorter one, and say so in the town's file.")
            }
            var header = [UInt8](repeating: 0, count: Self.block)
            func put(_ text: String, _ place: Int) { for (index, byte) in text.utf8.enumerated() { header[place + index] = byte } }
            func octal(_ number: Int, _ digits: Int) -> String {
                let text = String(number, radix: 8)
                return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
            }
            put(file.path, 0)
            put("0000600", 100)
            for owner in [108, 116] { put("0000000", owner) }
            put(octal(file.bytes.count, 11), 124)
            put("00000000000", 136)
            // The checksum is taken with blanks in its own place.
            put("        ", 148)
            put("0", 156)
            put("ustar\u{0}00", 257)
            put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\u{0} ", 148)
            whole += header + file.bytes + [UInt8](repeating: 0, count: (Self.block - file.bytes.count % Self.block) % Self.block)
        }
        return whole + [UInt8](repeating: 0, count: 2 * Self.block)
    }

    /// - Returns: `nil` for anything but plain files that stay in the folder they are unpacked in.
    init?(_ bytes: [UInt8]) {
        files = []
        var rest = bytes[...]
        while rest.count >= Self.block, rest.first != 0 {
            let header = Array(rest.prefix(Self.block))
            func text(_ from: Int, _ length: Int) -> String {
                String(decoding: header[from..<from + length].prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let size = Int(text(124, 11), radix: 8), size >= 0, header[156] == UInt8(ascii: "0"), text(345, 155).isEmpty else {
                return nil
            }
            let (path, body) = (text(0, 100), rest.dropFirst(Self.block))
            let parts = path.split(separator: "/", omittingEmptySubsequences: false)
            guard body.count >= size, parts.allSatisfy({ !["", ".", ".."].contains($0) }) else { return nil }
            files.append(File(path: path, bytes: Array(body.prefix(size))))
            rest = body.dropFirst((size + Self.block - 1) / Self.block * Self.block)
        }
        guard !files.isEmpty, Set(files.map(\.path)).count == files.count else { return nil }
    }
}
