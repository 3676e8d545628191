import Contracts
import Glibc
import HTTP
import Launch
import Portal
import Seal
import ServiceKit
import Town
import Web

@main
struct Main {
    static func main() {
        exit(
            Launch.run(.portal, job: "shows the town its pages, and commands for those who sign in there") { place in
                let site = place.town.place(of: .portal, place.instance).flatMap { place.town.site($0) }
                guard let policy = place.town.portal(at: site?.id), let address = ListenAddress(policy.listen) else {
                    throw Fatal("the town's file has no portal. Add it (Docs/town.md).")
                }
                let vault = try Vault.load(file: place.folder.vaultKey)
                var facts = site.map { TownFacts(place.town, at: $0) } ?? TownFacts(place.town)
                if site == nil, place.town.post.push != nil { facts.pushKey = try VAPIDKey.loadPublic(file: place.folder.pushPublicKey) }
                if site == nil { facts.lineLogin = place.town.post.lineLogin }
                let portal = Portal(policy: policy, town: facts, vault: vault, files: try Files.found(for: policy))
                let server: WebServer
                do throws(WebServer.Unavailable) { server = try WebServer(address, limits: .portal) } catch {
                    throw Fatal(error.description)
                }
                return Wiring(
                    portal, vault: vault,
                    inputs: {
                        server.run().map { Visit(ticket: $0.ticket.number, $0.request, drawn: (try? randomBytes(64)) ?? []) }
                    },
                    perform: { effect in
                        switch effect {
                        case let answered as Answered: server.answer(Ticket(number: answered.ticket), answered.response)
                        case let opened as Opened: server.open(Ticket(number: opened.ticket), on: opened.feeds, first: opened.first)
                        case let said as Said: server.say(said.bytes, on: said.feed)
                        case let ended as SessionsEnded: for session in ended.sessions { server.close(feed: Portal.feed(of: session)) }
                        case let done as ErrandDone: portal.finish(done)
                        default: preconditionFailure("the portal asks for what nobody does: \(type(of: effect))")
                        }
                    },
                    descriptors: { [Descriptor(server.descriptor)] }, patience: { server.patience })
            })
    }
}

extension WebLimits {
    /// Five thousand who look on while the map lives, and those who come and go. A proxy in front counts by address.
    fileprivate static var portal: WebLimits {
        var limits = WebLimits()
        limits.connections = 8000
        limits.connectionsOfOne = 0
        return limits
    }
}

extension TownFacts {
    fileprivate init(_ town: Town) {
        self.init(title: town.title ?? town.name.text, offset: town.offset)
        facilities = (town.visits?.facilities ?? []).map { ($0.id, $0.title) }
        receptions = town.receptions.receptions.map { Reception($0.id, title: $0.title, stations: $0.stations.map(\.id)) }
        purses = town.points.purses.map { ($0.id, $0.title, $0.unit) }
        partners =
            town.points.shops.compactMap { shop in Party(.shop, shop.id.named()).map { Partner($0, title: shop.title) } }
            + town.points.carriers.compactMap { carrier in Party(.carrier, carrier.id.named()).map { Partner($0, title: carrier.title) } }
        doors = town.doors.map { Door($0.id, title: $0.title ?? $0.id.text) }
        schools = (town.notices?.schools ?? []).map { School($0.id, title: $0.title, gates: $0.gates) }
        questions = town.shelters.questions.map { ($0.need, $0.title) }
        shelterReaders = Self.shelterReaders(of: town.agents)
        enrolmentReaders = town.agents.flatMap { agent in
            agent.readers.filter { $0.purpose.kind == "enrol" }.map { ReaderPlace(agent: agent.id, reader: $0.id) }
        }
        keepers = town.shelterKeepers
        lists = town.people.lists.map(\.id)
        visits = town.visits ?? VisitsPolicy()
        lines = town.points.lines.map { ($0.id, $0.title) }
        processes = town.roster.users.filter { Contract.producers.contains($0.role) }.map { Address($0.role.program, $0.instance) }
    }

    /// What a site's station has: its own readers and processes, and the town's name with its own beside it.
    fileprivate init(_ town: Town, at site: Town.Site) {
        self.init(title: "\(town.title ?? town.name.text) \(site.id)", offset: town.offset)
        (place, keepers) = (site.id.named(), town.shelterKeepers)
        shelterReaders = Self.shelterReaders(of: town.agents(at: site.id))
        questions = town.shelters.questions.map { ($0.need, $0.title) }
        if site.hasReception {
            // The others are the town's alone.
            receptions = town.receptions.receptions.filter { $0.whenCutOff != .central }.map {
                Reception($0.id, title: $0.title, stations: $0.stations.map(\.id))
            }
        }
        processes = town.roster.users.filter { town.place(of: $0.role, $0.instance) == site.id && Contract.producers.contains($0.role) }
            .map { Address($0.role.program, $0.instance) }
    }

    private static func shelterReaders(
        of agents: [Town.Agent]
    ) -> [(shelter: ShelterID, agent: AgentID, reader: ReaderID)] {
        agents.flatMap { agent in
            agent.readers.flatMap { reader in
                [reader.purpose.shelter, reader.whenOpen].compactMap(\.self).map { ($0, agent.id, reader.id) }
            }
        }
    }
}
