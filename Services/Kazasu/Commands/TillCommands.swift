import Contracts
import Town

extension Operand where Value == EventID {
    fileprivate static var payment: Self {
        Self("PAYMENT", expected: "a payment's id, 26 characters; kazasu till list shows them") { EventID($0.uppercased()) }
    }
}

extension Operand where Value == Int64 {
    fileprivate static var yen: Self { Self("YEN", expected: "a whole number of yen, 1 to 10,000,000") { wholeNumber($0) } }
}

extension Flag {
    fileprivate static var hold: Self { Self("--hold", "only reserve it, until kazasu till confirm says what it came to") }
    fileprivate static var part: Self { Self("--part", "take what is there; the rest is paid otherwise") }
    fileprivate static var allPayments: Self { Self("--all", "every payment, not the last twenty") }
}

extension Command {
    package static var tillCharge: Command {
        Command(
            "till charge", "AGENT/READER YEN", count: 2...2,
            summary: "let the next card at a reader of the shop pay, and wait until it has (支払)",
            options: [Flag.hold.shape, Flag.part.shape] + Till.options,
            details: """
                Speaks as the till of the reader's shop; --as SHOP names another. Exit code 0 where something was paid or held, 1 where nothing was.
                Examples:
                  kazasu till charge bakery/reader-1 850 --part
                  kazasu till charge taxi/reader-1 3000 --hold
                """
        ) { arguments, console in
            let (place, yen) = (try arguments.operand(0, .reader), try arguments.operand(1, .yen))
            guard TapCharge.amounts.contains(yen) else { throw Failure.usage("YEN \(yen): expected 1 to \(TapCharge.amounts.upperBound).") }
            let till = try Till(arguments, console, at: place)
            let charge = Charge(yen, at: place.reader, hold: arguments.has(.hold), partial: arguments.has(.part))
            let payment = try till.charge(charge, at: place)
            try till.show(payment)
            return payment.status == .refused ? .refused : .done
        }
    }

    package static var tillList: Command {
        Command(
            "till list", summary: "the payments of a shop, newest first; nobody is named", options: [Flag.allPayments.shape] + Till.options,
            details: "Example: kazasu till list --as bakery"
        ) { arguments, console in
            let till = try Till(arguments, console)
            var page = try till.ask(ListPayments(till.shop), on: .listPayments)
            while arguments.has(.allPayments), page.more, let last = page.payments.last {
                let next = try till.ask(ListPayments(till.shop, before: last.id), on: .listPayments)
                page.payments += next.payments
                page.more = next.more && !next.payments.isEmpty
            }
            if till.json {
                try console.json(page)
            } else if page.payments.isEmpty {
                console.line(Phrase("nobody has paid here yet", "支払なし")[till.words.language])
            } else {
                console.out(table(till.words.rows(of: page.payments)))
                if page.more { console.note("there are older payments: --all") }
            }
            return .done
        }
    }

    package static var tillConfirm: Command { change("confirm", .confirm, summary: "take what was held, or YEN of it (確定)") }
    package static var tillVoid: Command { change("void", .void, summary: "give up what was held (取消)") }
    package static var tillRefund: Command { change("refund", .refund, summary: "pay back what was paid, or YEN of it (返金)") }

    private static func change(_ word: String, _ change: ChangePayment.Change, summary: String) -> Command {
        Command(
            "till \(word)", change == .void ? "PAYMENT" : "PAYMENT [YEN]", count: 1...(change == .void ? 1 : 2), summary: summary,
            options: Till.options, details: "Example: kazasu till \(word) 01JD8X5Z3Q4Y6W7V8T9SABCDEF --as bakery"
        ) { arguments, console in
            let payment = try arguments.operand(0, .payment)
            let yen = arguments.operands.count > 1 ? try arguments.operand(1, .yen) : nil
            let till = try Till(arguments, console)
            try till.show(try till.ask(ChangePayment(change, payment, at: till.shop, yen), on: .changePayment).payment)
            return .done
        }
    }
}
