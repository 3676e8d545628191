import Contracts
import Glibc
import Launch
import Seal
import ServiceKit
import Town
import VirtualLock

extension Command {
    /// A keypad as a program: `VirtualKeypad` on a real connection, its keys being those of this terminal.
    package static var virtualKeypad: Command {
        Command(
            "virtual-keypad", "DOOR", count: 1...1, summary: "a keypad that sends codes as Docs/keypads.md says",
            options: [Option<String>.town.shape, Option<String>.data.shape, Option<Int>.port.shape],
            details: """
                Each line of standard input is a code. It says one line about each and ends with the input; exit code 1 when the last code opened nothing.
                It needs from the data folder what a real keypad is given: ca/authority.pem, certificates/keypad-DOOR.* and keys/keypad-DOOR.key.
                """
        ) { arguments, console in
            let door = try arguments.operand(0, .door)
            let path = try arguments.optional(.town) ?? "town.yaml"
            let town = try Town.load(path: path)
            guard town.door(door)?.hasKeypad == true else {
                let known = town.doors.filter(\.hasKeypad).map(\.id.text).joined(separator: ", ")
                throw Failure.refused("\(path) has no keypad at a door \(door). Doors with one: \(known.isEmpty ? "none" : known).")
            }
            let data = DataFolder(try arguments.optional(.data) ?? "\(folder(of: path))/data")
            let user = Role.keypad.user(door.named())
            let files = data.certificate(of: user)
            guard exists(files.key), exists(files.certificate), exists(data.keypadKey(door)) else {
                throw Failure.refused(
                    "\(user) has no certificate or no key in \(data.root). Start the town once, which makes them: kazasu up")
            }
            let wire = console.connect(
                Login(
                    host: town.broker.host, port: try arguments.optional(.port) ?? data.lastPort ?? town.broker.port, user: user,
                    client: user.text, authority: data.authority.certificate, certificate: files.certificate, key: files.key))
            let keypad = VirtualKeypad(
                town: town.name, door: door, key: try KeypadKey.load(file: data.keypadKey(door)), transport: wire, random: console.random)
            var isOpen = true
            while let line = console.read() {
                let code = line.trimmed
                guard !code.isEmpty else { continue }
                let outcome = try enter(code, keypad, wire, console)
                isOpen = outcome.hasOpened
                console.line("\(door): \(outcome.words)")
            }
            try keypad.leave(now: console.now())
            return isOpen ? .done : .refused
        }
    }

    private static func enter(_ code: String, _ keypad: VirtualKeypad, _ wire: any Wire, _ console: Console) throws -> VirtualKeypad.Outcome
    {
        try keypad.enter(code, now: console.now())
        while true {
            if let outcome = try keypad.step(now: console.now()) { return outcome }
            var polled = wire.interest.map { [$0] } ?? []
            poll(&polled, nfds_t(polled.count), Int32(max(0, min(wire.patience, 100))))
        }
    }
}

extension VirtualKeypad.Outcome {
    fileprivate var hasOpened: Bool {
        guard case .answered(let answer) = self else { return false }
        return answer.verdict == .open
    }

    /// One line for a person.
    fileprivate var words: String {
        switch self {
        case .answered(let answer):
            answer.verdict == .open ? "opens" : "stays shut: \(answer.rule?.rawValue ?? answer.refusal?.rawValue ?? "?")"
        case .refused(let text): "stays shut: \(harmless(text))"
        case .silence: "stays shut: nobody has answered"
        }
    }
}
