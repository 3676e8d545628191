import Contracts

package enum WebhookKind {}

private enum NoticesKey: String, Setting {
    case mail, line, push, webhooks, contacts, office, monitors, homes, schools, quiet, silence, probes, rate, language, drivers, texts
    case lateAfter = "late-after"
    case giveUpAfter = "give-up-after"
}

private enum ContactKey: String, Setting { case title, mail, line, webhook, language }
private enum SilenceKey: String, Setting {
    case associationAfter = "association-after"
    case officeAfter = "office-after"
}
private enum TextKey: String, Setting { case subject, body }

/// What parts of `notices` may refer to.
struct NoticeNames {
    let contacts: Known<ContactKind>
    let webhooks: Known<WebhookKind>
    let desks: Known<NoticeDeskKind>
    let agents: Known<AgentKind>
    let lines: Known<LineKind>
    let hours: HoursTable
}

extension Draft {
    static let mostContacts = 2000
    static let mostSchools = 200
    static let mostHomes = 5000

    /// Whom the town tells what, and by which ways its messages leave.
    func notices(_ value: Value, of town: Town, hours: HoursTable) -> (policy: NoticesPolicy, post: Town.Post) {
        var policy = NoticesPolicy()
        var post = Town.Post()
        policy.desks = town.noticeDesks.map { NoticeDesk($0) }
        guard let settings = value.section(NoticesKey.self) else { return (policy, post) }
        post.mail = settings.optional(.mail).flatMap(mail)
        if let value = settings.optional(.line) { (post.line, post.lineLogin) = line(value) }
        post.push = settings.optional(.push).flatMap(push)
        post.webhooks = settings.optional(.webhooks).map(webhooks) ?? []
        let contacts = parts(settings.optional(.contacts), "contact", atMost: Self.mostContacts, ContactID.self)
        let names = NoticeNames(
            contacts: Known(contacts, "contact"), webhooks: Known(post.webhooks.map { $0.id.named() }, "webhook"),
            desks: Known(town.noticeDesks, "notice desk"), agents: Known(town.agents.map(\.id), "agent"),
            lines: Known(town.points.lines.map(\.id), "line"), hours: hours)

        policy.contacts = contacts.compactMap { contact($0.id, $0.value, names) }
        policy.office = settings.optional(.office).map { self.contacts($0, names) } ?? []
        policy.monitors = settings.optional(.monitors).map { self.contacts($0, names) } ?? []
        policy.homes = settings.optional(.homes).map { users($0, as: HomeID.self, noun: "home", example: "[home-1]") } ?? []
        if policy.homes.count > Self.mostHomes {
            findings.fault(value.keyMark, "the town has \(policy.homes.count) homes. At most \(Self.mostHomes) are taken.")
        }
        policy.lateAfter = settings.optional(.lateAfter)?.duration(in: .seconds(60)...(.seconds(86_400))) ?? policy.lateAfter
        policy.givesUpAfter = settings.optional(.giveUpAfter)?.duration(in: .seconds(600)...(.seconds(7 * 86_400))) ?? policy.givesUpAfter
        policy.probes = settings.optional(.probes)?.flag() ?? false
        policy.rate = settings.optional(.rate)?.number(in: 1...1000) ?? policy.rate
        policy.language = settings.optional(.language).flatMap(language) ?? policy.language
        policy.quiet =
            settings.optional(.quiet)?.parsed("hours of the night, such as \"21:00-07:00\".", by: QuietHours.init) ?? policy.quiet
        policy.silence = settings.optional(.silence).map(silence) ?? policy.silence
        policy.drivers = settings.optional(.drivers).map { drivers($0, names) } ?? [:]
        policy.texts = settings.optional(.texts).map(texts) ?? [:]
        policy.titles = titles(of: town)
        let schools = parts(settings.optional(.schools), "school", atMost: Self.mostSchools, SchoolID.self)
        let read = schools.compactMap { school($0.id, $0.value, names) }
        policy.schools = read.map(\.school)
        for (school, desks) in read {
            for index in policy.desks.indices where desks.contains(policy.desks[index].id) {
                policy.desks[index].schools = (policy.desks[index].schools ?? []).union([school.id])
            }
        }
        warnOfNotices(policy, post, of: town, at: value.keyMark)
        return (policy, post)
    }

    private func contact(_ id: ContactID, _ value: Value, _ names: NoticeNames) -> Contact? {
        guard let settings = value.section(ContactKey.self) else { return nil }
        var contact = Contact(id, title: settings.required(.title, example: "役場 学校教育課")?.title() ?? "", channels: [])
        if let mail = settings.optional(.mail).flatMap(mailAddress) { contact.channels.append(Reach(.mail, mail)) }
        if let line = settings.optional(.line)?.parsed("a LINE user's id: U and 32 hexadecimal digits.", by: lineUser) {
            contact.channels.append(Reach(.line, line))
        }
        if let webhook = settings.optional(.webhook).flatMap(names.webhooks.one) { contact.channels.append(Reach(.webhook, webhook.text)) }
        contact.language = settings.optional(.language).flatMap(language)
        if contact.channels.isEmpty { value.isWrong("a way to reach it, such as mail: office@nagai.example.") }
        return contact
    }

    func contacts(_ value: Value, _ names: NoticeNames) -> [ContactID] {
        some(value, "contact", example: "[town-hall]", names.contacts.one)
    }

