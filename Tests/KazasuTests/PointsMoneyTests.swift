import Contracts
import Glibc
import Sheets
import Testing

@testable import Kazasu

@Suite("A till, a settlement, the check of the ledger")
struct PointsMoneyTests {
    private let clerk = PointsSample.clerk()
    private var service: PaperDirectory { clerk.directory }
    private let old = EventID("01JD8X5Z3Q4Y6W7V8T9SABCDEF")!
    private let new = EventID("01JD8X5Z3Q4Y6W7V8T9SABCDEG")!

    private func payment(_ id: EventID, _ asked: Int64, _ paid: Int64, _ status: Payment.Status = .paid) -> Payment {
        var payment = Payment(id, at: "bakery", asked, by: nil, status, at: Clerk.now)
        payment.paid = paid
        return payment
    }

    // MARK: A till

    /// What the till is told with each look, the last for ever.
    private func tell(_ looks: [[Payment]]) {
        var looks = looks
        service.answer(.charge) { _ in .accept(Done()) }
        service.answer(.listPayments) { _ in .accept(PaymentsPage(looks.count > 1 ? looks.removeFirst() : looks[0], more: false)) }
    }

    private func charge(_ more: String...) -> ExitCode {
        clerk.run(all: ["till", "charge", "office/reader-1", "500", "--as", "bakery"] + more)
    }

    @Test("A till waits for the payment that was not there before and is of this amount, and tells what came of it")
    func charge() throws {
        let earlier = payment(old, 500, 500)
        var late = payment(EventID("01JD8X5Z3Q4Y6W7V8T9SABCDEH")!, 500, 500)
        late.at = Clerk.now - .seconds(7200)
        let other = payment(EventID("01JD8X5Z3Q4Y6W7V8T9SABCDEJ")!, 700, 700)
        tell([[earlier], [earlier], [late, other, earlier], [payment(new, 500, 500), late, other, earlier]])
        #expect(charge() == .done, "\(clerk.err)")
        #expect(clerk.out == "paid: 500 yen, \(new)\n", "\(clerk.out)")
        #expect(clerk.err.contains("hold the card over office/reader-1: 500 yen"), "\(clerk.err)")
        #expect(try service.commands(.charge) == [Charge(500, at: "reader-1")])
        #expect(service.asked.count { $0 == "payment-list" } == 4)
    }

