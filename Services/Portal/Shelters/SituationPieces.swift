import Contracts
import ServiceKit

extension Phrase {
    static func people(_ count: Int) -> Phrase { Phrase("\(count)人", count == 1 ? "1 person" : "\(count) people") }
}

/// What headquarters see: the same markup in the page and when something has changed.
extension Portal {
    func situationPiece(_ one: ShelterSituation, _ tongue: Tongue, at moment: Instant) -> HTML {
        func say(_ ja: HTML, _ en: HTML) -> HTML { Phrase(ja, en)[tongue] }
        let view = one.view
        let look = view.look(at: moment)
        let heard = view.heard.map { HTML("<p class=\"at\">\(say("最終連絡 \($0.minute(offset))", "heard last \($0.minute(offset))"))</p>") }
        let alarm: HTML =
            look == .silent
            ? "<p class=\"notice bad alarm\">\(say("応答がありません。電話・無線で確かめてください。人数は最後に分かった数です。", "Nothing is heard. Ask by telephone or radio. Numbers are the last that were known."))</p>"
            : ""
        return """
            <li id="hq-\(one.id)" class="card" data-state="\(look.rawValue)">
            <h3><a href="/\(tongue.rawValue)/hq/shelter/\(one.id)">\(view.shelter.title)</a></h3>
            \(view.isDrill ? HTML("<p class=\"banner drill\">\(say("訓練中", "Drill"))</p>") : "")<p><span class="state \(look.mark)">\(look.phrase[tongue])</span> \(view.shelter.district ?? "")</p>
            \(alarm)\(one.isClosed ? HTML("") : headcountPiece(one, tongue))
            \(bandsPiece(one.bands, tongue))\(needsPiece(one.needCounts, tongue))\(suppliesPiece(one, tongue))
            <p class="at">\(runPiece(view.run, tongue))</p>\(heard)</li>

            """
    }

    private func headcountPiece(_ one: ShelterSituation, _ tongue: Tongue) -> HTML {
        guard one.view.now != nil else { return "<p>\(Phrase("人数は分かりません", "Headcount unknown")[tongue])</p>" }
        return """
            <p><strong class="number">\(Phrase.people(one.headcount)[tongue])</strong>\(capacity(of: one.view.shelter, tongue).map { HTML(" / \($0)") })</p>

            """
    }

    func capacity(of shelter: Shelter, _ tongue: Tongue) -> HTML? {
        room(of: shelter, tongue).map { Phrase("定員 \($0)", "room for \($0)")[tongue] }
    }

    /// For how many there is room, where the heading says so: `日中100・夜間60`.
    func room(of shelter: Shelter, _ tongue: Tongue) -> HTML? {
        switch (shelter.capacity?.day, shelter.capacity?.night) {
        case (let day?, let night?): Phrase("日中\(day)・夜間\(night)", "\(day) by day, \(night) by night")[tongue]
        case (let day?, nil): "\(day)"
        case (nil, let night?): Phrase("夜間\(night)", "\(night) by night")[tongue]
        case (nil, nil): nil
        }
    }

    private func bandsPiece(_ bands: [ShelterNeeds.BandCount], _ tongue: Tongue) -> HTML {
        guard !bands.isEmpty else { return "" }
        return "<p>\(list(bands.map { "\($0.band.phrase[tongue]) \($0.people)" }, tongue))</p>\n"
    }

    private func needsPiece(_ needs: [ShelterNeeds.NeedCount], _ tongue: Tongue) -> HTML {
        guard !needs.isEmpty else { return "" }
        return "<p>\(Phrase("配慮", "Needs")[tongue]): \(list(needs.map { "\(town.title(of: $0.need)) \($0.people)" }, tongue))</p>\n"
    }

