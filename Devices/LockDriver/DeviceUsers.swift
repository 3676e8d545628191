import Contracts
import Town

/// A user of the broker that has a password and no certificate, and so a listener of its own.
package struct DeviceUser: Equatable, Sendable {
    package let user: UserID
    package var rights: Set<AccessLine>
}

extension Town {
    /// The devices of doors with a driver, one user each, but for those behind one bridge, which is one client; and Home Assistant, if it is shown a door.
    package var deviceUsers: [DeviceUser] {
        var users: [DeviceUser] = []
        for door in doors {
            guard let driver = door.driver else { continue }
            let user: UserID = driver.kind == .zigbee2mqtt ? "bridge-zigbee2mqtt" : UserID("device-\(door.id)") ?? "device"
            let rights = Dialect(driver).rights
            if let index = users.firstIndex(where: { $0.user == user }) {
                users[index].rights.formUnion(rights)
            } else {
                users.append(DeviceUser(user: user, rights: Set(rights)))
            }
        }
        let shown = doors.filter { $0.homeAssistant != nil }
        if !shown.isEmpty { users.append(DeviceUser(user: "home-assistant", rights: Board.rights(to: shown, of: name))) }
        return users
    }

    /// What the driver may do outside the town's tree: hear devices, and alone give them orders. It reads what it writes, to find what is retained there.
    package var driverRights: Set<AccessLine> {
        let dialects = doors.compactMap { $0.driver.map(Dialect.init) }
        let rights = dialects.flatMap {
            $0.spokenTopics.map { AccessLine(.read, $0) } + $0.commandTopics.map { AccessLine(.readwrite, $0) }
        }
        return Set(rights).union(doors.contains { $0.homeAssistant != nil } ? Board.ownRights(in: name) : [])
    }

    /// The blocks of Mosquitto's ACL file that the contract says nothing of.
    package var deviceAccessControl: String {
        var text = ""
        func block(_ user: UserID, _ rights: Set<AccessLine>) {
            guard !rights.isEmpty else { return }
            text += "\nuser \(user)\n" + rights.sorted().map { "\($0)\n" }.joined()
        }
        block(Role.lockDriver.user("main"), driverRights)
        for user in deviceUsers { block(user.user, user.rights) }
        return text
    }
}
