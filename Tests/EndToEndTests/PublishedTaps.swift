import Contracts
import Launch
import Seal
import ServiceKit

@testable import Kazasu

/// Taps of an agent that is not there, straight to its broker, as fast as that takes them.
/// - Parameter file: where they are written down for the program that publishes them.
func publish(_ taps: [Tapped], by agent: AgentID, _ data: DataFolder, port: Int, through file: String) throws -> Errand {
    let now = wallClock()
    let epoch = Epoch(after: nil, now: now, random: 1)
    let lines = try taps.enumerated().map { place, tap in
        let number = Int64(place + 1)
        let envelope = Envelope(
            id: EventID(at: now, random: (2, UInt64(number))), source: "/nagai/reader-agent/\(agent)", time: now,
            position: StreamPosition(epoch: epoch, number: number), data: tap)
        return String(decoding: try envelope.json(), as: UTF8.self)
    }
    try SecretFile.replace(file, Array((lines.joined(separator: "\n") + "\n").utf8))
    let user = Role.readerAgent.user(agent.named())
    let pair = data.certificate(of: user)
    var spec = ChildSpec(
        "crowd", .agent, program: "/usr/bin/mosquitto_pub",
        arguments: [
            "-h", "localhost", "-p", "\(port)", "--cafile", data.authority.certificate, "--cert", pair.certificate, "--key", pair.key, "-i",
            user.text, "-q", "1", "-t", "nagai/reader-agent/event/\(agent)/tap", "-l",
        ])
    spec.input = file
    return try Errand(spec)
}
