import Contracts
import HTTP
import ServiceKit

/// Who may change at their own page where messages reach them, and who hears of it.
extension Portal {
    /// Why nothing can be changed here. What is added outlasts the session, and a card the moment it is found to be lost: whoever came in by a card would keep the page.
    func whyNot(_ call: Call, _ file: PersonFile, in turn: borrowing Turn) -> HTML? {
        if call.session?.card != nil {
            return call(
                "カードで入ったときは、届け先を変えられません。メールまたはLINEのリンクで入るか、役場の窓口へお越しください。",
                "Whoever came in by a card changes no addresses. Come in by a link from mail or LINE, or to the town's counter.",
                easy: "カードで はいった ときは かえられません。\(ruby("役場", "やくば"))に きてください。")
        }
        guard !file.facts.mayChangeWays(on: turn.now.date(offset)) else { return nil }
        return call(
            "届け先の変更は、役場の窓口で承ります。", "Your addresses are changed at the town's counter.",
            easy: "かえる ときは \(ruby("役場", "やくば"))に きてください。")
    }

    /// Goes on with the file of somebody who may change it.
    /// - Parameter refusal: what anybody else is shown.
    func changeWays(
        _ call: Call, in turn: borrowing Turn, or refusal: @escaping (PersonFile, borrowing Turn) throws -> Response,
        then: @escaping (PersonFile, borrowing Turn) throws -> Answer
    ) throws -> Answer {
        guard town.has("notifier") else { throw Page.notFound }
        return try askOwn({ ShowOwn($0) }, on: .showOwn, for: call, in: turn) { file, turn in
            whyNot(call, file, in: turn) == nil ? try then(file, turn) : .page(try refusal(file, turn))
        }
    }

    func tellOthers(of reach: Reach, removed: Bool? = nil, _ call: Call, in turn: borrowing Turn) throws {
        let told = TellOwnReach(try person(of: call), of: reach, removed: removed)
        try send(told, on: .tellOwnReach, as: PortalPolicy.residents, for: call, in: turn) { _, _ in }
    }
}
