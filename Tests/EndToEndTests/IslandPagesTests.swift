import Contracts
import ServiceKit
import Testing
import VirtualReader

@testable import Kazasu

extension EndToEndTests {
    @Test(
        "With the town gone, its broker too, somebody is invited at the island, signs in, and sees who holds a card at its reader; what is done there is done by the island's registry, and killed pages come back with the session and without the person"
    )
    func islandPages() throws {
        let pages = (town: try unusedPort(), island: try unusedPort())
        let places = try IslandTown(pages: pages)
        defer { places.strike() }
        _ = try places.say("shelter", "add", "s01", "公民館")
        _ = try places.say("shelter", "open", "s01")
        _ = try places.say("shelter", "add", "west-1", "西小学校", atIsland: true)
        _ = try places.say("shelter", "open", "west-1", atIsland: true)
        let card = Cast.felica(7)
        let enrolment = try places.start(
            ["person", "add", "--tap", "office/counter"],
            typing: "name: 長井 花子\nreading: ナガイ ハナコ\nborn: S29.3.1\nhousehold: 77\ndistrict: 宮前\n")
        try places.wait("the counter to ask for the card") {
            enrolment.look()
            return enrolment.lines.contains { $0.contains("hold the card over office/counter") }
        }
        try places.hold(card, at: IslandTown.counter)
        _ = try places.finish(enrolment)
        let browser = Visitor(port: pages.island)
        try places.wait("the island to know her and the town's shelter, and to hear the town") {
            let known = try places.finish(places.start(["shelter", "missing", "district/宮前"], atIsland: true), code: nil)
            let shelters = try browser.get("/ja/shelters").text
            return known.contains("長井 花子") && shelters.contains("公民館") && shelters.contains("<div id=\"town\"></div>")
        }
        // What was said of shelters while the line was cut the pages ask for in their own name.
        places.cut()
        _ = try places.say("shelter", "add", "s02", "東公民館")
        places.mend()
        try places.wait("the island's pages to have the other shelter") { try browser.get("/ja/shelters").text.contains("東公民館") }
        #expect(try places.say("portal", "invite", "endo", code: 1).contains("Give the command at the station of site west"))
        #expect(try places.say("portal", "invite", "sato", atIsland: true, code: 1).contains("where the town's broker is"))

        places.cut()
        try places.endTown()
        let invitation = try #require(
            places.say("portal", "invite", "endo", atIsland: true).split(separator: "\n").map(String.init).first {
                $0.utf8.count == 19 && $0.count { $0 == "-" } == 3
            })
        let begun = try browser.begin(as: "endo", invitation, password: "sekai ichi no tap bus")
        #expect(begun.status == 303 && begun.headers["location"] == "/en/staff", "\(begun.text)")
        let menu = try browser.get("/en/staff").text
        #expect(menu.contains("/en/desk/west-1") && !menu.contains("desk/s01") && !menu.contains("/en/bookings"))
        #expect(try browser.get("/en/family").status == 404 && browser.get("/en/people").status == 404)

        // A card at its reader.
        let desk = "/en/desk/west-1?reader=west-1/gate"
        #expect(try browser.get(desk).text.contains("Hold a card at the reader"))
        let stream = try browser.listen("/events/desk/en/west-1/west-1/gate")
        #expect(stream.reads { $0.contains("text/event-stream") })
        try places.hold(card, at: IslandTown.gate)
        #expect(stream.reads { $0.contains("長井 花子") }, "\(stream.text)")
        let shown = try browser.get(desk)
        #expect(shown.text.contains("長井 花子") && shown.text.contains("data-screen"))
        let screen = try #require(shown.between("name=\"screen\" value=\"", "\""))
        let who = try #require(shown.between("name=\"who\" value=\"", "\""))
        func act(_ act: String, _ more: [(String, String)] = []) throws -> String {
            let fields = [("reader", "west-1/gate"), ("screen", screen), ("who", who), ("act", act)]
            #expect(try browser.post("/en/desk/west-1/act", fields + more).status == 303)
            return try browser.get(desk).text
        }
        #expect(try act("in-night").contains("1 person checked in"))
        #expect(try act("away").contains("temporarily out"))
        #expect(try act("undo", [("reason", StayCorrected.Reason.allCases[0].rawValue)]).contains("Taken back ("))
        // Somebody without a card.
        let form = try browser.get("/en/desk/west-1/guest?reader=west-1/gate")
        let guest = [("reader", "west-1/gate"), ("entry", try #require(form.between("name=\"entry\" value=\"", "\""))), ("kind", "night")]
        #expect(try browser.post("/en/desk/west-1/guest", guest + [("name-1", "旅の人")]).status == 303)
        let roster = try browser.get("/en/desk/west-1/roster").text
        #expect(roster.contains("長井 花子") && roster.contains("旅の人") && roster.contains("Looked at by 遠藤 (endo)"))
        try places.wait("two at the island") { try places.listed("west-1", atIsland: true)?.now.headcount == 2 }
        #expect(try browser.get(desk).text.contains("旅の人"), "whoever was written down stands there now")

        try places.killPages()
        try places.wait("the pages again") { (try? browser.get("/en/shelters").status) == 200 }
        let after = try browser.get(desk)
        #expect(after.status == 200 && after.text.contains("Hold a card at the reader") && !after.text.contains("旅の人"))
        let late = [("reader", "west-1/gate"), ("screen", screen), ("act", "out"), ("who", who)]
        #expect(try browser.post("/en/desk/west-1/act", late).headers["location"]?.contains("said=late") == true)
        #expect(try places.finish(places.start(["health"], atIsland: true), code: nil).contains("portal west"))
        #expect(try browser.post("/en/staff/sign-out", []).status == 303)
        #expect(try browser.get(desk).headers["location"]?.contains("sign-in") == true)
    }
}
