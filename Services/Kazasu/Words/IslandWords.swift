import Contracts
import Launch
import Town

/// What `kazasu island` says to whoever sits at a laptop in a shelter and may never have seen it before: both languages side by side.
struct IslandWords {
    /// What an island's registry hears of the town.
    enum Hearing: Equatable {
        case never
        case silent(since: Instant)
        /// Heard, and not all of what it has told before has come yet.
        case learning
        case heard

        init(_ life: Life, now: Instant) {
            guard let last = life.counters?["town-heard"].map({ Instant(milliseconds: $0) }) else {
                self = .never
                return
            }
            self = now - last > Vitals.patience ? .silent(since: last) : life.counters?["missing"] ?? 0 > 0 ? .learning : .heard
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
        ] + pages
    }

    private var pages: [String] {
        guard let portal = town.portal(at: site.id) else { return [] }
        let account = portal.accounts.first?.id.text ?? "ACCOUNT"
        return ["the same in a browser ブラウザで: \(portal.origin), once kazasu portal invite \(account) 招待(初回のみ)"]
    }

    /// Whether the town is heard, and how old is what is known of people.
    func line(_ hearing: Hearing) -> String {
        switch hearing {
        case .heard: "the town is heard, and what is known of people is as of now 町とつながっています・住民情報は最新"
        case .learning: "the town is heard, and what it has told meanwhile is on its way 町とつながっています・情報を受信中"
        case .never:
            "the town has not been heard yet: people are checked in all the same, each card as a guest 町と未接続・受付はできます(カードは仮登録)"
        case .silent(let since):
            "the town is not heard since \(since.minute(town.offset)): people are checked in all the same; what is known of them is as of then 町と不通・受付は続けられます・住民情報はその時点"
        }
    }
}
