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

    /// Whether nothing is left by which a link to this page, or most messages, could come.
    func isLast(_ taken: [Reach], of file: PersonFile) -> Bool {
        (file.facts.channels ?? []).allSatisfy { taken.contains($0) || ($0.way != .mail && $0.way != .line) }
    }

    /// Asks once more before the last one is taken away.
    /// - Parameter fields: of the form that was sent, to be sent again.
    func lastWayPage(_ call: Call, to path: String, back: String, fields: HTML = "") -> Response {
        ownPage(
            call("最後の届け先です", "It is the last one", easy: "さいごの とどけさき"), call,
            """
            <p id="last" class="notice warn">\(call("これを解除すると、お知らせも、このページを開くリンクも届かなくなります。もう一度登録するには、役場の窓口にお越しいただくことになります。", "Without it neither messages nor a link to this page reach you, and another one is noted at the town's counter.", easy: "けすと、おしらせが とどきません。もういちど いれる ときは \(ruby("役場", "やくば"))に きてください。"))</p>
            <form id="sure" method="post" action="\(path)">\(call.csrf)\(fields)<input type="hidden" name="sure" value="1">
            <button class="quiet">\(call("それでも解除する", "Take it away all the same", easy: "それでも けす"))</button></form>
            <p><a class="button main" href="\(back)">\(call("解除しない", "Keep it", easy: "けさない"))</a></p>
            """)
    }

    func tellOthers(of reach: Reach, removed: Bool? = nil, _ call: Call, in turn: borrowing Turn) throws {
        let told = TellOwnReach(try person(of: call), of: reach, removed: removed)
        try send(told, on: .tellOwnReach, as: PortalPolicy.residents, for: call, in: turn) { _, _ in }
    }
}
