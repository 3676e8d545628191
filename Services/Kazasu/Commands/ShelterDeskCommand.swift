import Bus
import Contracts
import Town

extension Command {
    package static var shelterDesk: Command {
        Command(
            "shelter desk", "SHELTER", count: 1...1,
            summary: "who comes, goes and receives at a shelter, by name, as it happens, until Ctrl-C (受付画面)",
            options: Reception.options, details: "With --json each line is one note or one receipt, with who it is about."
        ) { arguments, console in
            let id = try arguments.operand(0, .shelter)
            let reception = try Reception(arguments, console)
            let signals = try Signals()
            _ = try reception.shelter(id)
            // What comes in while a name is asked for waits on a connection of its own.
            let ear = try reception.station.shelterDesk().session
            let town = reception.station.town.name
            let numbers = Channel<Occupancy>.occupancy.topic(in: town, id.named()).description
            var count: String?
            func tell(_ message: Message) throws {
                if message.topic == numbers, let occupancy = try? Envelope<Occupancy>(json: message.payload).data {
                    let line = reception.words.occupancy(occupancy)
                    if line != count, !reception.json { console.line(line) }
                    count = line
                } else if !message.isRetained, let note = try? Envelope<StayNoted>(json: message.payload), note.data.shelter == id {
                    do { try show(note, reception) } catch let error as Failure {
                        console.note("\(note.data.step.rawValue) \(note.data.who): \(error)")
                    }
                } else if !message.isRetained, let handed = try? Envelope<HandedOut>(json: message.payload), handed.data.shelter == id {
                    do { try show(handed, reception) } catch let error as Failure {
                        console.note("\(handed.data.item) \(handed.data.who): \(error)")
                    }
                }
            }
            let notes = [Channel.stayNotes.filter(in: town), Channel.handedOut.filter(in: town)]
            for message in try ear.look(at: [numbers] + notes) { try tell(message) }
            while !signals.haveCome() {
                if let message = try ear.next(within: 250) { try tell(message) }
            }
            return .done
        }
    }

    private static func show(_ note: Envelope<StayNoted>, _ reception: Reception) throws {
        let page = try reception.ask(ShowEvacuee(note.data.who), on: .showEvacuee)
        if reception.json {
            try reception.console.json(DeskLine(note, page))
        } else {
            reception.console.line(reception.words.line(note, page))
        }
    }

    private static func show(_ handed: Envelope<HandedOut>, _ reception: Reception) throws {
        let brief = try reception.ask(ShowEvacuee(handed.data.who), on: .showEvacuee).brief
        if reception.json {
            try reception.console.json(ReceiptLine(at: handed.time, brief: brief, each: handed.data.each, item: handed.data.item))
        } else {
            reception.console.line(reception.words.line(handed, brief))
        }
    }
}

/// What somebody received, for programs.
private struct ReceiptLine: Encodable {
    let at: Instant
    let brief: EvacueeBrief
    let each: Int
    let item: SupplyID
}

/// A note with who it is about, for programs.
private struct DeskLine: Encodable {
    let at: Instant
    let brief: EvacueeBrief
    let from: ShelterID?
    let note: EventID
    let step: StayNoted.Step

    init(_ note: Envelope<StayNoted>, _ page: EvacueePage) {
        (at, brief, from, self.note, step) = (note.time, page.brief, page.place(before: note), note.id, note.data.step)
    }
}

extension EvacueePage {
    /// The other shelter they were at when a note was made.
    fileprivate func place(before note: Envelope<StayNoted>) -> ShelterID? {
        guard note.data.step == .in, let before = history.first(where: { $0.stands && $0.at < note.time }), before.step != .out else {
            return nil
        }
        return before.shelter == note.data.shelter ? nil : before.shelter
    }
}

extension PlainWords {
    /// `18:04:10  1 bento  長井花子 (ナガイ ハナコ), 72, 宮前, p-…`
    fileprivate func line(_ handed: Envelope<HandedOut>, _ brief: EvacueeBrief) -> String {
        let what = Phrase("\(handed.data.each) \(handed.data.item)", "\(handed.data.item) \(handed.data.each)個")[language]
        let drill = handed.data.drill == true ? [Phrase("drill", "訓練")[language]] : []
        return ([String(handed.time.clock(town.offset).prefix(8)), what, evacuee(brief)] + drill).joined(separator: "  ")
    }

    /// `18:04:10  in    長井花子 (ナガイ ハナコ), 72, 宮前, p-…  night, card, from s02`
    fileprivate func line(_ note: Envelope<StayNoted>, _ page: EvacueePage) -> String {
        let more = [
            note.data.drill == true ? Phrase("drill", "訓練")[language] : nil, page.brief.kind?.phrase[language],
            note.data.by == nil ? Phrase("card", "カード")[language] : nil,
            page.place(before: note).map { Phrase("from \($0)", "\($0)から")[language] },
        ]
        let needs = needs(page.brief.needs)
        return [
            String(note.time.clock(town.offset).prefix(8)), padded(note.data.step.phrase[language], to: 4), evacuee(page.brief),
            (more.compactMap(\.self) + (needs.isEmpty ? [] : [needs])).joined(separator: Phrase(", ", "・")[language]),
        ].joined(separator: "  ")
    }
}
