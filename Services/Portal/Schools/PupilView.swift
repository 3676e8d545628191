import Contracts
import HTTP

/// What of a school's list is looked at, as the query of its page says.
struct PupilView {
    let date: CalendarDate?
    let schoolClass: String?
    let state: PupilDay.State?

    init(_ call: Call) {
        let query = call.request.query
        date = query["date"].flatMap { CalendarDate($0) }
        schoolClass = query["class"].flatMap { $0.isEmpty ? nil : $0 }
        state = query["state"].flatMap { PupilDay.State(rawValue: $0) }
    }

    func wish(_ school: SchoolID) -> ListPupils {
        var wish = ListPupils(school)
        (wish.date, wish.schoolClass, wish.state) = (date, schoolClass, state)
        return wish
    }

    /// `?date=2026-11-21&class=3-2`, or nothing.
    var query: String { query(with: nil) }
    /// Of that day, without choosing among pupils.
    var queryOfAll: String { date.map { "?date=\($0)" } ?? "" }

    func query(with more: (name: String, value: String)?) -> String {
        var pairs = [("date", date?.description), ("class", schoolClass), ("state", state?.rawValue)]
        if let more {
            pairs.removeAll { $0.0 == more.name }
            pairs.append((more.name, more.value))
        }
        let written = pairs.compactMap { name, value in value.map { "\(name)=\(percentEncoded($0))" } }
        return written.isEmpty ? "" : "?" + written.joined(separator: "&")
    }
}

extension PupilDay.State {
    var phrase: Phrase {
        switch self {
        case .expected: Phrase("これから", "expected", easy: "これから です")
        case .arrived: Phrase("登校", "arrived", easy: "がっこうに います")
        case .left: Phrase("下校", "left", easy: "かえりました")
        case .absent: Phrase("欠席", "absent", easy: "やすみ")
        case .notArrived: Phrase("未登校", "NOT ARRIVED", easy: "まだ きていません")
        case .unknown: Phrase("確認不能", "not known", easy: "わかりません")
        case .free: Phrase("休み", "no school", easy: "がっこうは ありません")
        }
    }

    /// Its class in the style, which gives it a sign and a colour.
    var look: String {
        switch self {
        case .expected: "expected"
        case .arrived: "here"
        case .left: "left"
        case .absent: "excused"
        case .notArrived: "away"
        case .unknown: "late"
        case .free: "free"
        }
    }
}
