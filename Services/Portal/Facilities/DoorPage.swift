import Contracts
import HTTP
import ServiceKit
import Store

extension Portal {
    var doorRoutes: [Route] {
        let desk = Route.Access.staff([.desk])
        return [
            .page("doors", desk) { call, turn in try doorsPage(call, fault: nil, in: turn) },
            .form("doors", desk) { call, turn in try acknowledgeAlarm(call, in: turn) },
            .page("doors/:/explain", desk) { call, turn in try .page(explainPage(call, at: turn.now)) },
            .form("doors/:/explain", desk) { call, turn in try explainDoor(call, in: turn) },
            .page("doors/:/unlock", desk) { call, turn in try .page(unlockPage(call, in: turn)) },
            .form("doors/:/unlock", desk) { call, turn in try unlockDoor(call, in: turn) },
            .page("doors/:/orders/:", desk) { call, turn in try .page(orderPage(call, in: turn)) },
            .data("events/doors/:", desk) { call, turn in try listenToDoors(call, in: turn) },
        ]
    }

    // MARK: Live

    func learn(_ state: Envelope<DoorState>, _ topic: Topic, in turn: borrowing Turn) throws {
        try Snapshots.keep(
            state.data, as: "door", of: topic.entity.text, at: state.data.at, until: state.data.at + .seconds(state.data.maxAge),
            in: turn.db)
        try sayDoor(topic.entity.text, in: turn)
    }

    /// To pages that are open; again when what was heard has grown too old.
    func sayDoor(_ id: String, in turn: borrowing Turn) throws {
        for tongue in Tongue.allCases {
            for news in try doorNews(id, tongue, in: turn) { try say(news, on: "doors/\(tongue.rawValue)", in: turn) }
        }
    }

    private func listenToDoors(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        guard let tongue = Tongue(rawValue: call.parts[0]) else { throw Page.notFound }
        let after = call.request.query["after"].flatMap(Int64.init) ?? .max
        let missed = try Snapshots.things(of: "door", after: after, in: turn.db).flatMap {
            try doorNews($0, tongue, in: turn).map { try $0.bytes() }
        }
        return .stream(["doors/\(tongue.rawValue)"], first: Array(missed.joined()))
    }

    /// The door, and for whoever has opened it from afar what became of the last order.
    private func doorNews(_ id: String, _ tongue: Tongue, in turn: borrowing Turn) throws -> [News] {
        guard let door = town.doors.first(where: { $0.id.text == id }) else { return [] }
        let state = try Snapshots.one("door", of: id, as: DoorState.self, in: turn.db)
        let order = state?.body.lastDecision.map { News.piece("order-\($0)", orderPiece($0, state, tongue, at: turn.now)) }
        return [.piece("door-\(id)", doorPiece(door, state, tongue, at: turn.now))] + (order.map { [$0] } ?? [])
    }

    /// A door: the same markup in the page and when something has changed.
    func doorPiece(_ door: TownFacts.Door, _ state: Snapshot<DoorState>?, _ tongue: Tongue, at now: Instant) -> HTML {
        func say(_ ja: HTML, _ en: HTML) -> HTML { Phrase(ja, en)[tongue] }
        let look = DoorLook(state, at: now)
        let life = state.flatMap { state in
            state.body.life.map { life -> HTML in
                let since = state.body.lifeSince.map { say("\($0.clock(offset))から", "since \($0.clock(offset))") }
                return "<p><strong>\(life.phrase[tongue])</strong> \(since)</p>"
            }
        }
        let last = state?.body.lastOutcome.map { outcome -> HTML in
            "<p>\(say("最後の解錠", "Last order")): \(outcome.phrase[tongue]) \(state?.body.lastOutcomeAt.map { $0.minute(offset) } ?? "")</p>"
        }
        let battery = state?.body.battery.map {
            HTML("<p><label>\(say("電池", "Battery")) \($0) % <meter min=\"0\" max=\"100\" low=\"20\" value=\"\($0)\"></meter></label></p>")
        }
        let alarms = state?.body.alarms.flatMap { count -> HTML? in
            count == 0
                ? nil
                : "<p class=\"notice bad\"><a href=\"#alarms\">\(say("未確認の警報 \(count) 件", "\(count) alarms nobody has acknowledged"))</a></p>"
        }
        let heard = state.map { say("\($0.at.clock(offset)) 現在", "as of \($0.at.clock(offset))") } ?? ""
        return """
            <li id="door-\(door.id)" class="card" data-state="\(look.rawValue)"><h3>\(door.title)</h3>
            <span class="state \(look.style)">\(look.phrase[tongue])</span>\(life)\(last)\(battery)\(alarms)
            <p class="screen"><a href="/\(tongue.rawValue)/doors/\(door.id)/explain">\(say("なぜ開く・開かない", "Why it opens or not"))</a> <a href="/\(tongue.rawValue)/bookings?door=\(door.id)">\(say("予約", "Bookings"))</a> <a href="/\(tongue.rawValue)/doors/\(door.id)/unlock">\(say("遠隔で開ける…", "Open from here…"))</a></p>
            <p class="at">\(heard)</p></li>

            """
    }

