import Contracts

extension WordsTests {
    /// What operators read of shelters, and what is said of it.
    static func shelterSamples() throws -> [(topic: String, json: [UInt8], en: String, ja: String)] {
        func envelope<Body: Payload>(_ data: Body) throws -> [UInt8] {
            try Envelope(id: id, source: "/nagai/x/y", time: at, data: data).json()
        }
        return [
            (
                "shelter-registry/event/main/shelter",
                try envelope(
                    ShelterChanged(
                        Shelter("s01", title: "第一中学校"), ShelterRun(.open, since: at, by: "shelter-desk-hq", drill: true, until: at))),
                "s01  第一中学校: open, a drill until 2026-11-21 08:00, by shelter-desk-hq",
                "s01  第一中学校: 開設中(訓練、2026-11-21 08:00まで)(shelter-desk-hq)"
            ),
            (
                "shelter-registry/event/main/stay-note",
                try envelope(StayNoted(.in, .person(PersonID("p-7k3mq2x5t4w2vbza")!), at: "s01", kind: .car)),
                "s01  p-7k3mq2x5t4w2vbza in (car), by card", "s01  p-7k3mq2x5t4w2vbza 入所 (車中泊)(カード)"
            ),
            (
                "shelter-registry/event/main/stay-correction",
                try envelope(StayCorrected(id, stands: false, reason: .wrongPerson, by: "shelter-desk-hq")),
                "main  note struck: wrong person, by shelter-desk-hq", "main  記録を取消: 人違い(shelter-desk-hq)"
            ),
            (
                "shelter-registry/event/main/supply",
                try envelope(SupplyChanged(Supply("water", stock: 240, wanted: 160, title: "飲料水"), at: "s01", by: "shelter-desk-hq")),
                "s01  water (飲料水): 240 in stock, 160 wanted", "s01  water (飲料水): 在庫240、不足160"
            ),
            (
                "shelter-registry/event/main/hand-out",
                try envelope(
                    HandOutChanged(
                        HandOut("bento", at: "s01", household: true, agent: "gate-1", reader: "reader-1"), since: at, by: "shelter-desk-hq",
                        drill: true)),
                "s01  bento is handed out, 1 for each household, at gate-1/reader-1, drill",
                "s01  bento 配布中(1世帯1個)、gate-1/reader-1(訓練)"
            ),
            (
                "shelter-registry/event/main/handed-out",
                try envelope(HandedOut(HandOut("bento", at: "s01", each: 2), to: .person(PersonID("p-7k3mq2x5t4w2vbza")!))),
                "s01  2 bento to p-7k3mq2x5t4w2vbza", "s01  bento 2個:p-7k3mq2x5t4w2vbza"
            ),
            (
                "shelter-registry/event/main/supplies",
                try envelope(
                    ShelterSupplies([Supply("bento", stock: 5), Supply("water", stock: 240, wanted: 400)], handOuts: [], at: "s01")),
                "s01  wanted: water 400", "s01  不足:water 400"
            ),
            (
                "shelter-registry/state/s01/occupancy",
                try envelope(Occupancy(at: at, maxAge: 90, .silent, headcount: 12, congestion: .free, heard: at, drill: false)),
                "s01  silent: 12 when last heard, room", "s01  応答なし: 最後は12名・空きあり"
            ),
        ]
    }
}
