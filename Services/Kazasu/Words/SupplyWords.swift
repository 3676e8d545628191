import Contracts
import Town

// What is said of goods at shelters, for people.
extension PlainWords {
    var suppliesHeading: [String] {
        [
            Phrase("SHELTER", "避難所"), Phrase("ITEM", "品目"), Phrase("TITLE", "名称"), Phrase("STOCK", "在庫"), Phrase("WANTED", "不足"),
            Phrase("HANDED OUT NOW", "配布中"),
        ].map { $0[language] }
    }

    func rows(_ told: ShelterSupplies) -> [[String]] {
        told.supplies.map { supply in
            let rounds = told.handOuts.filter { $0.handOut.item == supply.item }
            return [
                told.shelter.text, supply.item.text, harmless(supply.title ?? "-"), "\(supply.stock)", "\(supply.wanted)",
                rounds.first.map(round) ?? "-",
            ]
        }
    }

    /// `31 times since 18:00`
    private func round(_ round: ShelterSupplies.Round) -> String {
        let since = round.since.minute(town.offset).suffix(5)
        return Phrase("\(round.received) times since \(since)", "\(since)から\(round.received)件")[language] + drill(round.drill)
    }

    /// `water: 240 in stock, 160 wanted`
    func supplyChanged(_ change: SupplyChanged) -> String {
        let supply = change.supply
        let title = supply.title.map { " (\(harmless($0)))" } ?? ""
        return "\(supply.item)\(title): "
            + Phrase("\(supply.stock) in stock, \(supply.wanted) wanted", "在庫\(supply.stock)、不足\(supply.wanted)")[language]
    }

    /// `bento is handed out, 1 for each person, at s01-desk/reader-1`
    func handOut(_ change: HandOutChanged) -> String {
        let handOut = change.handOut
        guard change.ended == nil else {
            return Phrase("\(handOut.item) is no longer handed out", "\(handOut.item) 配布終了")[language]
        }
        let each = handOut.isOfHouseholds ? Phrase("household", "世帯") : Phrase("person", "人")
        let place = handOut.agent.flatMap { agent in handOut.reader.map { " \(agent)/\($0)" } }
        let what = Phrase(
            "\(handOut.item) is handed out, \(handOut.each) for each \(each.en)", "\(handOut.item) 配布中(1\(each.ja)\(handOut.each)個)")
        return what[language] + (place.map { Phrase(", at\($0)", "、\($0.dropFirst())")[language] } ?? "") + drill(change.drill)
    }

    func handed(_ entry: HandedTo.Entry) -> String {
        let who = evacuee(entry.brief)
        guard let before = entry.before else { return Phrase("handed to \(who)", "配布:\(who)")[language] }
        let at = before.minute(town.offset)
        return Phrase("has it since \(at): \(who)", "\(at)に受領済:\(who)")[language]
    }

    /// On the bus, where nobody has a name.
    func handedOut(_ handed: HandedOut) -> String {
        Phrase("\(handed.each) \(handed.item) to \(handed.who)", "\(handed.item) \(handed.each)個:\(handed.who)")[language]
            + drill(handed.drill)
    }

    func supplies(_ told: ShelterSupplies) -> String {
        let wanted = told.supplies.filter { $0.wanted > 0 }.map { "\($0.item) \($0.wanted)" }
        return wanted.isEmpty
            ? Phrase("nothing is wanted", "不足なし")[language]
            : Phrase("wanted: ", "不足:")[language] + wanted.joined(separator: Phrase(", ", "、")[language])
    }

    private func drill(_ drill: Bool?) -> String { drill == true ? Phrase(", drill", "(訓練)")[language] : "" }
}
