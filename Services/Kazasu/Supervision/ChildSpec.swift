/// A program the supervisor keeps running.
package struct ChildSpec: Hashable, Sendable {
    /// What is ended first, and started last.
    package enum Stage: Int, Sendable, CaseIterable, Comparable {
        case broker, service, agent

        package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    /// As it stands in the log: `gate-1`.
    package let name: String
    package let stage: Stage
    /// Absolute path.
    package let program: String
    package let arguments: [String]
    /// Variables it has beside ours.
    package var environment: [String: String]
    /// Path of the file it reads as its standard input.
    package var input = "/dev/null"
    /// Where it starts, if not where we are.
    package var folder: String?

    package init(_ name: String, _ stage: Stage, program: String, arguments: [String], environment: [String: String] = [:]) {
        self.environment = environment
        self.name = name
        self.stage = stage
        self.program = program
        self.arguments = arguments
    }
}
