import Contracts
import HTTP
import ServiceKit

extension Portal {
    /// The door that stands in the path.
    func door(of call: Call) throws -> TownFacts.Door {
        let id = try call.name(0, DoorID.self)
        guard let door = town.doors.first(where: { $0.id == id }) else { throw Page.notFound }
        return door
    }

    func explainPage(_ call: Call, at now: Instant) throws -> Response {
        try explainPage(call, door(of: call), "", LocalTime.text(now, offset))
    }

    /// What a door would do about a card at a moment, and why. It changes nothing; but whose card it is stands in no address, which proxies write down.
    func explainDoor(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let door = try door(of: call)
        let fields = call.request.form
        let (holder, time) = (fields["holder"] ?? "", fields["at"] ?? "")
        let wish: ExplainDoor
        switch (LocalTime.instant(time, offset), Token(holder), PersonID(holder)) {
        case (let at?, let token?, _): wish = ExplainDoor(door.id, at: at, token: token)
        case (let at?, nil, let person?): wish = ExplainDoor(door.id, at: at, person: person)
        default:
            let sentence = call("カード(k1.…)か住民番号(p-…)と、日時を入れてください。", "Give a card's token (k1.…) or a person's id (p-…), and a time.")
            return .page(try explainPage(call, door, holder, time, fault: sentence))
        }
        let account = try account(of: call)
        return try ask(
            wish, on: .explainDoor, as: .desk, for: call, in: turn,
            refused: { sentence, _ in .page(try explainPage(call, door, holder, time, fault: sentence)) }
        ) { said, turn in
            try noteLook(.bookings, by: account, as: .desk, thing: door.id.named(), person: wish.person, in: turn)
            return .page(try explainPage(call, door, holder, time, said: said))
        }
    }

    private func explainPage(
        _ call: Call, _ door: TownFacts.Door, _ holder: String, _ time: String, fault: HTML? = nil, said: DoorExplanation? = nil
    ) throws -> Response {
        let title = call("\(door.title):なぜ開く・開かない", "\(door.title): why it opens or not")
        return frame.page(
            Frame.Parts(title: title, account: try account(of: call)), call, status: fault == nil ? 200 : 422,
            """
            <h1>\(title)</h1>
            \(Self.fault(fault))\(said.map { verdict(call, $0) } ?? "")
            <form class="screen" method="post" action="\(call.path("doors/\(door.id)/explain"))">\(call.csrf)
            <p class="field"><label for="holder">\(call("カードまたは住民番号", "Card or person"))</label><input id="holder" name="holder" value="\(holder)" autocomplete="off" required></p>
            <p class="field"><label for="at">\(call("日時", "When"))</label><input id="at" type="datetime-local" step="60" name="at" value="\(time)" required></p>
            <p class="row"><button class="main">\(call("調べる", "Ask"))</button><a class="button quiet" href="\(call.path("doors"))">\(call("扉の一覧へ", "All doors"))</a></p></form>
            """)
    }

    private func verdict(_ call: Call, _ said: DoorExplanation) -> HTML {
        let isOpen = said.verdict == .open
        let why = isOpen ? said.right?.phrase : said.rule?.phrase ?? said.refusal?.phrase
        let day = [said.holiday.map { HTML("\($0)") }, said.closure.map { call("休館日 \($0)", "closure \($0)") }].compactMap(\.self)
        let rows = said.rights.map { one -> HTML in
            let span = [one.from, one.to].map { $0?.minute(offset) ?? "" }
            let hours: HTML = one.from == nil && one.to == nil ? call("いつでも", "at any time") : "\(span[0])〜\(span[1])"
            return
                "<tr><td data-label=\"\(call("権利", "Right"))\">\(one.right.phrase[call.tongue])</td><td data-label=\"\(call("時間", "When"))\">\(hours)</td><td data-label=\"\(call("判定", "Says"))\">\(one.says.phrase[call.tongue])</td></tr>\n"
        }
        return """
            <p id="verdict" class="notice \(isOpen ? "good" : "bad")" role="status"><strong>\(isOpen ? call("開きます", "It opens") : call("開きません", "It stays shut"))</strong>:\(why.map { $0[call.tongue] } ?? "－")
            <br>\(said.at.minute(offset)) \(day)</p>
            \(isOpen && said.rule != nil ? HTML("<p class=\"notice warn\">\(said.rule.map { $0.phrase[call.tongue] })</p>") : "")
            <div class="wide" tabindex="0" role="region" aria-label="\(call("この日の権利", "Rights of that day"))"><table class="cards"><thead><tr><th scope="col">\(call("権利", "Right"))</th><th scope="col">\(call("時間", "When"))</th><th scope="col">\(call("判定", "Says"))</th></tr></thead><tbody>\(rows)</tbody></table></div>
            """
    }
}
