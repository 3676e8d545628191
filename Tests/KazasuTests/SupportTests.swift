import Contracts
import Glibc
import Launch
import ServiceKit
import Store
import Testing
import Town

@testable import Kazasu

@Suite("kazasu support")
struct SupportTests {
    @Test("Of a town's file keys, numbers, times and the names of things stay, and nothing else")
    func outline() {
        let outline = TownOutline(
            """
            # Tanaka Taro keeps this; 0238-84-2111
            town: nagai
            title: 長井市 # 田中
            broker: { host: mqtt.nagai.example, port: 8883 }
            contacts:
              hall: { title: "Nagai Hall, room 5", mail: taro@nagai.example }
              0238-84-2111: { mail: 'it''s taro' }
            doors:
              gym: { open-for: 5s, schedule: evenings, purpose: "door:gym", near: tanaka }
            schedules:
              evenings: { mon: "18:00-22:00", dates: 12-29..01-03 }
            text: |
              Call Tanaka Taro
              on Sunday
            more: "Tanaka
              Taro, Main street 5
              and so on"
            note: Main street 5, Nagai
              Tanaka
            phone: 0238842111
            desks: [office, "hanako"]
            """, users: ["office"])
        #expect(
            outline.text == """
                town: …
                title: …
                broker: { host: …, port: 8883 }
                contacts:
                  hall: { title: …, mail: … }
                  …: { mail: … }
                doors:
                  gym: { open-for: 5s, schedule: evenings, purpose: door:gym, near: … }
                schedules:
                  evenings: { mon: 18:00-22:00, dates: 12-29..01-03 }
                text: …
                more: …
                note: …
                  …
                phone: …
                desks: [office, …]

                """, "\(outline.text)")
        #expect(outline.removed.contains("mqtt.nagai.example") && outline.removed.contains("Main street 5, Nagai"))
    }

    @Test(
        "What tells of somebody is taken out of a line, and the rest of it stays",
        arguments: [
            ("card k1.abcdefghijklmnopqrstuvwxyz was read", "card … was read"), ("mail to taro@nagai.example failed", "mail to … failed"),
            ("from 192.168.10.4 port 8883", "from … port 8883"), ("fe80:0:0:1:2:3:4:5 left", "… left"),
            ("call 0238-84-2111 or +81 90 1234 5678.", "call … or …."), ("person p-7k3mq2x5t4w2vbza is 田中太郎", "person … is …"),
            ("grant eyJhbGciOiJFZERTQSJ9.eyJqdGkiOiIwIn0.abc", "grant …"),
            ("2026-11-22 09:00:00 gate-1  3 of 500, version 0.1.0", "2026-11-22 09:00:00 gate-1  3 of 500, version 0.1.0"),
            ("connect to mqtt.nagai.example: refused", "connect to …: refused"),
        ])
    func scrub(line: String, rest: String) {
        #expect(Scrub(removed: ["mqtt.nagai.example", "of"]).text(line) == rest)
    }

    /// What a town knows of people and of the network, in places where it may stand.
    private static let secrets = [
        "田中", "太郎", "tanaka", "Tanaka", "0238-84-2111", "09012345678", "taro@", "mqtt.nagai", "k1.abcdefghijklmnopqrstuvwxyz",
        "p-7k3mq2x5t4w2vbza",
        "192.168.10.4", "BEGIN", "eyJhbGciOi",
    ]

    /// Closed again behind it: an open database is one process's alone.
    private func fill(_ path: String) throws {
        let database = try Database(path: path)
        try database.migrate("resident-directory", [Migration(1, "CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT)")])
        try database.write { _ = try $0.run("INSERT INTO person VALUES ('p-7k3mq2x5t4w2vbza', '田中太郎 09012345678')") }
    }

    @Test("A town full of names, numbers and tokens gives a bundle in which none of them is")
    func bundle() throws {
        let scratch = Scratch()
        let data = DataFolder(root: scratch.path + "/tanaka-data")
        try data.makeFolders()
        let town = scratch.path + "/town.yaml"
        write(
            """
            # 田中太郎 (Tanaka), 0238-84-2111
            town: nagai
            title: Tanaka no machi
            broker: { host: mqtt.nagai.example, port: \(freePort()) }
            agents:
              gate-1: { readers: { reader-1: { device: "Tanaka R1", place: gym, purpose: "door:gym" } } }
            doors: { gym: { title: 田中体育館 } }
            desks: [office]
            notices:
              mail: { server: mqtt.nagai.example, port: 587, encryption: starttls, from: taro@nagai.example }
              contacts: { hall: { title: 田中, mail: taro@nagai.example } }
              office: [hall]
            """, to: town)
        _ = try data.prepare(Town.load(path: town), port: 8883, now: wallClock(), progress: { _ in })
        try fill("\(data.copies)/resident-directory-main.sqlite")
        let said = [
            "gate-1  card k1.abcdefghijklmnopqrstuvwxyz of 田中太郎",
            "notifier  taro@nagai.example: no route to mqtt.nagai.example (192.168.10.4)",
            "desk  Tanaka no machi, +81 90 1234 5678, 09012345678, p-7k3mq2x5t4w2vbza",
            "lock  eyJhbGciOiJFZERTQSJ9.eyJqdGkiOiIwIn0.abcdefg",
        ]
        write(said.map { "2026-11-22 09:00:00.000 \($0)\n" }.joined(), to: data.log)
        let recorder = Recorder()
        let bundle = scratch.path + "/bundle.tar.gz"
        #expect(recorder.run("support", "--town", town, "--data", data.root, "--to", bundle) == .done, "\(recorder.err)")
        #expect(run(["/usr/bin/tar", "-xzf", bundle, "-C", scratch.path]) == 0)
        let folder = scratch.path + "/kazasu-support"
        #expect(
            fileNames(in: folder) == [
                "README.txt", "doctor.json", "health.json", "mosquitto.conf", "sizes.txt", "system.json", "tables.json", "town.yaml",
                "up.log",
            ])
        for file in fileNames(in: folder) {
            let text = read("\(folder)/\(file)")
            #expect(!text.isEmpty)
            #expect(Self.secrets.filter { text.contains($0) } == [], "\(file): \(text)")
        }
        // It is of use all the same.
        #expect(read("\(folder)/doctor.json").contains("\"no-broker\""))
        let tables = read("\(folder)/tables.json")
        #expect(tables.contains("\"person\":1") && tables.contains("\"resident-directory\":1"), "\(tables)")
        #expect(read("\(folder)/town.yaml").contains("gate-1: { readers: { reader-1:"))
        #expect(read("\(folder)/mosquitto.conf").contains("max_inflight_messages 4000"))
        #expect(read("\(folder)/system.json").contains("MemTotal"))
        #expect(recorder.run("support", "--town", town, "--data", data.root, "--to", bundle) == .refused)
    }
}
