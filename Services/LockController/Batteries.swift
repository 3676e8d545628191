import Contracts
import ServiceKit
import Store

/// Batteries of locks: what they read, and when they will be empty.
extension LockController {
    func list(_ command: Envelope<ListBatteries>, in turn: borrowing Turn) throws -> Reply<BatteryList> {
        guard (1...12).contains(command.data.months) else { return .refuse("bad-months", "Readings are kept for 1 to 12 months.") }
        if let door = command.data.door, let far = others[door] {
            return .refuse(
                "elsewhere", "Site \(far.site) keeps the readings of door \(door). The newest one: kazasu door state \(door)")
        }
        let page = 50
        let from = turn.now - .seconds(command.data.months * 30 * 86_400)
        let names = try turn.db.all(
            """
            SELECT DISTINCT door FROM battery WHERE door > ?1 AND (?2 IS NULL OR door = ?2) AND at >= ?3 ORDER BY door LIMIT ?4
            """, command.data.after?.text ?? "", command.data.door?.text, from.milliseconds, page + 1
        ) { DoorID($0.text(0)) }.compactMap { $0 }
        let batteries = try names.prefix(page).compactMap { door in
            BatteryTrend(
                door: door,
                readings: try turn.db.all(
                    "SELECT at, percent FROM battery WHERE door = ? AND at >= ? ORDER BY at", door.text, from.milliseconds
                ) { BatteryReading(at: Instant(milliseconds: $0.int(0)), percent: Int($0.int(1))) })
        }
        return .accept(BatteryList(batteries: batteries, more: names.count > page))
    }
}

struct BatteryReading {
    var at: Instant
    var percent: Int
}

/// Of fewer readings, or of a shorter time, a line through them says nothing.
private let fewestReadings = 5
private let shortestTime = Duration.seconds(7 * 86_400)
/// A charge that rises by more is another battery.
private let otherBattery = 10

extension BatteryTrend {
    /// The straight line of least squares through the readings since the battery was changed; `nil` without a reading.
    init?(door: DoorID, readings: [BatteryReading]) {
        let change = readings.indices.dropFirst().last { readings[$0].percent - readings[$0 - 1].percent > otherBattery }
        let readings = readings[(change ?? 0)...]
        guard let first = readings.first, let last = readings.last else { return nil }
        self.init(
            door: door, from: first.percent, since: first.at, percent: last.percent, at: last.at, readings: readings.count)
        guard readings.count >= fewestReadings, last.at - first.at >= shortestTime else { return }
        let days = readings.map { Double(($0.at - first.at).milliseconds) / 86_400_000 }
        let charges = readings.map { Double($0.percent) }
        let (meanDay, meanCharge) = (mean(days), mean(charges))
        let slope = mean(zip(days, charges).map { ($0 - meanDay) * ($1 - meanCharge) }) / mean(days.map { ($0 - meanDay) * ($0 - meanDay) })
        let left = (meanCharge + slope * ((days.last ?? 0) - meanDay)) / -slope
        // A line that hardly falls says years, which no battery keeps.
        if slope < 0, left < 3650 { daysLeft = Int(max(0, left)) }
    }
}

private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
