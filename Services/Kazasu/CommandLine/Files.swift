import Seal
import Sheets

/// Files that commands leave behind: new ones, for their owner alone.
extension Console {
    func write(_ bytes: [UInt8], to path: String, _ what: String) throws {
        do throws(SealError) { try SecretFile.create(path, bytes) } catch { throw Failure.refused("\(error)") }
        line("written: \(path), \(what)")
    }

    /// A list for a spreadsheet.
    /// - Parameter what: how many of what it holds; rows, if nothing is said.
    func write(header: [String], rows: [[String]], to path: String, as encoding: SheetEncoding?, _ what: String? = nil) throws {
        let bytes: [UInt8]
        do throws(SheetError) { bytes = try writeSheet(header: header, rows: rows, as: encoding ?? .utf8) } catch {
            throw Failure.refused("\(error) With --encoding utf8 every character can be written.")
        }
        try write(bytes, to: path, what ?? "\(rows.count) \(rows.count == 1 ? "row" : "rows")")
    }
}
