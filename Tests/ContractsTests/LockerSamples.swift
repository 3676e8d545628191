import Contracts
import Harness

extension Sample {
    static func lockers(_ use: (any Payload) throws -> Void) rethrows {
        let item = LockerItem(
            id: id, locker: "library", compartment: "library-2", number: ItemNumber("4-1234"), state: .reserved, tokens: [.card(1)],
            until: at,
            trouble: .noAnswer)
        for status in LockerItemChanged.Status.allCases { try use(LockerItemChanged(item: item, status: status, by: "desk-office")) }
        try use(PutLockerItem(locker: "library", tokens: [], compartment: "library-2", number: ItemNumber("A"), until: at))
        for action in ChangeLockerItem.Action.allCases { try use(ChangeLockerItem(action, compartment: "library-2", until: at)) }
        try use(ListLockerItems(locker: "library", after: "library-2"))
        try use(GiveBookingCode(booking: id))
        try use(BookingCodeGiven(booking: id, door: "gym", number: 2, by: "desk-office"))
        if let proof = CodeProof(CodeProof.sample) { try use(CodeEntered(proof: proof)) }
        try use(DoorDecided(door: "gym", tap: id, agent: "keypad-gym", reader: "keypad", means: .code, verdict: .open(by: .booking(id))))
        try use(DoorDecided(door: "library-2", tap: id, agent: "gate-1", reader: "reader-1", verdict: .open(by: .item(id))))
    }
}
