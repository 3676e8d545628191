import Cards
import Contracts
import Glibc
import Launch
import ReaderAgent
import Seal
import ServiceKit
import Town

@main
struct Main {
    static func main() {
        exit(
            Launch.run(.readerAgent, job: "reads cards and turns them into taps", needsInstance: true) { place in
                guard let agent = place.town.agent(place.instance.named()) else { throw Fatal("town.yaml has no agent \(place.instance).") }
                let readers = agent.readers.map {
                    AgentReader(
                        id: $0.id, place: $0.place, purpose: $0.purpose, direction: $0.direction, position: $0.position,
                        whenOpen: $0.whenOpen)
                }
                let doubleTap = place.town.doubleTap
                let service = ReaderAgent(
                    readers: readers, doubleTap: { doubleTap.window(for: $0) }, journalLimit: Int64(agent.journalLimit),
                    boot: try bootIdentity())
                let keys = place.town.tokenKeys
                let counter = try Counter(
                    agent, in: place.town, key: place.folder.key(keys.current), formerKey: keys.former.map(place.folder.key))
                return Wiring(
                    service, inputs: counter.inputs, perform: counter.perform, descriptors: { [Descriptor(counter.cards.fileDescriptor)] },
                    everySecond: counter.look)
            })
    }
}

extension DataFolder {
    fileprivate func key(_ number: Int) throws -> TokenKey {
        do { return try TokenKey.load(number, file: tokenKey(number)) } catch SealError.file(let path, let doing, let reason) {
            throw Fatal("cannot \(doing) \(path): \(reason). Copy it from the data folder of kazasu up, or from its backup.")
        }
    }
}

/// What names this start of the machine (random(4)).
private func bootIdentity() throws -> String {
    let path = "/proc/sys/kernel/random/boot_id"
    var bytes = [UInt8](repeating: 0, count: 36)
    let file = open(path, O_RDONLY | O_CLOEXEC)
    defer { if file >= 0 { close(file) } }
    guard file >= 0, read(file, &bytes, bytes.count) == bytes.count else {
        throw Fatal("\(path) cannot be read, so a tap before a restart of the machine could not be told from one after. Is /proc mounted?")
    }
    return String(decoding: bytes, as: UTF8.self)
}
