import Contracts

private enum DriverKey: String, Setting { case kind, device }

extension Draft {
    /// - Parameter devices: those of the doors before, each with what its door is called.
    func driver(_ value: Value, of town: TownID?, besides devices: inout [Town.Driver: String]) -> Town.Driver? {
        guard let settings = value.section(DriverKey.self) else { return nil }
        let kind = settings.required(.kind, example: "zigbee2mqtt")?.choice(Town.Driver.Kind.self)
        guard let named = settings.required(.device, example: "gym-lock") else { return nil }
        let device = named.parsed(
            "what the device is called in its own settings: letters, digits, - and _, parts divided by /, at most 96 characters.",
            by: deviceName)
        guard let kind, let device else { return nil }
        let first = device.prefix { $0 != "/" }
        if let town, first == town.text {
            named.isWrong("a name that does not begin with the town's own: topics below \(town)/ are the town's. Rename the device.")
        }
        if kind == .esphome, !device.contains("/") {
            named.isWrong("the device's topic prefix and the lock's object id, such as gym-door/front.")
        }
        let driver = Town.Driver(kind: kind, device: device)
        if let other = devices[driver] {
            named.isWrong("another one: \(other) has it already, and one bolt cannot be at two doors.")
        }
        devices[driver] = value.subject
        return driver
    }
}

/// What MQTT gives no meaning, in parts that are not empty.
private func deviceName(_ text: String) -> String? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let fits = parts.allSatisfy { part in
        !part.isEmpty
            && part.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
    return fits && text.utf8.count <= 96 ? text : nil
}
