import Contracts

/// The language somebody is written to in, as BCP 47 writes it: the words of messages are here in Japanese and English; a town may bring others.
struct Tongue: Equatable {
    let tag: String

    init(_ tag: String) { self.tag = tag }

    var primary: String { String(tag.prefix { $0 != "-" }).lowercased() }
    var isJapanese: Bool { primary == "ja" }

    /// `8:05`
    func time(_ moment: Instant, _ offset: UTCOffset) -> String {
        let minutes = Int((moment - Instant(startOf: moment.date(offset), offset)).milliseconds / 60_000)
        let minute = minutes % 60
        return "\(minutes / 60):\(minute < 10 ? "0" : "")\(minute)"
    }

    /// `11月21日(土)`, `Sat 21 Nov`
    func date(_ moment: Instant, _ offset: UTCOffset) -> String {
        let date = moment.date(offset)
        let weekday = date.weekday.rawValue
        if isJapanese { return "\(date.month)月\(date.day)日(\(["月", "火", "水", "木", "金", "土", "日"][weekday]))" }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][weekday]) \(date.day) \(months[date.month - 1])"
    }

    func moment(_ moment: Instant, _ offset: UTCOffset) -> String { "\(date(moment, offset)) \(time(moment, offset))" }

    /// `長井 太郎さん、長井 花子さん`; `Taro Nagai and Hanako Nagai`
    func list(_ names: [String]) -> String {
        if isJapanese { return names.map { $0 == somebody ? $0 : "\($0)さん" }.joined(separator: "、") }
        guard names.count > 1, let last = names.last else { return names.first ?? "" }
        return "\(names.dropLast().joined(separator: ", ")) and \(last)"
    }

    /// Where no name is known.
    var somebody: String { isJapanese ? "ご家族" : "Your family member" }

    func late(_ now: Instant, _ offset: UTCOffset) -> String {
        isJapanese
            ? "※このお知らせは遅れて届いています（送信 \(moment(now, offset))）。"
            : "This message is late: it was sent on \(moment(now, offset))."
    }
}
