import Contracts
import HTTP

/// A slot as it was typed.
struct BookingForm {
    var from = ""
    var until = ""
    /// Ids of persons and tokens of cards, with spaces between.
    var holders = ""
    /// `1` paid, `0` not yet, nothing where nothing is due.
    var paid = ""

    init() {}

    init(_ fields: [String: String]) {
        (from, until) = (fields["from"] ?? "", fields["until"] ?? "")
        (holders, paid) = (fields["holders"] ?? "", fields["paid"] ?? "")
    }

    /// A booking as it would be typed, with all it is for.
    init(_ booking: Booking, _ offset: UTCOffset) {
        (from, until) = (LocalTime.text(booking.from, offset), LocalTime.text(booking.to, offset))
        holders = (booking.tokens.map(\.text) + (booking.persons ?? []).map(\.text)).joined(separator: " ")
        paid = booking.paid.map { $0 ? "1" : "0" } ?? ""
    }

    enum Wish {
        case booking(AddBooking)
        case wrong(Phrase)
    }

    func wish(_ door: DoorID, _ offset: UTCOffset) -> Wish {
        guard let from = LocalTime.instant(from, offset), let to = LocalTime.instant(until, offset), from < to else {
            return .wrong(Phrase("開始と終了を確かめてください。終了は開始より後です。", "Look at the times: it ends after it begins."))
        }
        let (tokens, persons): ([Token], [PersonID])
        do throws(Fault) { (tokens, persons) = try Self.holders(holders) } catch { return .wrong(error.phrase) }
        guard !tokens.isEmpty || !persons.isEmpty else {
            return .wrong(Phrase("利用者を1人以上入れてください。", "Say for whom: at least one person or card."))
        }
        return .booking(
            AddBooking(
                door: door, from: from, to: to, tokens: tokens, persons: persons.isEmpty ? nil : persons,
                paid: paid == "1" ? true : paid == "0" ? false : nil))
    }

    /// Cards and persons as they are typed, in any order.
    static func holders(_ text: String) throws(Fault) -> ([Token], [PersonID]) {
        var (tokens, persons): ([Token], [PersonID]) = ([], [])
        for word in text.split(whereSeparator: { " ,;\u{3000}、\r\n\t".contains($0) }) {
            if let person = PersonID(word) {
                persons.append(person)
            } else if let token = Token(word) {
                tokens.append(token)
            } else {
                throw Fault(
                    "「\(String(word))」は住民番号(p-…)でもカード(k1.…)でもありません。",
                    "“\(String(word))” is neither a person's id (p-…) nor a card's token (k1.…).")
            }
        }
        return (tokens, persons)
    }
}

extension Booking {
    /// `カード2枚・1名`; a list names ten of them at most.
    func holders(_ call: Call) -> HTML {
        let (cards, people) = (tokens.count, persons?.count ?? 0)
        if cards + people >= 10 { return call("10以上", "10 or more") }
        let parts = [
            cards > 0 ? call("カード\(cards)枚", "\(cards) card\(cards == 1 ? "" : "s")") : nil,
            people > 0 ? call("\(people)名", "\(people) person\(people == 1 ? "" : "s")") : nil,
        ].compactMap(\.self)
        return parts.count == 2 ? parts[0] + call("・", ", ") + parts[1] : parts.first ?? ""
    }

    /// `18:00–20:00`; with the day where it ends on another one.
    func span(_ offset: UTCOffset) -> String {
        to.day(offset) == from.day(offset)
            ? "\(from.clock(offset))–\(to.clock(offset))" : "\(from.minute(offset).dropFirst(5))–\(to.minute(offset).dropFirst(5))"
    }
}
