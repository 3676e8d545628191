import Contracts
import Town

extension Dialect {
    package init(_ driver: Town.Driver) {
        self =
            switch driver.kind {
            case .homeAssistant: .homeAssistant(driver.device)
            case .esphome: .esphome(driver.device)
            case .zigbee2mqtt: .zigbee2mqtt(driver.device)
            case .tasmota: .tasmota(driver.device)
            case .nukiHub: .nukiHub(driver.device)
            case .shelly: .shelly(driver.device)
            }
    }

    /// A device made for Home Assistant's MQTT lock: topics as in the complete example of home-assistant.io/integrations/lock.mqtt, words the defaults
    /// of `payload_*` and `state_*` there.
    private static func homeAssistant(_ device: String) -> Dialect {
        Dialect(
            unlock: Command("\(device)/set", "UNLOCK"), lock: Command("\(device)/set", "LOCK"),
            presence: [Presence("\(device)/availability", online: "online")],
            reports: [
                Report("\(device)/state", ["LOCKED": .bolt(.locked), "UNLOCKED": .bolt(.unlocked), "JAMMED": .bolt(.jammed)])
            ],
            rights: [
                AccessLine(.read, "\(device)/set"), AccessLine(.write, "\(device)/state"), AccessLine(.write, "\(device)/availability"),
            ])
    }

    /// ESPHome's lock component over MQTT (esphome.io/components/mqtt, "MQTT Component Base Configuration"; `mqtt_lock.cpp`). The device is its topic
    /// prefix and the lock's object id: `gym-door/front`. A binary sensor `front_contact` and a sensor `front_battery` are read when it has them.
    private static func esphome(_ device: String) -> Dialect {
        let parts = device.split(separator: "/")
        let (prefix, lock) = (parts.dropLast().joined(separator: "/"), String(parts.last ?? ""))
        let topic = "\(prefix)/lock/\(lock)"
        return Dialect(
            unlock: Command("\(topic)/command", "UNLOCK"), lock: Command("\(topic)/command", "LOCK"),
            presence: [Presence("\(prefix)/status", online: "online")],
            reports: [
                Report("\(topic)/state", ["LOCKED": .bolt(.locked), "UNLOCKED": .bolt(.unlocked), "JAMMED": .bolt(.jammed)]),
                Report(
                    "\(prefix)/binary_sensor/\(lock)_contact/state", ["ON": .contact(.open), "OFF": .contact(.closed)]),
                Report("\(prefix)/sensor/\(lock)_battery/state", meaning: Fact.percent),
            ],
            rights: [AccessLine(.readwrite, "\(prefix)/#")])
    }

