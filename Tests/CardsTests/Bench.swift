import Cards
import Contracts
import Glibc
import Testing

@testable import VirtualReader

/// A pcscd with three virtual readers for this process: libpcsclite looks up its socket once, so all tests share it.
final class Bench {
    private static let gates = ["SONY FeliCa RC-S300/P", "ACS ACR122U", "Gate Reader"]
    private static let started: Result<PrivatePCSCD, VirtualReaderError> = {
        do throws(VirtualReaderError) {
            let directory = "/tmp/kazasu-cards-\(getpid())"
            setenv("PCSCLITE_CSOCK_NAME", directory + "/pcscd.comm", 1)
            let pcscd = try PrivatePCSCD(directory: directory, readers: gates)
            try pcscd.start()
            atexit { if case .success(let pcscd) = Bench.started { pcscd.remove() } }
            return .success(pcscd)
        } catch { return .failure(error) }
    }()

    let pcscd: PrivatePCSCD
    let readers: CardReaders
    private(set) var events: [CardEvent] = []
    private var next = 0
    private var cards: [VirtualCard] = []

    static let names: [ReaderID] = ["felica-gate", "lamp-gate", "third-gate"]

    /// Ready readers and empty slots. Without pcscd this throws a sentence, and the test fails with it.
    init(extra: [ConfiguredReader] = []) throws {
        pcscd = try Self.started.get()
        for slot in pcscd.slots {
            slot.remove()
            slot.recover()
            slot.acceptEscapes()
            slot.forgetEscapes()
        }
        let configured = zip(Self.names, Self.gates).map { ConfiguredReader(name: $0, device: $1) } + extra
        readers = try CardReaders(readers: configured, applications: [TestTown.application], felica: true)
        for name in Self.names { try wait("reader \(name) ready") { $0 == .readerState(name, .ready) } }
    }

    func insert(_ card: VirtualCard, on index: Int = 0) throws {
        cards.append(card)
        try pcscd.slots[index].insert(card)
    }

    /// Lays the card down and waits for what comes of it.
    func tap(_ card: VirtualCard, on index: Int = 0) throws -> Reading {
        try insert(card, on: index)
        let reading = try reading(on: index)
        pcscd.slots[index].remove()
        return reading
    }

    /// Lays the card down and expects that reading.
    func tap(
        _ card: VirtualCard, on index: Int = 0, gives expected: Reading, _ what: String = "", at location: SourceLocation = #_sourceLocation
    ) throws {
        let reading = try tap(card, on: index)
        #expect(reading == expected, "\(what)", sourceLocation: location)
    }

    /// Expects that reading of the card that was laid down.
    func reads(_ expected: Reading, on index: Int = 0, at location: SourceLocation = #_sourceLocation) throws {
        let reading = try reading(on: index)
        #expect(reading == expected, sourceLocation: location)
    }

    /// The next reading of that reader.
    func reading(on index: Int = 0) throws -> Reading {
        let event = try wait("a reading on \(Self.names[index])") {
            if case .read(Self.names[index], _, _) = $0 { true } else { false }
        }
        guard case .read(_, let reading, _) = event else { fatalError("the condition admits readings only") }
        return reading
    }

    /// The next event, from where the last wait ended, that fulfils the condition; 15 seconds at most.
    @discardableResult
    func wait(_ what: String, for condition: (CardEvent) -> Bool) throws -> CardEvent {
        for _ in 0..<1500 {
            while next < events.count {
                next += 1
                if condition(events[next - 1]) { return events[next - 1] }
            }
            var readable = pollfd(fd: readers.fileDescriptor, events: Int16(POLLIN), revents: 0)
            poll(&readable, 1, 10)
            events += readers.drain()
        }
        throw Late(what: what, events: events.suffix(5).map { "\($0)" })
    }

    struct Late: Error { let what: String, events: [String] }

    /// All readings of that reader so far.
    func readings(on index: Int) -> [Reading] {
        events += readers.drain()
        return events.compactMap { if case .read(Self.names[index], let reading, _) = $0 { reading } else { nil } }
    }

    /// Ends the readers and looks at every card that was used: no PIN command, no forbidden application, only what is allowed.
    func finish() {
        readers.stop()
        for slot in pcscd.slots { slot.remove() }
        for card in cards {
            #expect(card.alarms == [])
            let instructions = Set(card.log.map { $0.command[1] })
            #expect(instructions.isSubset(of: [0xA4, 0xB0, 0xB2, 0x88, 0xCA]))
        }
    }
}

/// Runs with a bench and checks all cards afterwards.
func withBench(extra: [ConfiguredReader] = [], _ body: (Bench) throws -> Void) throws {
    let bench = try Bench(extra: extra)
    defer { bench.finish() }
    try body(bench)
}

/// Waits until the condition holds, 15 seconds at most.
func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<1500 {
        if condition() { return true }
        usleep(10_000)
    }
    return false
}
