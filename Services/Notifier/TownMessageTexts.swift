import Contracts
import ServiceKit
import Store

/// What a message of the town says, and what none may say.
extension Notifier {
    /// In a language or in the town's own.
    func townText(_ notice: KeptNotice, in tongue: Tongue, _ db: borrowing Transaction) throws -> NoticeText {
        guard let id = notice.values.message, let message = try message(id, in: db)?.message else {
            return NoticeText(subject: sender.town, body: notice.values.words ?? "")
        }
        let own = Tongue(policy.language)
        let said = message.text(in: tongue) ?? message.text(in: own) ?? message.texts.min { $0.key < $1.key }?.value
        let links = (message.links ?? []).map { "\n\(tongue.isJapanese ? "詳しくは: " : "More: ")\($0)" }.joined()
        return NoticeWord.town.text(in: tongue).filled([
            .title: said?.subject ?? "", .words: said?.body ?? "", .links: links.isEmpty ? "" : "\n\(links)", .town: sender.town,
        ])
    }

    func check(_ wish: OpenMessage) throws {
        guard wish.texts.keys.contains(where: { $0 == policy.language }) else {
            throw Objection(
                "no-text", "A message is written in \(policy.language) at least, which everybody reads who has said nothing else.")
        }
        let size = wish.texts.values.reduce(0) { $0 + $1.subject.utf8.count + $1.body.utf8.count }
        guard wish.texts.count <= 20, size <= OpenMessage.most else {
            throw Objection("too-long", "All texts of a message together have \(OpenMessage.most) bytes at most; these have \(size).")
        }
        for (language, text) in wish.texts.sorted(by: { $0.key < $1.key }) {
            guard language.utf8.count <= 35, language.utf8.allSatisfy(\.isOfLanguageTag) else {
                throw Objection("bad-language", "\(quoted(language)) is no language: write it as ja, en or pt-BR (BCP 47).")
            }
            guard !text.subject.isEmpty, text.subject.utf8.count <= 240, !text.subject.hasUnseen(besides: []) else {
                throw Objection("bad-title", "A title is one line of at most 80 characters; that in \(language) is not.")
            }
            guard !text.body.isEmpty, !text.body.hasUnseen(besides: ["\n"]) else {
                throw Objection("bad-text", "The text in \(language) is empty or holds characters that are not to be seen.")
            }
        }
        for link in wish.links ?? [] {
            guard link.isLink(after: "https://") else {
                throw Objection("bad-link", "\(quoted(link)) is no link of https:// and at most 500 characters without blanks.")
            }
        }
        guard (wish.links ?? []).count <= 5 else { throw Objection("too-many", "A message has five links at most.") }
    }
}

extension TownMessage {
    /// In a language, or in that language as it is spoken elsewhere.
    fileprivate func text(in tongue: Tongue) -> NoticeText? { texts[tongue.tag] ?? texts[tongue.primary] }
}

extension UInt8 {
    fileprivate var isOfLanguageTag: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || self == UInt8(ascii: "-")
    }
}

extension String {
    /// Whether it is an address in the web: more than how it begins, at most 500 characters, no blanks.
    func isLink(after start: String) -> Bool {
        hasPrefix(start) && utf8.count > start.utf8.count && utf8.count <= 500 && utf8.allSatisfy { (33...126).contains($0) }
    }

    /// Whether it holds what is not to be seen and changes how the rest is: control characters and those that turn the direction of writing.
    fileprivate func hasUnseen(besides allowed: Set<Unicode.Scalar>) -> Bool {
        unicodeScalars.contains { scalar in
            guard !allowed.contains(scalar) else { return false }
            return scalar.properties.generalCategory == .control || (0x202A...0x202E).contains(scalar.value)
                || (0x2066...0x2069).contains(scalar.value) || (0x2028...0x2029).contains(scalar.value)
        }
    }
}
