import Bus
import Contracts
import HTTP
import Harness
import Portal
import Seal
import ServiceKit

/// A clerk who works with the town's pages: is invited, chooses a password, looks at a week's bookings and books, and believes what the page says.
final class PageClerk {
    static let account: AccountID = "sato"
    /// As whom the portal speaks for this clerk.
    static let station = PortalPolicy.Station(.desk, "page")

    /// What the clerk knows of a booking.
    enum Outcome: Equatable {
        /// Nobody has answered: it was obeyed or it was not.
        case unknown
        case booked
        case refused
    }

    private let portal: ServiceMachine<Portal>
    private let technician = Desk("it", as: .operator)
    private var invitation: String?
    private var cookie: String?
    /// Of the page that is open.
    private var formToken: String?
    private var asked: (ticket: UInt64, until: Instant, take: (Response) -> Void)?
    private var tickets: UInt64 = 0
    /// By when each begins.
    private(set) var bookings: [Instant: Outcome] = [:]
    /// How often a week was shown.
    private(set) var looks = 0

    init(_ portal: ServiceMachine<Portal>) { self.portal = portal }

    /// Nobody else books so far ahead: midnight of a day to come, in Japan.
    private static let first = Instant(milliseconds: 1_796_050_800_000)
    private static func slot(_ number: Int) -> Instant { first + .seconds(Int64(number) * 1800) }

    /// Goes on as far as it goes at this moment.
    func work(in world: World) {
        technician.wait(in: world)
        if let asked, world.now >= asked.until { self.asked = nil }
        guard asked == nil, technician.isIdle, portal.isUp else { return }
        if cookie == nil { return signIn(world) }
        guard let token = formToken else { return look(world) }
        formToken = nil
        book(token, world)
    }

    // MARK: The pages

    private func signIn(_ world: World) {
        guard let code = invitation else {
            technician.give(ChangeAccount(.invite, Self.account), on: .changeAccount, at: portal.clock(at: world.now), in: world) {
                [unowned self] reply in invitation = reply.answer?.code
            }
            return
        }
        invitation = nil
        let who = [("account", Self.account.text), ("invitation", code)]
        post("/ja/welcome", who + [("password", "yuki no furu machi no tap bus")], world) { [unowned self, unowned world] page in
            guard let secret = page.text.after("<code id=\"secret\">").flatMap({ Base32.bytes($0.prefix { $0 != "<" }) }) else { return }
            let codes = OneTimePassword(secret: secret)
            let made = codes.code(OneTimePassword.step(at: portal.clock(at: world.now)))
            post("/ja/welcome/confirm", who + [("made", made)], world) { [unowned self] answer in
                cookie = answer.cookies.first?.after("=").map { String($0.prefix { $0 != ";" }) }
            }
        }
    }

    private func look(_ world: World) {
        visit(Request(path: "/ja/bookings", query: ["week": "2026-12-01"]), world) { [unowned self] page in
            guard page.status == 200 else { return take(page) }
            looks += 1
            formToken = page.text.after("name=\"csrf\" value=\"").map { String($0.prefix { $0 != "\"" }) }
        }
    }

    private func book(_ token: String, _ world: World) {
        let from = Self.slot(bookings.count)
        func typed(_ moment: Instant) -> String { String(moment.rfc3339(.japan).prefix(16)) }
        bookings[from] = .unknown
        let fields = [
            ("csrf", token), ("act", "add"), ("from", typed(from)), ("until", typed(from + .seconds(1800))),
            ("holders", World.token(bookings.count).text), ("week", "2026-12-01"),
        ]
        post("/ja/bookings", fields, world) { [unowned self] answer in
            switch answer.status {
            case 303 where answer.headers["Location"]?.hasSuffix("&done=add") == true: bookings[from] = .booked
            case 409, 422: bookings[from] = .refused
            default: take(answer)
            }
        }
    }

    /// A page that ends the session, or none that says anything.
    private func take(_ answer: Response) {
        if answer.status == 303 { cookie = nil }
    }

    // MARK: The browser

    private func post(_ path: String, _ fields: [(String, String)], _ world: World, take: @escaping (Response) -> Void) {
        // Nothing stands in these that would need more (WHATWG URL, 5.1).
        let body = fields.map { "\($0.0)=\($0.1.map { $0 == " " ? "+" : String($0) }.joined())" }.joined(separator: "&")
        let headers = ["content-type": "application/x-www-form-urlencoded", "origin": PortalInSimulation.policy.origin]
        visit(Request(method: "POST", path: path, headers: headers, body: Array(body.utf8)), world, take: take)
    }

    /// The connection to a portal that dies is closed, and whoever waits is told nothing.
    private func visit(_ request: Request, _ world: World, take: @escaping (Response) -> Void) {
        var request = request
        if let cookie { request.headers["cookie"] = "\(SessionSecret.cookie)=\(cookie)" }
        tickets += 1
        asked = (tickets, world.now + .seconds(30), take)
        let drawn = (0..<64).map { _ in UInt8(truncatingIfNeeded: world.draw()) }
        portal.inputs.append((Visit(ticket: tickets, request, drawn: drawn), -1))
    }

    func hear(_ answered: Answered) {
        guard let asked, asked.ticket == answered.ticket else { return }
        self.asked = nil
        asked.take(answered.response)
    }

    func hear(_ outgoing: Outgoing) { technician.hear(outgoing) }
}

extension Response {
    fileprivate var text: String { String(decoding: body, as: UTF8.self) }
}

extension String {
    /// What follows where `mark` stands first.
    fileprivate func after(_ mark: String) -> Substring? {
        var rest = self[...]
        while !rest.isEmpty {
            if rest.hasPrefix(mark) { return rest.dropFirst(mark.count) }
            rest.removeFirst()
        }
        return nil
    }
}
