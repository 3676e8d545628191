import Contracts
import Town
import Web

extension Option where Value == ListenAddress {
    fileprivate static var listen: Self {
        Self(
            "--listen", "ADDRESS:PORT", "where (default: as in the town's file, or 127.0.0.1:9464)",
            expected: "an address such as 127.0.0.1:9464"
        ) {
            ListenAddress($0)
        }
    }
}

extension Flag {
    fileprivate static var alerts: Self {
        Self("--alerts", "print the rules for Prometheus instead: when to wake somebody, and what to say")
    }
}

extension Command {
    package static var metrics: Command {
        Command(
            "metrics", summary: "the town's figures over HTTP for Prometheus and others, until Ctrl-C",
            options: [Option.listen.shape, Flag.alerts.shape] + Station.options,
            details: """
                GET /metrics is OpenMetrics text, GET /health 200 or 503. It says nothing of people, is not encrypted and asks for no password: leave it on the
                loopback, or put a proxy in front of it. With metrics: { listen: "127.0.0.1:9464" } in the town's file, kazasu up runs it.
                Examples:
                  kazasu metrics
                  kazasu metrics --alerts > /etc/prometheus/kazasu-alerts.yaml
                """
        ) { arguments, console in
            if arguments.has(.alerts) {
                console.out(AlertRules.yaml)
                return .done
            }
            let station = try Station(arguments, console)
            let wanted =
                try arguments.optional(.listen) ?? station.town.metrics.flatMap(ListenAddress.init) ?? ListenAddress("127.0.0.1:9464")
            guard let address = wanted else { throw Failure.usage("where? Add --listen 127.0.0.1:9464.") }
            let (role, instance) = try station.lookoutUser()
            guard role == .operator else {
                throw Failure.refused("only operators hear the broker itself, and \(instance) is a desk. Leave out --as.")
            }
            if !address.isLoopback {
                console.note("whoever reaches \(address) can read the town's figures: they are not encrypted and ask for no password")
            }
            let signals = try Signals()
            try Exporter(station, station.login(role, instance), console).run(at: address, until: signals)
            return .done
        }
    }
}
