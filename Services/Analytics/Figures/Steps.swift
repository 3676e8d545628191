import Contracts

/// Who took which steps, and who is in a figure of people: of those who agreed, in the order of time.
struct Steps {
    /// By funnel and step: who took it, having taken those before it.
    private(set) var taken: [[PeopleSet]]
    /// By indicator of people.
    private(set) var counted: [IndicatorID: PeopleSet] = [:]
    private let funnels: [Funnel]
    private let indicators: [Indicator]
    /// How many steps each person has taken, by funnel.
    private var progress: [[Int32: Int]]
    /// Visits of the day in hand that are a step of something: houses follow each other, hours do not.
    private var today: [(at: Int64, person: Int32, purpose: Purpose)] = []
    private var day = -1

    init(_ policy: VisitsPolicy) {
        funnels = policy.funnels
        indicators = policy.indicators.filter { $0.measure == .people }
        taken = funnels.map { $0.steps.map { _ in PeopleSet() } }
        progress = funnels.map { _ in [:] }
    }

    mutating func take(_ person: Int32, at moment: Int64, day: Int, house: String, purpose: Purpose) {
        for indicator in indicators where indicator.facility.map({ $0.text == house }) ?? true {
            guard indicator.purposes.isEmpty || indicator.purposes.contains(purpose.kind) else { continue }
            counted[indicator.id, default: PeopleSet()].insert(person)
        }
        if day != self.day { endDay() }
        self.day = day
        if funnels.contains(where: { $0.steps.contains { $0.covers(purpose) } }) { today.append((moment, person, purpose)) }
    }

    /// Called once more at the end of the month.
    mutating func endDay() {
        for visit in today.sorted(by: { ($0.at, $0.purpose.description) < ($1.at, $1.purpose.description) }) {
            for (number, funnel) in funnels.enumerated() {
                let step = progress[number][visit.person, default: 0]
                guard step < funnel.steps.count, funnel.steps[step].covers(visit.purpose) else { continue }
                progress[number][visit.person] = step + 1
                taken[number][step].insert(visit.person)
            }
        }
        today = []
    }
}
