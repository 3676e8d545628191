import Contracts
import HTTP
import ServiceKit

/// A request that waits for its answer, as the machine hands it in.
package struct Visit: Sendable {
    /// By which the machine finds the connection again.
    package let ticket: UInt64
    package let request: Request
    /// Drawn for this request: whatever secret is made for it is made from these, 64 bytes.
    package let drawn: [UInt8]

    package init(ticket: UInt64, _ request: Request, drawn: [UInt8]) {
        (self.ticket, self.request, self.drawn) = (ticket, request, drawn)
    }
}

/// A request, and what its path says.
struct Call {
    let ticket: UInt64
    let request: Request
    let drawn: [UInt8]
    let tongue: Tongue
    /// What stands in the path where the route leaves a place, in order.
    let parts: [String]
    var session: Session?

    /// A place of the path as a name; a page that is not there if it is none.
    func name<Kind>(_ place: Int, _: Name<Kind>.Type = Name<Kind>.self) throws -> Name<Kind> {
        guard let name = Name<Kind>(parts[place]) else { throw Page.notFound }
        return name
    }

    /// The path of another page in the same language.
    func path(_ rest: String) -> String { "/\(tongue.rawValue)/\(rest)" }

    subscript(_ phrase: Phrase) -> HTML { phrase[tongue] }
    /// Words in Japanese and English.
    func callAsFunction(_ ja: HTML, _ en: HTML, easy: HTML? = nil) -> HTML { Phrase(ja, en, easy: easy)[tongue] }
}

/// What becomes of a call: its page now, or when a service has answered.
enum Answer {
    case page(Response)
    case later
    /// Stays open and hears what is said on feeds.
    case stream(Set<String>, first: [UInt8])
}

/// What ends a call at once.
enum Page: Error {
    case notFound
    /// Nobody has signed in, or somebody whose work it is not.
    case signInFirst
    /// A resident's own page, and no resident has come in.
    case enterFirst
    case notYours
    /// What was sent does not fit; a sentence for whoever sent it.
    case wrong(HTML)
}

/// The machine answers a request.
package struct Answered: Effect {
    package let ticket: UInt64
    package let response: Response
}

/// The machine keeps a connection open as a stream of events.
package struct Opened: Effect {
    package let ticket: UInt64
    package let feeds: Set<String>
    package let first: [UInt8]
}

/// The machine says something to all who hear a feed.
package struct Said: Effect {
    package let feed: String
    package let bytes: [UInt8]
}

extension Response {
    static func html(_ html: HTML, status: UInt32 = 200) -> Response {
        Response(status: status, type: "text/html; charset=utf-8", body: html.bytes)
    }

    static func json(_ value: some Encodable) throws -> Response { Response(type: "application/json", body: try value.json()) }

    /// To be fetched instead: after a form, so that loading the page again sends nothing twice (RFC 9110, 15.4.4).
    static func see(_ path: String) -> Response {
        Response(status: 303, headers: ["Location": path], "See \(path)")
    }
}
