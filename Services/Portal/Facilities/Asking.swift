import Contracts
import ServiceKit

extension Portal {
    /// As `ask`, where a refusal stands beside what was typed rather than on a page of its own.
    func ask<Body: CommandBody>(
        _ data: Body, on channel: Channel<Body>, as role: Role, for call: Call, in turn: borrowing Turn,
        refused: @escaping (_ sentence: HTML, borrowing Turn) throws -> Answer,
        page: @escaping (Body.Answer, borrowing Turn) throws -> Answer
    ) throws -> Answer {
        guard let station = try account(of: call).stations.first(where: { $0.role == role }) else { throw Page.notYours }
        try send(data, on: channel, as: station, in: turn) { outcome, turn in
            switch outcome {
            case .accepted(let answer): self.answer(call, try page(answer, turn), in: turn)
            case .refused(let word, let text): self.answer(call, try refused(Self.sentence(word, text, call), turn), in: turn)
            case .unknown: self.answer(call, .page(frame.unanswered(by: channel.owner, call)), in: turn)
            }
        }
        return .later
    }

    /// What a service has said, after the same in Japanese where that is known.
    private static func sentence(_ word: String, _ text: String, _ call: Call) -> HTML {
        guard call.tongue != .en else { return "\(text)" }
        return refusalInJapanese(word).map { "\($0) <small lang=\"en\">\(text)</small>" } ?? "<span lang=\"en\">\(text)</span>"
    }
}
