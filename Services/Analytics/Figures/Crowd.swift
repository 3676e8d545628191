/// How many people stand behind a number: at least so many, and never told as more than there are.
///
/// Who agreed to be counted is known again within the month; others only at one house on one day. So of those no more are taken to be different people
/// than came to one house on one day: twenty visits at eight in the morning may be one man who comes each day.
struct Crowd {
    /// Those who agreed, until there are enough.
    private var agreed: [Int32] = []
    /// Of the others, on the fullest day.
    private var others = 0
    private var house = -1
    private var last: Int64?
    private var today = 0

    var count: Int { agreed.count + others }

    /// - Parameters:
    ///   - person: `nil` for whoever has not agreed. Visits of one house on one day come one after the other, by `who`.
    ///   - house: a number for the house and the day.
    mutating func meet(_ person: Int32?, who: Int64, at house: Int, enough: Int) {
        guard count < enough else { return }
        if let person {
            if !agreed.contains(person) { agreed.append(person) }
            return
        }
        if house != self.house { (self.house, last, today) = (house, nil, 0) }
        if who != last { (last, today) = (who, today + 1) }
        others = max(others, today)
    }

    /// Both together. Exact for those who agreed, unless one of them is enough by itself.
    mutating func join(_ other: Crowd) {
        for person in other.agreed where !agreed.contains(person) { agreed.append(person) }
        others = max(others, other.others)
    }
}

/// People who agreed, by their numbers within the month's count.
struct PeopleSet {
    private var words: [UInt64] = []

    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    mutating func insert(_ person: Int32) {
        let word = Int(person) / 64
        while words.count <= word { words.append(0) }
        words[word] |= 1 << UInt64(Int(person) % 64)
    }

    func union(_ other: PeopleSet) -> PeopleSet {
        var (long, short) = words.count >= other.words.count ? (self, other) : (other, self)
        for word in short.words.indices { long.words[word] |= short.words[word] }
        short.words = []
        return long
    }

    /// How many are in both.
    func common(with other: PeopleSet) -> Int {
        var count = 0
        for word in 0..<min(words.count, other.words.count) { count += (words[word] & other.words[word]).nonzeroBitCount }
        return count
    }

    func intersection(_ other: PeopleSet) -> PeopleSet {
        var common = PeopleSet()
        common.words = zip(words, other.words).map(&)
        return common
    }
}
