import Glibc
import Testing

@testable import Kazasu

/// Whether this process may make networks of its own, and has what that needs.
private let canMakeNetworks = run(["/bin/sh", "-c", "unshare -n -m true && test -x /usr/sbin/nft && ip -V"]) == 0

@Suite("The limits for the network, in a network of their own", .enabled(if: canMakeNetworks, "needs root, nftables and iproute2"))
struct NetworkLimitTests {
    /// Two machines on one line; the broker's place is taken by somebody who takes everything.
    private static let stage = """
        set -eu
        ip netns add $1-other
        trap 'ip netns del $1-other; kill $server 2>/dev/null || true' EXIT
        ip link add here type veth peer name there
        ip link set there netns $1-other
        ip link set lo up
        ip address add 10.9.9.1/24 dev here
        ip link set here up
        ip netns exec $1-other ip address add 10.9.9.2/24 dev there
        ip netns exec $1-other ip address add 10.9.9.3/24 dev there
        ip netns exec $1-other ip link set there up
        nft -f $2
        nft -f $2
        python3 -c "$3" & server=$!
        ip netns exec $1-other python3 -c "$4"
        """

    private static let sink = """
        import socket, threading
        def take(client):
            try:
                while client.recv(65536): pass
            except OSError: pass
        server = socket.create_server(("10.9.9.1", 8883), backlog=512)
        while True: threading.Thread(target=take, args=(server.accept()[0],), daemon=True).start()
        """

    /// Many connections and many bytes from one address, and an ordinary client at another.
    private static let flood = """
        import socket, time
        def connect(source, seconds=0.1):
            client = socket.socket()
            client.settimeout(seconds)
            client.bind((source, 0))
            try: client.connect(("10.9.9.1", 8883))
            except OSError: return None
            return client
        for _ in range(50):
            first = connect("10.9.9.3", 1)
            if first: break
            time.sleep(0.05)
        start = time.time()
        opened = [client for client in (connect("10.9.9.2") for _ in range(60)) if client]
        allowed = 30 + 10 * (time.time() - start) + 2
        assert 30 <= len(opened) <= allowed, (len(opened), allowed)
        assert connect("10.9.9.3", 1), "another address connects"
        opened[0].settimeout(0.2)
        sent, start = 0, time.time()
        while time.time() < start + 1.5:
            try: sent += opened[0].send(b"x" * 65536)
            except OSError: pass
        # Two megabytes at once, half a one each second, and what lies in buffers of the two ends.
        assert sent < 12_000_000, sent
        start = time.time()
        first.sendall(b"x" * 200_000)
        print("of 60 connections %d, %d bytes in 1.5 s; somebody else sends 200 kB in %.3f s" % (len(opened), sent, time.time() - start))
        """

    @Test("Who floods is slowed down, in new connections and in bytes, and nobody else is")
    func limits() throws {
        let rules = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/deploy/nftables/kazasu.nft"
        let scratch = Scratch()
        write(Self.stage, to: "\(scratch.path)/stage")
        let words = ["/bin/sh", "\(scratch.path)/stage", "kazasu-\(getpid())", rules, Self.sink, Self.flood]
        #expect(run(["/usr/bin/unshare", "-n", "-m"] + words) == 0)
    }
}
