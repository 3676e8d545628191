/// An agent that had started without the time has learnt it. A tap of the same epoch with `uptime` u happened at `time - (uptime - u)`.
package struct ClockSet: EventBody {
    package static let type = "clock-set"

    package var time: Instant
    /// Milliseconds the machine was up at `time`.
    package var uptime: Int64

    package init(time: Instant, uptime: Int64) {
        self.time = time
        self.uptime = uptime
    }
}

extension Channel where Body == ClockSet {
    package static var clockCorrections: Self { Self(of: "reader-agent", named: "clock-set") }
}
