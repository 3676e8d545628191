import Contracts
import Town

extension Option where Value == String {
    fileprivate static var note: Self {
        Self("--note", "TEXT", "what was found or done; no names", expected: "a few words, at most 200 characters") {
            $0.trimmed.isEmpty || $0.unicodeScalars.count > AcknowledgeAlarm.longestNote ? nil : $0.trimmed
        }
    }
}

extension Option where Value == Int {
    fileprivate static var months: Self {
        Self("--months", "N", "how far back to look (default: 6)", expected: "a number from 1 to 12") {
            Int($0).flatMap { (1...12).contains($0) ? $0 : nil }
        }
    }
}

extension Operand where Value == EventID {
    fileprivate static var alarm: Self {
        Self("ALARM", expected: "an alarm's id, 26 characters; kazasu door alarms shows them") { EventID($0.uppercased()) }
    }
}

extension Command {
    private static let family = Station.options + [Flag.json.shape]
    private static let everything = Flag("--all", "also those that are over and acknowledged, and those that were none")

    package static var doorAlarms: Command {
        Command(
            "door alarms", summary: "what somebody should look at: forced, held open, jammed, silent, battery, tamper",
            options: [Option.door.shape, everything.shape, Option.language.shape] + family,
            details: "The newest first. Exit code 1 while one is not acknowledged."
        ) { arguments, console in
            let door = try arguments.optional(.door)
            let station = try Station(arguments, console)
            if let door { try station.check(door) }
            let (desk, all) = (try station.desk(), arguments.has(everything))
            var alarms: [DoorAlarm] = []
            var page = AlarmList(alarms: [], more: true)
            while page.more {
                page = try desk.ask(ListAlarms(door: door, all: all, after: alarms.last?.id), on: .listAlarms, for: AlarmList.self)
                // An answer with nothing in it has nothing after it.
                if page.alarms.isEmpty { page.more = false }
                alarms += page.alarms
            }
            try desk.noteSilentSites(of: door)
            if arguments.has(.json) {
                try console.json(alarms)
            } else {
                try show(alarms, try arguments.optional(.language) ?? .en, station.town.offset, console)
            }
            return alarms.contains { $0.acknowledged == nil && $0.withdrawn == nil } ? .refused : .done
        }
    }

    private static func show(_ alarms: [DoorAlarm], _ language: Language, _ offset: UTCOffset, _ console: Console) throws {
        guard !alarms.isEmpty else { return console.line(Phrase("no alarms", "警報なし")[language]) }
        let head = [
            Phrase("SINCE", "発生"), Phrase("DOOR", "扉"), Phrase("ALARM", "警報"), Phrase("IS", "状態"), Phrase("BY", "確認者"),
            Phrase("NOTE", "メモ"),
            Phrase("ID", "ID"),
        ]
        let rows = alarms.map { alarm in
            [
                alarm.raised.minute(offset), alarm.door.text, alarm.kind.phrase[language], alarm.standing[language],
                alarm.by?.text ?? "-", harmless(alarm.note ?? "-"), alarm.id.description,
            ]
        }
        console.out(table([head.map { $0[language] }] + rows))
    }

    package static var doorAck: Command {
        Command(
            "door ack", "ALARM", count: 1...1, summary: "acknowledge an alarm: you look after it; kept with the desk's name",
            options: [Option.note.shape] + family
        ) { arguments, console in
            let (id, note) = (try arguments.operand(0, .alarm), try arguments.optional(.note))
            let station = try Station(arguments, console)
            let answer = try station.desk().ask(AcknowledgeAlarm(alarm: id, note: note), on: .acknowledgeAlarm, for: AlarmAnswer.self)
            if arguments.has(.json) {
                try console.json(answer.alarm)
            } else {
                console.line("acknowledged: door \(answer.alarm.door), \(answer.alarm.kind.phrase[.en])")
            }
            return .done
        }
    }

    package static var doorBattery: Command {
        Command(
            "door battery", summary: "the batteries of locks, and when they will be empty",
            options: [Option.door.shape, Option.months.shape, Option.language.shape] + family,
            details: "A straight line through the readings since the battery was changed: at least 5, over at least a week."
        ) { arguments, console in
            let (door, months) = (try arguments.optional(.door), try arguments.optional(.months) ?? 6)
            let station = try Station(arguments, console)
            if let door { try station.check(door) }
            let desk = try station.desk()
            var batteries: [BatteryTrend] = []
            var page = BatteryList(batteries: [], more: true)
            while page.more {
                page = try desk.ask(
                    ListBatteries(door: door, months: months, after: batteries.last?.door), on: .listBatteries, for: BatteryList.self)
                if page.batteries.isEmpty { page.more = false }
                batteries += page.batteries
            }
            if arguments.has(.json) {
                try console.json(batteries)
            } else {
                show(batteries, try arguments.optional(.language) ?? .en, station.town.offset, console)
            }
            return .done
        }
    }

    private static func show(_ batteries: [BatteryTrend], _ language: Language, _ offset: UTCOffset, _ console: Console) {
        guard !batteries.isEmpty else { return console.line(Phrase("no lock has told of a battery", "電池の報告なし")[language]) }
        let head = [
            Phrase("DOOR", "扉"), Phrase("BATTERY", "電池"), Phrase("READ", "測定"), Phrase("BEFORE", "以前"), Phrase("EMPTY IN", "電池切れまで"),
        ]
        let rows = batteries.map { battery in
            let left =
                battery.daysLeft.map { Phrase("\($0) day\($0 == 1 ? "" : "s")", "\($0)日") }
                ?? Phrase("not enough readings, or it does not fall", "測定不足、または減少なし")
            return [
                battery.door.text, "\(battery.percent) %", battery.at.minute(offset), "\(battery.from) %, \(battery.since.day(offset))",
                left[language],
            ]
        }
        console.out(table([head.map { $0[language] }] + rows))
    }
}
