import Contracts
import Town

extension Command {
    package static var shelterList: Command {
        Command(
            "shelter list", summary: "the shelters, how full they are, and when each was heard last (避難所一覧)", options: Reception.options,
            details:
                "Heads are by night and day, those temporarily out among them; cars and homes are beside that. Silent is not empty: the numbers are the last known."
        ) { arguments, console in
            let reception = try Reception(arguments, console)
            let shelters = try reception.shelters()
            if reception.json {
                try console.json(shelters.map { ShelterReport($0) })
            } else if shelters.isEmpty {
                console.line("no shelter is known yet. The national list: kazasu shelter import FILE; one of them: kazasu shelter add")
            } else {
                console.out(table([reception.words.shelterHeading] + shelters.map { reception.words.shelter($0, now: console.now()) }))
            }
            return .done
        }
    }

    package static var shelterStatus: Command {
        Command(
            "shelter status", "SHELTER", count: 1...1, summary: "one shelter: how it is run, what it is, what it has",
            options: Reception.options,
            details: "Exit code 1 while it is silent: what is said of it then is the last that was known."
        ) { arguments, console in
            let id = try arguments.operand(0, .shelter)
            let reception = try Reception(arguments, console)
            let entry = try reception.shelter(id)
            if reception.json {
                try console.json(ShelterReport(entry))
            } else {
                console.out(table(reception.words.page(entry, now: console.now())))
            }
            return entry.now.condition == .silent ? .refused : .done
        }
    }
}

/// What `--json` says of a shelter.
private struct ShelterReport: Encodable {
    let away: Int
    let cars: Int
    /// JIS X 0410, third level.
    let gridSquare: String?
    let homes: Int
    let now: Occupancy
    let run: ShelterRun
    let shelter: Shelter

    init(_ entry: ShelterList.Entry) {
        (away, cars, homes, now, run, shelter) = (entry.away, entry.cars, entry.homes, entry.now, entry.run, entry.shelter)
        gridSquare = shelter.position?.gridSquare
    }
}

extension PlainWords {
    fileprivate var shelterHeading: [String] {
        [
            Phrase("SHELTER", "ID"), Phrase("TITLE", "避難所"), Phrase("CONDITION", "状況"), Phrase("HEADS", "人数/定員"), Phrase("AWAY", "外出"),
            Phrase("CARS", "車中泊"), Phrase("HOMES", "在宅"), Phrase("HEARD", "最終受信"),
        ].map { $0[language] }
    }

    fileprivate func shelter(_ entry: ShelterList.Entry, now: Instant) -> [String] {
        [
            entry.shelter.id.text, harmless(entry.shelter.title), condition(entry.now), heads(entry), "\(entry.away)", "\(entry.cars)",
            "\(entry.homes)", heard(entry.now, now),
        ]
    }

    /// `12`, `12/60`, `12/60, 30 by night`
    fileprivate func heads(_ entry: ShelterList.Entry) -> String {
        guard let capacity = entry.shelter.capacity, let first = capacity.day ?? capacity.night else { return "\(entry.now.headcount)" }
        let night = capacity.night.flatMap { $0 == first ? nil : Phrase(", \($0) by night", "(夜間\($0))")[language] }
        return "\(entry.now.headcount)/\(first)\(night ?? "")"
    }

    fileprivate func heard(_ occupancy: Occupancy, _ now: Instant) -> String {
        guard let heard = occupancy.heard else { return Phrase("never", "なし")[language] }
        let minutes = max(0, (now.milliseconds - heard.milliseconds) / 60_000)
        if minutes < 1 { return Phrase("just now", "1分以内")[language] }
        return minutes < 120 ? Phrase("\(minutes) min ago", "\(minutes)分前")[language] : heard.minute(town.offset)
    }

    fileprivate func page(_ entry: ShelterList.Entry, now: Instant) -> [[String]] {
        let (shelter, run) = (entry.shelter, entry.run)
        let place = shelter.position.map {
            "\($0.lat), \($0.lon)" + ($0.gridSquare.map { Phrase(", square \($0)", "、メッシュ \($0)")[language] } ?? "")
        }
        let rows: [(Phrase, String?)] = [
            (Phrase("shelter", "ID"), shelter.id.text), (Phrase("title", "名称"), harmless(shelter.title)),
            (Phrase("is", "状況"), condition(entry.now) + Phrase(", since ", " ")[language] + run.since.minute(town.offset)),
            (Phrase("by", "操作者"), run.by?.text), (Phrase("drill until", "訓練終了"), run.isDrill ? run.until?.minute(town.offset) : nil),
            (Phrase("heads", "人数"), heads(entry)), (Phrase("congestion", "混雑"), entry.now.congestion?.phrase[language]),
            (Phrase("away", "外出中"), "\(entry.away)"), (Phrase("in cars", "車中泊"), "\(entry.cars)"),
            (Phrase("at home", "在宅避難"), "\(entry.homes)"),
            (Phrase("heard", "最終受信"), heard(entry.now, now)), (Phrase("address", "所在地"), shelter.address.map(harmless)),
            (Phrase("district", "地区"), shelter.district.map(harmless)), (Phrase("position", "位置"), place),
            (Phrase("designated as", "指定"), list(shelter.designations)), (Phrase("refuge from", "対象災害"), list(shelter.hazards)),
            (Phrase("has", "設備"), list(shelter.features)), (Phrase("tier", "段階"), shelter.tier?.phrase[language]),
            (Phrase("belongs to", "親避難所"), shelter.under?.text),
        ]
        return rows.compactMap { title, value in value.map { [title[language], $0] } }
    }
}
