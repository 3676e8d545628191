import Bus
import Contracts
import Testing
import Town

@testable import Kazasu

extension EndToEndTests {
    @Test("An agent of a newer version on the bus: lock-controller goes on, but refuses to start beside it, and starts when it is gone")
    func newerAgent() throws {
        try withTown { stage in
            let newer = stage.thief(of: "agent-hall")
            let topic = Topic.life(of: Address("reader-agent", "hall"), in: stage.town.name)
            // The agent itself goes on saying what it is; nobody in this town has another version.
            func say() {
                _ = newer.receive(limit: 10)
                if let life = try? Life(.ready, at: stage.console.now(), speaks: ["tap.v2"]).json() {
                    _ = newer.publish(Outgoing(topic: topic.description, payload: life, qos: 1, retain: true))
                }
                newer.flush()
            }
            let controller = stage.supervisor.process(of: "lock-controller-main")
            // Past its first seconds, in which it would end.
            try stage.pass(milliseconds: 10_500)
            let sentence = "reader-agent--hall writes tap.v2, and this lock-controller"
            try stage.wait("the running one to say so") {
                say()
                return stage.log.contains(sentence)
            }
            #expect(stage.supervisor.process(of: "lock-controller-main") == controller)

            let starts = stage.supervisor.starts(of: "lock-controller-main")
            stage.crash("lock-controller-main")
            try stage.wait("it to start and refuse") {
                say()
                return stage.supervisor.starts(of: "lock-controller-main") >= starts + 2
            }
            #expect(stage.supervisor.lastWords(of: "lock-controller-main").contains { $0.contains(sentence) })
            newer.close()
            try stage.waitForLives(since: stage.console.now())
        }
    }
}
