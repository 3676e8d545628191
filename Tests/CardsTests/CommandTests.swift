import Contracts
import Testing

@testable import Cards

@Suite("What may be said to a card")
struct CommandTests {
    @Test(
        "Each command has its bytes",
        arguments: [
            (Command.select(AID([0xF0, 1, 2, 3, 4])!), [0x00, 0xA4, 0x04, 0x0C, 0x05, 0xF0, 1, 2, 3, 4]),
            (.selectFile(FileID(0x0102)!), [0x00, 0xA4, 0x02, 0x0C, 0x02, 0x01, 0x02]),
            (.readBinary(offset: 0, length: 0), [0x00, 0xB0, 0x00, 0x00, 0x00]),
            (.readBinary(offset: 0x1234, length: 0x10), [0x00, 0xB0, 0x12, 0x34, 0x10]),
            (.readBinary(offset: 0xFFFF, length: 1), [0x00, 0xB0, 0x7F, 0xFF, 0x01]),
            (.readRecord(number: 1, file: 1), [0x00, 0xB2, 0x01, 0x0C, 0x00]),
            (.readRecord(number: 2, file: 0xFF), [0x00, 0xB2, 0x02, 0xFC, 0x00]),
            (
                .internalAuthenticate(KeyReference(0x17)!, Challenge([UInt8](repeating: 9, count: 16))!),
                [0x00, 0x88, 0x00, 0x97, 0x10] + [UInt8](repeating: 9, count: 16) + [0x00]
            ),
            (.cardIdentifier, [0xFF, 0xCA, 0x00, 0x00, 0x00]),
        ] as [(Command, [UInt8])])
    func spellsCommands(command: Command, bytes: [UInt8]) { #expect(command.bytes == bytes) }

    @Test("Forbidden applications, their beginnings and what begins like them are no AIDs")
    func refusesForbidden() {
        let forbidden = [
            "D392F000260100000001", "D3921000310001010100", "D3921000310001010401", "D3921000310001010402", "D3921000310001010408",
            "A0000001510000",
        ]
        for text in forbidden {
            #expect(AID(hexadecimal: text) == nil)
            #expect(AID(hexadecimal: text + "00") == nil)
            for length in stride(from: 10, to: text.count, by: 2) { #expect(AID(hexadecimal: String(text.prefix(length))) == nil) }
        }
        #expect(AID(hexadecimal: "D3 92 10 00 31 00 01 01 04 09") != nil)
        #expect(AID(hexadecimal: "F04B415A4153") != nil)
    }

    @Test(
        "What is no hexadecimal of 5 to 16 bytes is no AID",
        arguments: ["", "F0", "F04B415A4", "F04B415A41 5", "F04B41ZZ41", String(repeating: "0", count: 34)])
    func refusesMalformed(text: String) { #expect(AID(hexadecimal: text) == nil) }

    @Test("Reserved file ids and key references outside 1 to 30 do not exist")
    func refusesReserved() {
        for id: UInt16 in [0, 0x3F00, 0x3FFF, 0xFFFF] { #expect(FileID(id) == nil) }
        #expect(KeyReference(0) == nil && KeyReference(31) == nil && KeyReference(30) != nil)
    }

    @Test("A FeliCa card is known by standard and name, other storage cards by the workgroup's mark, all else may hold applications")
    func tellsKinds() {
        func storage(_ standard: UInt8, _ name: UInt8) -> [UInt8] {
            [0x3B, 0x8F, 0x80, 0x01, 0x80, 0x4F, 0x0C, 0xA0, 0, 0, 3, 6, standard, 0, name, 0, 0, 0, 0, 0x42]
        }
        #expect(CardKind(atr: storage(0x11, 0x3B)) == .felica)
        #expect(CardKind(atr: storage(0x03, 0x01)) == .storage)
        #expect(CardKind(atr: storage(0x03, 0x3B)) == .storage)
        #expect(CardKind(atr: [0x3B, 0x88, 0x80, 0x01, 0, 0, 0x41, 0xE0, 0xB3, 0x81, 0xA1, 0, 0x3B]) == .applications)
        for length in 0..<15 { #expect(CardKind(atr: Array(storage(0x11, 0x3B).prefix(length))) == .applications) }
    }

    @Test("Cues are known for two readers and for no other")
    func knowsCues() {
        #expect(escapes(for: .accepted, device: "ACS ACR122U PICC Interface 00 00") == [[0xFF, 0x00, 0x40, 0x2E, 0x04, 1, 1, 1, 1]])
        #expect(escapes(for: .refused, device: "ACS ACR1252 Dual Reader [PICC] 00 00").count == 2)
        #expect(Cue.allCases.allSatisfy { escapes(for: $0, device: "SONY FeliCa RC-S300/P 00 00").isEmpty })
    }
}

@Suite("BER-TLV")
struct BERTests {
    @Test(
        "Values are found at the top, inside, behind filling, with long tags and lengths",
        arguments: [
            ([0xC1, 0x02, 0x41, 0x42], 0xC1, [0x41, 0x42]),
            ([0x00, 0xFF, 0xC1, 0x01, 0x41], 0xC1, [0x41]),
            ([0xE1, 0x06, 0xC2, 0x01, 0x00, 0xC1, 0x01, 0x41], 0xC1, [0x41]),
            ([0xDF, 0x20, 0x01, 0x41], 0xDF20, [0x41]),
            ([0xDF, 0x81, 0x01, 0x81, 0x01, 0x41], 0xDF8101, [0x41]),
            ([0xC1, 0x82, 0x00, 0x01, 0x41], 0xC1, [0x41]),
            ([0xC1, 0x00], 0xC1, []),
            ([0xC1, 0x02, 0x41], 0xC1, nil),
            ([0xC1, 0x80, 0x41, 0x00, 0x00], 0xC1, nil),
            ([0xC1, 0x83, 0x00, 0x00, 0x01, 0x41], 0xC1, nil),
            ([0xC2, 0x04, 0xC1, 0x02, 0x41, 0x42], 0xC1, nil),
        ] as [([UInt8], UInt32, [UInt8]?)])
    func finds(bytes: [UInt8], tag: UInt32, value: [UInt8]?) { #expect(BER.value(of: tag, in: bytes) == value) }

    @Test("Objects nested deeper than any card's are not followed")
    func boundsDepth() {
        var bytes: [UInt8] = [0xC1, 0x00]
        for depth in 0..<60 {
            #expect((BER.value(of: 0xC1, in: bytes) != nil) == (depth <= BER.deepest))
            bytes = [0xE1, UInt8(bytes.count)] + bytes
        }
    }

    @Test("No input of up to 3 bytes crashes or yields more than it holds")
    func survivesAllShortInputs() {
        for a in UInt8.min...UInt8.max {
            #expect(yield([a]) == 0)
            for b in UInt8.min...UInt8.max where yield([a, b]) > 0 { Issue.record("\(a) \(b)") }
        }
        var most = 0
        for a in UInt8.min...UInt8.max {
            for b in UInt8.min...UInt8.max {
                // The third byte decides only behind a long tag or one of these lengths; elsewhere it is at most a value.
                let decides = a & 0x1F == 0x1F || (0x80...0x83).contains(b)
                for c in stride(from: 0, through: 255, by: decides ? 1 : 85) { most = max(most, yield([a, b, UInt8(c)])) }
            }
        }
        // Room for a tag, a length of 1 and one byte of value.
        #expect(most == 1)
    }

    /// Bytes of value in all objects that follow each other here.
    private func yield(_ bytes: [UInt8]) -> Int {
        var rest = bytes[...]
        var count = 0
        while let object = BER.next(&rest) { count += object.value.count }
        return count
    }
}

@Suite("Which reader is which, and what is a tap")
struct ReaderTableTests {
    private func readers(_ devices: String...) -> [ConfiguredReader] {
        devices.enumerated().map { ConfiguredReader(name: ["one", "two", "three"][$0.offset], device: $0.element) }
    }

    @Test("Two equal readers are taken in order, and the second stays the second when the first is unplugged")
    func keepsPlaces() {
        let both = readers("ACS", "ACS")
        let first = assignment(of: ["ACS 00 00", "ACS 01 00"], to: both, keeping: [nil, nil])
        #expect(first == ["ACS 00 00", "ACS 01 00"])
        let unplugged = assignment(of: ["ACS 01 00"], to: both, keeping: first)
        #expect(unplugged == [nil, "ACS 01 00"])
        #expect(assignment(of: ["ACS 00 00", "ACS 01 00"], to: both, keeping: unplugged) == first)
    }

    @Test("A reader asked for by a longer name is left to whom asks for it, and no reader serves two")
    func prefersLongerNames() {
        let table = assignment(
            of: ["ACS ACR1252 00 00", "ACS ACR122U 01 00"], to: readers("ACS", "ACS ACR1252", "SONY"), keeping: [nil, nil, nil])
        #expect(table == ["ACS ACR122U 01 00", "ACS ACR1252 00 00", nil])
    }

    @Test(
        "A tap is a card that was not there, or came anew; never one that lay there before the first look",
        arguments: [
            ("a forgotten card", [(true, 5), (true, 5)], 0),
            ("empty, card, held, lifted", [(false, 0), (true, 1), (true, 1), (false, 2)], 1),
            ("two taps", [(false, 0), (true, 1), (false, 2), (true, 3)], 2),
            ("a forgotten card, swapped", [(true, 5), (true, 7)], 1),
            ("a swap", [(false, 0), (true, 1), (true, 3), (true, 3)], 2),
            ("a tap seen before it was counted", [(false, 0), (true, 0), (true, 1), (true, 1)], 1),
            ("a swap seen before it was counted", [(false, 0), (true, 1), (true, 2), (true, 3)], 2),
            ("both seen early", [(false, 0), (true, 0), (true, 2), (true, 3)], 2),
            ("the first early, the second not", [(false, 0), (true, 0), (true, 1), (true, 3)], 2),
            ("past the end of the counter", [(false, 0xFFFE), (true, 0xFFFF), (true, 1)], 2),
            ("comings and goings unseen", [(false, 0), (false, 4)], 0),
        ] as [(String, [(Bool, UInt)], Int)])
    func judgesTaps(story: String, looks: [(Bool, UInt)], expected: Int) {
        var known: ReaderBits?
        var taps = 0
        for (isPresent, counter) in looks {
            let (isTap, next) = look(at: ReaderBits(isPresent: isPresent, counter: counter), after: known)
            taps += isTap ? 1 : 0
            known = next
        }
        #expect(taps == expected, "\(story)")
    }
}
