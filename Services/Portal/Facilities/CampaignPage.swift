import Contracts
import HTTP
import ServiceKit

extension Portal {
    var campaignRoutes: [Route] {
        let desk = Route.Access.staff([.pointsDesk])
        return [
            .page("campaigns", desk) { call, turn in try campaignsPage(call, in: turn) },
            .page("campaigns/:", desk) { call, turn in try campaignPage(call, fault: nil, in: turn) },
            .form("campaigns/:", desk) { call, turn in try decideCampaign(call, in: turn) },
        ]
    }

    private func campaignsPage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        try askAll(
            ListCampaigns(), on: .listCampaigns, as: .pointsDesk, for: call, in: turn,
            next: { page in page.more ? page.campaigns.last.map { ListCampaigns(before: $0.opened) } : nil }
        ) { pages, _ in
            let title = call("一斉付与", "Campaigns")
            let cards = pages.flatMap(\.campaigns).map { campaign in
                """
                <li id="campaign-\(campaign.id)" class="card" data-stage="\(campaign.stage.rawValue)"><h2><a href="\(call.path("campaigns/\(campaign.id)"))">\(campaign.title)</a></h2>
                <p>\(campaign.stage.phrase[call.tongue])</p>\(figures(call, campaign))</li>

                """ as HTML
            }
            let none: HTML = cards.isEmpty ? "<p>\(call("一斉付与はまだありません。", "There is none yet."))</p>" : ""
            return .page(
                frame.page(
                    Frame.Parts(title: title, account: try account(of: call)), call,
                    """
                    <h1>\(title)</h1>
                    <p class="screen"><a class="button quiet" href="\(call.path("settlements"))">\(call("精算", "Settlements"))</a></p>
                    <ul class="list">\(cards)</ul>\(none)
                    """))
        }
    }

    /// What would be paid, or was.
    private func figures(_ call: Call, _ campaign: Campaign) -> HTML {
        let tally = campaign.tally
        func figure(_ name: HTML, _ number: HTML) -> HTML { "<div><dt>\(name)</dt><dd>\(number)</dd></div>" }
        let unit = purseUnit(campaign.purse)
        let sum = call("合計(\(unit))", "In all (\(unit))")
        let parts: [HTML] =
            switch campaign.stage {
            case .open, .gathering, .proposed, .discarded:
                [
                    figure(call("付与する人", "To be paid"), "\(grouped(Int64(tally.new)))"),
                    figure(sum, "\(grouped(tally.amount))"),
                ]
            case .paying, .paid, .reversal:
                [
                    figure(call("付与した人", "Paid"), "\(grouped(Int64(tally.paid)))"),
                    figure(sum, "\(grouped(tally.paidAmount))"),
                ]
            case .reversing, .reversed:
                [
                    figure(call("取り消した人", "Taken back"), "\(grouped(Int64(tally.reversed)))"),
                    figure(call("使用済で取消不可", "Had spent it"), "\(grouped(Int64(tally.spent)))"),
                ]
            }
        let rest = [
            figure(call("付与済・重複", "Have it already"), "\(grouped(Int64(tally.repeats)))"),
            figure(call("未登録", "Not known"), "\(grouped(Int64(tally.unknown)))"),
        ]
        return "<dl class=\"figures\">\(parts)\(rest)</dl>"
    }

    private func campaignPage(_ call: Call, fault: HTML?, in turn: borrowing Turn) throws -> Answer {
        let (id, account) = (try call.name(0, CampaignID.self), try account(of: call))
        return try ask(ReviewCampaign(id), on: .reviewCampaign, as: .pointsDesk, for: call, in: turn) { page, turn in
            try noteLook(.points, by: account, as: .pointsDesk, thing: id.named(), in: turn)
            let campaign = page.campaign
            let lines = page.lines.map { line -> HTML in
                "<tr><th scope=\"row\">\(line.line)</th><td data-label=\"\(call("住民番号", "Person"))\">\(line.person)</td><td class=\"number\" data-label=\"\(call("金額", "Amount"))\">\(amount(line.amount, of: campaign.purse))</td><td data-label=\"\(call("判定", "Verdict"))\">\(line.verdict.phrase[call.tongue])</td></tr>\n"
            }
            let unpaid: HTML =
                lines.isEmpty
                ? ""
                : "<h2>\(call("付与されない明細", "Lines that are not paid"))</h2>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"\(call("付与されない明細", "Lines that are not paid"))\"><table class=\"cards\"><tbody>\(lines)</tbody></table></div>\(page.more ? HTML("<p>\(call("このほかにもあります。", "There are more."))</p>") : "")"
            let expires = campaign.expires.map { call("\($0)まで有効", "to be spent by \($0)") } ?? ""
            return .page(
                frame.page(
                    Frame.Parts(title: "\(campaign.title)", account: account), call, status: fault == nil ? 200 : 422,
                    """
                    <h1>\(campaign.title)</h1>
                    \(Self.fault(fault))
                    <p id="stage" data-stage="\(campaign.stage.rawValue)"><strong>\(campaign.stage.phrase[call.tongue])</strong></p>
                    \(figures(call, campaign))
                    <p>\(purseTitle(campaign.purse))　\(call("1人", "each")) \(amount(campaign.amount, of: campaign.purse))　\(campaign.source.phrase[call.tongue])　\(expires)</p>
                    <p>\(call("起案", "Drawn up by")) \(campaign.proposedBy)\(campaign.approvedBy.map { "　\(call("承認", "approved by")) \($0)" as HTML })</p>
                    \(decisions(call, campaign, by: account.station(.pointsDesk)?.user))
                    \(unpaid)
                    """))
        }
    }

    /// What this account may decide now. Whoever has drawn something up does not approve it; the service sees to it, and here it is explained.
    private func decisions(_ call: Call, _ campaign: Campaign, by user: UserID?) -> HTML {
        func form(_ decision: DecideCampaign.Decision, _ style: HTML, _ words: HTML) -> HTML {
            """
            <form class="screen" method="post" action="\(call.path("campaigns/\(campaign.id)"))">\(call.csrf)
            <fieldset class="choices"><legend>\(words)</legend><label><input type="checkbox" name="sure" value="1" required> \(call("人数と合計を確かめました", "I have looked at the numbers"))</label>
            <button class="\(style)" name="decision" value="\(decision.rawValue)">\(words)</button></fieldset></form>

            """
        }
        let approval: HTML =
            campaign.proposedBy == user
            ? "<p class=\"notice\">\(call("起案した人は承認できません。別の担当者が承認します。", "Whoever drew it up cannot approve it: another account does."))</p>"
            : form(
                .approve, "main",
                campaign.stage == .reversal ? call("取消を承認する", "Approve taking it back") : call("承認して付与する", "Approve and pay"))
        switch campaign.stage {
        case .open: return form(.discard, "danger", call("破棄する", "Discard"))
        case .proposed: return approval + form(.discard, "danger", call("破棄する", "Discard"))
        case .reversal: return approval
        case .paid: return form(.reverse, "danger", call("取消を起案する", "Ask for it to be taken back"))
        case .gathering, .paying, .reversing:
            return "<p><a class=\"button\" href=\"\(call.path("campaigns/\(campaign.id)"))\">\(call("いまの状態を見る", "Look again"))</a></p>"
        case .reversed, .discarded: return ""
        }
    }

    private func decideCampaign(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let (id, fields) = (try call.name(0, CampaignID.self), call.request.form)
        guard let decision = DecideCampaign.Decision(rawValue: fields["decision"] ?? ""), decision != .propose else { throw Page.notFound }
        guard fields["sure"] == "1" else {
            return try campaignPage(call, fault: call("人数と合計を確かめ、印を付けてください。", "Look at the numbers, and tick that you have."), in: turn)
        }
        return try ask(
            DecideCampaign(decision, id), on: .decideCampaign, as: .pointsDesk, for: call, in: turn,
            refused: { sentence, turn in try campaignPage(call, fault: sentence, in: turn) }
        ) { _, _ in .page(.see(call.path("campaigns/\(id)"))) }
    }
}
