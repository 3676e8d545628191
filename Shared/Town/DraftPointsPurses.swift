import Contracts

private enum PurseKey: String, Setting {
    case title, unit, worth, expires
    case expiresTo = "expires-to"
    case shops, categories, accepts
    case offlineLimit = "offline-limit"
    case giftsPerDay = "gifts-per-day"
}

private enum ShopKey: String, Setting { case title, category, fee }
private enum CarrierKey: String, Setting { case title, fee }
private enum ExchangeKey: String, Setting { case title, take, from, give, to, automatic }

extension Draft {
    func purse(_ id: PurseID, _ value: Value, _ names: PointsNames, _ categories: Known<ShopCategoryKind>) -> Purse? {
        guard let settings = value.section(PurseKey.self) else { return nil }
        var purse = Purse(id, title: settings.required(.title, example: "ながいポイント")?.title() ?? "")
        purse.unit = settings.optional(.unit)?.text(atMost: 20, "what is counted, such as ポイント") ?? purse.unit
        purse.worth = settings.optional(.worth)?.amount() ?? purse.worth
        purse.expiry = settings.optional(.expires)?.parsed(
            "how long it can be spent, as 24 months or 180 days, or the last day, as 2027-03-31, or 03-31 for every year.",
            by: { Purse.Expiry($0) })
        if let value = settings.optional(.expiresTo) {
            purse.expiresTo = value.name(FundID.self) ?? purse.expiresTo
            if settings.optional(.expires) == nil { value.isWrong("nothing here, or when it expires beside it: expires: 24 months.") }
        }
        purse.shops = settings.optional(.shops).map { Set(some($0, "shop", example: "[bakery]", names.shops.one)) }
        purse.categories = settings.optional(.categories).map { Set(some($0, "category", example: "[food]", categories.one)) }
        purse.accepts = settings.optional(.accepts)?.choice() ?? purse.accepts
        purse.offlineLimit = settings.optional(.offlineLimit)?.amount(from: 0) ?? purse.offlineLimit
        purse.giftsPerDay = settings.optional(.giftsPerDay)?.amount(from: 0) ?? purse.giftsPerDay
        return purse
    }

    func shop(_ id: ShopID, _ value: Value) -> Shop? {
        guard let settings = value.section(ShopKey.self) else { return nil }
        var shop = Shop(id, title: settings.required(.title, example: "パン工房")?.title() ?? "")
        shop.category = settings.optional(.category)?.name(ShopCategoryID.self)
        shop.fee = settings.optional(.fee)?.share() ?? shop.fee
        return shop
    }

    func carrier(_ id: CarrierID, _ value: Value) -> Carrier? {
        guard let settings = value.section(CarrierKey.self) else { return nil }
        var carrier = Carrier(id, title: settings.required(.title, example: "長井バス")?.title() ?? "")
        carrier.fee = settings.optional(.fee)?.share() ?? carrier.fee
        return carrier
    }

    func exchanges(_ value: Value?, _ names: PointsNames) -> [Exchange] {
        var exchanges: [Exchange] = []
        for (id, mark, value) in parts(value, "exchange", atMost: Self.mostExchanges, Name<Exchange>.self) {
            guard let exchange = exchange(id, value, names) else { continue }
            exchanges.append(exchange)
            // Each would set off the other for ever.
            guard exchange.isAutomatic, exchanges.leadsBack(to: exchange.from) else { continue }
            findings.fault(
                mark,
                "exchange \"\(id)\" and the automatic ones above it lead from \"\(exchange.from)\" back to \"\(exchange.from)\". Remove automatic from one of them."
            )
        }
        return exchanges
    }

    private func exchange(_ id: Name<Exchange>, _ value: Value, _ names: PointsNames) -> Exchange? {
        guard let settings = value.section(ExchangeKey.self) else { return nil }
        let title = settings.required(.title, example: "乗車スタンプ5個で配達1回無料")?.title()
        let take = settings.required(.take, example: "5")?.amount()
        let from = settings.required(.from, example: "ride-stamps").flatMap(names.purses.one)
        let give = settings.required(.give, example: "1")?.amount()
        let target = settings.required(.to, example: "free-delivery")
        let to = target.flatMap(names.purses.one)
        let isAutomatic = settings.optional(.automatic)?.flag() ?? false
        if let to, to == from { target?.isWrong("another purse than \"from\".") }
        guard let title, let take, let from, let give, let to, from != to else { return nil }
        var exchange = Exchange(id, title: title, from: from, take: take, to: to, give: give)
        exchange.isAutomatic = isAutomatic
        return exchange
    }
}

extension [Exchange] {
    /// Whether what the last one takes comes back by automatic ones.
    fileprivate func leadsBack(to purse: PurseID) -> Bool {
        guard var reached = last.map({ Set([$0.to]) }) else { return false }
        let automatic = filter(\.isAutomatic)
        while !reached.contains(purse) {
            let next = reached.union(automatic.filter { reached.contains($0.from) }.map(\.to))
            guard next.count > reached.count else { return false }
            reached = next
        }
        return true
    }
}

extension Purse.Expiry {
    /// `24 months`, `180 days`, `2027-03-31`, `03-31`.
    fileprivate init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        if words.count == 2, words[0].utf8.allSatisfy(isDigit), let count = Int(words[0]) {
            switch (words[1], count) {
            case ("month", 1), ("months", 1...600): self = .months(count)
            case ("day", 1), ("days", 1...18_300): self = .days(count)
            default: return nil
            }
        } else if let day = CalendarDate(text) {
            self = .on(day)
        } else if let day = CalendarDate("2000-\(text)") {
            self = .yearly(day.month * 100 + day.day)
        } else {
            return nil
        }
    }
}

extension Value {
    /// Points, yen or pieces.
    func amount(from least: Int = 1) -> Int64? { number(in: least...Draft.mostAtOnce).map(Int64.init) }

    /// `1.5%`, in hundredths of a per cent.
    fileprivate func share() -> Int? {
        parsed("a share from 0% to 100%, such as 1.5%, with two decimals at most.") { text in
            guard text.last == "%", let share = scaled(text.dropLast(), decimals: 2), share <= 10_000 else { return nil }
            return share
        }
    }
}

/// A number with so many decimals at most, counted in the last of them: `1.5` with two is 150.
func scaled(_ text: Substring, decimals: Int) -> Int? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ (1...6).contains($0.utf8.count) && $0.utf8.allSatisfy(isDigit) }) else {
        return nil
    }
    let digits = parts.count == 2 ? parts[1] : ""
    guard digits.utf8.count <= decimals else { return nil }
    return Int(parts[0] + digits + String(repeating: "0", count: decimals - digits.utf8.count))
}
