import Cards
import Contracts
import Glibc
import Testing
import Threads

@testable import VirtualReader

@Suite("With a real pcscd", .serialized)
struct ReaderTests {
    @Test("Each kind of card has the same reading through pcscd as without")
    func readsEachCard() throws {
        try withBench { bench in
            for (name, card, expected) in TestTown.table { try bench.tap(card, gives: expected, "\(name)") }
        }
    }

    @Test("A card pulled at any moment is unreadable, and the same card held again is read")
    func survivesPulling() throws {
        try withBench { bench in
            let honest = TestTown.municipal()
            try bench.tap(honest, gives: TestTown.proved124)
            for step in honest.log.indices {
                let pulled = try bench.tap(TestTown.municipal().with { $0.leavesAtAPDU = step })
                if case .unreadable(.channel) = pulled {} else { Issue.record("pulled at \(step): \(pulled)") }
            }
            try bench.tap(TestTown.municipal(), gives: TestTown.proved124)
        }
    }

    @Test("A mute card is unreadable and does not disturb the next")
    func readsAfterMute() throws {
        try withBench { bench in
            try bench.tap(TestTown.municipal().with { $0.isMute = true }, gives: .unreadable(.channel(.mute)))
            try bench.tap(.felica(idm: TestTown.idm), gives: .read(idm: TestTown.idm))
        }
    }

    @Test("Two cards with no gap between them are two taps")
    func seesSwaps() throws {
        try withBench { bench in
            let other: [UInt8] = [2, 2, 2, 2, 2, 2, 2, 2]
            try bench.insert(.felica(idm: TestTown.idm))
            try bench.reads(.read(idm: TestTown.idm))
            try bench.insert(.felica(idm: other))
            try bench.reads(.read(idm: other))
            #expect(bench.readings(on: 0).count == 2)
        }
    }

    @Test("A card that stays is one tap, whatever happens on the reader beside it")
    func countsHeldCardOnce() throws {
        try withBench { bench in
            try bench.insert(TestTown.municipal())
            try bench.reads(TestTown.proved124)
            for _ in 0..<20 { try bench.tap(.felica(idm: TestTown.idm), on: 1, gives: .read(idm: TestTown.idm)) }
            #expect(bench.readings(on: 0).count == 1)
        }
    }

    @Test("Cards laid on all readers at once are all read")
    func readsAllReaders() throws {
        try withBench { bench in
            let ids: [[UInt8]] = (0..<3).map { [UInt8](repeating: UInt8($0), count: 8) }
            for round in 1...20 {
                for index in 0..<3 { try bench.insert(.felica(idm: ids[index]), on: index) }
                #expect(eventually { (0..<3).allSatisfy { bench.readings(on: $0).count == round } })
                for index in 0..<3 {
                    #expect(bench.readings(on: index).last == .read(idm: ids[index]))
                    bench.pcscd.slots[index].remove()
                }
            }
        }
    }

    @Test("A card that does not answer keeps nobody waiting at the other readers, neither for a reading nor for a lamp")
    func waitsForNoNeighbour() throws {
        let other: [UInt8] = [2, 2, 2, 2, 2, 2, 2, 2]
        try withBench { bench in
            let answer = try Bell()
            defer { answer.ring() }
            try bench.insert(.felica(idm: TestTown.idm).with { $0.waits = { answer.wait() } })
            try bench.wait("the slow card to be noticed") { if case .reading(Bench.names[0], _) = $0 { true } else { false } }
            bench.readers.signal(Bench.names[0], [0xFF, 0x00, 0x40])
            try bench.insert(.felica(idm: other), on: 1)
            try bench.reads(.read(idm: other), on: 1)
            bench.readers.signal(Bench.names[2], [0xFF, 0x00, 0x40])
            #expect(eventually { bench.pcscd.slots[2].escapes == ["42000001FF0040"] })
            #expect(bench.readings(on: 0).isEmpty)
            answer.ring()
            _ = try bench.reading()
        }
    }

