import Contracts
import HTTP
import ServiceKit

/// Which page stands at which path. A colon leaves a place for whatever stands there.
struct Route {
    enum Access: Equatable {
        case everybody
        /// Whoever of the staff has a station of one of these roles.
        case staff(Set<Role>)
        case anyStaff
        /// Whoever has come in to a page of their own, if by a card then by one that still works.
        case resident
        /// The same, to go.
        case leaving
    }

    typealias Run = (Call, borrowing Turn) throws -> Answer

    let method: String
    let pattern: [String]
    let access: Access
    /// Not in a language: programs read it.
    let isForPrograms: Bool
    let run: Run

    static func page(_ pattern: String, _ access: Access = .everybody, _ run: @escaping Run) -> Route {
        Route(method: "GET", pattern: segments(pattern), access: access, isForPrograms: false, run: run)
    }

    static func form(_ pattern: String, _ access: Access, _ run: @escaping Run) -> Route {
        Route(method: "POST", pattern: segments(pattern), access: access, isForPrograms: false, run: run)
    }

    static func data(_ pattern: String, _ access: Access = .everybody, _ run: @escaping Run) -> Route {
        Route(method: "GET", pattern: segments(pattern), access: access, isForPrograms: true, run: run)
    }

    static func segments(_ path: String) -> [String] { path.split(separator: "/").map(String.init) }

    /// What stands in the places of the pattern; `nil` if it is another path.
    func match(_ path: [String]) -> [String]? {
        guard path.count == pattern.count else { return nil }
        var parts: [String] = []
        for (own, given) in zip(pattern, path) {
            if own == ":" { parts.append(given) } else if own != given { return nil }
        }
        return parts
    }
}

/// All pages, put together once: each request looks them through.
final class RouteBook {
    private var all: [Route] = []

    func routes(_ make: () -> [Route]) -> [Route] {
        if all.isEmpty { all = make() }
        return all
    }
}

extension Portal {
    /// Finds the page, sees to it that whoever asks may have it, and makes it.
    func respond(to visit: Visit, in turn: borrowing Turn) throws {
        let request = visit.request
        var path = Route.segments(request.path)
        let tongue = path.first.flatMap(Tongue.init(rawValue:))
        if tongue != nil { path.removeFirst() }
        let method = request.method == "HEAD" ? "GET" : request.method
        let fitting = routes.lazy.compactMap { route in
            route.isForPrograms == (tongue == nil) ? route.match(path).map { (route, $0) } : nil
        }
        var call = Call(
            ticket: visit.ticket, request: request, drawn: visit.drawn,
            tongue: tongue ?? Tongue(accepting: request.headers["accept-language"] ?? ""),
            parts: fitting.first { $0.0.method == method }?.1 ?? [], session: nil)
        do {
            if path.isEmpty, tongue == nil, method == "GET" { return answer(call, .page(.see(call.path(""))), in: turn) }
            guard let route = fitting.first(where: { $0.0.method == method })?.0 else {
                let allowed = Set(fitting.map { $0.0.method == "GET" ? "GET, HEAD" : $0.0.method }).sorted().joined(separator: ", ")
                guard !allowed.isEmpty else { throw Page.notFound }
                return answer(call, .page(Response(status: 405, headers: ["Allow": allowed], "Not that way.")), in: turn)
            }
            call.session = try session(of: request, in: turn)
            try admit(call, to: route, in: turn)
            answer(call, try route.access == .resident ? goOn(with: route, call, in: turn) : route.run(call, turn), in: turn)
        } catch let page as Page {
            answer(call, .page(frame.refusal(page, call)), in: turn)
        }
    }

    func answer(_ call: Call, _ answer: Answer, in turn: borrowing Turn) {
        switch answer {
        case .page(let response): turn.perform(Answered(ticket: call.ticket, response: response))
        case .stream(let feeds, let first):
            // A stream ends with its session.
            let all = feeds.union(call.session.map { [Self.feed(of: $0.id)] } ?? [])
            turn.perform(Opened(ticket: call.ticket, feeds: all, first: first))
        case .later: break
        }
    }

    /// A form is taken from our own pages alone: the browser says where it comes from (Fetch Metadata, 2.2; RFC 6454, 7), and the page's token says so again.
    private func admit(_ call: Call, to route: Route, in turn: borrowing Turn) throws {
        let headers = call.request.headers
        if route.method == "POST" {
            let site = headers["sec-fetch-site"]
            guard headers["origin"] == policy.origin || headers["origin"] == nil && site == "same-origin" else { throw Page.notYours }
        }
        switch route.access {
        case .everybody: break
        case .anyStaff: _ = try account(of: call)
        case .resident, .leaving: _ = try person(of: call)
        case .staff(let roles):
            let account = try account(of: call)
            guard account.stations.contains(where: { roles.contains($0.role) }) else { throw Page.notYours }
        }
        if route.method == "POST", route.access != .everybody, !isOwnForm(call) {
            throw Page.wrong(call("画面が古くなりました。もう一度開いてください。", "This page has grown old. Open it again."))
        }
    }

    package static func feed(of session: SessionID) -> String { "session/\(session.text)" }

    /// Whoever of the staff has signed in.
    func account(of call: Call) throws -> PortalPolicy.Account {
        guard case .staff(let id)? = call.session?.visitor, let account = policy.account(id) else { throw Page.signInFirst }
        return account
    }
}
