import Calendars
import Contracts
import HTTP
import ServiceKit

/// Bookings of another system, from a file (iCalendar or CSV): first what it would change, line by line, then the same for good.
extension Portal {
    /// Each is a question of its own, and somebody waits for the page.
    private static let mostImported = 500

    func importPage(_ call: Call, fault: HTML? = nil) throws -> Response {
        let form = call.request.form
        let title = call("予約の取り込み", "Import bookings")
        return frame.page(
            Frame.Parts(title: title, scripts: ["import.js"], account: try account(of: call)), call, status: fault == nil ? 200 : 422,
            """
            <h1>\(title)</h1>
            \(Self.fault(fault))<p>\(call("予約システムから書き出した iCalendar（.ics）または CSV を取り込みます。先に、何が変わるかを1行ずつ表示します。同じファイルを2回取り込んでも何も変わりません。", "Takes over what a booking system has written as iCalendar (.ics) or CSV. First it is shown line by line what would change. The same file twice changes nothing."))</p>
            <form id="import" method="post" action="\(call.path("bookings/import"))">\(call.csrf)
            <div id="choose" class="field" hidden><label for="file">\(call("ファイル", "File"))</label><input id="file" type="file" accept=".ics,.csv,text/calendar,text/csv"></div>
            <div class="field"><label for="text">\(call("ファイルの内容", "What stands in the file"))</label><p class="hint" id="text-hint">\(call("CSVの列：予約番号、施設、日付、開始、終了、利用者（あれば 支払、状態）", "CSV columns: id, door, date, from, to, holder, and paid, status"))</p>
            <textarea id="text" name="text" rows="8" required aria-describedby="text-hint" spellcheck="false">\n\(form["text"] ?? "")</textarea></div>
            <div class="row"><div class="field"><label for="system">\(call("予約システムの名前（英小文字）", "Name of the booking system"))</label><input id="system" name="system" value="\(form["system"] ?? "web")" maxlength="63" required autocapitalize="none"></div>
            <div class="field"><label for="holders">\(call("利用者の記載がない予約の利用者", "For whom, where the file names nobody"))</label><p class="hint" id="holders-hint">\(call("住民番号(p-…)かカード(k1.…)", "Ids of persons (p-…) or tokens of cards (k1.…)"))</p><input id="holders" name="holders" value="\(form["holders"] ?? "")" autocomplete="off" aria-describedby="holders-hint"></div></div>
            <button class="main" name="act" value="try">\(call("何が変わるかを見る", "Show what would change"))</button>
            <a class="button" href="\(call.path("bookings"))">\(call("予約に戻る", "Back to the bookings"))</a></form>
            """)
    }

    /// The answer is the page at once, and no address to fetch: the same file sent again changes nothing.
    func importBookings(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let form = call.request.form
        let found: ForeignBookings
        let system: Name<BookingSystem>
        do throws(Fault) {
            (system, found) = try bookings(of: form)
        } catch { return .page(try importPage(call, fault: error.phrase[call.tongue])) }
        let isTrial = form["act"] != "apply"
        let work = BookingImport(found.bookings, of: system, isTrial: isTrial, now: turn.now)
        let account = try account(of: call)
        return try run(work, call, in: turn) { lines, turn in
            try noteLook(.bookings, by: account, as: .desk, in: turn)
            return .page(try importedPage(call, lines, found, isTrial: isTrial))
        }
    }

    private func bookings(of form: [String: String]) throws(Fault) -> (Name<BookingSystem>, ForeignBookings) {
        guard let system = form["system"].flatMap({ Name<BookingSystem>($0) }) else {
            throw Fault("予約システムの名前は英小文字・数字・-で入れてください。例 web", "Name the booking system with a-z, 0-9 and -, such as web.")
        }
        let (tokens, persons) = try BookingForm.holders(form["holders"] ?? "")
        let reading = BookingReading(doors: town.doors.map { ($0.id, $0.title) }, offset: offset, tokens: tokens, persons: persons)
        let found: ForeignBookings
        do throws(BookingFault) {
            found = try reading.bookings(in: Array((form["text"] ?? "").utf8))
        } catch { throw Fault("\(error.japanese)", "\(error.text)") }
        guard found.bookings.count <= Self.mostImported else {
            throw Fault(
                "一度に取り込めるのは\(Self.mostImported)件までです（\(found.bookings.count)件あります）。分けて取り込んでください。",
                "At most \(Self.mostImported) bookings at once, and there are \(found.bookings.count). Import them in parts.")
        }
        return (system, found)
    }

    /// Asks for one after the other.
    private func run(
        _ work: BookingImport, _ call: Call, in turn: borrowing Turn,
        done: @escaping ([BookingImport.Line], borrowing Turn) throws -> Answer
    ) throws -> Answer {
        guard let wish = work.next else { return try done(work.lines, turn) }
        guard let station = try account(of: call).station(.desk) else { throw Page.notYours }
        try send(wish, on: .putBooking, as: station, for: call, in: turn) { outcome, turn in
            var work = work
            switch outcome {
            case .accepted(let put): work.take(put)
            case .refused(let word, let text): work.take(refusal: word, text)
            case .unknown: return answer(call, .page(frame.unanswered(by: "lock-controller", call)), in: turn)
            }
            answer(call, try run(work, call, in: turn, done: done), in: turn)
        }
        return .later
    }

