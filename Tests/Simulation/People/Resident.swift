import Contracts

/// Somebody as the clerks have them in mind: what the answers to their commands add up to.
struct Resident {
    let id: PersonID
    /// `nil` for a provisional person.
    let born: CalendarDate?
    /// By number.
    var cards: [Int: Card] = [:]
    var groups: Set<GroupID> = []
    /// `service/kind`
    var agreed: Set<String> = []
    var guardians: Set<PersonID> = []
    /// Nobody is told anything about them (支援措置).
    var isProtected = false
    /// Merged or erased.
    var isGone = false
    /// A command about them was never answered.
    var isDoubtful = false

    /// A card as it was when it was linked.
    struct Card {
        let token: Token
        var status = CardFile.Status.active
    }

    /// Under the token key the town began with: what follows from taps under a newer one is the directory's to know.
    private func tokens(_ statuses: CardFile.Status...) -> Set<Token> {
        Set(cards.values.filter { statuses.contains($0.status) && $0.token.text.hasPrefix("k1.") }.map(\.token))
    }

    /// - Parameter relatives: everybody who may be told about this one.
    /// - Returns: where the directory's views of this person are not what the clerks were told.
    func differences(from file: PersonFile, _ relatives: [PersonID: Resident]) throws -> [String] {
        func view<View: EventBody>(_ name: String, as: View.Type) throws -> View? {
            try file.views[name].map { try Array($0.utf8).decoded() }
        }
        var wrong: [String] = []
        func expect<Value: Equatable>(_ what: String, _ found: Value, _ told: Value) {
            if found != told { wrong.append("\(what) of \(id): \(found), and the clerks were told \(told)") }
        }
        let linkedLater = Set(cards.filter { !$0.value.token.text.hasPrefix("k1.") }.keys)
        func ofFirstKey(_ tokens: [Token]?) -> Set<Token> {
            Set((tokens ?? []).filter { $0.text.hasPrefix("k1.") && !linkedLater.contains(World.number($0)) })
        }
        let lock = try view("lock-controller", as: LockView.self)
        expect("the cards", ofFirstKey(lock?.tokens), tokens(.active))
        expect("the barred cards", ofFirstKey(lock?.barred), tokens(.lost, .suspended))
        if let lock { expect("the groups", Set(lock.groups ?? []), groups) }
        let shelter = try view("shelter-registry", as: ShelterView.self)
        expect("the needs told to shelters", shelter?.needs != nil, agreed.contains("shelter/care-needs") && born != nil)
        let told = try view("notifier", as: NoticeView.self)?.tell ?? []
        guard guardians.allSatisfy({ relatives[$0]?.isDoubtful == false }) else { return wrong }
        let asked = guardians.filter { !isProtected && relatives[$0]?.agreed.contains("notifier/school-gate") == true }
        expect("who is told", Set(told.map(\.person)), asked)
        return wrong
    }
}
