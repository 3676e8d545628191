/// Takes out of a text whatever could tell of a person or a place on the network: for what leaves the town's hands.
///
/// Our programs write nothing of people to begin with; this is the second wall. It cannot know a name in Latin letters for one.
struct Scrub {
    /// Texts that are taken out wherever they stand, the longest first.
    let removed: [String]

    static let gap = "…"

    /// - Parameter removed: values of the town's file that are not for others. Short ones would tear every word apart.
    init(removed: [String]) {
        self.removed = Set(removed.filter { $0.unicodeScalars.count > 3 }).sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    }

    func text(_ text: String) -> String {
        var text = text
        for value in removed { text = text.replacing(value, with: Self.gap) }
        // A token of a card, a signed order, a person's id, a mail address, addresses of machines, a telephone number.
        text = text.replacing(#/\bk[0-9]+\.[a-z2-7]{16,}/#, with: Self.gap)
            .replacing(#/\beyJ[A-Za-z0-9_.\-]{16,}/#, with: Self.gap)
            .replacing(#/\bp-[a-z2-7]{16}\b/#, with: Self.gap)
            .replacing(#/[^\s@<>"']+@[^\s@<>"']+/#, with: Self.gap)
            .replacing(#/\b[0-9]{1,3}(\.[0-9]{1,3}){3}\b/#, with: Self.gap)
            .replacing(#/\b([0-9a-f]{1,4}:){3,7}:?[0-9a-f]{1,4}\b/#, with: Self.gap)
            .replacing(#/(\+[0-9]{1,3}|\b0)[0-9][0-9() \-]{6,12}[0-9]\b/#, with: Self.gap)
        // What is left in another script is a title or a name: our own words are English here.
        var isInGap = false
        return text.unicodeScalars.reduce(into: "") { text, scalar in
            if !scalar.isASCII, !isInGap { text += Self.gap }
            isInGap = !scalar.isASCII
            if scalar.isASCII { text.unicodeScalars.append(scalar) }
        }
    }
}
