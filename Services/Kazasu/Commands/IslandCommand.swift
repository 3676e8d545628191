import Contracts
import Launch
import Town

extension Command {
    package static var island: Command {
        Command(
            "island", summary: "run the shelters of a site on this one machine, also when the town is away (孤立時の単独運用)",
            options: [Option<String>.town.shape, Option<String>.data.shape, Option<Int>.port.shape, Flag.noAgents.shape],
            details: """
                In the folder that kazasu station bundle made: a broker, the registry, the readers' agents, and the line to the town. It is kazasu up, and says
                beside it whether the town is heard, how old is what is known of people, and what to do. Commands are given in the same folder:
                  kazasu shelter add west-school-1 体育館; kazasu shelter open west-school-1
                  kazasu shelter desk west-school-1
                """
        ) { arguments, console in
            let givenData = try arguments.optional(.data)
            let path = try arguments.optional(.town) ?? givenData.map { "\(folder(of: $0))/town.yaml" } ?? "town.yaml"
            let town = try Town.load(path: path)
            let data = DataFolder(givenData ?? "\(folder(of: path))/data")
            guard let site = try town.site(named: data.site) else {
                throw Failure.refused(
                    "\(data.root) is not the data of an island. Its folder is made where the town's keys are: kazasu station bundle SITE DIR"
                )
            }
            guard site.isIsland else {
                throw Failure.refused(
                    "site \(site.id) keeps no shelters, so it is no island: run it with kazasu up. To make it one, give it shelter-desks in the town's file, and make its bundle anew."
                )
            }
            let words = IslandWords(town: town, site: site)
            var told: IslandWords.Hearing?
            return try run(town, at: site, townFile: path, data, arguments, console) { watch in
                guard let life = watch.life(.shelterRegistry, site.id.named()) else { return [] }
                let hearing = IslandWords.Hearing(life, now: console.now())
                guard hearing != told else { return [] }
                defer { told = hearing }
                return told == nil ? words.greeting(hearing) : [words.line(hearing)]
            }
        }
    }
}
