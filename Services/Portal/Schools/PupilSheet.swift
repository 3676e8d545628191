import Contracts
import HTTP
import ServiceKit
import Sheets

extension Portal {
    /// A list as a town's spreadsheet opens it: the columns of `kazasu school today --csv`, in Japanese whatever the page's language is.
    func pupilSheet(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let (school, account) = (try school(of: call), try account(of: call))
        let encoding: SheetEncoding = call.request.query["encoding"] == "cp932" ? .cp932 : .utf8
        return try askPupils(PupilView(call).wish(school.id), for: call, in: turn) { list, turn in
            try noteLook(.export, by: account, as: .noticeDesk, thing: school.id.named(), in: turn)
            let sheet: SheetWriter
            do throws(SheetError) { sheet = try pupilSheet(list, as: encoding) } catch {
                let sentence = call("CSVにできませんでした。", "This cannot be written as CSV.")
                return .page(frame.refusal(.wrong("\(sentence) <span lang=\"en\">\(error.description)</span>"), call))
            }
            return .page(
                Response(
                    type: "text/csv; charset=\(encoding == .utf8 ? "utf-8" : "Shift_JIS")",
                    headers: ["Content-Disposition": "attachment; filename=\"\(school.id)-\(list.date).csv\""], body: sheet.bytes))
        }
    }

    /// A character of a name that the spreadsheet's encoding does not have stands as 〓.
    private func pupilSheet(_ list: PupilList, as encoding: SheetEncoding) throws(SheetError) -> SheetWriter {
        var sheet = try SheetWriter(header: ["組", "氏名", "状態", "登校", "下校", "住民番号"], as: encoding, replacesMissing: true)
        for pupil in list.pupils {
            try sheet.append([
                pupil.schoolClass ?? "-", pupil.name ?? "-", pupil.state.phrase.ja.description, pupil.arrived?.clock(offset) ?? "-",
                pupil.left?.clock(offset) ?? "-", pupil.person.text,
            ])
        }
        return sheet
    }
}
