import Glibc
import Sheets
import Testing

@Suite("CP932, the Shift_JIS of Windows")
struct CP932Tests {
    /// What iconv(3) makes of the bytes in one go; nil if it refuses any of them.
    static func iconv(_ bytes: [UInt8], from source: String, to target: String) -> [UInt8]? {
        let descriptor = iconv_open(target, source)
        defer { iconv_close(descriptor) }
        var input = bytes.map(CChar.init(bitPattern:))
        var output = [CChar](repeating: 0, count: bytes.count * 4 + 16)
        var (rest, free) = (input.count, output.count)
        let result = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                var (from, to) = (input.baseAddress, output.baseAddress)
                return Glibc.iconv(descriptor, &from, &rest, &to, &free)
            }
        }
        return result == -1 || rest > 0 ? nil : output.dropLast(free).map(UInt8.init(bitPattern:))
    }

    /// The two-byte codes of JIS X 0208, levels 1 and 2, in Shift_JIS.
    static let kanji: [[UInt8]] = [0x889F...0x9FFC, 0xE040...0xEAA4].joined().map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }.filter {
        iconv($0, from: "CP932", to: "UTF-8") != nil
    }

    @Test("Every kanji of levels 1 and 2 is read as iconv reads it and written as the same bytes")
    func kanji() throws {
        #expect(Self.kanji.count == 2965 + 3390)
        let bytes: [UInt8] = Self.kanji.reduce(into: [0x61, 0x0D, 0x0A]) { $0 += $1 + [0x0D, 0x0A] }
        let rows = try SheetReader(bytes).outcomes.map { try $0.get().cells }
        #expect(rows.count == Self.kanji.count)
        #expect(Array(rows.joined().joined().utf8) == Self.iconv(Array(Self.kanji.joined()), from: "CP932", to: "UTF-8"))
        #expect(try writeSheet(header: ["a"], rows: rows, as: .cp932) == bytes)
    }

    @Test("Every character of up to two bytes is read as iconv reads it, or refused as iconv refuses it")
    func everything() throws {
        for code in 1...0xFFFF where code & 0xFF != 0 {
            let bytes = code < 0x100 ? [UInt8(code)] : [UInt8(code >> 8), UInt8(code & 0xFF)]
            guard bytes.allSatisfy({ !Array("\r\n\",\0".utf8).contains($0) }) else { continue }
            let read = try SheetReader([0x61, 0x0A] + bytes, encoding: .cp932).outcomes.first.flatMap { try? $0.get().cells[0] }
            let expected = Self.iconv(bytes, from: "CP932", to: "UTF-8")
            if read.map({ Array($0.utf8) }) != expected { Issue.record("\(bytes) is \(read ?? "nothing")") }
        }
    }

    @Test(
        "The look-alikes of wave, minus and dash are written as Windows has them",
        arguments: [("〜～", "～～"), ("−－", "－－"), ("—―", "――"), ("‖∥", "∥∥")])
    func lookAlikes(text: String, read: String) throws {
        let outcomes = try SheetReader(writeSheet(header: ["a"], rows: [["x\(text)"]], as: .cp932)).outcomes
        #expect(try outcomes.map { try $0.get().cells } == [["x\(read)"]])
    }
}
