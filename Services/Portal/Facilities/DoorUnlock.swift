import Contracts
import HTTP
import ServiceKit

/// A door is opened from afar in two steps: a page that shows it and asks why, and the order; then what the lock says of it. The form
/// is one order, however often it is sent (`SentForm`).
extension Portal {
    func unlockPage(_ call: Call, _ fault: HTML? = nil, in turn: borrowing Turn) throws -> Response {
        let (door, typed) = (try door(of: call), call.request.form["reason"] ?? "")
        try checkMayUnlock(call, in: turn)
        let title = call("\(door.title):遠隔で開ける", "\(door.title): open it from here")
        return try doorFrame(
            call, door, title, status: fault == nil ? 200 : 422,
            """
            <p>\(call("一回だけ、いますぐ開けます。扉の前に誰がいるか確かめてから開けてください。理由は扉の記録に担当者名とともに残ります。", "Opens it once, now. Make sure who stands before it. The reason is kept in the door's audit, with your station."))</p>
            \(Self.fault(fault))
            <form id="unlock" data-keep class="screen" method="post" action="\(call.path("doors/\(door.id)/unlock"))">\(call.csrf)
            <p class="field"><label for="reason">\(call("理由(個人名は書かない)", "Why; no names of persons"))</label><input id="reason" name="reason" value="\(typed)" maxlength="\(UnlockDoor.longestReason)" autocomplete="off" required></p>
            <p class="row"><button class="danger">\(call("\(door.title)を開ける", "Open \(door.title)"))</button><a class="button quiet" href="\(call.path("doors"))">\(call("やめる", "Leave it"))</a></p></form>
            """, in: turn)
    }

    func unlockDoor(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let (door, reason) = (try door(of: call), call.request.form["reason"] ?? "")
        try checkMayUnlock(call, in: turn)
        return try ask(
            UnlockDoor(door: door.id, reason: reason), on: .unlockDoor, as: .desk, for: call, in: turn,
            refused: { sentence, turn in .page(try unlockPage(call, sentence, in: turn)) }
        ) { order, _ in .page(.see(call.path("doors/\(door.id)/orders/\(order.decision)"))) }
    }

    /// What became of an order. An open page is told as soon as the lock has spoken.
    func orderPage(_ call: Call, in turn: borrowing Turn) throws -> Response {
        guard let decision = EventID(call.parts[1]) else { throw Page.notFound }
        let door = try door(of: call)
        let state = try Snapshots.one("door", of: door.id.text, as: DoorState.self, in: turn.db)
        return try doorFrame(
            call, door, call("\(door.title):開けた結果", "\(door.title): what became of it"), status: 200,
            """
            \(orderPiece(decision, state, call.tongue, at: turn.now))
            <p class="row screen"><a class="button main" href="\(call.path("doors/\(door.id)/orders/\(decision)"))">\(call("もう一度確かめる", "Look again"))</a> <a class="button quiet" href="\(call.path("doors"))">\(call("扉の一覧へ", "All doors"))</a></p>
            """, in: turn)
    }

    /// The same markup in the page and when the lock has spoken.
    func orderPiece(_ decision: EventID, _ state: Snapshot<DoorState>?, _ tongue: Tongue, at now: Instant) -> HTML {
        let outcome = state?.body.lastDecision == decision ? state?.body.lastOutcome : nil
        let (style, words): (HTML, Phrase) =
            switch outcome {
            case .opened?: ("good", DoorOutcome.Result.opened.phrase)
            case let other?: ("bad", other.phrase)
            // By then lock-controller has given it up, and the door's state has another order's outcome.
            case nil where now - decision.time > .seconds(60):
                (
                    "warn",
                    Phrase(
                        "結果はここではもう分かりません。扉の記録(kazasu door audit)で確かめてください",
                        "not known here any more: look at the door's audit, kazasu door audit")
                )
            case nil: ("warn", Phrase("指令を出しました。錠からまだ返事がありません", "the order is given; the lock has not answered yet"))
            }
        return "<p id=\"order-\(decision)\" class=\"notice \(style)\" role=\"status\"><strong>\(words[tongue])</strong></p>\n"
    }

    /// A door as it is now, with something below it.
    private func doorFrame(
        _ call: Call, _ door: TownFacts.Door, _ title: HTML, status: UInt32, _ below: HTML, in turn: borrowing Turn
    ) throws -> Response {
        let state = try Snapshots.one("door", of: door.id.text, as: DoorState.self, in: turn.db)
        var parts = Frame.Parts(title: title, account: try account(of: call))
        parts.feed = "doors/\(call.tongue.rawValue)?after=\(try Snapshots.revision(in: turn.db))"
        return frame.page(
            parts, call, status: status,
            """
            <h1>\(title)</h1>
            <ul id="doors" class="list">\(doorPiece(door, state, call.tongue, at: turn.now))</ul>
            \(below)
            """)
    }

    /// What the broker would take from nobody of this station is not offered either.
    private func checkMayUnlock(_ call: Call, in turn: borrowing Turn) throws {
        guard let station = try account(of: call).station(.desk),
            turn.identity.roster.capabilities.allow(Channel.unlockDoor.name, by: station.user)
        else { throw Page.notYours }
    }
}
