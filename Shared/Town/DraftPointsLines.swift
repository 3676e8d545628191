import Contracts

private enum LineKey: String, Setting {
    case title, carrier, fare, passes, tickets, stored, discounts
    case dayCap = "day-cap"
    case transfer, alights
    case runEndsAfter = "run-ends-after"
    case watched
}

private enum TransferKey: String, Setting { case within, less }

extension Draft {
    func line(_ id: LineID, _ value: Value, _ names: PointsNames) -> Line? {
        guard let settings = value.section(LineKey.self) else { return nil }
        let title = settings.required(.title, example: "市内循環線")?.title()
        let carrier = settings.required(.carrier, example: "nagai-bus").flatMap(names.carriers.one)
        let fare = settings.required(.fare, example: "200").flatMap { self.fare($0, names) }
        var line = Line(id, title: title ?? "", carrier: carrier ?? "unreadable", fare: fare ?? .flat(1))
        var paying: Set<PurseID> = []
        func purses(_ key: LineKey) -> [PurseID] {
            settings.optional(key).map { some($0, "purse", example: "[bus-tickets]") { purse($0, names, &paying) } } ?? []
        }
        (line.passes, line.tickets, line.stored) = (purses(.passes), purses(.tickets), purses(.stored))
        line.discounts = settings.optional(.discounts).map { discounts($0, names) } ?? []
        line.dayCap = settings.optional(.dayCap)?.amount()
        line.transfer = settings.optional(.transfer).flatMap(transfer)
        line.alights = alights(settings.optional(.alights), by: line.fare)
        line.runEndsAfter =
            settings.optional(.runEndsAfter)?.duration(in: .seconds(600) ... .seconds(24 * 3600)) ?? line.runEndsAfter
        if let value = settings.optional(.watched) {
            line.watched = Set(some(value, "programme", example: "[child]") { programme($0, among: names.programmes) })
            if !line.alights {
                value.isWrong("alights: true beside it: who is still on the bus is known where cards are held at both ends.")
            }
        }
        return line
    }

    /// A purse pays a line in one way.
    private func purse(_ value: Value, _ names: PointsNames, _ paying: inout Set<PurseID>) -> PurseID? {
        guard let purse = names.purses.one(value) else { return nil }
        if !paying.insert(purse).inserted { value.isWrong("another purse: this one pays the line already.") }
        return purse
    }

    /// What depends on where people get off is known once they have.
    private func alights(_ value: Value?, by fare: Line.Fare) -> Bool {
        let isFlat = if case .flat = fare { true } else { false }
        guard let value, let alights = value.flag() else { return !isFlat }
        if !isFlat, !alights { value.isWrong("true, or one fare however far: this one depends on where people get off.") }
        return alights
    }

    private func discounts(_ value: Value, _ names: PointsNames) -> [Line.Discount] {
        (value.members("programme", suffix: " in \(value.subject)") ?? []).compactMap { key, value in
            let off = value.parsed("so much less, as 50%, or a fare of its own in yen, as 100.", by: { Line.Discount.Off($0) })
            guard let programme = programme(key, among: names.programmes), let off else { return nil }
            return Line.Discount(programme, off)
        }
    }

    private func transfer(_ value: Value) -> Line.Transfer? {
        guard let settings = value.section(TransferKey.self) else { return nil }
        let within = settings.required(.within, example: "60m")?.duration(in: .seconds(60) ... .seconds(24 * 3600))
        let less = settings.required(.less, example: "100")?.amount()
        guard let within, let less else { return nil }
        return Line.Transfer(within: within, less: less)
    }
}

extension Line.Discount.Off {
    /// `50%` or `100`.
    fileprivate init?(_ text: String) {
        let isShare = text.last == "%"
        let digits = isShare ? text.dropLast() : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy(isDigit), let number = Int(digits) else { return nil }
        switch number {
        case 1...100 where isShare: self = .percent(number)
        case 0...Draft.mostAtOnce where !isShare: self = .fare(Int64(number))
        default: return nil
        }
    }
}
