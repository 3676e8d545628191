import Contracts

/// Everything the figures of a month are made of, counted in one reading of its visits.
struct MonthCount {
    let month: Month
    let days: [CalendarDate]
    let enough: Int
    /// Of 1970-01-01 to the month's first day.
    let firstDay: Int
    private let offset: UTCOffset
    private(set) var houses: [House] = []
    private(set) var lines: [Line] = []
    private(set) var visits = 0
    private(set) var (assumedEnds, missedExits, missedEntries) = (0, 0, 0)
    private(set) var days24: [Crowd]
    private(set) var purposes = Columns()
    private(set) var ages = Columns()
    private(set) var districts = Columns()
    private(set) var residencies = Columns()
    var steps: Steps
    private var houseOf: [Int64: Int] = [:]
    private var lineOf: [Int64: Int] = [:]
    private var purposeOf: [Int64: Purpose] = [:]
    private var kindOf: [Int64: Int] = [:]
    private var personOf: [Int64: Int32] = [:]

    /// What a visit has besides its day, house and hour; numbered as they come.
    struct Columns {
        private(set) var keys: [String] = []
        private var numbers: [String: Int] = [:]

        mutating func number(of key: String) -> Int {
            if let known = numbers[key] { return known }
            numbers[key] = keys.count
            keys.append(key)
            return keys.count - 1
        }
    }

    struct Cell {
        var visits = 0
        var crowd = Crowd()

        /// - Parameter who: `nil` where nothing is known: nobody is taken to stand behind it.
        mutating func meet(_ person: Int32?, who: Int64?, at place: Int, enough: Int) {
            visits += 1
            if let who { crowd.meet(person, who: who, at: place, enough: enough) }
        }

        mutating func join(_ other: Cell) {
            visits += other.visits
            crowd.join(other.crowd)
        }
    }

    struct House {
        let id: String
        /// Visits by day and hour: day × 24 + hour.
        var dayHours: [Int32]
        var days: [Cell]
        var hours = [Cell](repeating: Cell(), count: 24)
        var purposes: [Cell] = []
        /// Of those who agreed, by age, district and residency.
        var ages: [Cell] = []
        var districts: [Cell] = []
        var residencies: [Cell] = []
        /// Of those who have not.
        var unknown = Cell()
        /// How often each of those who agreed came.
        var comings: [Int32: Int] = [:]
        var stays = Stays()
        /// Of which cards were held here.
        var receptions: Set<ReceptionID> = []

        var whole: Cell { days.reduce(into: Cell()) { $0.join($1) } }
        var people: PeopleSet { comings.keys.reduce(into: PeopleSet()) { $0.insert($1) } }
    }

    /// A line of a bus or a ferry; its cells are rides.
    struct Line {
        let id: String
        var whole = Cell()
        var hours = [Cell](repeating: Cell(), count: 24)
        var weekdays = [Cell](repeating: Cell(), count: 7)
    }

    struct Ride {
        var day: Int
        var line: Int64
        var hour: Int
        var who: Int64?
        var isAgreed: Bool
    }

    /// How long people stayed, by fives of minutes up to a day; of the visits whose both ends were seen.
    struct Stays {
        static let grain = 5
        var counts = [Int](repeating: 0, count: 289)
        var crowd = Crowd()
    }

    /// A visit as its row has it.
    struct Visit {
        var day: Int
        var house: Int64
        var who: Int64
        var came: Int64?
        var left: Int64?
        var marks: Int64
        var purpose: Int64
        var age: Int64?
        var district: Int64?
        var residency: Int64?

        var isAgreed: Bool { marks & 1 != 0 }
    }

    init(of month: Month, policy: VisitsPolicy, offset: UTCOffset) {
        (self.month, self.offset, enough) = (month, offset, policy.smallest)
        days = month.days
        firstDay = MonthCount.number(of: month.first)
        days24 = [Crowd](repeating: Crowd(), count: days.count * 24)
        steps = Steps(policy)
    }

    /// Days from 1970-01-01.
    static func number(of day: CalendarDate) -> Int { Int(Instant(startOf: day, .utc).milliseconds / 86_400_000) }

