import Contracts
import Launch
import Town

/// How a station's broker is joined to the town's: a bridge of mosquitto.conf(5), with every topic that crosses.
struct Bridge {
    let town: Town.Broker
    let user: UserID
    let crossing: Crossing

    init(from site: Town.Site, of town: Town) {
        self.town = town.broker
        user = town.premises(site).bridge
        crossing = town.crossing(of: site)
    }

    func text(_ data: DataFolder) -> String {
        let files = data.certificate(of: user)
        let topics = crossing.out.sorted().map { "topic \($0) out 1" } + crossing.in.sorted().map { "topic \($0) in 1" }
        return """
            # The way to the town's broker, for as long as there is one. Doors here do not wait for it.
            connection \(user)
            address \(town.host):\(town.port)
            remote_clientid \(user)
            bridge_cafile \(data.authority.certificate)
            bridge_certfile \(files.certificate)
            bridge_keyfile \(files.key)
            # Nothing is kept for the other side: what is retained is sent again at each connection, and events are asked for from the
            # journals. A queue would bring three days of old signs of life first, and end at its limit.
            cleansession true
            bridge_attempt_unsubscribe false
            # To the town's broker this is a bridge: what is retained there stays so here, and nothing comes back to where it was said.
            try_private true
            notifications false
            # A dead line is noticed after half a minute, and tried again every one to five seconds.
            keepalive_interval 15
            restart_timeout 1 5

            # One writer a topic, so each has one direction.
            \(topics.joined(separator: "\n"))

            """
    }
}
