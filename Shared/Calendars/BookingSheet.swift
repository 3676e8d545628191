import Contracts
import Sheets

/// Reads a CSV file of bookings, a line each, by the titles of its columns.
struct BookingSheet {
    enum Column: String, CaseIterable {
        case id, door, date, from, to, holder, paid, status

        /// As booking systems title it; the first is what we call it ourselves.
        var titles: [String] {
            switch self {
            case .id: ["id", "予約番号", "受付番号", "予約ID"]
            case .door: ["door", "扉", "施設", "施設名", "室場", "室場名"]
            case .date: ["date", "日付", "利用日", "予約日"]
            case .from: ["from", "開始", "開始時刻", "利用開始", "開始時間"]
            case .to: ["to", "終了", "終了時刻", "利用終了", "終了時間"]
            case .holder: ["holder", "利用者", "利用者番号", "カード"]
            case .paid: ["paid", "支払", "支払済", "入金", "収納"]
            case .status: ["status", "状態", "予約状態"]
            }
        }
    }

    private let reading: BookingReading
    private var places: [Column: Int] = [:]
    private(set) var found = ForeignBookings()

    init(_ bytes: [UInt8], _ reading: BookingReading) throws(BookingFault) {
        self.reading = reading
        var sheet: SheetReader
        do throws(SheetError) { sheet = try SheetReader(bytes) } catch {
            throw BookingFault(error.description, ja: "表として読めません。（\(error.description)）")
        }
        let header = sheet.header.map(\.trimmed)
        for column in Column.allCases { places[column] = header.firstIndex { column.titles.contains($0) } }
        let missing = [Column.id, .door, .from, .to].filter { places[$0] == nil }
        guard missing.isEmpty else {
            let words = missing.map { $0.titles.prefix(3).map(quoted).joined(separator: " or ") }.joined(separator: "; ")
            let names = missing.map { $0.titles.dropFirst().prefix(2).joined(separator: "・") }.joined(separator: "、")
            throw BookingFault(
                "these columns are missing: \(words). The file has \(header.map(quoted).joined(separator: ", ")).",
                ja: "次の列がありません：\(names)。ファイルの列：\(header.map(quoted).joined(separator: "、"))")
        }
        var found = ForeignBookings()
        while let row = sheet.next() {
            switch row {
            case .failure(let fault):
                found.faults.append(.init(line: fault.line ?? 1, why: BookingFault(fault.text, ja: "読めない行です。（\(fault.text)）")))
            case .success(let row):
                found.take(line: row.line) { () throws(BookingFault) in try booking(row) }
            }
        }
        self.found = found
    }

    private func booking(_ row: SheetRow) throws(BookingFault) -> ForeignBooking {
        func cell(_ column: Column) -> String { places[column].map { row.cells[$0].trimmed } ?? "" }
        guard !cell(.id).isEmpty else {
            throw BookingFault("it has no number, so it could not be known again", ja: "予約番号がないため、次に同じ予約だと分かりません。")
        }
        if ["cancelled", "canceled", "取消", "取消済", "キャンセル"].contains(cell(.status).lowercased()) {
            return ForeignBooking(line: row.line, id: cell(.id), slot: nil)
        }
        let slot = try reading.slot(
            try reading.door(cell(.door)), try time(cell(.from), on: cell(.date)), try time(cell(.to), on: cell(.date)),
            holders: cell(.holder), paid: try paid(cell(.paid)))
        return ForeignBooking(line: row.line, id: cell(.id), slot: slot)
    }

    /// A time of the day beside a column of days, or a day and a time in one cell.
    private func time(_ text: String, on date: String) throws(BookingFault) -> Instant {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" || $0 == "\u{3000}" }).map(String.init)
        let (day, clock) = parts.count == 2 ? (parts[0], parts[1]) : (date, text)
        let start: Instant
        switch japaneseDate(day) {
        case .success(let date): start = Instant(startOf: date, reading.offset)
        case .failure(let fault): throw BookingFault(fault.description, ja: "日付\(quoted(day))が読み取れません。2026-11-21 のように書いてください。")
        }
        guard let minutes = minutesOfDay(clock.hasSuffix(":00") && clock.utf8.count > 5 ? String(clock.dropLast(3)) : clock) else {
            throw BookingFault(
                "\(quoted(clock)) is no time of a day. Write it as 18:00", ja: "時刻\(quoted(clock))が読み取れません。18:00 のように書いてください。")
        }
        return start + .seconds(minutes * 60)
    }

    private func paid(_ text: String) throws(BookingFault) -> Bool? {
        switch text.lowercased() {
        case "": nil
        case "yes", "paid", "true", "1", "済", "○", "◯", "支払済", "入金済", "収納済": true
        case "no", "unpaid", "false", "0", "未", "×", "未払", "未納", "未入金", "未収": false
        default:
            throw BookingFault(
                "\(quoted(text)) says neither paid nor unpaid. Write 済 or 未, and leave it empty where nothing is due",
                ja: "\(quoted(text))では支払済か分かりません。済・未と書くか、不要なら空欄にしてください。")
        }
    }
}

/// A time of the day as people write it, `9:00`, in minutes after midnight; 24:00 is the end of the day.
package func minutesOfDay(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
        parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
        let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour < 24 || hour == 24 && minute == 0
    else { return nil }
    return hour * 60 + minute
}
