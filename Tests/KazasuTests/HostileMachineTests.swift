import Contracts
import Glibc
import Launch
import ServiceKit
import Testing

@testable import Kazasu

/// Of Debian's libfaketime: says another time to the program it is loaded into.
private let library = fileNames(in: "/usr/lib").map { "/usr/lib/\($0)/faketime/libfaketimeMT.so.1" }.first { exists($0) }

@Suite("The real programs on a machine that is not as it should be")
struct HostileMachineTests {
    @Test(
        "A disk that can only be read: kazasu up and a service say so, and end with 1",
        .enabled(if: run(["/usr/bin/unshare", "-m", "true"]) == 0, "needs the right to mount"))
    func readOnly() throws {
        let scratch = Scratch()
        let data = DataFolder(scratch.path + "/data")
        _ = try data.prepare(town(), port: 8883, now: wallClock())
        write(townText(), to: scratch.path + "/town.yaml")
        let script = """
            mount --bind \(data.root)/state \(data.root)/state && mount -o remount,ro,bind \(data.root)/state || exit 9
            cd \(scratch.path)
            \(programs)/kazasu up town.yaml >up.txt 2>&1; echo $? >>up.txt
            timeout 20 \(programs)/resident-directory --town town.yaml --data data >service.txt 2>&1; echo $? >>service.txt
            """
        #expect(run(["/usr/bin/unshare", "-m", "/bin/sh", "-c", script]) == 0)
        let (up, service) = (read(scratch.path + "/up.txt"), read(scratch.path + "/service.txt"))
        #expect(
            up.hasPrefix("kazasu: the folder \(data.root)/state cannot be written: its disk is read-only.") && up.hasSuffix("\n1\n"),
            "\(up)")
        #expect(service.contains("resident-directory-main.sqlite: ") && service.hasSuffix("\n1\n"), "\(service)")
    }

    @Test(
        "A clock that was set back by a day: the town starts on what it had written, and answers",
        .enabled(if: library != nil, "needs libfaketime"))
    func clockSetBack() throws {
        let scratch = Scratch()
        let path = scratch.path + "/town.yaml"
        let port = freePort()
        write(townText(port: port), to: path)
        // Certificates that are a week old: set back to before their first day, a machine's clock keeps it from connecting.
        _ = try DataFolder(scratch.path + "/data").prepare(town(port: port), port: port, now: wallClock() - .seconds(7 * 86_400))
        for shift in ["+0d", "-1d"] {
            func spec(_ words: [String]) -> ChildSpec {
                // The library changes the environment of the first program it is loaded into, and a Swift program finds its arguments beside that: env is the
                // first.
                ChildSpec(
                    "kazasu", .service, program: "/usr/bin/env", arguments: [programs + "/kazasu"] + words,
                    environment: ["LD_PRELOAD": library ?? "", "FAKETIME": shift, "FAKETIME_DONT_FAKE_MONOTONIC": "1"])
            }
            let up = try Errand(spec(["up", path, "--no-agents"]))
            #expect(
                eventually {
                    up.look()
                    return up.lines.contains { $0.contains("ready: ") }
                }, "\(shift): \(up.lines)")
            let there = shift == "+0d" ? wallClock() : wallClock() - .seconds(86_400)
            let words = [
                "booking", "add", "gym", "--from", there.minute(.japan), "--to", (there + .seconds(3600)).minute(.japan), "--card",
                "k1." + String(repeating: "a", count: 26), "--town", path,
            ]
            let booking = try Errand(spec(words))
            #expect(
                eventually {
                    booking.look()
                    up.look()
                    return booking.code != nil
                })
            #expect(booking.code == 0, "\(shift): \(booking.lines)")
            up.signal(SIGTERM)
            #expect(
                eventually {
                    up.look()
                    return up.code != nil
                })
        }
    }
}
