import Contracts
import People
import ServiceKit
import Store

/// A service that knows people and does nothing with it.
package struct Onlooker<View: PersonView>: Service {
    /// Whoever may read the view.
    package static var role: Role { Contract.rows.first { $0.name == View.channel.name }?.readers.first ?? .operator }
    package static var program: Program { role.program }
    package static var migrations: [Migration] { [] }
    package var reads: [Reading] { [People<View>.reading] }

    package init() {}
}
