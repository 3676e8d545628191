import Contracts
import Seal
import VirtualReader

extension Story {
    private static let shop = Purpose("shop:bakery")

    /// A visit earns, a till takes, a list is paid once however often it is run, and the ledger adds up.
    mutating func pointsArePaid() throws {
        guard let kato, let shop = Self.shop else { return }
        title("Kato comes to the gym, and her visit earns ten points", "加藤さん:来館で10ポイント")
        try stage.pass(milliseconds: 2200)
        try earn(stage.cast.katosNew)
        try stage.clerk(["points", "balance", kato.text])
        title("two desks pay a benefit: one draws the list up, another approves; the same list again pays nobody", "一斉付与:別の窓口が承認、二度目は0件")
        for (campaign, paid) in [("spring", 1), ("spring-again", 0)] {
            try stage.clerk([
                "points", "campaign", "open", campaign, "--title", "春の給付", "--benefit", "support", "--amount", "500", "--purse", "points",
                "--list", try list([kato]),
            ])
            let told = try stage.clerk(["points", "campaign", "approve", campaign, "--yes", "--as", "welfare"])
            guard told.contains(where: { $0.contains("\(paid) paid") }) else {
                throw Failure.refused("campaign \(campaign) should have paid \(paid): \(told.joined(separator: " / "))")
            }
        }
        title("the reader in the lobby is the bakery's till for a while, and takes 310 of them", "パン工房のレジ:310ポイントで支払い")
        try stage.clerk(["reader", "purpose", DemoTown.lobby.description, shop.description])
        try stage.pass(milliseconds: 2200)
        try pay(310, stage.cast.katosNew)
        try stage.clerk(["points", "history", kato.text])
        try stage.clerk(["points", "verify"])
        try stage.clerk(["reader", "purpose", DemoTown.lobby.description, "visit"])
    }

    private func earn(_ card: VirtualCard) throws {
        let mark = stage.ear.heard.count
        let ear = stage.ear
        func transfer() -> Ear.Heard? { ear.heard[mark...].first { $0.topic.name == "transfer" } }
        try stage.slot(DemoTown.lobby).insert(card)
        try stage.made.add(.tap, at: DemoTown.lobby, stage.console.now())
        try stage.wait("the ledger's word about the card at \(DemoTown.lobby)") { transfer() != nil }
        stage.slot(DemoTown.lobby).remove()
        transfer().map(tell)
    }

    /// The till asks, the card is held when it does, and the till is told.
    private func pay(_ yen: Int, _ card: VirtualCard) throws {
        var isHeld = false
        defer { stage.slot(DemoTown.lobby).remove() }
        try stage.clerk(["till", "charge", DemoTown.lobby.description, "\(yen)", "--as", "bakery"]) { line in
            guard line.contains("card over"), !isHeld else { return }
            isHeld = true
            try stage.slot(DemoTown.lobby).insert(card)
            try stage.made.add(.tap, at: DemoTown.lobby, stage.console.now())
        }
    }

    private func list(_ people: [PersonID]) throws -> String {
        let path = "\(stage.folder)/benefit.csv"
        try SecretFile.replace(path, Array((["person"] + people.map(\.text)).joined(separator: "\r\n").utf8))
        return path
    }
}