    private func suppliesPiece(_ one: ShelterSituation, _ tongue: Tongue) -> HTML {
        let wanted = one.wanted.map { supply -> HTML in
            let title = supply.title ?? supply.item.text
            return Phrase("\(title) \(supply.wanted)（在庫\(supply.stock)）", "\(title) \(supply.wanted) (\(supply.stock) in stock)")[tongue]
        }
        let rounds = (one.supplies?.handOuts ?? []).map { round -> HTML in
            let title = one.supplies?.supplies.first { $0.item == round.handOut.item }?.title ?? round.handOut.item.text
            let drill: HTML = round.drill == true ? Phrase("・訓練", ", drill")[tongue] : ""
            return Phrase(
                "\(title)（\(round.since.clock(offset))から\(round.received)件\(drill)）",
                "\(title) (\(round.received) times since \(round.since.clock(offset))\(drill))")[tongue]
        }
        let lacking: HTML = wanted.isEmpty ? "" : "<p>\(Phrase("不足", "Wanted")[tongue]): \(list(wanted, tongue))</p>\n"
        return lacking + (rounds.isEmpty ? "" : "<p>\(Phrase("配布中", "Handed out")[tongue]): \(list(rounds, tongue))</p>\n")
    }

    /// Who runs it as it is, since when.
    func runPiece(_ run: ShelterRun, _ tongue: Tongue) -> HTML {
        let who = run.by.map(title(of:))
        let by = Phrase(who.map { "（\($0)）" } ?? "（時刻により）", who.map { " by \($0)" } ?? " by itself")[tongue]
        let stage: Phrase =
            switch run.stage {
            case .open: Phrase("開設", "open")
            case .closing: Phrase("閉鎖準備中", "closing")
            case .closed: Phrase("閉鎖", "closed")
            }
        let until = run.until.map { Phrase("、\($0.minute(offset))まで", ", until \($0.minute(offset))")[tongue] }
        let since = run.since.minute(offset)
        return Phrase("\(since)から\(stage.ja)\(by)", "\(stage.en) since \(since)\(by)")[tongue] + (until ?? "")
    }

    private func list(_ words: [HTML], _ tongue: Tongue) -> HTML { words.joined(separator: Phrase("、", ", ")[tongue]) }

    /// The town's numbers, with the alarm of whoever is not heard and the banner of rehearsals.
    func totalsPiece(_ totals: SituationTotals, _ tongue: Tongue) -> HTML {
        func say(_ ja: HTML, _ en: HTML) -> HTML { Phrase(ja, en)[tongue] }
        func figure(_ title: HTML, _ number: Int) -> HTML { "<div><dt>\(title)</dt><dd>\(number)</dd></div>\n" }
        let drill: HTML =
            totals.drills == 0
            ? ""
            : "<p class=\"banner drill\">\(say("訓練中：\(totals.drills)か所 \(totals.rehearsing)人（下の数に含みません）", "Drill: \(totals.drills) shelters, \(totals.rehearsing) people (not in the numbers below)"))</p>\n"
        let silent: HTML =
            totals.silent.isEmpty
            ? ""
            : "<p class=\"banner alarm\">\(say("応答なし：", "Not heard from: "))\(list(totals.silent.map { "\($0)" }, tongue))</p>\n"
        let bands = ShelterNeeds.Band.allCases.compactMap { band in totals.bands[band].map { HTML("\(band.phrase[tongue]) \($0)") } }
        let needs = totals.needs.sorted { $0.key < $1.key }.map { HTML("\(town.title(of: $0.key)) \($0.value)") }
        let wanted = totals.wanted.sorted { $0.key < $1.key }.map { HTML("\(totals.titles[$0.key] ?? $0.key.text) \($0.value)") }
        func line(_ title: HTML, _ words: [HTML]) -> HTML { words.isEmpty ? "" : "<p>\(title): \(list(words, tongue))</p>\n" }
        return """
            <div id="hq-totals">
            \(drill)\(silent)<dl class="figures">
            \(figure(say("開設中の避難所", "Open shelters"), totals.open))\(figure(say("避難者", "People"), totals.headcount))\(figure(say("応答なし", "Not heard from"), totals.silent.count))</dl>
            \(line(say("年齢", "Ages"), bands))\(line(say("配慮", "Needs"), needs))\(line(say("不足している物資", "Wanted"), wanted))</div>
            """
    }

    /// On a desk: how full its shelter is.
    func countsPiece(_ one: ShelterSituation, _ tongue: Tongue, at moment: Instant) -> HTML {
        let look = one.view.look(at: moment)
        return """
            <p id="desk-counts"><span class="state \(look.mark)">\(look.phrase[tongue])</span> <strong class="number">\(Phrase.people(one.headcount)[tongue])</strong>\(capacity(of: one.view.shelter, tongue).map { HTML(" / \($0)") })</p>
            """
    }
}
