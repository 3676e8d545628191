import Contracts
import Glibc

extension Story {
    /// A door opens, and nobody has let anybody in.
    mutating func breakIn() throws {
        title("the hall's door is forced, and the clerk sees to the alarm", "公民館の扉がこじ開けられ、窓口が警報を確認")
        // What a card has opened may be gone through for seven seconds: until then nobody breaks in.
        try stage.pass(milliseconds: 7000)
        let mark = stage.ear.heard.count
        try stage.play("closed locked", at: DemoTown.hall)
        try stage.play("open", at: DemoTown.hall)
        func alarm() -> Ear.Heard? { stage.ear.heard[mark...].first { $0.topic.name == "door-alarm" && $0.place == DemoTown.hall.text } }
        try stage.wait("the alarm of the forced door") { alarm() != nil }
        guard let alarm = alarm() else { return }
        tell(alarm)
        try stage.clerk(["door", "ack", alarm.id.description, "--note", "looked; the caretaker had lost the key"])
        try stage.play("closed", at: DemoTown.hall)
        try stage.clerk(["door", "audit", DemoTown.hall.text])
    }
}

extension Stage {
    /// Plays the sensors of a door's lock.
    func play(_ sensors: String, at door: DoorID) throws {
        let path = "\(folder)/\(door).sensors"
        let file = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw Failure.refused("nobody reads the sensors of door \(door) from \(path).") }
        defer { close(file) }
        let line = Array("\(sensors)\n".utf8)
        guard write(file, line, line.count) == line.count else { throw Failure.refused("\(path) takes no more.") }
    }
}