    @Test("A card that lies there when the agent starts is no tap until it is held again")
    func ignoresForgottenCard() throws {
        let idm = TestTown.idm
        try withBench { bench in
            try bench.insert(.felica(idm: idm))
            _ = try bench.reading()
            let second = try CardReaders(
                readers: [ConfiguredReader(name: "later", device: "SONY")], applications: [TestTown.application], felica: true)
            defer { second.stop() }
            var events: [CardEvent] = []
            func has(_ condition: (CardEvent) -> Bool) -> Bool {
                eventually {
                    events += second.drain()
                    return events.contains(where: condition)
                }
            }
            #expect(has { $0 == .readerState("later", .ready) })
            #expect(!events.contains { if case .read = $0 { true } else { false } })
            try bench.insert(.felica(idm: idm))
            #expect(has { if case .read("later", .read(idm), _) = $0 { true } else { false } })
        }
    }

    @Test("pcscd killed and started again: the readers say so and work again")
    func survivesRestart() throws {
        try withBench { bench in
            try bench.tap(TestTown.municipal(), gives: TestTown.proved124)
            bench.pcscd.kill()
            try bench.wait("service down") { if case .service(.down) = $0 { true } else { false } }
            try bench.wait("reader missing") { $0 == .readerState(Bench.names[0], .missing) }
            try bench.pcscd.start()
            try bench.wait("service up") { $0 == .service(.up) }
            try bench.wait("reader ready") { $0 == .readerState(Bench.names[0], .ready) }
            try bench.tap(TestTown.municipal(), gives: TestTown.proved124)
        }
    }

    @Test("A card that lies there when pcscd is back is no tap until it is held again")
    func ignoresCardOverRestart() throws {
        let card = VirtualCard.felica(idm: TestTown.idm)
        try withBench { bench in
            try bench.insert(card)
            try bench.reads(.read(idm: TestTown.idm))
            bench.pcscd.kill()
            try bench.wait("reader missing") { $0 == .readerState(Bench.names[0], .missing) }
            try bench.pcscd.start(with: [0: card])
            try bench.wait("reader ready") { $0 == .readerState(Bench.names[0], .ready) }
            try bench.tap(.felica(idm: TestTown.idm), on: 1, gives: .read(idm: TestTown.idm))
            #expect(bench.readings(on: 0).count == 1)
            try bench.tap(card, gives: .read(idm: TestTown.idm))
            #expect(bench.readings(on: 0).count == 2)
        }
    }

    @Test("pcscd killed while a card is read: the card is unreadable, and after the restart it is read")
    func survivesDeathDuringReading() throws {
        try withBench { bench in
            let answer = try Bell()
            defer { answer.ring() }
            try bench.insert(.felica(idm: TestTown.idm).with { $0.waits = { answer.wait() } })
            try bench.wait("the card to be noticed") { if case .reading(Bench.names[0], _) = $0 { true } else { false } }
            bench.pcscd.kill()
            if case .unreadable(.channel) = try bench.reading() {} else { Issue.record("\(bench.readings(on: 0))") }
            try bench.pcscd.start()
            try bench.wait("reader ready") { $0 == .readerState(Bench.names[0], .ready) }
            try bench.tap(.felica(idm: TestTown.idm), gives: .read(idm: TestTown.idm))
        }
    }

    @Test("A reader that fails and returns is told of and works again; the others work on")
    func survivesFailure() throws {
        try withBench { bench in
            try bench.pcscd.slots[0].fail()
            try bench.wait("reader failed") { $0 == .readerState(Bench.names[0], .failed) }
            try bench.tap(.felica(idm: TestTown.idm), on: 1, gives: .read(idm: TestTown.idm))
            bench.pcscd.slots[0].recover()
            try bench.wait("reader ready") { $0 == .readerState(Bench.names[0], .ready) }
            try bench.tap(.felica(idm: TestTown.idm), gives: .read(idm: TestTown.idm))
        }
    }

    @Test("A reader of the configuration that nobody plugged in is missing, and the others work")
    func tellsMissing() throws {
        try withBench(extra: [ConfiguredReader(name: "nowhere", device: "Another Maker")]) { bench in
            #expect(bench.events.contains(.readerState("nowhere", .missing)))
            try bench.tap(.felica(idm: TestTown.idm), gives: .read(idm: TestTown.idm))
        }
    }

