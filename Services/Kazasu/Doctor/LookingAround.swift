import Bus
import Contracts
import ServiceKit
import Town

extension Station {
    /// Looks at the town, ten seconds at the most: five to connect, five to be told what the broker keeps, and what is left of them to be
    /// answered. Without a broker this machine is looked at alone.
    /// - Throws: where nobody may look from here.
    func examination(in language: Language, _ console: Console) throws -> Examination {
        let (role, instance) = try lookoutUser()
        _ = try login(role, instance)
        let (kept, survey, trouble) = try seen(by: role, instance, console)
        let now = console.now()
        let vitals = trouble == nil ? town.vitals(kept, at: place, now: now) : []
        let revoked = Set((try? Revocations(of: data))?.lines.map(\.user) ?? [])
        let strays = Strays(town: town, revoked: revoked).problems(among: kept, now: now)
        return Examination(
            vitals: vitals, own: OwnMachine(of: self, now: now), language: language, now: now, offset: town.offset, survey: survey,
            town: strays + [trouble].compactMap(\.self))
    }

    private func seen(by role: Role, _ instance: Instance, _ console: Console) throws -> (kept: [Message], Survey, Problem?) {
        let end = monotonicMilliseconds() + 9500
        do {
            let session = try session(role, instance)
            let kept = try session.look(at: Strays.filters(of: town.name))
            guard role == .operator else { return (kept, Survey(), nil) }
            return (kept, try Survey.twice(town.asked(town.vitals(kept, at: place, now: console.now())), over: session, until: end), nil)
        } catch let failure as Failure {
            return ([], Survey(), Problem(.red, "no-broker", failure.description))
        }
    }
}

extension Town {
    /// Those who answer what they wait for.
    func asked(_ vitals: [Vitals]) -> [Address] {
        vitals.filter { $0.answers && Contract.producers.contains($0.role) }.map { Address($0.role.program, $0.instance) }
    }
}
