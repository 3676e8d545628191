import Contracts

extension Draft {
    /// `points-desk-hall: [clerk, lead]`: what the people at a station may do; an empty list for one that only looks.
    func capabilities(_ value: Value, of town: Town) -> Capabilities {
        let stations = Set(town.stations.map(\.text))
        var capabilities = Capabilities()
        for (key, value) in value.members("station") ?? [] {
            guard let user = key.name(UserID.self) else { continue }
            guard stations.contains(user.text) else {
                let known = stations.sorted()
                key.isWrong("one of the stations: \(listed(known)).\(suggestion(for: user.text, among: known))")
                continue
            }
            let choices = (value.list(of: "what the station may do", example: "[clerk]") ?? []).compactMap { $0.choice(Capability.self) }
            capabilities.users[user] = Set(choices)
        }
        warnWhereNobodyAgrees(capabilities, of: town, at: value.keyMark)
        return capabilities
    }

    /// What needs a second person waits for ever where nobody may be one.
    private func warnWhereNobodyAgrees(_ capabilities: Capabilities, of town: Town, at mark: Mark) {
        let roles: [(Role, String, [UserID])] = [
            (.pointsDesk, "campaign", town.pointsDesks.map { Role.pointsDesk.user($0.named()) }),
            (.noticeDesk, "message", town.noticeDesks.map { Role.noticeDesk.user($0.named()) }),
            (.registrar, "list", town.registrars.map { Role.registrar.user($0.named()) }),
        ]
        for (role, thing, users) in roles where users.contains(where: { capabilities.users[$0] != nil }) {
            let drawers = users.filter { capabilities.has(.lead, $0) }
            let approvers = users.filter { capabilities.has(.approve, $0) }
            if !drawers.isEmpty, !approvers.contains(where: { approver in drawers.contains { $0 != approver } }) {
                findings.warn(
                    mark, "no \(role.rawValue) may approve a \(thing) that another one has drawn up. Let one: \(users[0]): [approve]")
            }
        }
    }
}

extension Town {
    /// The users at which people sit.
    var stations: [UserID] { stationsByRole.map { $0.role.user($0.instance) } }

    var stationsByRole: [(role: Role, instance: Instance)] {
        func places<Kind>(_ role: Role, _ names: [Name<Kind>]) -> [(role: Role, instance: Instance)] { names.map { (role, $0.named()) } }
        return places(.desk, desks) + places(.registrar, registrars) + places(.shelterDesk, shelterDesks) + places(.pointsDesk, pointsDesks)
            + places(.noticeDesk, noticeDesks) + places(.receptionDesk, receptions.desks) + places(.operator, operators)
    }
}
