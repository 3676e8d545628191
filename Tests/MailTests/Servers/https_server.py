"""A server for calls over HTTP to test against. It prints its port, and writes each request as a line of JSON: method, path, headers, body in base64.

    /usr/bin/python3 https_server.py --port 0 --log FILE [--tls CERT KEY] [--answers FILE]

The answer follows from the path, or from the recipient a LINE request names: the first segment /answer-STATUS gives that status, with `Retry-After: 7`
for 429 and 503. /hang never answers, /reset takes the request and closes without a word, /redirect leads elsewhere, /flood never stops talking,
/half gives half an answer. LINE's /v2/bot/message/push answers as the Messaging API reference says, by the letter behind the U of the user's id, and
/oauth2/v2.1/token as the LINE Login v2.1 API reference says: the code is a word and, behind a dot, the nonce that the sign-in began with.
"""

import argparse
import base64
import hashlib
import hmac
import json
import socket
import ssl
import struct
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LINE = {
    "a": (200, {"sentMessages": [{"id": "461230966842064897", "quoteToken": "IStG5h1Tz7b"}]}),
    "b": (400, {"message": "Failed to send messages"}),
    "c": (400, {"message": "The property, 'to', in the request body is invalid (line: -, column: -)"}),
    "d": (429, {"message": "You have reached your monthly limit."}),
    "e": (429, {"message": "The API rate limit has been exceeded. Try again later."}),
    "f": (401, {"message": "Authentication failed due to the following reason: invalid token. Confirm that the access token in the authorization header is valid."}),
    "0": (500, {"message": "The server is down"}),
    "1": (400, {"message": "The request body has 1 error(s)", "details": [{"message": "May not be empty", "property": "messages[0].text"}]}),
    "2": (403, {"message": "Access to this API is not available for your account"}),
}

CHANNEL, SECRET, BACK = "1234567890", "0123456789abcdef0123456789abcdef", "https://kazasu.nagai.example/family/line/back"
USER = "U4af4980629f8a1b2c3d4e5f60718293a"


def id_token(word, nonce):
    """As LINE signs it for browsers; what is wrong with it, the code's word says."""
    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    claims = {"iss": "https://access.line.me", "sub": USER, "aud": CHANNEL, "exp": int(time.time()) + 3600, "iat": int(time.time()), "nonce": nonce, "amr": ["linesso"]}
    claims |= {
        "issuer": {"iss": "https://access.line.me.example"}, "channel": {"aud": "1234567891"}, "expired": {"exp": int(time.time()) - 1},
        "nonce": {"nonce": nonce + "0"}, "group": {"sub": "C" + USER[1:]},
    }.get(word, {})
    header = {"typ": "JWT", "alg": "none" if word == "unsigned" else "HS256"}
    signed = part(json.dumps(header).encode()) + b"." + part(json.dumps(claims).encode())
    key = "another secret" if word == "secret" else SECRET
    return (signed + b"." + (b"" if word == "unsigned" else part(hmac.new(key.encode(), signed, hashlib.sha256).digest()))).decode()


class Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        server = self.server
        with server.lock:
            server.file.write(json.dumps({
                "at": time.time(), "connection": self.client_address[1], "method": self.command, "path": self.path,
                "headers": {name.lower(): value for name, value in self.headers.items()}, "body": base64.b64encode(body).decode(),
            }) + "\n")
        word = self.path.strip("/").split("/")[0].split("?")[0]
        if self.path == "/v2/bot/message/push":
            return self.line(body)
        if self.path == "/oauth2/v2.1/token":
            return self.token(body)
        if word == "hang":
            return time.sleep(3600)
        if word == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return None
        if word == "half":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            self.close_connection = True
            return None
        if word == "flood":
            return self.flood()
        if word == "redirect":
            return self.answer(307, b"", {"Location": "/answer-200/elsewhere"})
        status = int(word.removeprefix("answer-")) if word.startswith("answer-") else 200
        return self.answer(status, f"said {status}".encode(), {"Retry-After": "7"} if status in (429, 503) else {})

    def line(self, body):
        key, to = self.headers.get("X-Line-Retry-Key"), json.loads(body)["to"]
        with self.server.lock:
            again = key in self.server.seen
            if to[1] == "a":
                self.server.seen.add(key)
        if again:
            return self.answer(409, b'{"message":"The retry key is already accepted"}', {"X-Line-Accepted-Request-Id": "1"})
        status, said = LINE[to[1]]
        return self.answer(status, json.dumps(said).encode(), {})

    def token(self, body):
        asked = dict(urllib.parse.parse_qsl(body.decode(), strict_parsing=True))
        word, nonce = asked.pop("code").split(".")
        expected = {"grant_type": "authorization_code", "redirect_uri": BACK, "client_id": CHANNEL, "client_secret": SECRET}
        if asked != expected or self.headers["Content-Type"] != "application/x-www-form-urlencoded":
            return self.answer(400, b'{"error":"invalid_request","error_description":"invalid parameter"}', {})
        if word == "used":
            return self.answer(400, b'{"error":"invalid_grant","error_description":"invalid authorization code"}', {})
        said = {"access_token": "eyJhbGciOiJIUzI1NiJ9." + "a" * 300, "expires_in": 2592000, "refresh_token": "b" * 20, "scope": "openid", "token_type": "Bearer"}
        if word != "bare":
            said["id_token"] = id_token(word, nonce)
        return self.answer(200, json.dumps(said).encode(), {"Content-Type": "application/json"})

    def flood(self):
        self.send_response(200)
        self.send_header("Content-Length", str(1 << 30))
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x" * 65536)
        except OSError:
            self.close_connection = True

    def answer(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, address):
        pass  # A client that hangs up is part of the tests.


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", required=True)
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    chosen = parser.parse_args()
    server = Server(("127.0.0.1", chosen.port), Requests)
    server.file, server.lock, server.seen = open(chosen.log, "a", buffering=1), threading.Lock(), set()
    if chosen.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*chosen.tls)
        # The handshake is the thread's that serves the connection, not everybody's.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
