import Contracts
import HTTP
import ServiceKit

extension Portal {
    /// Books, extends, cancels, or notes what was paid; a refusal stands above the week with what was typed.
    func changeBooking(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let fields = call.request.form
        var view = try BookingView(call, fields, town, at: turn.now)
        view.form = fields["act"] == "add" ? BookingForm(fields) : BookingForm()
        let asked = view
        func refused(_ sentence: HTML, _ turn: borrowing Turn) throws -> Answer {
            var view = asked
            view.fault = sentence
            return try bookingsPage(call, view, in: turn)
        }
        func done(_ answer: BookingAnswer, _ turn: borrowing Turn) throws -> Answer {
            let week = Week(of: answer.booking.from.date(offset), offset).first
            return .page(.see(asked.path(call, week: week) + "&done=\(fields["act"] ?? "")"))
        }
        if fields["act"] == "add" {
            switch view.form.wish(view.door.id, offset) {
            case .wrong(let phrase): return try refused(phrase[call.tongue], turn)
            case .booking(let wish):
                return try ask(wish, on: .addBooking, as: .desk, for: call, in: turn, refused: refused, page: done)
            }
        }
        guard let booking = EventID(fields["booking"] ?? "") else { throw Page.notFound }
        switch fields["act"] {
        case "extend":
            guard let to = LocalTime.instant(fields["until"] ?? "", offset) else {
                return try refused(call("新しい終了時刻を入れてください。", "Say when it is to end."), turn)
            }
            return try ask(
                ExtendBooking(booking: booking, to: to), on: .extendBooking, as: .desk, for: call, in: turn, refused: refused, page: done)
        case "paid":
            return try ask(
                MarkPaid(booking, paid: fields["paid"] == "1"), on: .markPaid, as: .desk, for: call, in: turn, refused: refused,
                page: done)
        case "cancel":
            // The page at once and no address to fetch: what takes it back stands in this answer alone. Sent twice, the second is refused.
            return try ask(CancelBooking(booking: booking), on: .cancelBooking, as: .desk, for: call, in: turn, refused: refused) {
                answer, turn in
                var view = asked
                view.cancelled = answer.booking
                return try bookingsPage(call, view, in: turn)
            }
        default: throw Page.notFound
        }
    }

    // MARK: The week's bookings, one a row

    func bookingTable(_ call: Call, _ view: BookingView, _ bookings: [Booking], at now: Instant) -> HTML {
        guard !bookings.isEmpty else { return "<p>\(call("この週の予約はありません。", "Nothing is booked in this week."))</p>" }
        let heads = [call("日時", "When"), call("利用者", "For"), call("使用料", "Fee"), call("利用", "Used")]
        let rows = bookings.map { booking -> HTML in
            let fee =
                booking.paid.map { $0 ? call("支払済", "paid") : "<strong>\(call("未払", "not paid"))</strong>" } ?? call("なし", "nothing due")
            let used = booking.opened.map { call("\($0.minute(offset))〜", "since \($0.minute(offset))") } ?? "－"
            let system: HTML = booking.reference.map { " <small>\(call("\($0.system) から", "from \($0.system)"))</small>" } ?? ""
            return """
                <tr id="booking-\(booking.id)"><th scope="row">\(booking.from.day(offset)) \(booking.span(offset))\(system)</th>
                <td data-label="\(heads[1])">\(booking.holders(call))</td><td data-label="\(heads[2])">\(fee)</td><td data-label="\(heads[3])">\(used)</td>
                <td class="screen">\(acts(call, view, booking, at: now))</td></tr>

                """
        }
        return """
            <h2>\(call("この週の予約", "Bookings of this week"))</h2>
            <div class="wide" tabindex="0" role="region" aria-label="\(call("この週の予約", "Bookings of this week"))"><table id="bookings" class="cards"><thead><tr>\(heads.map { HTML("<th scope=\"col\">\($0)</th>") })<th scope="col" class="screen"><span class="spoken">\(call("操作", "Acts"))</span></th></tr></thead><tbody>\(rows)</tbody></table></div>
            """
    }

    private func acts(_ call: Call, _ view: BookingView, _ booking: Booking, at now: Instant) -> HTML {
        func form(_ inside: HTML) -> HTML {
            "<form class=\"row\" method=\"post\" action=\"\(call.path("bookings"))\">\(call.csrf)\(view.hidden)<input type=\"hidden\" name=\"booking\" value=\"\(booking.id)\">\(inside)</form>\n"
        }
        var acts: HTML = ""
        if let paid = booking.paid {
            acts =
                acts
                + form(
                    "<input type=\"hidden\" name=\"paid\" value=\"\(paid ? 0 : 1)\"><button name=\"act\" value=\"paid\">\(paid ? call("未払に戻す", "Not paid after all") : call("支払済にする", "Paid"))</button>"
                )
        }
        guard booking.to > now else { return acts }
        let label = call("\(booking.span(offset)) の新しい終了", "New end of \(booking.span(offset))")
        return acts
            + form(
                "<input type=\"datetime-local\" step=\"60\" name=\"until\" value=\"\(LocalTime.text(booking.to, offset))\" aria-label=\"\(label)\" required><button name=\"act\" value=\"extend\">\(call("終了を変える", "Move the end"))</button>"
            )
            + form(
                "<button class=\"danger\" name=\"act\" value=\"cancel\" aria-label=\"\(call("\(booking.span(offset)) を取り消す", "Cancel \(booking.span(offset))"))\">\(call("取り消す", "Cancel"))</button>"
            )
    }
}
