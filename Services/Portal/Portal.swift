import Contracts
import Seal
import ServiceKit
import Store

/// What people look at: pages for residents, staff and headquarters.
package struct Portal: Service {
    package static let program: Program = "portal"
    package static let migrations: [Migration] = []

    let policy: PortalPolicy

    package init(policy: PortalPolicy) { self.policy = policy }

    package var reads: [Reading] { [] }
}
