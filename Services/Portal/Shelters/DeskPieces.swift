import Contracts
import ServiceKit

/// What stands on a desk's screen. Its buttons belong to the form of the page (`form="desk"`), which has the session's token: a piece has none.
extension Portal {
    /// Nobody stands there.
    func emptyPiece(_ tongue: Tongue, said: HTML?) -> HTML {
        let words = Phrase("カードをかざすか、下から探してください。", "Hold a card at the reader, or look somebody up below.")[tongue]
        return """
            <section id="desk-screen" data-screen="" aria-live="polite">\(said.map { HTML("<p class=\"notice bad\" role=\"alert\">\($0)</p>") })<p>\(words)</p></section>
            """
    }

    func waitingPiece(_ tongue: Tongue) -> HTML {
        "<section id=\"desk-screen\" data-screen=\"\" aria-busy=\"true\"><p>\(Phrase("照会しています…", "Asking…")[tongue])</p></section>"
    }

    func signalPiece(_ signal: ShelterFeedback.Signal?, _ tongue: Tongue) -> HTML {
        guard let signal else { return "<p id=\"desk-signal\" role=\"status\"></p>" }
        return
            "<p id=\"desk-signal\" class=\"notice \(signal == .receivedBefore ? HTML("bad") : "good")\" role=\"status\">\(signal.phrase[tongue])</p>"
    }

    /// - Returns: who stands there, or why that is not known. Whoever is shown may be acted for from now on.
    func screenPiece(
        of outcome: Outcome<[EvacueePage]>, at desk: Desk, _ account: PortalPolicy.Account, _ tongue: Tongue, in turn: borrowing Turn
    ) throws -> HTML {
        switch outcome {
        case .accepted(let pages):
            guard var screen = desks.screens[desk] else { return emptyPiece(tongue, said: nil) }
            // A card has become somebody; from now on they are meant, whoever the card is said to be later.
            screen.who = pages.map(\.brief.who)
            let briefs = pages.flatMap { [$0.brief] + $0.household }
            screen.shown = Set(briefs.map(\.who))
            desks.screens[desk] = screen
            for page in pages {
                try noteLook(
                    .person, by: account, as: .shelterDesk, thing: desk.shelter.named(), person: page.brief.who.person, in: turn)
            }
            return try filledPiece(screen, briefs, at: desk, tongue, in: turn)
        case .refused(let word, let text): return emptyPiece(tongue, said: Phrase(refusal: word, of: "shelter-registry", text)[tongue])
        case .unknown: return emptyPiece(tongue, said: Phrase.silence[tongue])
        }
    }

    private func filledPiece(
        _ screen: DeskScreen, _ briefs: [EvacueeBrief], at desk: Desk, _ tongue: Tongue, in turn: borrowing Turn
    ) throws -> HTML {
        let words = try words(tongue, in: turn)
        let named = Set(screen.who)
        let ticks = briefs.map { brief -> HTML in
            let isTicked = screen.ticked?.contains(brief.who) ?? named.contains(brief.who)
            let before = screen.before[brief.who].map { moment -> HTML in
                "<span class=\"state full\">\(words.say("\(moment.minute(offset))に受領済", "has it since \(moment.minute(offset))"))</span>"
            }
            let needs = words.needs(brief.needs)
            return """
                <label><input type="checkbox" form="desk" name="who" value="\(brief.who)"\(isTicked ? HTML(" checked") : "")>
                <span><strong>\(words.name(brief))</strong> \(brief.reading ?? "")<br>\(words.facts(brief)) \(words.protection(brief))<br>
                \(words.stay(brief))\(needs.isEmpty ? "" : HTML("<br>\(words.say("配慮", "Needs")): \(needs)"))\(before)</span></label>

                """
        }
        let rounds = try situation(of: desk.shelter.text, in: turn)?.supplies?.handOuts ?? []
        let said = screen.said.map { phrase -> HTML in
            "<p id=\"desk-said\" class=\"notice \(screen.isRefused ? HTML("bad") : "good")\" role=\"\(screen.isRefused ? HTML("alert") : "status")\">\(phrase[tongue])</p>"
        }
        return """
            <section id="desk-screen" data-screen="\(screen.id)" aria-live="polite">
            <input type="hidden" form="desk" name="screen" value="\(screen.id)">
            \(said)\(signalPiece(screen.signal, tongue))
            <div class="ticks">
            \(ticks)</div>
            \(actButtons(rounds, words))
            \(needsButtons(briefs, words))
            \(screen.notes.isEmpty ? HTML("") : undoPiece(words))
            <p><button class="quiet" form="desk" name="act" value="clear">\(words.say("この画面を終わる", "Clear this screen"))</button></p></section>
            """
    }