    @Test("In part says what remains; refused says why, takes nothing, and ends with 1")
    func outcomes() throws {
        tell([[], [payment(new, 500, 300)]])
        #expect(charge("--part") == .done && clerk.out == "paid: 300 yen of 500 yen; 200 yen remain to be paid, \(new)\n", "\(clerk.out)")
        tell([[], [payment(new, 500, 500, .held)]])
        #expect(charge("--hold", "--lang", "ja") == .done && clerk.out == "保留:500円, \(new)\n", "\(clerk.out)")
        var refused = payment(new, 500, 0, .refused)
        refused.refusal = .insufficient
        tell([[], [refused]])
        #expect(charge() == .refused && clerk.out.contains("there is not enough that pays here; nothing was taken"), "\(clerk.out)")
        #expect(
            try service.commands(.charge) == [
                Charge(500, at: "reader-1", partial: true), Charge(500, at: "reader-1", hold: true), Charge(500, at: "reader-1"),
            ])
        #expect(
            clerk.run("till", "charge", "office/reader-9", "5", "--as", "bakery") == .refused
                && clerk.err.contains("has no reader reader-9"))
        #expect(clerk.run("till", "charge", "office/reader-1", "20000000", "--as", "bakery") == .usage)
    }

    @Test("Of several shops a till says which; one that is none names those there are")
    func shops() {
        #expect(
            clerk.run("till", "list") == .usage && clerk.err.contains("of which shop? Add --as SHOP. Shops: bakery, florist."),
            "\(clerk.err)")
        #expect(
            clerk.run("till", "list", "--as", "baker") == .refused && clerk.err.contains("there is no shop baker. Shops: bakery, florist."))
    }

    @Test("What was held is confirmed or given up, what was paid is paid back, by the till of the shop")
    func afterwards() throws {
        service.answer(.changePayment) { wish in
            var changed = Payment(wish.payment, at: wish.shop, 500, by: nil, wish.change == .void ? .voided : .paid, at: Clerk.now)
            changed.paid = 500
            changed.refunded = wish.change == .refund ? wish.amount ?? 500 : 0
            return .accept(PaymentChanged(changed, by: "till-bakery"))
        }
        #expect(
            clerk.run("till", "confirm", old.description, "--as", "bakery") == .done && clerk.out.hasPrefix("paid: 500 yen"), "\(clerk.err)"
        )
        #expect(clerk.run("till", "void", old.description, "--as", "bakery") == .done && clerk.out.hasPrefix("given up"), "\(clerk.out)")
        #expect(clerk.run("till", "refund", old.description, "200", "--as", "bakery") == .done && clerk.out.contains("200 yen paid back"))
        #expect(
            try service.commands(.changePayment) == [
                ChangePayment(.confirm, old, at: "bakery"), ChangePayment(.void, old, at: "bakery"),
                ChangePayment(.refund, old, at: "bakery", 200),
            ])
        #expect(clerk.run("till", "void", old.description, "200", "--as", "bakery") == .usage)
    }

    // MARK: Settling

    @Test("A settlement is a table, a sheet with a mark of its bytes' order, and a page; its sums are the ledger's; closing asks")
    func settle() throws {
        service.answer(.showSettlement) { _ in .accept(PointsSample.settlement()) }
        service.answer(.closeSettlement) { _ in .accept(SettlementClosed(PointsSample.settlement(closed: true))) }
        let words = ["points", "settle", "shop/bakery", "--from", "2026-10-01", "--to", "2026-10-31"]
        #expect(clerk.run(all: words) == .done, "\(clerk.err)")
        #expect(
            clerk.out == """
                パン工房, 2026-10-01–2026-10-31, not closed
                PURSE           TAKEN            TIMES  GIVEN BACK    TIMES  YEN
                ながいポイント  12,000 ポイント  40     500 ポイント  1      11,500
                食事券          3 枚             3      0 枚          0      1,500
                13,000 yen, fee 195 yen, payable 12,805 yen

                """, "\(clerk.out)")
        let (csv, page) = (clerk.scratch.path + "/s.csv", clerk.scratch.path + "/s.html")
        #expect(clerk.run(all: words + ["--csv", csv, "--print", page]) == .done, "\(clerk.err)")
        let bytes = try readWhole(csv)
        #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
        var sheet = try SheetReader(bytes)
        var rows: [[String]] = []
        while let row = try sheet.next()?.get() { rows.append(row.cells) }
        #expect(
            rows[0] == ["種類", "ながいポイント", "12000", "40", "500", "1", "11500"] && rows[3] == ["日", "2026-10-15", "", "", "", "", "-500"])
        #expect(rows.suffix(3).map { [$0[1], $0[6]] } == [["合計", "13000"], ["手数料", "195"], ["支払額", "12805"]])
        #expect(read(page).contains("番号 shop-bakery-20261001-20261031"))

        #expect(clerk.run(all: words + ["--close"], typing: ["n"], atTerminal: true) == .refused)
        #expect(try service.commands(.closeSettlement).isEmpty && clerk.err.contains("payable 12,805 yen"), "\(clerk.err)")
        #expect(clerk.run(all: words + ["--close"], typing: ["y"], atTerminal: true) == .done)
        #expect(clerk.out.contains("closed 2026-11-21 08:15 by points-desk-chamber"), "\(clerk.out)")
        #expect(clerk.run("points", "settle", "shop/baker", "--from", "2026-10-01", "--to", "2026-10-31") == .refused)
        #expect(clerk.err.contains("Did you mean bakery?"), "\(clerk.err)")
        service.answer(.listSettlements) { _ in .accept(SettlementsPage([PointsSample.settlement(closed: true)], more: false)) }
        #expect(
            clerk.run("points", "settlements", "shop/bakery") == .done && clerk.out.contains("2026-10-01–2026-10-31  13,000 yen"),
            "\(clerk.out)")
    }

    @Test(
        "A statement on paper has a bar for each day with something, below the line where more was given back, and nothing from elsewhere")
    func statement() throws {
        let town = try PointsSample.town()
        let html = Statement(PointsSample.settlement(), of: town, at: Sample.at).html
        #expect(html.ranges(of: "<rect ").count == 3 && html.ranges(of: "fill=\"none\"").count == 1)
        #expect(html.contains("<title>2026-10-15 -500円</title>") && html.contains("未確定") && html.contains("パン工房 様"))
        #expect(!html.contains("http://") && !html.contains("https://") && !html.contains("src="))
        #expect(
            Statement(PointsSample.settlement(closed: true), of: town, at: Sample.at).html.contains(
                "2026-11-21 08:15 確定(points-desk-chamber)"))
        let empty = Settlement(Party("shop/bakery")!, from: "2026-10-01", to: "2026-10-31", [], days: [], fee: 0)
        #expect(Statement(empty, of: town, at: Sample.at).html.contains("利用なし"))
    }

    // MARK: The ledger

    /// A ledger of 4,500 transfers, in slices of 2,000; `fault` is what its check finds behind a transfer.
    private func ledger(
        of last: Int64 = 4500, digest: @escaping (Int64) -> String = { "d\($0)AA" }, fault: (@Sendable (VerifyLedger) -> String?)? = nil
    ) {
        service.answer(.verifyLedger) { ask in
            let through = min(last, ask.after + 2000)
            if let fault = fault?(ask) {
                return .accept(LedgerVerified(through: ask.after, of: last, digest: ask.digest ?? "", fault: fault))
            }
            if ask.after > 0, ask.digest != digest(ask.after) {
                return .accept(
                    LedgerVerified(through: ask.after, of: last, digest: "", fault: "transfer \(ask.after + 1): its digest is another"))
            }
            return .accept(
                LedgerVerified(through: through, of: last, digest: digest(through), accounts: through == last ? 77 : nil))
        }
    }

    @Test("The ledger is checked slice by slice, each from the digest of the one before")
    func verify() throws {
        ledger()
        #expect(clerk.run("points", "verify") == .done, "\(clerk.err)")
        #expect(clerk.out == "nothing is wrong: 4,500 transfers, 77 accounts, last digest d4500AA\n", "\(clerk.out)")
        let asked = try service.commands(.verifyLedger)
        #expect(asked.map(\.after) == [0, 2000, 4000] && asked.map(\.digest) == [nil, "d2000AA", "d4000AA"])
        ledger(fault: { $0.after == 2000 ? "transfer 2001: it was altered" : nil })
        #expect(
            clerk.run("points", "verify", "--lang", "ja") == .refused && clerk.out.hasPrefix("異常: transfer 2001: it was altered"),
            "\(clerk.out)")
    }

    @Test("A ledger that was written anew or cut short after it was noted is found out, and the note stays as it was")
    func noted() throws {
        let path = clerk.scratch.path + "/ledger.txt"
        ledger(of: 3000)
        #expect(clerk.run("points", "verify", "--noted", path) == .done, "\(clerk.err)")
        ledger()
        for _ in 0..<2 { #expect(clerk.run("points", "verify", "--noted", path) == .done, "\(clerk.err)") }
        let noted = read(path)
        #expect(noted == "3000 d3000AA 2026-11-21T09:15:00.000+09:00\n4500 d4500AA 2026-11-21T09:15:00.000+09:00\n", "\(noted)")
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)

        ledger(of: 4000)
        #expect(clerk.run("points", "verify", "--noted", path) == .refused)
        #expect(
            clerk.out.contains("transfer 4500, noted 2026-11-21T09:15:00.000+09:00, is missing: the ledger ends with transfer 4000"),
            "\(clerk.out)")
        ledger(digest: { "x\($0)AA" })
        #expect(clerk.run("points", "verify", "--noted", path) == .refused)
        #expect(clerk.out.contains("transfer 3000 or one before it was altered after it was noted"), "\(clerk.out)")
        #expect(read(path) == noted)
        write("3000\n", to: path)
        chmod(path, 0o600)
        #expect(
            clerk.run("points", "verify", "--noted", path) == .refused && clerk.err.contains("ledger.txt line 1: expected a number"),
            "\(clerk.err)")
    }
}
