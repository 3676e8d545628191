import Contracts
import Glibc
import Testing
import Threads

@testable import Cards

@Suite("Between the threads of the readers and their owner")
struct HandoverTests {
    @Test("An owner that was stuck finds every event, in order, and the thread that waited for it goes on")
    func waitsForRoom() throws {
        let shared = try Handover()
        let count = 3 * Handover.mostEvents
        let events = (0..<count).map { CardEvent.reading("gate", at: TapTime(realtime: Instant(milliseconds: 0), monotonic: Int64($0))) }
        pthread_detach(try startThread { for event in events { shared.post(event) } })
        var heard: [CardEvent] = []
        // The second look finds the thread waiting.
        #expect(
            eventually {
                let new = shared.drain()
                heard += new
                return new.count <= Handover.mostEvents && heard.count == count
            })
        #expect(heard == events)
    }

    @Test("At the end a thread that waits for room goes on, and no errand is begun")
    func ends() throws {
        let shared = try Handover()
        let done = try Bell()
        let card = Errand.read(device: "Gate", atr: [], since: .now())
        #expect(shared.add(card, at: "gate"))
        pthread_detach(
            try startThread {
                for _ in 0...Handover.mostEvents { shared.post(.service(.up)) }
                _ = shared.nextErrand(at: "gate")
                done.ring()
            })
        #expect(shared.add(card, at: "gate") == false)
        shared.end()
        done.wait()
        #expect(shared.drain().count == Handover.mostEvents + 1)
        #expect(shared.nextErrand(at: "gate") == nil && !shared.add(card, at: "gate"))
    }

    @Test("One thread a reader; of the cards that wait the last counts, and lamps keep their order")
    func queues() throws {
        let shared = try Handover()
        func card(_ number: UInt8) -> Errand { .read(device: "Gate", atr: [number], since: .now()) }
        func next() -> UInt8? {
            switch shared.nextErrand(at: "gate") {
            case .read(_, let atr, _): atr[0]
            case .signal(let escape, _): escape[0]
            case nil: nil
            }
        }
        #expect(shared.add(card(1), at: "gate"))
        #expect(shared.add(card(1), at: "other"))
        #expect(next() == 1)
        for errand in [card(2), .signal([10], expires: 0), .signal([11], expires: 0), card(3)] { #expect(!shared.add(errand, at: "gate")) }
        #expect(next() == 10 && next() == 11 && next() == 3 && next() == nil)
        #expect(shared.add(card(4), at: "gate"))
    }
}
