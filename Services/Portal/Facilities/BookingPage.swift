import Contracts
import HTTP
import ServiceKit

extension Portal {
    var bookingRoutes: [Route] {
        let desk = Route.Access.staff([.desk])
        return [
            .page("bookings", desk) { call, turn in
                try bookingsPage(call, try BookingView(call, call.request.query, town, at: turn.now), in: turn)
            },
            .form("bookings", desk) { call, turn in try changeBooking(call, in: turn) },
            .page("bookings.ics", desk) { call, turn in try bookingCalendar(call, in: turn) },
            .page("bookings/import", desk) { call, _ in .page(try importPage(call)) },
            .form("bookings/import", desk) { call, turn in try importBookings(call, in: turn) },
        ]
    }

    /// All bookings of a door that have some of that time, page after page.
    func askBookings(
        of door: DoorID, from: Instant, to: Instant, for call: Call, in turn: borrowing Turn,
        page: @escaping ([Booking], borrowing Turn) throws -> Answer
    ) throws -> Answer {
        try askAll(
            ListBookings(door: door, from: from, to: to), on: .listBookings, as: .desk, for: call, in: turn,
            next: { list in
                list.more ? list.bookings.last.map { ListBookings(door: door, from: from, to: to, after: $0.id) } : nil
            },
            page: { lists, turn in try page(lists.flatMap(\.bookings), turn) })
    }

    func bookingsPage(_ call: Call, _ view: BookingView, in turn: borrowing Turn) throws -> Answer {
        let account = try account(of: call)
        return try askBookings(of: view.door.id, from: view.week.start, to: view.week.end, for: call, in: turn) { bookings, turn in
            try noteLook(.bookings, by: account, as: .desk, thing: view.door.id.named(), in: turn)
            let title = call("\(view.door.title) の予約", "Bookings of \(view.door.title)")
            return .page(
                frame.page(
                    Frame.Parts(title: title, scripts: ["calendar.js"], account: account), call, status: view.fault == nil ? 200 : 422,
                    """
                    <h1>\(title)</h1>
                    \(Self.fault(view.fault))\(cancelled(call, view))\(done(call))
                    \(navigation(call, view))
                    \(calendar(call, view, bookings))
                    \(addForm(call, view))
                    \(bookingTable(call, view, bookings, at: turn.now))
                    """))
        }
    }

    // MARK: Parts

    private func navigation(_ call: Call, _ view: BookingView) -> HTML {
        let options = town.doors.map {
            HTML("<option value=\"\($0.id)\"\($0.id == view.door.id ? HTML(" selected") : "")>\($0.title)</option>")
        }
        func link(_ day: CalendarDate, _ words: HTML) -> HTML {
            "<a class=\"button quiet\" href=\"\(view.path(call, week: day))\">\(words)</a>"
        }
        return """
            <form class="row screen" method="get" action="\(call.path("bookings"))">
            <p class="field"><label for="door">\(call("扉・施設", "Door"))</label><select id="door" name="door">\(options)</select></p>
            <p class="field"><label for="week">\(call("週", "Week of"))</label><input id="week" type="date" name="week" value="\(view.week.first)"></p>
            <button>\(call("表示", "Show"))</button></form>
            <p class="row screen">\(link(view.week.before(), call("前の週", "Week before")))\(link(view.week.after(), call("次の週", "Week after")))
            <a class="button quiet" href="\(call.path("bookings.ics?door=\(view.door.id)"))">\(call("カレンダーに書き出す(iCalendar)", "Export (iCalendar)"))</a>
            <a class="button quiet" href="\(call.path("bookings/import"))">\(call("ファイルから取り込む", "Import a file"))</a></p>
            """
    }

    private func calendar(_ call: Call, _ view: BookingView, _ bookings: [Booking]) -> HTML {
        let (week, days) = (view.week, view.week.days)
        let heads = days.map { HTML("<th scope=\"col\">\($0.month)/\($0.day) \($0.weekday.phrase[call.tongue])</th>") }
        let hours = week.hours(bookings)
        let rows = stride(from: hours.lowerBound, to: hours.upperBound, by: Week.slot).map { minute -> HTML in
            let clock = week.moment(week.first, minute).clock(offset)
            return "<tr><th scope=\"row\">\(clock)</th>\(days.map { slot(view, bookings, $0, minute) })</tr>\n"
        }
        return """
            <div class="wide" tabindex="0" role="region" aria-label="\(call("週の予約表", "The week"))"><table id="slots" class="slots">
            <caption>\(week.first.description)〜\(days.last.map(\.description) ?? "")　\(call("30分ごと。空いている時間をマウスでなぞるか、触れるか、矢印キーとEnterで選べます。", "Half hours. Draw over free ones with the mouse, touch one, or use arrow keys and Enter."))</caption>
            <thead><tr><th scope="col">\(call("時刻", "Time"))</th>\(heads)</tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """
    }

