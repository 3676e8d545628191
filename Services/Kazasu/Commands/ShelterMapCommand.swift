import Contracts
import Seal

extension Command {
    package static var shelterGeoJSON: Command {
        Command(
            "shelter geojson", summary: "write a map of the shelters for everybody: how full each is, and nobody's name",
            options: [Option.page.shape] + Reception.options,
            details: """
                GeoJSON (RFC 7946). The file is replaced at once and may be read by all, so a web server can hand it out; give the command every minute.
                Example:
                  kazasu shelter geojson -o /var/www/shelters.geojson
                """
        ) { arguments, console in
            let path = try arguments.required(.page)
            let shelters = try Reception(arguments, console).shelters()
            let map = try ShelterMap(shelters).json() + [UInt8(ascii: "\n")]
            do throws(SealError) { try PublicFile.replace(path, map) } catch { throw Failure.refused("\(error)") }
            console.line("written: \(path), \(shelters.count) shelters")
            return .done
        }
    }
}
