import Contracts
import HTTP
import ServiceKit

extension Portal {
    var menuRoutes: [Route] { [.page("staff", .anyStaff) { call, turn in .page(try menu(call, in: turn)) }] }

    /// What this account may do, and nothing else.
    private func menu(_ call: Call, in turn: borrowing Turn) throws -> Response {
        let account = try account(of: call)
        func has(_ role: Role) -> Bool { account.stations.contains { $0.role == role } }
        func card(_ path: String, _ title: HTML, _ words: HTML = "") -> HTML {
            "<li class=\"card\"><h2><a href=\"\(call.path(path))\">\(title)</a></h2><p>\(words)</p></li>\n"
        }
        var cards: [HTML] = []
        if has(.shelterDesk) {
            cards.append(
                card("hq", call("災害対策本部", "Headquarters"), call("すべての避難所のいま、物資、まだ来ていない方", "All shelters, supplies, who has not come")))
            for view in try shelters(in: turn) where view.run.stage != .closed && town.keeps(view.shelter.id) {
                cards.append(
                    card("desk/\(view.id)", call("受付:\(view.shelter.title)", "Desk: \(view.shelter.title)"), call("避難所の受付", "Shelter desk"))
                )
            }
        }
        cards += menuCards(call, has: has, card: card)
        let none = call("このアカウントの仕事はまだありません。", "There is no work for this account yet.")
        return frame.page(
            Frame.Parts(title: call("職員メニュー", "Staff"), account: account), call,
            "<h1>\(call("職員メニュー", "Staff"))</h1>\n\(cards.isEmpty ? HTML("<p>\(none)</p>") : HTML("<ul class=\"list\">\(cards)</ul>"))")
    }

    /// Those of the other parts.
    private func menuCards(_ call: Call, has: (Role) -> Bool, card: (String, HTML, HTML) -> HTML) -> [HTML] {
        var cards: [HTML] = []
        if has(.noticeDesk) {
            for school in town.schools {
                cards.append(card("school/\(school.id)", "\(school.title)", call("登校のようす、欠席の連絡", "Who has come, who is absent")))
            }
        }
        if has(.registrar) {
            cards.append(card("people", call("住民窓口", "Residents' counter"), call("本人確認、カード、保護者、同意", "Files, cards, guardians, consents")))
        }
        if has(.desk) {
            cards.append(card("bookings", call("予約", "Bookings"), call("週ごとの予約表", "Doors by the week")))
            cards.append(card("doors", call("扉", "Doors"), call("扉のいま、警報", "How doors are, alarms")))
            cards.append(card("figures", call("利用統計", "Figures"), call("月ごとの来館、目標、推移、ダウンロード", "Visits by month, goals, trends, downloads")))
        }
        if has(.receptionDesk) {
            cards.append(card("receptions", call("受付", "Receptions"), call("いまの人数、紙の人数、名簿", "Who was received, paper totals, lists")))
        }
        if has(.pointsDesk) {
            cards.append(card("campaigns", call("キャンペーン", "Campaigns"), call("試算と承認", "Trials and approvals")))
            cards.append(card("settlements", call("精算", "Settlements"), call("店ごとの支払い明細", "What each shop is paid")))
        }
        if !policy.kiosks.isEmpty {
            cards.append(
                card("kiosk-setup", call("キオスクの画面", "Kiosk screens"), call("この画面をキオスクにする、終了する", "Make a screen a kiosk, or end one")))
        }
        return cards
    }
}