    private func drivers(_ value: Value, _ names: NoticeNames) -> [LineID: [ContactID]] {
        (value.members("line", suffix: " in \"drivers\"") ?? []).reduce(into: [:]) { drivers, member in
            let contacts = self.contacts(member.value, names)
            if let line = names.lines.one(member.key) { drivers[line] = contacts }
        }
    }

    private func silence(_ value: Value) -> SilenceRules {
        var rules = SilenceRules()
        guard let settings = value.section(SilenceKey.self) else { return rules }
        let range = Duration.seconds(600)...(.seconds(7 * 86_400))
        rules.associationAfter = settings.optional(.associationAfter)?.duration(in: range) ?? rules.associationAfter
        if let value = settings.optional(.officeAfter) {
            rules.officeAfter = value.duration(in: range) ?? rules.officeAfter
            if rules.officeAfter < rules.associationAfter { value.isWrong("no less than association-after: the office comes last.") }
        }
        return rules
    }

    /// The town's own words, checked before anybody is written to.
    private func texts(_ value: Value) -> [NoticeWord: [String: NoticeText]] {
        var texts: [NoticeWord: [String: NoticeText]] = [:]
        for (key, value) in value.members("text") ?? [] {
            guard let word = key.choice(NoticeWord.self) else { continue }
            for (key, value) in value.members("language", suffix: " of \(value.subject)") ?? [] {
                guard let language = language(key), let settings = value.section(TextKey.self) else { continue }
                let subject = settings.required(.subject, example: "【{school}】登校のお知らせ").flatMap { text($0, of: word, lines: 1) }
                let body = settings.required(.body, example: "{name}が{time}に{school}に着きました。").flatMap { text($0, of: word, lines: 40) }
                if let needed = word.needed, let body, !NoticeText(subject: "", body: body).placeholders.contains(needed.rawValue) {
                    let use = needed == .code ? "nobody could prove an address by it." : "nobody could open their page by it."
                    findings.fault(value.mark, "\(value.subject) has no {\(needed.rawValue)} in its body: \(use)")
                }
                if let subject, let body { texts[word, default: [:]][language] = NoticeText(subject: subject, body: body) }
            }
        }
        return texts
    }

    private func text(_ value: Value, of word: NoticeWord, lines: Int) -> String? {
        let text = value.parsed("\(lines == 1 ? "one line" : "text") of at most \(lines == 1 ? 100 : 2000) characters.") {
            text -> String? in
            let isFine = !text.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" }
            return isFine && text.count <= (lines == 1 ? 100 : 2000) && text.split(separator: "\n").count <= lines ? text : nil
        }
        guard let text else { return nil }
        let known = word.placeholders.union([.town]).map(\.rawValue).sorted()
        for placeholder in NoticeText(subject: text, body: "").placeholders where !known.contains(placeholder) {
            findings.fault(
                value.mark,
                "\(value.subject) has {\(placeholder)}, which \"\(word.rawValue)\" knows nothing of.\(suggestion(for: placeholder, among: known)) Known: \(listed(known.map { "{\($0)}" }))."
            )
        }
        return text
    }

    func language(_ value: Value) -> String? {
        value.parsed("a language as BCP 47 writes it, such as ja or pt-BR.") { text in
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            let isFine =
                (2...3).contains(parts[0].utf8.count) && text.utf8.count <= 35
                && parts.allSatisfy { part in
                    !part.isEmpty && part.utf8.count <= 8 && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
                }
            return isFine ? text : nil
        }
    }

    private func titles(of town: Town) -> [String: String] {
        let lines = town.points.lines.map { ($0.id.text, $0.title) }
        let lockers = town.lockers.map { ($0.id.text, $0.title ?? $0.id.text) }
        return Dictionary(lines + lockers) { first, _ in first }
    }

    private func warnOfNotices(_ policy: NoticesPolicy, _ post: Town.Post, of town: Town, at mark: Mark) {
        if town.noticeDesks.isEmpty {
            findings.warn(mark, "nobody may send a message, report an absence or look at an alarm. Add a station: notice-desks: [hall]")
        }
        if post.mail == nil, policy.contacts.contains(where: { $0.channels.contains { $0.way == .mail } }) {
            findings.warn(mark, "contacts have mail addresses, and no mail leaves. Name the mail server: mail: { server: …, from: … }")
        }
        if policy.office.isEmpty, !policy.schools.isEmpty {
            findings.warn(
                mark, "no office is told when a child may have been left on a bus or somebody has been silent. Add office: [town-hall]")
        }
    }
}

private func lineUser(_ text: String) -> String? {
    let digits = text.utf8.dropFirst()
    let isHex = digits.allSatisfy { isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
    return text.hasPrefix("U") && digits.count == 32 && isHex ? text : nil
}

extension QuietHours {
    /// `21:00-07:00`
    fileprivate init?(_ text: String) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { end -> Int? in
            let parts = end.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy(isDigit) }), let hour = Int(parts[0]),
                let minute = Int(parts[1]), hour < 24, minute < 60
            else { return nil }
            return hour * 60 + minute
        }
        guard ends.count == 2, let from = ends[0], let until = ends[1] else { return nil }
        self.init()
        (self.from, self.until) = (from, until)
    }
}