    /// A half hour of a day: free, or whose begins there, or the rest of one.
    private func slot(_ view: BookingView, _ bookings: [Booking], _ day: CalendarDate, _ minute: Int) -> HTML {
        let (from, until) = (view.week.moment(day, minute), view.week.moment(day, minute + Week.slot))
        let here = view.week.bookings(bookings, on: day, at: minute)
        let times: HTML = " data-from=\"\(LocalTime.text(from, offset))\" data-until=\"\(LocalTime.text(until, offset))\""
        guard !here.isEmpty else { return "<td\(times)></td>" }
        let marks = here.map { booking -> HTML in
            let isFirst = booking.from >= from || minute == view.week.hours(bookings).lowerBound
            return isFirst ? "<a href=\"#booking-\(booking.id)\">\(booking.span(offset))</a> " : "<span>〃</span> "
        }
        return "<td class=\"taken\"\(times)>\(marks)</td>"
    }

    private func addForm(_ call: Call, _ view: BookingView) -> HTML {
        let form = view.form
        func option(_ value: String, _ words: HTML) -> HTML {
            "<option value=\"\(value)\"\(form.paid == value ? HTML(" selected") : "")>\(words)</option>"
        }
        return """
            <h2>\(call("予約する", "Book"))</h2>
            <form id="book" class="screen" method="post" action="\(call.path("bookings"))">\(call.csrf)\(view.hidden)
            <div class="row"><p class="field"><label for="from">\(call("開始", "From"))</label><input id="from" type="datetime-local" step="60" name="from" value="\(form.from)" required></p>
            <p class="field"><label for="until">\(call("終了", "Until"))</label><input id="until" type="datetime-local" step="60" name="until" value="\(form.until)" required></p></div>
            <p class="field"><label for="holders">\(call("利用者", "For whom"))</label><span class="hint" id="holders-hint">\(call("住民番号(p-…)かカード(k1.…)。空白で区切って何人でも。", "Ids of persons (p-…) or tokens of cards (k1.…), with spaces between."))</span>
            <input id="holders" name="holders" value="\(form.holders)" aria-describedby="holders-hint" autocomplete="off" required></p>
            <p class="field"><label for="paid">\(call("使用料", "Fee"))</label><select id="paid" name="paid">\(option("", call("なし", "nothing due")))\(option("0", call("未払(払うまで開きません)", "not paid yet: opens nothing")))\(option("1", call("支払済", "paid")))</select></p>
            <button class="main" name="act" value="add">\(call("予約する", "Book"))</button></form>
            """
    }

    /// Shown after a booking was cancelled: what takes it back is the same booking again.
    private func cancelled(_ call: Call, _ view: BookingView) -> HTML {
        guard let booking = view.cancelled else { return "" }
        let said = call("\(booking.span(offset)) の予約を取り消しました。", "The booking \(booking.span(offset)) is cancelled.")
        let again = BookingForm(booking, offset)
        // A form of so many people would be longer than the portal takes.
        guard booking.tokens.count + (booking.persons?.count ?? 0) <= 200 else {
            return "<p class=\"notice\" role=\"status\">\(said)</p>"
        }
        return """
            <form id="again" class="undo" method="post" action="\(call.path("bookings"))">\(call.csrf)\(view.hidden)
            <input type="hidden" name="from" value="\(again.from)"><input type="hidden" name="until" value="\(again.until)">
            <input type="hidden" name="holders" value="\(again.holders)"><input type="hidden" name="paid" value="\(again.paid)">
            <span role="status">\(said)</span><button name="act" value="add">\(call("元に戻す(もう一度予約)", "Undo: book it again"))</button></form>
            """
    }

    private func done(_ call: Call) -> HTML {
        let said: HTML? =
            switch call.request.query["done"] {
            case "add": call("予約しました。", "Booked.")
            case "extend": call("延長しました。", "The end was moved.")
            case "paid": call("支払の記録を変えました。", "What was paid is noted.")
            default: nil
            }
        return said.map { "<p class=\"notice good\" role=\"status\">\($0)</p>" } ?? ""
    }
}

extension Weekday {
    var phrase: Phrase {
        switch self {
        case .monday: Phrase("月", "Mon")
        case .tuesday: Phrase("火", "Tue")
        case .wednesday: Phrase("水", "Wed")
        case .thursday: Phrase("木", "Thu")
        case .friday: Phrase("金", "Fri")
        case .saturday: Phrase("土", "Sat")
        case .sunday: Phrase("日", "Sun")
        }
    }
}
