/// How the program ends.
package enum ExitCode: Int32, Sendable {
    case done = 0
    /// Refused, failed, or something is red.
    case refused = 1
    /// The command line cannot be understood.
    case usage = 2
    /// A command's time ran out without an answer: it may have been obeyed or not.
    case unknown = 3
}

/// Why a command ends early: a sentence for a person, and the exit code that goes with it.
package struct Failure: Error, Equatable, CustomStringConvertible {
    package let code: ExitCode
    package let description: String

    package static func usage(_ sentence: String) -> Self { Self(code: .usage, description: sentence) }
    package static func refused(_ sentence: String) -> Self { Self(code: .refused, description: sentence) }
    package static func unknown(_ sentence: String) -> Self { Self(code: .unknown, description: sentence) }
}
