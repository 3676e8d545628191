import Contracts
import VirtualReader

extension Story {
    private static let shelter: ShelterID = "s01"
    private static let staff = "shelter-staff"

    /// The gym becomes a shelter with one word, and a gym again with another.
    mutating func shelterOpens() throws {
        let (cast, id) = (stage.cast, Self.shelter.text)
        title("an earthquake: headquarters open the shelter in the gym", "地震:本部が市民体育館に避難所を開設")
        try stage.clerk(["shelter", "add", id, "市民体育館", "--day", "60", "--night", "30"])
        try book(["group", "add", Self.staff], [cast.tanaka])
        try turn(lobbyTo: .shelter(Self.shelter), by: ["shelter", "open", id])
        title("its door lets the staff in: Tanaka, who had no booking", "職員の田中さんに扉が開く")
        try show(cast.tanaka, at: DemoTown.gymEntrance, verdict: .open)
        title(
            "the reader in the lobby counts people: Kato by name, a visitor without one, and nobody twice", "ロビーの読取機で受付:加藤さん、旅の人、二度かざしても一人")
        let visitor = Cast.felica(3)
        try checkIn(cast.katosNew)
        try checkIn(visitor)
        // Longer than a card held again is the same tap.
        try stage.pass(milliseconds: 2200)
        try checkIn(cast.katosNew)
        let listed = try stage.clerk(["shelter", "roster", id])
        guard listed.contains(where: { $0.contains("加藤 さくら") }), listed.count(where: { $0.contains("p-") || $0.contains("g-") }) == 2
        else {
            throw Failure.refused("the roster of two people says: \(listed.joined(separator: " / "))")
        }
        try stage.clerk(["shelter", "list"])
        try lookAtShelters(showing: "空きあり")
        title("it closes; the reader is for visits again, and the door for those with a booking", "閉鎖:読取機も扉も元に戻る")
        try turn(lobbyTo: Purpose(kind: "visit"), by: ["shelter", "close", id, "--empty"])
        try stage.pass(milliseconds: 2200)
        try show(cast.tanaka, at: DemoTown.gymEntrance, verdict: .refuse, .noRight)
    }

    /// Says so at headquarters, and waits until the lobby's reader has followed.
    private func turn(lobbyTo purpose: Purpose, by words: [String]) throws {
        let mark = stage.ear.heard.count
        try stage.clerk(words)
        let ear = stage.ear
        func switched() -> Ear.Heard? { ear.heard[mark...].first { $0.reader == DemoTown.lobby && $0.topic.name == "purpose" } }
        try stage.wait("the reader \(DemoTown.lobby) to be for \(purpose)") { switched() != nil }
        switched().map(tell)
    }

    private func checkIn(_ card: VirtualCard) throws {
        let mark = stage.ear.heard.count
        let ear = stage.ear
        func note() -> Ear.Heard? { ear.heard[mark...].first { $0.topic.name == "stay-note" } }
        try stage.slot(DemoTown.lobby).insert(card)
        try stage.made.add(.tap, at: DemoTown.lobby, stage.console.now())
        try stage.wait("the registry's word about the card at \(DemoTown.lobby)") { note() != nil }
        stage.slot(DemoTown.lobby).remove()
        note().map(tell)
    }
}
