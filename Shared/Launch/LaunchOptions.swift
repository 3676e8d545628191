import Contracts
import ServiceKit
import Town

/// What a service is told on its command line.
package struct LaunchOptions {
    package var town = ""
    package var data = ""
    package var instance: Instance?
    package var port: Int?
    package var isCheck = false

    /// - Throws: `Usage` with a sentence.
    package init(_ arguments: [String], program: Program, needsInstance: Bool) throws {
        var rest = arguments.makeIterator()
        func value(_ option: String) throws -> String {
            guard let value = rest.next() else { throw Usage("\(option) needs a value. See \(program) --help.") }
            return value
        }
        while let argument = rest.next() {
            switch argument {
            case "--town": town = try value(argument)
            case "--data": data = try value(argument)
            case "--agent", "--instance":
                let text = try value(argument)
                guard let name = Instance(text) else { throw Usage("\"\(text)\" is not a name: use a-z, 0-9 and -.") }
                instance = name
            case "--port":
                let text = try value(argument)
                guard let number = Int(text), (1...65535).contains(number) else { throw Usage("--port \(text): a port is 1 to 65535.") }
                port = number
            case "--check": isCheck = true
            default: throw Usage("\"\(argument)\" is not an option of \(program). See \(program) --help.")
            }
        }
        guard !town.isEmpty else { throw Usage("--town FILE is missing. See \(program) --help.") }
        guard !data.isEmpty else { throw Usage("--data FOLDER is missing. See \(program) --help.") }
        if needsInstance, instance == nil { throw Usage("--agent NAME is missing: which agent of town.yaml is this?") }
    }

    package static func help(_ program: Program, _ job: String, needsInstance: Bool) -> String {
        """
        \(program): \(job)

          \(program) --town FILE --data FOLDER\(needsInstance ? " --agent NAME" : "") [--port N] [--check]

          --town FILE     the town's configuration (town.yaml)
          --data FOLDER   certificates, keys and databases, as `kazasu up` makes them
        \(needsInstance ? "  --agent NAME    which agent of town.yaml this is\n" : "")\
          --port N        the broker's port, instead of the one in town.yaml
          --check         look at configuration, keys and database, and end: 0 when all is well

        It runs until SIGTERM. Ends with 1 and a sentence on stderr when something is wrong that waiting does not mend, 2 for a wrong call.
        """
    }
}

package struct Usage: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

extension Town {
    /// Everybody who may have a certificate in this town.
    package var roster: Roster {
        Roster([
            .readerAgent: agents.map { $0.id.named() }, .lockController: ["main"], .lock: doors.map { $0.id.named() },
            .residentDirectory: ["main"], .lockDriver: doors.contains { $0.driver != nil || $0.homeAssistant != nil } ? ["main"] : [],
            .desk: desks.map { $0.named() }, .registrar: registrars.map { $0.named() },
            .operator: operators.map { $0.named() },
        ])
    }
}
