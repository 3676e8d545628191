/// Why nothing is asked of a service: what was sent does not fit. A sentence for whoever sent it, to be shown beside what was typed.
struct Fault: Error {
    let phrase: Phrase

    init(_ ja: HTML, _ en: HTML) { phrase = Phrase(ja, en) }

    static let noCard = Fault("先にカードをかざしてください。", "Hold the card over the reader first.")
    static let cardAppeared = Fault("カードを読み取りました。だれのカードか確かめて、もう一度押してください。", "A card was read. See whose it is, and press again.")
    static let cardGone = Fault(
        "別のカードがかざされたか、1分が過ぎました。もう一度かざしてください。", "Another card was held, or its minute is over. Hold the card again.")
}
