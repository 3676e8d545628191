import Contracts

/// What a ride costs, and what has made it less. At the reader only `due` is said, never why.
struct RideFare: Equatable {
    /// Yen, as anybody would pay.
    var full: Int64
    /// After the best discount somebody is entitled to.
    var discounted: Int64
    /// Taken off for having changed from another line (乗継割引).
    var changed: Int64 = 0
    /// Taken off because the day's fares have reached their cap.
    var capped: Int64 = 0

    var due: Int64 { discounted - changed - capped }
}

extension Line {
    /// - Parameters:
    ///   - boarding: `nil` where no card was held; the fare is then the dearest that it could have been, and so for `alighting`.
    ///   - eligible: what the person is entitled to on that day.
    func fare(from boarding: RideSpot?, to alighting: RideSpot?, eligible: Set<ProgrammeID> = []) -> RideFare {
        let full = yen(from: boarding, to: alighting)
        let offers = discounts.filter { eligible.contains($0.programme) }.map { $0.off.yen(of: full) }
        return RideFare(full: full, discounted: ([full] + offers).min() ?? full)
    }

    /// - Parameters:
    ///   - hasChanged: the ride before was on another line of the carrier, and over not too long ago.
    ///   - spent: what the person's rides with the carrier came to on that day before this one.
    func lessened(_ fare: RideFare, hasChanged: Bool, spent: Int64) -> RideFare {
        var fare = fare
        fare.changed = hasChanged ? min(transfer?.less ?? 0, fare.discounted) : 0
        fare.capped = dayCap.map { max(0, fare.discounted - fare.changed - max(0, $0 - spent)) } ?? 0
        return fare
    }

    private func yen(from boarding: RideSpot?, to alighting: RideSpot?) -> Int64 {
        switch fare {
        case .flat(let yen): return yen
        case .stops(let stops, let table):
            let from = boarding.flatMap { nearest($0, of: stops) }
            let to = alighting.flatMap { nearest($0, of: stops) }
            let rows = from.map { Array(table[$0...].prefix(1)) } ?? table
            return rows.compactMap { row in to.map { row[$0] } ?? row.max() }.max() ?? 0
        case .distance(let steps):
            let dearest = steps.map(\.yen).max() ?? 0
            guard let from = boarding?.position, let to = alighting?.position else { return dearest }
            let metres = from.metres(to: to)
            return steps.first { metres <= Double($0.metres) }?.yen ?? steps.last?.yen ?? 0
        }
    }

    /// The stop at the reader's place, or nearest to where the vehicle was.
    private func nearest(_ spot: RideSpot, of stops: [Stop]) -> Int? {
        if let here = stops.firstIndex(where: { $0.place == spot.place }) { return here }
        guard let position = spot.position else { return nil }
        let away = stops.enumerated().compactMap { n, stop in stop.position.map { (n, position.metres(to: $0)) } }
        return away.min { $0.1 < $1.1 }?.0
    }
}

extension Line.Discount.Off {
    /// Never more than the fare itself. Carriers' tariffs round what remains of a fare up to whole ten yen (10円未満の端数は10円単位に切り上げる);
    /// where a carrier rounds otherwise, the town's file names the fare.
    func yen(of full: Int64) -> Int64 {
        switch self {
        case .fare(let yen): min(full, yen)
        case .percent(let off): min(full, (full * Int64(100 - off) + 999) / 1000 * 10)
        }
    }
}
