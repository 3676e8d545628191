import Contracts
import ServiceKit

/// Who has looked at somebody in a shelter, and who has asked for them.
extension Portal {
    /// - Parameter uses: hears of it where the registry does not answer.
    func findShelterLooks(
        of person: PersonID, with uses: CardUses, in turn: borrowing Turn, then: @escaping (OwnShelter, borrowing Turn) throws -> Void
    ) throws {
        guard town.has("shelter-registry") else { return try then(OwnShelter(), turn) }
        try send(ShowOwnShelter(person), on: .showOwnShelter, as: PortalPolicy.residents, in: turn) { outcome, turn in
            if case .accepted(let own) = outcome { return try then(own, turn) }
            uses.hear(nothingOf: Address("shelter-registry", "main"))
            try then(OwnShelter(), turn)
        }
    }

    func shelterLooks(_ call: Call, _ own: OwnShelter, in turn: borrowing Turn) throws -> HTML {
        guard !own.looks.isEmpty || !own.lookUps.isEmpty else { return "" }
        let words = try words(call.tongue, in: turn)
        let looks = own.looks.map { look in
            let list = call("避難所の名簿", "a shelter's list", easy: "\(ruby("避難所", "ひなんじょ"))の なまえの ひょう")
            let whose: HTML =
                look.shelter.map { "\(words.title(of: $0)): \(list)" } ?? call("避難所の職員", "at a shelter", easy: ruby("避難所", "ひなんじょ"))
            return (
                look.at, "<li><time>\(look.at.minute(offset))</time>\(whose) <span class=\"at\">\(look.by)</span></li>\n" as HTML
            )
        }
        let lookUps = own.lookUps.map { asked in
            let what = call("安否の問い合わせ", "somebody asked for you", easy: "あなたを さがした ひと")
            let said = "\(asked.relation.phrase[call.tongue]), \(asked.tier.phrase[call.tongue])" as HTML
            return (
                asked.at,
                "<li><time>\(asked.at.minute(offset))</time>\(what): \(said) <span class=\"at\">\(asked.by)</span></li>\n"
                    as HTML
            )
        }
        let lines = (looks + lookUps).sorted { $0.0 > $1.0 }.map(\.1)
        return """
            <h2>\(call("避難所での閲覧と照会", "At shelters: looks and questions", easy: "\(ruby("避難所", "ひなんじょ"))で だれが みたか"))</h2>
            <ul id="shelter-looks" class="timeline">\(lines)</ul>

            """
    }
}

extension LookUpEvacuee.Relation {
    fileprivate var phrase: Phrase {
        switch self {
        case .household: Phrase("同居の家族から", "by the household", easy: "いっしょに すむ かぞく")
        case .family: Phrase("親族から", "by family", easy: "かぞく")
        case .acquaintance: Phrase("知人などから", "by somebody else", easy: "しりあい")
        }
    }
}

extension LookUpAnswer.Tier {
    fileprivate var phrase: Phrase {
        switch self {
        case .nothing: Phrase("回答なし", "told nothing", easy: "なにも おしえて いません")
        case .safe: Phrase("無事とだけ回答", "told that you are safe", easy: "ぶじと おしえました")
        case .place: Phrase("居場所も回答", "told where you are", easy: "ばしょも おしえました")
        case .contact: Phrase("連絡先も回答", "told how to reach you", easy: "れんらくさきも おしえました")
        }
    }
}
