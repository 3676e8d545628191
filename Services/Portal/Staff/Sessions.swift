import Contracts
import HTTP
import ServiceKit

enum Visitor: Equatable { case staff(AccountID), resident(PersonID) }
struct Session { let visitor: Visitor }
extension Portal {
    func session(of request: Request, in turn: borrowing Turn) throws -> Session? {
        request.cookies["stub"].flatMap { AccountID($0) }.map { Session(visitor: .staff($0)) }
    }
    func isOwnForm(_ call: Call) -> Bool { call.request.form["csrf"] == "stub" }
}
extension Call { var csrf: HTML { "<input type=\"hidden\" name=\"csrf\" value=\"stub\">" } }
