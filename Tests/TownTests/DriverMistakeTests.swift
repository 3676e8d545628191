import Contracts
import Testing

@testable import Town

@Suite("Doors with a driver in a town's file")
struct DriverMistakeTests {
    @Test("Each mistake with its place and what to do", arguments: mistakes)
    func below(text: String, expected: [String]) { #expect(sentences(small + text + "\n") == expected) }

    @Test("What is right is read as it stands", arguments: Town.Driver.Kind.allCases)
    func good(kind: Town.Driver.Kind) throws {
        let text =
            small + """
                broker: { device-port: 9000 }
                doors: { gym: { driver: { kind: \(kind.rawValue), device: Site_1/gym-door }, home-assistant: operate }, hall: { home-assistant: show } }
                """
        let town = try Town.read(Array(text.utf8), path: "town.yaml")
        #expect(town.door("gym")?.driver == Town.Driver(kind: kind, device: "Site_1/gym-door") && town.broker.devicePort == 9000)
        #expect(town.door("gym")?.homeAssistant == .operate && town.door("hall")?.homeAssistant == .show)
        #expect(town.door("hall")?.driver == nil)
    }
}

/// From line 6 on.
private let mistakes: [(text: String, expected: [String])] = [
    (
        "doors: { gym: { driver: { kind: zigbe2mqtt, device: \"gym lock\" }, home-assistant: yes } }",
        [
            "6:33 \"kind\" of \"driver\" of door \"gym\" is \"zigbe2mqtt\". Write home-assistant or esphome or zigbee2mqtt or tasmota or nuki-hub or shelly. Did you mean \"zigbee2mqtt\"?",
            "6:53 \"device\" of \"driver\" of door \"gym\" is \"gym lock\". Write what the device is called in its own settings: letters, digits, - and _, parts divided by /, at most 96 characters.",
            "6:83 \"home-assistant\" of door \"gym\" is \"yes\". Write show or operate.",
        ]
    ),
    (
        "doors: { gym: { driver: { kind: shelly } }, hall: { driver: tasmota } }",
        [
            "6:17 \"driver\" of door \"gym\" lacks \"device\". Add it, for example device: gym-lock",
            "6:61 \"driver\" of door \"hall\" is \"tasmota\". Write its settings as key: value, indented below it, or {} for none.",
        ]
    ),
    (
        "doors: { gym: { driver: { kind: tasmota, device: a/+/b } }, hall: { driver: { kind: tasmota, device: a//b } } }",
        [
            "6:50 \"device\" of \"driver\" of door \"gym\" is \"a/+/b\". Write what the device is called in its own settings: letters, digits, - and _, parts divided by /, at most 96 characters.",
            "6:102 \"device\" of \"driver\" of door \"hall\" is \"a//b\". Write what the device is called in its own settings: letters, digits, - and _, parts divided by /, at most 96 characters.",
        ]
    ),
    (
        "doors: { gym: { driver: { kind: shelly, device: nagai/lock } } }",
        [
            "6:49 \"device\" of \"driver\" of door \"gym\" is \"nagai/lock\". Write a name that does not begin with the town's own: topics below nagai/ are the town's. Rename the device."
        ]
    ),
    (
        "doors: { gym: { driver: { kind: esphome, device: gym } } }",
        [
            "6:50 \"device\" of \"driver\" of door \"gym\" is \"gym\". Write the device's topic prefix and the lock's object id, such as gym-door/front."
        ]
    ),
    (
        "doors: { gym: { driver: { kind: shelly, device: s1 } }, hall: { driver: { kind: shelly, device: s1 } } }",
        [
            "6:97 \"device\" of \"driver\" of door \"hall\" is \"s1\". Write another one: \"driver\" of door \"gym\" has it already, and one bolt cannot be at two doors."
        ]
    ),
    (
        "broker: { port: 9000, device-port: 9000 }\ndoors: { driver-1: {} }",
        [
            "6:36 \"device-port\" of the broker is \"9000\". Write another port than \"port\": devices have one of their own.",
            "7:10 the lock of door \"driver-1\" would be the broker's user lock-driver-1, a name kept for the program lock-driver. Rename the door.",
        ]
    ),
]