    /// A lock behind Zigbee2MQTT (zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages, and "Exposes" of any lock there). The device is its friendly
    /// name. One user for the whole bridge. Words are JSON since version 2, plain in old ones.
    private static func zigbee2mqtt(_ device: String) -> Dialect {
        let topic = "zigbee2mqtt/\(device)"
        return Dialect(
            unlock: Command("\(topic)/set", #"{"state":"UNLOCK"}"#), lock: Command("\(topic)/set", #"{"state":"LOCK"}"#),
            presence: [
                Presence("zigbee2mqtt/bridge/state", at: ["state"], online: "online"),
                Presence("\(topic)/availability", at: ["state"], online: "online"),
            ],
            reports: [
                // Said beside the state UNLOCK (Zigbee Cluster Library, 7.3.2.2: lock state 0) by a bolt that is neither here nor there.
                Report(topic, at: ["lock_state"], ["not_fully_locked": .bolt(.jammed)]),
                Report(topic, at: ["state"], ["LOCK": .bolt(.locked), "UNLOCK": .bolt(.unlocked)]),
                Report(topic, at: ["contact"], ["true": .contact(.closed), "false": .contact(.open)]),
                Report(topic, at: ["battery"], meaning: Fact.percent),
                Report(topic, at: ["battery_low"], ["true": .batteryIsLow(true), "false": .batteryIsLow(false)]),
                Report(topic, at: ["tamper"], ["true": .tamper(true), "false": .tamper(false)]),
            ],
            rights: [AccessLine(.readwrite, "zigbee2mqtt/#")])
    }

    /// The first relay of a Tasmota device that feeds an electric strike (tasmota.github.io/docs/MQTT, default `FullTopic`). The device is its `Topic`.
    /// What it says is the relay's place; nobody has seen the bolt.
    private static func tasmota(_ device: String) -> Dialect {
        let relay: [String: Fact] = ["ON": .bolt(.unlocked), "OFF": .bolt(.locked)]
        return Dialect(
            unlock: Command("cmnd/\(device)/POWER1", "ON"), lock: Command("cmnd/\(device)/POWER1", "OFF"),
            presence: [Presence("tele/\(device)/LWT", online: "Online")],
            // One that has a single relay leaves its number out, unless SetOption26 says otherwise.
            reports: [Report("stat/\(device)/POWER", relay), Report("stat/\(device)/POWER1", relay)],
            rights: [
                AccessLine(.read, "cmnd/\(device)/#"), AccessLine(.write, "stat/\(device)/#"), AccessLine(.write, "tele/\(device)/#"),
            ])
    }

    /// Nuki Hub (README, "Exposed MQTT Topics"). The device is its MQTT path. It keeps `--` or `ack` on its command topic, and some versions say every half
    /// minute that they are online.
    private static func nukiHub(_ device: String) -> Dialect {
        let broken: [String: Fact] = [
            "motorBlocked": .bolt(.jammed), "clutchFailure": .bolt(.jammed), "motorPowerFailure": .failed, "lowMotorVoltage": .failed,
            "incompleteFailure": .failed,
        ]
        return Dialect(
            unlock: Command("\(device)/lock/action", "unlock"), lock: Command("\(device)/lock/action", "lock"),
            presence: [Presence("\(device)/maintenance/mqttConnectionState", online: "online")],
            reports: [
                Report("\(device)/lock/hastate", ["locked": .bolt(.locked), "unlocked": .bolt(.unlocked), "jammed": .bolt(.jammed)]),
                Report("\(device)/lock/completionStatus", broken),
                Report("\(device)/lock/commandResult", ["failed": .failed, "timeOut": .failed, "notPaired": .failed, "error": .failed]),
                Report(
                    "\(device)/lock/doorSensorState", ["doorClosed": .contact(.closed), "doorOpened": .contact(.open)]),
                Report("\(device)/battery/level", meaning: Fact.percent),
                Report("\(device)/battery/critical", ["1": .batteryIsLow(true), "0": .batteryIsLow(false)]),
            ],
            rights: [AccessLine(.readwrite, "\(device)/#")],
            // Over Bluetooth, with three attempts of its own, and then a motor turns.
            patience: .seconds(15), greetsOnce: false, harmless: ["--", "ack"])
    }

    /// The first switch of a Shelly of the second generation or later, by RPC over MQTT (shelly-api-docs.shelly.cloud/gen2: "MQTT", "RPC Channels", "Switch").
    /// The device is its topic prefix. It switches back by itself after `toggle_after` seconds.
    private static func shelly(_ device: String) -> Dialect {
        let relay: [String: Fact] = ["true": .bolt(.unlocked), "false": .bolt(.locked)]
        let answers = "\(device)/answers"
        @Sendable func call(_ parameters: String) -> String {
            #"{"id":1,"src":"\#(answers)","method":"Switch.Set","params":{"id":0,\#(parameters)}}"#
        }
        let off = call(#""on":false"#)
        return Dialect(
            unlock: Command("\(device)/rpc") { call(#""on":true,"toggle_after":\#($0)"#) }, lock: Command("\(device)/rpc", off),
            presence: [Presence("\(device)/online", online: "true")],
            reports: [
                Report("\(device)/status/switch:0", at: ["output"], relay),
                Report("\(device)/events/rpc", at: ["params", "switch:0", "output"], relay),
                Report("\(answers)/rpc", at: ["error", "code"]) { _ in .failed },
            ],
            rights: [AccessLine(.readwrite, "\(device)/#")])
    }
}
