import Contracts
import VirtualReader

extension Story {
    private static let festival = Purpose("event:festival")

    /// A festival's table receives Kato once, and the day of the houses writes itself.
    mutating func housesAreCounted() throws {
        guard let festival = Self.festival else { return }
        title("the reader in the lobby is a festival's reception for a while: Kato is received once", "祭りの受付:カードで一人一回")
        try stage.clerk(["reception", "open", "festival", "--yes"])
        try stage.clerk(["reader", "purpose", DemoTown.lobby.description, festival.description])
        try stage.pass(milliseconds: 2200)
        try receive(stage.cast.katosNew)
        try stage.clerk(["reception", "status", "festival"])
        try stage.clerk(["reader", "purpose", DemoTown.lobby.description, "visit"])
        title("how busy the houses were today: numbers, and nobody in them", "今日の来館:誰が来たかは残らない")
        try stage.clerk(["visits", "count", "hall", "12", "--by", "hand"])
        let told = try stage.clerk(["visits", "show", "--lang", "ja"])
        guard told.contains(where: { $0.hasPrefix("市民体育館") }) else {
            throw Failure.refused("nobody was counted: \(told.joined(separator: " / "))")
        }
    }

    private func receive(_ card: VirtualCard) throws {
        let mark = stage.ear.heard.count
        let ear = stage.ear
        func ruling() -> Ear.Heard? { ear.heard[mark...].first { $0.topic.name == "reception-ruling" } }
        try stage.slot(DemoTown.lobby).insert(card)
        try stage.made.add(.tap, at: DemoTown.lobby, stage.console.now())
        try stage.wait("the table's word about the card at \(DemoTown.lobby)") { ruling() != nil }
        stage.slot(DemoTown.lobby).remove()
        ruling().map(tell)
    }
}