    /// - Parameter words: what the numbers of houses, purposes and the like stand for.
    mutating func take(_ visit: Visit, words: [Int64: String]) {
        let (day, house) = (visit.day - firstDay, number(ofHouse: visit.house, words))
        let (place, hour) = (day * 100_000 + house, hour(of: visit))
        let person = visit.isAgreed ? number(ofPerson: visit.who) : nil
        let purpose = purpose(visit.purpose, words)
        let kind = number(ofKind: visit.purpose, purpose)
        let (who, enough) = (visit.who, enough)
        func meet(_ cells: inout [Cell], _ column: Int) {
            while cells.count <= column { cells.append(Cell()) }
            cells[column].meet(person, who: who, at: place, enough: enough)
        }
        visits += 1
        if visit.marks & 2 != 0 { assumedEnds += 1 }
        if visit.marks & 4 != 0 { missedExits += 1 }
        if visit.marks & 8 != 0 { missedEntries += 1 }
        days24[day * 24 + hour].meet(person, who: who, at: place, enough: enough)
        houses[house].dayHours[day * 24 + hour] += 1
        meet(&houses[house].days, day)
        meet(&houses[house].hours, hour)
        meet(&houses[house].purposes, kind)
        if let reception = purpose.reception { houses[house].receptions.insert(reception) }
        if let came = visit.came, let left = visit.left, visit.marks & 14 == 0 {
            let minutes = Int(max(0, left - came) / 60_000)
            houses[house].stays.counts[min(minutes / Stays.grain, 288)] += 1
            houses[house].stays.crowd.meet(person, who: who, at: place, enough: enough)
        }
        guard let person else {
            return houses[house].unknown.meet(nil, who: who, at: place, enough: enough)
        }
        func key(_ word: Int64?) -> String { word.flatMap { words[$0] } ?? "other" }
        meet(&houses[house].ages, ages.number(of: visit.age.map { String($0) } ?? "other"))
        meet(&houses[house].districts, districts.number(of: key(visit.district)))
        meet(&houses[house].residencies, residencies.number(of: key(visit.residency)))
        houses[house].comings[person, default: 0] += 1
        steps.take(person, at: visit.came ?? visit.left ?? 0, day: day, house: houses[house].id, purpose: purpose)
    }

    /// - Parameter ride: those of one rider on one line and day come one after the other.
    mutating func take(_ ride: Ride, words: [Int64: String]) {
        let (day, line) = (ride.day - firstDay, number(ofLine: ride.line, words))
        let person = ride.isAgreed ? ride.who.map { number(ofPerson: $0) } : nil
        let (place, weekday) = (day * 100_000 + line, days[day].weekday.rawValue)
        lines[line].whole.meet(person, who: ride.who, at: place, enough: enough)
        lines[line].hours[ride.hour].meet(person, who: ride.who, at: place, enough: enough)
        lines[line].weekdays[weekday].meet(person, who: ride.who, at: place, enough: enough)
    }

    private mutating func number(ofLine word: Int64, _ words: [Int64: String]) -> Int {
        if let known = lineOf[word] { return known }
        lineOf[word] = lines.count
        lines.append(Line(id: words[word] ?? "other"))
        return lines.count - 1
    }

    /// By the town's clock, of the beginning, or of the end where it alone was seen.
    private func hour(of visit: Visit) -> Int {
        let moment = (visit.came ?? visit.left ?? 0) + Int64(offset.minutes) * 60_000
        return Int(moment / 3_600_000 % 24)
    }

    private mutating func number(ofPerson who: Int64) -> Int32 {
        if let known = personOf[who] { return known }
        let number = Int32(personOf.count)
        personOf[who] = number
        return number
    }

    private mutating func number(ofHouse word: Int64, _ words: [Int64: String]) -> Int {
        if let known = houseOf[word] { return known }
        houseOf[word] = houses.count
        houses.append(
            House(
                id: words[word] ?? "other", dayHours: [Int32](repeating: 0, count: days.count * 24),
                days: [Cell](repeating: Cell(), count: days.count)))
        return houses.count - 1
    }

    private mutating func purpose(_ word: Int64, _ words: [Int64: String]) -> Purpose {
        if let known = purposeOf[word] { return known }
        let purpose = words[word].flatMap { Purpose($0) } ?? Purpose(kind: "other")
        purposeOf[word] = purpose
        return purpose
    }

    private mutating func number(ofKind word: Int64, _ purpose: Purpose) -> Int {
        if let known = kindOf[word] { return known }
        let number = purposes.number(of: purpose.kind.text)
        kindOf[word] = number
        return number
    }
}