    private func importedPage(_ call: Call, _ lines: [BookingImport.Line], _ found: ForeignBookings, isTrial: Bool) throws -> Response {
        let form = call.request.form
        let title = isTrial ? call("取り込むと、こうなります", "What would change") : call("取り込みました", "Imported")
        let rows = lines.map { line -> HTML in
            "<tr data-what=\"\(line.what.rawValue)\"><th scope=\"row\">\(line.line.map { call("\($0)行目", "line \($0)") })</th><td data-label=\"\(call("結果", "What"))\">\(line.what.phrase[call.tongue])</td><td data-label=\"\(call("内容", "Booking"))\">\(sentence(line, call))</td></tr>\n"
        }
        let faults = found.faults.map { fault -> HTML in
            "<tr data-what=\"fault\"><th scope=\"row\">\(call("\(fault.line)行目", "line \(fault.line)"))</th><td data-label=\"\(call("結果", "What"))\">\(call("読み取れない", "not understood"))</td><td data-label=\"\(call("内容", "Booking"))\">\(call("\(fault.why.japanese)", "\(fault.text)"))</td></tr>\n"
        }
        let counts =
            ([BookingImport.Line.What.new, .changed, .cancelled, .same, .past, .refused, .absent].compactMap { what -> HTML? in
                let count = lines.count { $0.what == what }
                return count == 0 ? nil : "\(what.phrase[call.tongue]) \(count)"
            } + (faults.isEmpty ? [] : [call("読み取れない \(faults.count)", "not understood \(faults.count)")])).joined(
                separator: call("、", ", "))
        let changes = lines.contains { [.new, .changed, .cancelled].contains($0.what) }
        let apply: HTML =
            isTrial && changes
            ? """
            <form id="apply" method="post" action="\(call.path("bookings/import"))">\(call.csrf)<input type="hidden" name="system" value="\(form["system"] ?? "")"><input type="hidden" name="holders" value="\(form["holders"] ?? "")">
            <textarea name="text" hidden>\n\(form["text"] ?? "")</textarea><button class="main" name="act" value="apply">\(call("このとおりに取り込む", "Import it so"))</button></form>
            """ : ""
        return frame.page(
            Frame.Parts(title: title, account: try account(of: call)), call,
            """
            <h1>\(title)</h1>
            <p id="counts" class="notice \(isTrial ? HTML("warn") : "good")" role="status">\(isTrial ? call("まだ何も変えていません。", "Nothing was changed yet. ") : "")\(counts.isEmpty ? call("予約はありません。", "The file names no bookings.") : counts)</p>
            \(apply)<div class="wide" tabindex="0" role="region" aria-label="\(title)"><table id="lines" class="cards"><tbody>\(rows)\(faults)</tbody></table></div>
            <p class="row screen"><a class="button" href="\(call.path("bookings/import"))">\(call("別のファイルを取り込む", "Import another file"))</a><a class="button" href="\(call.path("bookings"))">\(call("予約に戻る", "Back to the bookings"))</a></p>
            """)
    }

    private func sentence(_ line: BookingImport.Line, _ call: Call) -> HTML {
        func words(_ door: DoorID, _ from: Instant, _ to: Instant) -> HTML {
            let end = to.day(offset) == from.day(offset) ? to.clock(offset) : to.minute(offset)
            return "\(town.doors.first { $0.id == door }?.title ?? door.text) \(from.minute(offset))–\(end)"
        }
        func words(_ booking: Booking) -> HTML { words(booking.door, booking.from, booking.to) }
        func words(_ slot: PutBooking.Slot) -> HTML { words(slot.door, slot.from, slot.to) }
        switch line.news {
        case .past(let slot): return words(slot)
        case .refused(let slot, let word, let text):
            return (slot.map { words($0) + " " } ?? "") + Phrase(refusal: word, of: "lock-controller", text)[call.tongue]
        case .taken(let slot, let other, _): return words(slot) + call("　ほかの予約（\(words(other))）があります。", ": taken by \(words(other))")
        case .room(let slot, let before): return (before.map { words($0) + " → " } ?? "") + words(slot)
        case .gone(let booking): return words(booking)
        case .put(let put):
            guard let booking = put.booking ?? put.before else { return call("取消済で、ここには予約がありません。", "was never booked here") }
            guard let before = put.before, put.what == .changed, words(before) != words(booking) else {
                return words(booking) + "　" + booking.holders(call)
            }
            return words(before) + " → " + words(booking)
        }
    }
}

extension BookingImport.Line.What {
    var phrase: Phrase {
        switch self {
        case .new: Phrase("新規", "new")
        case .changed: Phrase("変更", "changed")
        case .same: Phrase("変更なし", "unchanged")
        case .cancelled: Phrase("取消", "cancelled")
        case .absent: Phrase("もともとなし", "was not here")
        case .refused: Phrase("受付不可", "refused")
        case .past: Phrase("過去", "over")
        }
    }
}
