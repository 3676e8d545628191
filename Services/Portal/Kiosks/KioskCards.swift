import Contracts
import ServiceKit

/// What kiosks show that is the card's own: in memory alone, while it stands there. A process that begins anew knows nothing of it.
final class KioskCards {
    var shown: [KioskID: KioskCard] = [:]
}

/// A number and a code that are for whoever holds the card at this moment.
struct KioskCard {
    /// How far the library's number has come.
    enum Number {
        case asked
        case bars(Barcode)
        /// The list has none for this card.
        case absent
        /// No bar code of the kind the town's file says can show it.
        case unfit
        case unanswered
    }

    let tap: EventID
    var number: Number?
    /// By which its holder opens their own page.
    var code: String?

    var look: KioskScreen.Look? {
        switch number {
        case .bars: .granted
        case .absent, .unfit, .unanswered: .refused
        case .asked: nil
        case nil: code == nil ? nil : .granted
        }
    }
}

extension PortalPolicy.Kiosk {
    /// How long a card's own stays: a scanner has to be found for a number, and a code copied by hand.
    var cardStays: Duration { max(stays, showsCodes ? .seconds(30) : .zero, library == nil ? .zero : .seconds(15)) }
}

extension Portal {
    /// Draws a code and asks for the number, if anybody would see them.
    /// - Parameter shown: of this tap.
    func beginCard(_ tap: Envelope<Tapped>, _ shown: KioskScreen, on kiosk: PortalPolicy.Kiosk, in turn: borrowing Turn) throws {
        guard kiosk.showsCodes || kiosk.library != nil, turn.now - tap.id.time < KioskScreen.patience,
            try Pairing.hasScreen(kiosk.id, in: turn.db)
        else { return }
        let code =
            kiosk.showsCodes ? try signIn.kioskCode(for: tap.data.token, bytes: draw(SignIn.codeBytes), in: turn) : nil
        try show(KioskCard(tap: tap.id, number: kiosk.library.map { _ in .asked }, code: code), beside: shown, on: kiosk, in: turn)
        guard let library = kiosk.library else { return }
        try send(FindCardNumber(of: tap.data.token, in: library.list), on: .findCardNumber, as: PortalPolicy.residents, in: turn) {
            outcome, turn in
            // Whoever it is about may have gone by now.
            guard let shown = try screen(of: kiosk, in: turn), shown.tap == tap.id, var card = card(of: shown, on: kiosk) else { return }
            let number = number(of: outcome, as: library)
            if case .unfit = number { turn.log("kiosk \(kiosk.id): a number of list \(library.list) is no \(library.symbology.rawValue)") }
            card.number = number
            try show(card, beside: shown, on: kiosk, in: turn)
        }
    }

    private func number(of outcome: Outcome<CardNumber>, as library: PortalPolicy.LibraryCard) -> KioskCard.Number {
        switch outcome {
        case .accepted(let answer):
            (try? Barcode(answer.number, as: library.symbology, check: library.check)).map(KioskCard.Number.bars) ?? .unfit
        case .refused("no-number", _): .absent
        case .refused, .unknown: .unanswered
        }
    }

    private func show(_ card: KioskCard, beside shown: KioskScreen, on kiosk: PortalPolicy.Kiosk, in turn: borrowing Turn) throws {
        let before = look(of: shown, on: kiosk)
        kioskCards.shown[kiosk.id] = card
        var screen = shown
        screen.cardUntil = turn.now + kiosk.cardStays
        try put(screen, on: kiosk, isHeard: look(of: screen, on: kiosk) != before, in: turn)
    }

    /// What is the card's own, if it is of the tap that is shown.
    func card(of screen: KioskScreen?, on kiosk: PortalPolicy.Kiosk) -> KioskCard? {
        kioskCards.shown[kiosk.id].flatMap { $0.tap == screen?.tap ? $0 : nil }
    }

    func look(of screen: KioskScreen?, on kiosk: PortalPolicy.Kiosk) -> KioskScreen.Look? {
        screen?.lines.first?.look ?? card(of: screen, on: kiosk)?.look
    }
}
