import Contracts
import Town

/// What `kazasu island` says to whoever sits at a laptop in a shelter and may never have seen it before: both languages side by side.
struct IslandWords {
    /// What an island's registry hears of the town.
    struct Hearing: Equatable {
        /// When the town was heard last; `nil`: never.
        let last: Instant?
        let isHeard: Bool

        init(_ life: Life, now: Instant) {
            last = life.counters?["town-heard"].map { Instant(milliseconds: $0) }
            isHeard = last.map { now - $0 <= Vitals.patience } ?? false
        }
    }

    let town: Town
    let site: Town.Site

    func greeting(_ hearing: Hearing) -> [String] {
        let shelter = site.shelters.first ?? ShelterID("\(site.id)-1") ?? "s01"
        return [
            "island \(site.id) of \(harmless(town.title ?? town.name.text)): it checks people in, counts and prints by itself この端末だけで受付・集計・印刷ができます",
            line(hearing),
            "open a shelter 開設: kazasu shelter add \(shelter) TITLE (once 初回のみ), kazasu shelter open \(shelter)",
            "check in 受付: hold cards over the reader, or kazasu shelter check-in \(shelter), kazasu shelter guest \(shelter)",
            "who comes and goes 受付画面: kazasu shelter desk \(shelter); on paper 名簿: kazasu shelter print roster \(shelter) -o roster.html",
        ]
    }

    /// Whether the town is heard, and how old is what is known of people.
    func line(_ hearing: Hearing) -> String {
        if hearing.isHeard { return "the town is heard, and what is known of people is as of now 町とつながっています・住民情報は最新" }
        guard let last = hearing.last else {
            return "the town has not been heard yet: people are checked in all the same, each card as a guest 町と未接続・受付はできます(カードは仮登録)"
        }
        return
            "the town is not heard since \(last.minute(town.offset)): people are checked in all the same; what is known of them is as of then 町と不通・受付は続けられます・住民情報はその時点"
    }
}
