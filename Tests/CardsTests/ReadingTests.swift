import Cards
import Contracts
import Seal
import Testing

@testable import VirtualReader

@Suite("What a card comes to")
struct ReadingTests {
    @Test("Each kind of card has its one reading", arguments: TestTown.table.indices)
    func readsEachCard(index: Int) {
        let (name, card, expected) = TestTown.table[index]
        #expect(DirectChannel.read(card) == expected, "\(name)")
        #expect(card.alarms == [], "\(name)")
    }

    @Test("Without FeliCa in the configuration a FeliCa card is not even asked")
    func leavesFelicaAlone() {
        let card = VirtualCard.felica(idm: TestTown.idm)
        #expect(DirectChannel.read(card, felica: false) == .unknown)
        #expect(card.log.isEmpty)
    }

    @Test("No type A or type B card is asked for its identifier, so neither UID nor PUPI can become an identity")
    func neverAsksForUID() {
        for card in [TestTown.municipal(), .foreign(), .unknown(), .drivingLicence()] {
            _ = DirectChannel.read(card)
            #expect(!card.log.contains { $0.command.first == 0xFF })
        }
    }

    @Test("A certificate counts to its last second and not longer")
    func endsOnTime() throws {
        let end = try CardCertificate(der: TestTown.p256.certificateDER).notAfter
        #expect(DirectChannel.read(TestTown.municipal(), at: end) == TestTown.proved124)
        #expect(DirectChannel.read(TestTown.municipal(), at: end + .seconds(1)) == .forged(.expired))
    }

    @Test("Any answer at any step, however wrong, gives a reading and never a proof it does not deserve")
    func survivesAnyAnswer() {
        let honest = TestTown.municipal()
        _ = DirectChannel.read(honest)
        let steps = honest.log.count
        let answers: [[UInt8]] = [
            [], [0x90], [0x90, 0x00], [0x61, 0x10], [0x6C, 0x00], [0x6C, 0xFF], [0x69, 0x82], [0x6A, 0x82], [0x6B, 0x00], [0x62, 0x82],
            [0xFF, 0x90, 0x00], [0x30, 0x82, 0xFF, 0xFF, 0x90, 0x00], [0xE1, 0x80, 0x90, 0x00], [0xE1, 0x00, 0x90, 0x00],
            [UInt8](repeating: 0x30, count: 256) + [0x90, 0x00], [UInt8](repeating: 0xFF, count: 256) + [0x90, 0x00],
        ]
        for step in 0..<steps {
            for answer in answers {
                let reading = DirectChannel.read(TestTown.municipal().with { $0.answers[step] = answer })
                guard case .proved(_, let number) = reading else { continue }
                // Where such an answer happens to be harmless, the proof is still the card's own.
                #expect(number == Array("K-000124".utf8) && step < steps - 1)
            }
        }
    }

    @Test("A card that says its file is longer than 8 KiB is not read on")
    func boundsFiles() {
        let card = TestTown.municipal().with {
            $0.answers[2] = [0xE1, 0x82, 0x20, 0x01] + [UInt8](repeating: 0, count: 252) + [0x90, 0x00]
        }
        #expect(DirectChannel.read(card) == .unreadable(.fileTooLong(FileID(1)!)))
        #expect(card.log.count == 3)
    }

    @Test("A read answered with 6Cxx is repeated once with that length")
    func repeatsWithExactLength() {
        let card = TestTown.municipal().with { $0.insistsOnLength = true }
        _ = DirectChannel.read(card)
        let reads = card.log.filter { $0.command[1] == 0xB0 }
        #expect(reads[0].answer.first == 0x6C && reads[1].command == [0x00, 0xB0, 0x00, 0x00, reads[0].answer[1]])
    }

    @Test("A challenge is 16 bytes, and the card signs exactly those")
    func challengesAreFixed() {
        #expect(Challenge([UInt8](repeating: 7, count: 15)) == nil && Challenge([UInt8](repeating: 7, count: 17)) == nil)
        let card = TestTown.municipal()
        _ = DirectChannel.read(card)
        _ = DirectChannel.read(card)
        let challenges = card.log.filter { $0.command[1] == 0x88 }.map { Array($0.command[5..<21]) }
        #expect(challenges.count == 2 && challenges[0] != challenges[1])
    }

    @Test("The trap springs: a PIN command or a forbidden application leaves an alarm")
    func trapSprings() {
        for bytes: [UInt8] in [
            [0x00, 0x20, 0x00, 0x80], [0x00, 0x24, 0x00, 0x80], [0x00, 0x2C, 0x00, 0x80],
            [0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08],
            [0x00, 0xA4, 0x04, 0x0C, 0x05, 0xD3, 0x92, 0x10, 0x00, 0x31],
        ] {
            let card = TestTown.municipal()
            _ = card.answer(bytes)
            #expect(card.alarms.count == 1)
        }
    }
}
