package enum PurseKind {}
package enum ShopKind {}
package enum CarrierKind {}
package enum LineKind {}
package enum ShopCategoryKind {}
package enum FundKind {}
/// What is counted: `points`, `bus-yen`, `spring-voucher`. Between purses nothing moves; an exchange is two linked transfers.
package typealias PurseID = Name<PurseKind>
package typealias ShopID = Name<ShopKind>
/// Who runs buses, taxis or ferries (運行事業者).
package typealias CarrierID = Name<CarrierKind>
/// A line of a bus or ferry (路線).
package typealias LineID = Name<LineKind>
/// `food`, `taxi`.
package typealias ShopCategoryID = Name<ShopCategoryKind>
/// A pot of the town or of a partner: `chamber`.
package typealias FundID = Name<FundKind>
/// Under which points are given: `gym-visit`.
package typealias RuleID = Name<EarningRule>

/// What a town has decided about points, vouchers, tickets and fares. Lists keep the order of the file.
package struct PointsPolicy: Sendable, Equatable {
    package var purses: [Purse] = []
    package var rules: [EarningRule] = []
    package var exchanges: [Exchange] = []
    package var shops: [Shop] = []
    package var carriers: [Carrier] = []
    package var lines: [Line] = []
    /// How long taps are kept on which rules can be tried, and how late one may still pay.
    package var keepsTaps = Duration.seconds(62 * 86_400)

    package init() {}

    package func purse(_ id: PurseID) -> Purse? { purses.first { $0.id == id } }
    package func shop(_ id: ShopID) -> Shop? { shops.first { $0.id == id } }
    package func carrier(_ id: CarrierID) -> Carrier? { carriers.first { $0.id == id } }
    package func line(_ id: LineID) -> Line? { lines.first { $0.id == id } }
    package func rule(_ id: RuleID) -> EarningRule? { rules.first { $0.id == id } }
}

/// One kind of thing a person can have: points, vouchers, tickets, passes, yen.
package struct Purse: Sendable, Equatable {
    package var id: PurseID
    /// For people: `ながいポイント`.
    package var title: String
    /// For people: `ポイント`, `円`, `枚`.
    package var unit = "ポイント"
    /// Yen that one of them pays; what is less than one is not paid with it.
    package var worth: Int64 = 1
    package var expiry: Expiry?
    /// Where it goes when it expires.
    package var expiresTo: FundID = "expired"
    /// Where alone it pays, with `categories`; anywhere if both are nil.
    package var shops: Set<ShopID>?
    package var categories: Set<ShopCategoryID>?
    /// What a card must be to pay from it at a shop. A number that was only read could be anybody's copy.
    package var accepts = Assurance.read
    /// What a reader that is cut off may take beyond what is there, in all: somebody else's loss up to here.
    package var offlineLimit: Int64 = 0
    /// What one person may give others in a day; 0 for nothing.
    package var giftsPerDay: Int64 = 0

    package init(_ id: PurseID, title: String) { (self.id, self.title) = (id, title) }

    /// The last day on which something can be spent.
    package enum Expiry: Sendable, Equatable {
        /// The last day of the month in which so many months have gone by.
        case months(Int)
        case days(Int)
        case on(CalendarDate)
        /// Each year on a day, as month × 100 + day: 331 for the end of the fiscal year (年度末).
        case yearly(Int)
    }
}

/// For what a tap gives how much. All conditions that are given must hold.
package struct EarningRule: Sendable, Equatable {
    package var id: RuleID
    package var title: String
    package var purse: PurseID
    package var amount: Int64
    /// `visit`, `event:marathon`, or a kind alone, which all of it follow: `event`.
    package var purposes: Set<Purpose> = []
    package var places: Set<PlaceID> = []
    package var direction: Direction?
    /// Whether the card must have proved itself.
    package var proved = false
    package var dates: [DateSpan] = []
    package var schedule: Schedule?
    /// What the person must be entitled to, all of it.
    package var eligible: Set<ProgrammeID> = []
    package var company: Company?
    package var caps: [Cap] = []
    /// The first that holds counts.
    package var rates: [Rate] = []
    /// Another rule, above it in the file, that has given to the person on the same day.
    package var after: RuleID?
    /// Given once staff have confirmed the attendance; reserved until then.
    package var needsConfirmation = false
    /// Tried on past taps, and pays nothing yet.
    package var isDraft = false

    package init(_ id: RuleID, title: String, purse: PurseID, amount: Int64) {
        (self.id, self.title, self.purse, self.amount) = (id, title, purse, amount)
    }

    /// Somebody else taps at the same place: parent and child.
    package struct Company: Sendable, Equatable {
        /// What that one must be entitled to.
        package var eligible: ProgrammeID
        package var within = Duration.seconds(600)

        package init(_ eligible: ProgrammeID) { self.eligible = eligible }
    }

    /// So often, at most, by the tap's own day.
    package struct Cap: Sendable, Hashable {
        package enum Period: String, Sendable, CaseIterable {
            case day
            /// From Monday to Sunday.
            case week
            case month
            /// From January to December.
            case year
            /// From April to March (年度).
            case fiscalYear = "fiscal-year"
            case ever
        }

        package var period: Period
        package var times: Int
        /// Each place counts for itself.
        package var eachPlace = false

        package init(_ times: Int, per period: Period, eachPlace: Bool = false) {
            (self.times, self.period, self.eachPlace) = (times, period, eachPlace)
        }
    }

    /// Another amount for a while, by the tap's own time.
    package struct Rate: Sendable, Equatable {
        package var amount: Int64
        package var dates: [DateSpan] = []
        package var schedule: Schedule?

        package init(_ amount: Int64) { self.amount = amount }
    }
}

/// So many of one for so many of another: ride stamps for a free delivery, points for a voucher.
package struct Exchange: Sendable, Equatable {
    package var id: Name<Exchange>
    package var title: String
    package var from: PurseID
    package var take: Int64
    package var to: PurseID
    package var give: Int64
    /// Done as soon as there are enough; otherwise when somebody asks.
    package var isAutomatic = false

    package init(_ id: Name<Exchange>, title: String, from: PurseID, take: Int64, to: PurseID, give: Int64) {
        (self.id, self.title, self.from, self.take, self.to, self.give) = (id, title, from, take, to, give)
    }
}

/// Where points are spent.
package struct Shop: Sendable, Equatable {
    package var id: ShopID
    package var title: String
    package var category: ShopCategoryID?
    /// Of what is settled with it, in hundredths of a per cent, rounded down to whole yen.
    package var fee = 0

    package init(_ id: ShopID, title: String) { (self.id, self.title) = (id, title) }
}

/// Who runs lines, and is paid for rides.
package struct Carrier: Sendable, Equatable {
    package var id: CarrierID
    package var title: String
    /// Of what is settled with it, in hundredths of a per cent, rounded down to whole yen.
    package var fee = 0

    package init(_ id: CarrierID, title: String) { (self.id, self.title) = (id, title) }
}
