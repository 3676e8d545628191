import Contracts
import Launch
import Seal
import Town

extension Command {
    package static var bookingCode: Command {
        Command(
            "booking code", "ID", count: 1...1, summary: "a code for the keypad, for somebody without a card (暗証番号)",
            options: Station.options + [Flag.json.shape],
            details: """
                The code opens the door as often as they like while the slot runs. It is shown this once; asked for again there is another one,
                and the one before is void. This station needs the town's code key: keys/code.key in the data folder.
                """
        ) { arguments, console in
            let id = try arguments.operand(0, .booking)
            let station = try Station(arguments, console)
            let key = try codeKey(station)
            let answer = try station.desk().ask(GiveBookingCode(booking: id), on: .giveBookingCode, for: BookingCodeAnswer.self)
            let code = key.code(of: answer.booking.id, number: answer.number)
            if arguments.has(.json) {
                try console.json(GivenCode(booking: answer.booking.id, code: code, door: answer.booking.door, number: answer.number))
            } else {
                let (offset, booking) = (station.town.offset, answer.booking)
                console.line("code \(code): door \(booking.door), \(booking.from.minute(offset)) to \(booking.end(offset))")
                console.note("tell it to nobody but the person it is for. It is kept nowhere; a lost one is replaced by another.")
            }
            return .done
        }
    }

    /// Looked for before the town is asked: a code that nobody here can read would void the one before it.
    private static func codeKey(_ station: Station) throws -> CodeKey {
        let path = station.data.codeKey
        guard exists(path) else {
            throw Failure.refused(
                "\(path) is not there, and without it no code can be shown. `kazasu up` makes it for a town with a keypad; bring a copy to this station, for its owner alone (mode 0600)."
            )
        }
        return try CodeKey.load(file: path)
    }
}

private struct GivenCode: Encodable {
    let booking: EventID
    let code: String
    let door: DoorID
    let number: Int
}
