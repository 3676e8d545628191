"""Many viewers of one stream: `viewers.py PORT COUNT SECONDS [PATH]`.

Each fetches a page first and opens the stream on the same connection, as browsers do.

Prints how many events came and how old they were, if an event's data begins with milliseconds of the monotonic clock. Run by hand.
"""
import http.client, resource, select, socket, sys, time

port, count, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
path = sys.argv[4] if len(sys.argv) > 4 else "/live"
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

epoll, viewers = select.epoll(), {}
for number in range(count):
    viewer = socket.create_connection(("127.0.0.1", port), 30)
    viewer.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    answer = http.client.HTTPResponse(viewer)
    answer.begin()
    answer.read()
    viewer.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path.encode())
    viewer.setblocking(False)
    viewers[viewer.fileno()] = viewer
    epoll.register(viewer.fileno(), select.EPOLLIN)
print(f"{count} viewers", flush=True)

ages, lost, began = [], 0, time.monotonic()
end = began + seconds
while (left := end - time.monotonic()) > 0:
    for descriptor, _ in epoll.poll(left):
        text = viewers[descriptor].recv(65536)
        now = time.monotonic() * 1000
        if not text:
            lost += 1
            epoll.unregister(descriptor)
        for line in text.split(b"\n"):
            if line.startswith(b"data: ") and (said := int(line[6:].split(b" ")[0])) > began * 1000:
                ages.append(now - said)
ages.sort()
if ages:
    print(f"events {len(ages)}, lost viewers {lost}, age ms p50 {ages[len(ages) // 2]:.0f} p99 {ages[len(ages) * 99 // 100]:.0f} max {ages[-1]:.0f}")
