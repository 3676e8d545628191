import Contracts
import HTTP
import ServiceKit

/// With whom the town settles, and from which day to which.
struct SettlementPeriod {
    let partner: TownFacts.Partner
    let from: CalendarDate
    let to: CalendarDate

    var query: String { "party=\(partner.party)&from=\(from)&to=\(to)" }

    /// What each form about it brings along.
    var hidden: HTML {
        "<input type=\"hidden\" name=\"party\" value=\"\(partner.party)\"><input type=\"hidden\" name=\"from\" value=\"\(from)\"><input type=\"hidden\" name=\"to\" value=\"\(to)\">"
    }
}

/// Signing off a period (精算の確定): the figures first, then a page of its own that says what it means.
extension Portal {
    /// Below a statement that is not signed off: the way there, or why there is none.
    func closing(
        _ period: SettlementPeriod, _ settlement: Settlement, _ account: PortalPolicy.Account, _ call: Call, in turn: borrowing Turn
    ) -> HTML {
        guard settlement.closed == nil else { return "" }
        guard period.to < turn.now.date(offset) else {
            return "<p class=\"hint screen\">\(call("最終日の翌日から確定できます。", "It can be closed from the day after its last."))</p>"
        }
        guard let user = account.station(.pointsDesk)?.user,
            turn.identity.roster.capabilities.allow(Channel.closeSettlement.name, by: user)
        else { return "<p class=\"hint screen\">\(call("確定は、町が定めた別の担当者が行います。", "The town lets another account close it."))</p>" }
        return
            "<p class=\"screen\"><a class=\"button main\" href=\"\(call.path("settlements/close?\(period.query)"))\">\(call("この期間の確定へ進む", "Go on to close this period"))</a></p>"
    }

    func closingPage(_ call: Call, fault: HTML? = nil, in turn: borrowing Turn) throws -> Answer {
        let period = try period(of: call, call.request.method == "POST" ? call.request.form : call.request.query)
        let statement = call.path("settlements/statement?\(period.query)")
        return try ask(
            ShowSettlement(period.partner.party, from: period.from, to: period.to), on: .showSettlement, as: .pointsDesk, for: call,
            in: turn
        ) { settlement, turn in
            // Somebody else has done it meanwhile.
            guard settlement.closed == nil else { return .page(.see(statement)) }
            let title = call("精算の確定", "Close a period")
            return .page(
                frame.page(
                    Frame.Parts(title: title, account: try account(of: call)), call, status: fault == nil ? 200 : 422,
                    """
                    <h1>\(title)</h1>
                    \(Self.fault(fault))<p><strong>\(period.partner.title)</strong>　\(period.from.description)〜\(period.to.description)</p>
                    \(sums(settlement, call))
                    <p class="notice warn">\(call("確定すると取り消せません。この期間より後に届いた分や訂正は、次の期間に計上します。次の期間は翌日から始まります。", "It cannot be taken back. What comes later falls into the next period, which begins the day after."))</p>
                    <form method="post" action="\(call.path("settlements/close"))">\(call.csrf)\(period.hidden)<input type="hidden" name="payable" value="\(settlement.payable)">
                    <fieldset class="choices"><legend>\(call("確認", "Make sure"))</legend><label><input type="checkbox" name="sure" value="1" required> \(call("相手、期間、お支払額を確かめました", "I have looked at who it is, the days and the sum"))</label></fieldset>
                    <p class="row"><button class="main">\(call("確定する", "Close it"))</button><a class="button" href="\(statement)">\(call("やめる", "Leave it"))</a></p></form>
                    """))
        }
    }

    /// Looked at once more before it is done: what is signed off is the sum that was shown.
    func closeSettlement(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let form = call.request.form
        let period = try period(of: call, form)
        let party = period.partner.party
        func again(_ sentence: HTML, _ turn: borrowing Turn) throws -> Answer { try closingPage(call, fault: sentence, in: turn) }
        guard form["sure"] == "1" else { return try again(call("お支払額を確かめ、印を付けてください。", "Look at the sum, and tick that you have."), turn) }
        return try ask(
            ShowSettlement(party, from: period.from, to: period.to), on: .showSettlement, as: .pointsDesk, for: call, in: turn
        ) { settlement, turn in
            guard "\(settlement.payable)" == form["payable"] else {
                return try again(call("お支払額が変わりました。もう一度確かめてください。", "The sum has changed. Look at it again."), turn)
            }
            return try ask(
                CloseSettlement(party, from: period.from, to: period.to), on: .closeSettlement, as: .pointsDesk, for: call, in: turn,
                refused: again
            ) { _, _ in .page(.see(call.path("settlements/statement?\(period.query)"))) }
        }
    }
}