    // MARK: The page

    private func doorsPage(_ call: Call, fault: HTML?, in turn: borrowing Turn) throws -> Answer {
        try askAll(
            ListAlarms(), on: .listAlarms, as: .desk, for: call, in: turn, atMost: 10,
            next: { list in list.more ? list.alarms.last.map { ListAlarms(after: $0.id) } : nil }
        ) { lists, turn in
            try askAll(
                ListBatteries(months: 3), on: .listBatteries, as: .desk, for: call, in: turn, atMost: 10,
                next: { list in list.more ? list.batteries.last.map { ListBatteries(months: 3, after: $0.door) } : nil }
            ) { batteries, turn in
                try .page(
                    doorsPage(call, fault, alarms: lists.flatMap(\.alarms), batteries: batteries.flatMap(\.batteries), in: turn))
            }
        }
    }

    private func doorsPage(
        _ call: Call, _ fault: HTML?, alarms: [DoorAlarm], batteries: [BatteryTrend], in turn: borrowing Turn
    ) throws -> Response {
        let title = call("扉", "Doors")
        var parts = Frame.Parts(title: title, account: try account(of: call))
        parts.feed = "doors/\(call.tongue.rawValue)?after=\(try Snapshots.revision(in: turn.db))"
        let states = Dictionary(
            try Snapshots.all("door", as: DoorState.self, in: turn.db).map { ($0.thing, $0) }, uniquingKeysWith: { first, _ in first })
        let now = turn.now
        let doors = town.doors.map { doorPiece($0, states[$0.id.text], call.tongue, at: now) }
        let weak = batteries.filter { $0.percent <= 20 || $0.daysLeft.map { $0 <= 30 } ?? false }.map { battery -> HTML in
            let left = battery.daysLeft.map { call("あと約\($0)日", "about \($0) days left") } ?? ""
            return "<li class=\"card\">\(doorTitle(battery.door)) \(battery.percent) % \(left)</li>"
        }
        let change: HTML =
            weak.isEmpty ? "" : "<h2>\(call("電池の交換が近い錠", "Batteries to be changed soon"))</h2><ul class=\"list\">\(weak)</ul>"
        return frame.page(
            parts, call, status: fault == nil ? 200 : 422,
            """
            <h1>\(title)</h1>
            \(Self.fault(fault))
            <ul id="doors" class="list">\(doors)</ul>
            <h2 id="alarms">\(call("警報", "Alarms"))</h2>
            \(alarms.isEmpty ? HTML("<p>\(call("警報はありません。", "There are none."))</p>") : "<ul class=\"list\">\(alarms.map { alarmPiece(call, $0) })</ul>")
            \(change)
            """)
    }

    private func doorTitle(_ id: DoorID) -> String { town.doors.first { $0.id == id }?.title ?? id.text }

    private func alarmPiece(_ call: Call, _ alarm: DoorAlarm) -> HTML {
        let standing =
            alarm.cleared.map { call("\($0.minute(offset)) 復旧", "over at \($0.minute(offset))") } ?? "<strong>\(call("発生中", "ON"))</strong>"
        let taken = alarm.acknowledged.map { moment -> HTML in
            let note: HTML = alarm.note.map { "「\($0)」" } ?? ""
            return "<p>\(call("確認", "Acknowledged")) \(moment.minute(offset)) \(alarm.by?.text ?? "") \(note)</p>"
        }
        let form: HTML = """
            <form method="post" action="\(call.path("doors"))">\(call.csrf)<input type="hidden" name="alarm" value="\(alarm.id)">
            <p class="field"><label for="note-\(alarm.id)">\(call("確認した内容(個人名は書かない)", "What was found or done; no names of persons"))</label><input id="note-\(alarm.id)" name="note" maxlength="\(AcknowledgeAlarm.longestNote)"></p>
            <button>\(call("確認した", "Acknowledge"))</button></form>
            """
        return """
            <li id="alarm-\(alarm.id)" class="card"><h3>\(alarm.kind.phrase[call.tongue])　\(doorTitle(alarm.door))</h3>
            <p>\(call("発生", "Raised")) \(alarm.raised.minute(offset))　\(standing)</p>\(taken ?? form)</li>

            """
    }

    private func acknowledgeAlarm(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let fields = call.request.form
        guard let alarm = EventID(fields["alarm"] ?? "") else { throw Page.notFound }
        let note = fields["note"].flatMap { $0.isEmpty ? nil : $0 }
        return try ask(
            AcknowledgeAlarm(alarm: alarm, note: note), on: .acknowledgeAlarm, as: .desk, for: call, in: turn,
            refused: { sentence, turn in try doorsPage(call, fault: sentence, in: turn) }
        ) { answer, _ in .page(.see(call.path("doors#alarm-\(answer.alarm.id)"))) }
    }
}
