import Contracts
import HTTP
import ServiceKit

extension Portal {
    /// Who was received, in the order of it: for the screen and for paper.
    func attendancePage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let (id, account) = (try call.name(0, ReceptionID.self), try account(of: call))
        guard let reception = town.receptions.first(where: { $0.id == id }) else { throw Page.notFound }
        return try askAll(
            ListAttendance(of: id), on: .listAttendance, as: .receptionDesk, for: call, in: turn, atMost: 1000,
            next: { page in page.more ? page.entries.last.map { ListAttendance(of: id, after: $0.number) } : nil }
        ) { pages, turn in
            try noteLook(.attendance, by: account, as: .receptionDesk, thing: id.named(), in: turn)
            let title = call("\(reception.title) 受付者の一覧", "\(reception.title): who was received")
            var parts = Frame.Parts(title: title, account: account)
            parts.watermark = try watermark(call, at: turn.now)
            let heads = [
                call("番号", "Number"), call("氏名", "Name"), call("ふりがな", "Reading"), call("時刻", "When"), call("方法", "By"),
                call("窓口", "Station"),
            ]
            let rows = pages.flatMap(\.entries).map { one -> HTML in
                let walkIn: HTML = one.walkIn == true ? call("(当日)", " (walk-in)") : ""
                return """
                    <tr id="received-\(one.number)"><th scope="row">\(one.number)</th><td data-label="\(heads[1])">\(one.name ?? "－")\(walkIn)</td><td data-label="\(heads[2])">\(one.reading ?? "－")</td>
                    <td data-label="\(heads[3])">\(one.at.minute(offset))</td><td data-label="\(heads[4])">\(one.way.phrase[call.tongue])</td><td data-label="\(heads[5])">\(one.station)</td></tr>

                    """
            }
            return .page(
                frame.page(
                    parts, call,
                    """
                    <h1>\(title)</h1>
                    <p>\(call("\(rows.count) 人", "\(rows.count) people"))</p>
                    <div class="wide" tabindex="0" role="region" aria-label="\(title)"><table class="cards"><thead><tr>\(heads.map { HTML("<th scope=\"col\">\($0)</th>") })</tr></thead><tbody>\(rows)</tbody></table></div>
                    <p class="watermark">\(parts.watermark)</p>
                    """))
        }
    }
}

extension ReceptionChanged.Stage {
    var phrase: Phrase {
        switch self {
        case .planned: Phrase("受付開始前", "not opened yet")
        case .open: Phrase("受付中", "open")
        case .closed: Phrase("受付終了", "closed")
        case .cancelled: Phrase("中止", "called off")
        }
    }
}

extension ReceptionWay {
    var phrase: Phrase {
        switch self {
        case .card: Phrase("カード", "card")
        case .ticket: Phrase("整理券", "ticket")
        case .name: Phrase("氏名", "name")
        }
    }
}
