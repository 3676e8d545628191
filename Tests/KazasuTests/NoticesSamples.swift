import Contracts
import Town

@testable import Kazasu

/// A town that tells people things, for whoever commands it.
enum NoticesSample {
    static let file = """
        schedules: { school-days: { hours: { mon-sat: "08:30-15:30" } } }
        notice-desks: [hall, press, staff-room]
        notices:
          mail: { server: localhost, encryption: none, from: oshirase@nagai.example, bounces: bounce@nagai.example }
          contacts: { town-hall: { title: 役場, mail: office@nagai.example } }
          office: [town-hall]
          monitors: [town-hall]
          homes: [home-1]
          schools: { east: { title: 東小学校, schedule: school-days, gates: [office], desks: [staff-room] } }
        """
    static let users = ["notice-desk-hall", "notice-desk-press", "notice-desk-staff-room"]

    static func clerk() -> Clerk { Clerk(more: file, users: users) }

    static func message(_ stage: TownMessage.Stage = .draft, by user: UserID = "notice-desk-hall") -> TownMessage {
        let texts = ["ja": NoticeText(subject: "断水のお知らせ", body: "今夜10時から水道が止まります。")]
        var message = TownMessage(OpenMessage("water", .town, .ordinary, to: Audience(), texts: texts), by: user, at: Sample.at)
        message.stage = stage
        return message
    }

    static func line(_ stage: DeliveryLine.Stage) -> DeliveryLine {
        var line = DeliveryLine(Sample.delivery, .arrived, about: Sample.delivery, to: .person(Sample.hanako), stage, at: Sample.at)
        (line.way, line.code, line.detail) = (.mail, 550, "no such user")
        return line
    }
}

extension Sample {
    static let delivery = EventID("01M7XK0AFVK44QA81DMZTQQDC8")!
}