    @Test("The names pcscd gave the readers are those the configuration's beginnings find")
    func looksUpNames() throws {
        try withBench { bench in
            let found = Bench.names.map { bench.readers.device(of: $0) }
            #expect(bench.pcscd.readerNames == found && !found.contains(nil))
        }
    }

    @Test("Lamp orders reach the reader with and without a card, also while the wait for cards sleeps")
    func lightsLamps() throws {
        try withBench { bench in
            let name = Bench.names[1]
            let order = escapes(for: .accepted, device: try #require(bench.readers.device(of: name)))[0]
            let line = "42000001" + hex(order)
            bench.readers.signal(name, order)
            #expect(eventually { bench.pcscd.slots[1].escapes == [line] })
            let card = VirtualCard.felica(idm: TestTown.idm)
            try bench.insert(card, on: 1)
            try bench.reads(.read(idm: TestTown.idm), on: 1)
            bench.readers.signal(name, order)
            #expect(eventually { bench.pcscd.slots[1].escapes == [line, line] && card.escapes == [[0x42, 0, 0, 1] + order] })
            #expect(bench.readings(on: 1).count == 1)
        }
    }

    @Test("A reader that refuses lamp orders is told of once and still reads")
    func toleratesRefusal() throws {
        try withBench { bench in
            try bench.pcscd.slots[1].refuseEscapes()
            for _ in 0..<3 { bench.readers.signal(Bench.names[1], [0xFF, 0x00, 0x40]) }
            try bench.wait("refusal") { if case .signalRefused = $0 { true } else { false } }
            try bench.tap(.felica(idm: TestTown.idm), on: 1, gives: .read(idm: TestTown.idm))
            #expect(bench.events.count { if case .signalRefused = $0 { true } else { false } } == 1)
        }
    }

    @Test("A card slower than a person holds still is given up on")
    func givesUpOnSlowCards() throws {
        try withBench { bench in
            try bench.tap(TestTown.municipal().with { $0.delay = 900 }, gives: .unreadable(.channel(.tooSlow)))
        }
    }

    @Test("pcscd hangs up on a card program that talks nonsense or says nothing, and reads the next card", arguments: [true, false])
    func survivesBrokenPrograms(talks: Bool) throws {
        try withBench { bench in
            let program = try Wire.connect(to: bench.pcscd.slots[0].path)
            if talks { send(program, [UInt8](repeating: 0xA5, count: 4096), 4096, Int32(MSG_NOSIGNAL)) }
            var hangUp = pollfd(fd: program, events: 0, revents: 0)
            #expect(poll(&hangUp, 1, 15000) == 1, "pcscd still waits for the program")
            close(program)
            try bench.insert(.felica(idm: TestTown.idm))
            try bench.wait("the next card") { if case .read(_, .read(TestTown.idm), _) = $0 { true } else { false } }
        }
    }

    @Test("2,000 taps are 2,000 readings, and leave no descriptors behind")
    func readsManyTaps() throws {
        try withBench { bench in
            let card = VirtualCard.felica(idm: TestTown.idm)
            try bench.tap(card, gives: .read(idm: TestTown.idm))
            let before = openDescriptors()
            var microseconds: [Int] = []
            for _ in 0..<2000 {
                let start = monotonicMicroseconds()
                try bench.tap(card, gives: .read(idm: TestTown.idm))
                microseconds.append(monotonicMicroseconds() - start)
            }
            // The slot closes a lifted connection a moment later, in its own thread; other tests of this process open some of their own meanwhile.
            #expect(eventually { openDescriptors() < before + 200 })
            microseconds.sort()
            print(
                "insert to reading, 2,000 FeliCa taps: p50 \(microseconds[1000]) us, p95 \(microseconds[1900]) us, max \(microseconds[1999]) us"
            )
        }
    }
}

private func openDescriptors() -> Int {
    guard let folder = opendir("/proc/self/fd") else { return -1 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
}

private func monotonicMicroseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
}
