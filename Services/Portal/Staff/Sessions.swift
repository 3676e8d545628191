import Contracts
import HTTP
import ServiceKit

extension Portal {
    /// Whoever has signed in. A page that fetches itself anew keeps nobody signed in: the browser says when somebody did something (Fetch Metadata, 2.3).
    func session(of request: Request, in turn: borrowing Turn) throws -> Session? {
        let isAct = request.method == "POST" || (request.headers["sec-fetch-dest"] ?? "document") == "document"
        return try signIn.session(for: request.cookies[SessionSecret.cookie], isAct: isAct, in: turn)
    }

    func isOwnForm(_ call: Call) -> Bool { call.session?.owns(call.request.form["csrf"]) ?? false }
}
