import Contracts
import Testing

@Suite("Who keeps which shelter")
struct KeeperTests {
    @Test(
        "An island keeps what it lists and what is named after it, the longer name going first; the town keeps the rest",
        arguments: [
            ("s01", "main"), ("s07", "west"), ("west-1", "west"), ("west-school-1", "west-school"), ("west", "main"), ("westend-1", "main"),
            ("west-school-9", "east"),
        ] as [(ShelterID, Instance)])
    func keeper(shelter: ShelterID, keeper: Instance) {
        let keepers = ShelterKeepers(islands: ["west": ["s07"], "west-school": [], "east": ["west-school-9"]])
        #expect(keepers.keeper(of: shelter) == keeper)
    }
}