    private func actButtons(_ rounds: [ShelterSupplies.Round], _ words: EvacueeWords) -> HTML {
        func button(_ key: Int, _ act: DeskAct, _ title: HTML) -> HTML {
            let isFirst = key == 1
            return """
                <button form="desk" name="act" value="\(act)"\(key <= 9 ? HTML(" accesskey=\"\(key)\"") : "")\(isFirst ? HTML(" class=\"main\" id=\"desk-first\" autofocus") : "")>\(key <= 9 ? HTML("<kbd>\(key)</kbd> ") : "")\(title)</button>

                """
        }
        let stays = zip(1..., StayKind.allCases).map { key, kind -> HTML in
            button(key, .note(.in, kind), words.say("入所：\(kind.phrase.ja)", "Check in: \(kind.phrase.en)"))
        }
        let hands = zip(7..., rounds.map(\.handOut)).map { key, handOut -> HTML in
            // 9 is for taking it back.
            button(
                key < 9 ? key : 10, .hand(handOut.item),
                words.say("受領：\(handOut.item) \(handOut.each)個", "Receives \(handOut.each) \(handOut.item)"))
        }
        return """
            <div class="row">\(stays)</div>
            <div class="row">\(button(5, .note(.away, nil), words.say("一時外出", "Out for a while")))\(button(6, .note(.out, nil), words.say("退所", "Left for good")))\(hands)</div>
            """
    }

    private func needsButtons(_ briefs: [EvacueeBrief], _ words: EvacueeWords) -> HTML {
        let buttons = briefs.map { brief -> HTML in
            "<button form=\"desk\" name=\"act\" value=\"\(DeskAct.needs(brief.who))\">\(words.name(brief))</button>\n"
        }
        return "<p>\(words.say("聞き取り（配慮事項）", "Ask what they need"))</p>\n<div class=\"row\">\(buttons)</div>"
    }

    private func undoPiece(_ words: EvacueeWords) -> HTML {
        let reasons = StayCorrected.Reason.allCases.map { "<option value=\"\($0.rawValue)\">\($0.phrase[words.tongue])</option>" as HTML }
        return """
            <div class="undo"><label for="reason">\(words.say("取り消す理由", "Why it is taken back"))</label><select id="reason" form="desk" name="reason">\(reasons)</select>
            <button form="desk" name="act" value="\(DeskAct.undo)" accesskey="9"><kbd>9</kbd> \(words.say("直前の操作を取り消す", "Undo what was done last"))</button></div>
            """
    }
}

extension Phrase {
    static let silence = Phrase(
        "避難所台帳から応答がありません。実行されたかどうか分かりません。もう一度行う前に確かめてください。",
        "The shelters' registry has not answered. It may have been done or not: look before you do it again.")
    static let late = Phrase(
        "時間が過ぎたか、次の人に替わりました。何も記録していません。もう一度カードをかざすか、探し直してください。",
        "Its time is over, or somebody else stands here. Nothing was written down. Hold the card again, or look them up again.")
}

extension ShelterFeedback.Signal {
    var phrase: Phrase {
        switch self {
        case .in: Phrase("カードで入所しました", "Checked in by card")
        case .out: Phrase("カードで一時外出としました", "Temporarily out by card")
        case .already: Phrase("すでにそのように記録されています", "It was so already")
        case .received: Phrase("受領しました", "Received")
        case .receivedBefore: Phrase("受領済みです", "Had received it before")
        }
    }
}
