import Contracts

@testable import Kazasu

extension WordsTests {
    static func portalSamples() throws -> [(topic: String, json: [UInt8], en: String, ja: String)] {
        func envelope(_ data: Looked) throws -> [UInt8] {
            try Envelope(id: id, source: "/nagai/portal/main", time: at, data: data).json()
        }
        return [
            (
                "portal/event/main/look", try envelope(Looked(.roster, account: "sato", by: "shelter-desk-reception", thing: "s01")),
                "sato  looked at a roster s01, as shelter-desk-reception", "sato  名簿を閲覧 s01(shelter-desk-reception)"
            ),
            (
                "portal/event/main/look", try envelope(Looked(.kioskEnded, account: "sato", thing: "lobby")),
                "sato  ended a kiosk's screen lobby", "sato  キオスクの画面を終了 lobby"
            ),
            ("portal/event/main/look", try envelope(Looked(.signInFailed, account: nil)), "main  could not sign in", "main  サインイン失敗"),
        ]
    }
}
