import Testing

@testable import Town

@Suite("Where figures are told")
struct MetricsFileTests {
    private func read(_ line: String) throws -> Town { try Town.read(Array((small + line + "\n").utf8), path: "/etc/kazasu/town.yaml") }

    @Test("Nowhere unless the file says so; an address in numbers and a port")
    func listen() throws {
        #expect(try read("").metrics == nil)
        for address in ["127.0.0.1:9464", "[::1]:1"] {
            let town = try read("metrics: { listen: \"\(address)\" }")
            #expect(town.metrics == address && !town.warnings.contains { $0.text.contains("figures") })
        }
    }

    @Test("An address that others reach is warned of")
    func open() throws {
        let town = try read("metrics: { listen: \"0.0.0.0:9464\" }")
        #expect(town.metrics == "0.0.0.0:9464" && town.warnings.contains { $0.text.contains("not encrypted") })
    }

    @Test(
        "Anything else is refused, and an example given",
        arguments: ["localhost:9464", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000", "1.2.3:80", "1.2.3.400:80", "::1:80", ":80"])
    func wrong(address: String) {
        #expect { try read("metrics: { listen: \"\(address)\" }") } throws: { "\($0)".contains("such as \"127.0.0.1:9464\"") }
    }
}
