import Contracts

private enum ApplicationKey: String, Setting {
    case name, aid
    case numberFile = "number-file"
    case numberTag = "number-tag"
    case certificateFile = "certificate-file"
    case key, issuer
}

extension Draft {
    func applications(_ value: Value) -> [Town.CardApplication] {
        guard let items = value.list(of: "this card application", example: "- name: civic") else { return [] }
        if items.count > Self.mostReaders {
            findings.fault(
                value.keyMark,
                "\(value.subject) has \(items.count) entries. At most \(Self.mostReaders) are taken: each is asked of every card.")
        }
        var applications: [Town.CardApplication] = []
        for item in items {
            guard let application = application(item) else { continue }
            if applications.contains(where: { $0.name == application.name }) {
                findings.fault(
                    item.mark, "card application \"\(application.name)\" stands twice in the list. Rename or remove one of them.")
            } else if let twin = applications.first(where: { $0.aid == application.aid }) {
                findings.fault(
                    item.mark,
                    "card application \"\(application.name)\" has the same \"aid\" as \"\(twin.name)\". Correct or remove one of them.")
            }
            applications.append(application)
        }
        return applications
    }

    private func application(_ value: Value) -> Town.CardApplication? {
        guard let settings = value.section(ApplicationKey.self) else { return nil }
        let name = settings.required(.name, example: "civic")?.name(Name<Town.CardApplication>.self)
        let aid = settings.required(.aid, example: "F04B415A4153550101")?.hex(bytes: 5...16)
        let numberFile = settings.required(.numberFile, example: "\"0001\"")?.hex(bytes: 2...2)
        let numberTag = settings.required(.numberTag, example: "C1").flatMap(tag)
        let certificateFile = settings.required(.certificateFile, example: "\"0002\"")?.hex(bytes: 2...2)
        let key = settings.required(.key, example: "17")?.hex(bytes: 1...1)
        let issuer = settings.required(.issuer, example: "card-issuer.pem")?.text(atMost: 1000, "the path of a certificate in PEM")
        guard let name, let aid, let numberFile, let numberTag, let certificateFile, let key, let issuer else { return nil }
        return Town.CardApplication(
            name: name, aid: aid, numberFile: number(numberFile), numberTag: numberTag, certificateFile: number(certificateFile),
            key: key[0],
            issuer: issuer.hasPrefix("/") ? issuer : folder + issuer)
    }

    /// One byte, or two where the first one's low five bits are all set (ITU-T X.690, 8.1.2.4).
    private func tag(_ value: Value) -> [UInt8]? {
        guard let bytes = value.hex(bytes: 1...2) else { return nil }
        guard bytes.count == (bytes[0] & 0x1F == 0x1F ? 2 : 1) else {
            value.isWrong("a whole tag, such as C1 or 5F20.")
            return nil
        }
        return bytes
    }

    private func number(_ bytes: [UInt8]) -> UInt16 { bytes.reduce(0) { $0 << 8 | UInt16($1) } }
}
