"""A browser's half of Web Push (RFC 8291, RFC 8188, RFC 8292), from the standards and `cryptography` alone.

    browser.py new FILE                     a subscription's keys, kept in FILE; prints p256dh and auth
    browser.py open FILE BODY AUTHORIZATION decrypts the body (base64) and judges the header; prints what both say, as JSON
"""

import base64
import hashlib
import hmac
import json
import os
import sys

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def letters(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def data(letters):
    return base64.urlsafe_b64decode(letters + "=" * (-len(letters) % 4))


def point(key):
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def hkdf(salt, secret, info, length):
    extracted = hmac.new(salt, secret, hashlib.sha256).digest()
    return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()[:length]


def new(path):
    key = ec.generate_private_key(ec.SECP256R1())
    kept = {"private": format(key.private_numbers().private_value, "x"), "p256dh": letters(point(key.public_key())), "auth": letters(os.urandom(16))}
    with open(path, "w") as file:
        json.dump(kept, file)
    print(json.dumps({"p256dh": kept["p256dh"], "auth": kept["auth"]}))


def plain(kept, body):
    salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    sender, record = body[21:21 + length], body[21 + length:]
    assert len(record) <= size, "one record"
    key = ec.derive_private_key(int(kept["private"], 16), ec.SECP256R1())
    agreed = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
    material = hkdf(data(kept["auth"]), agreed, b"WebPush: info\0" + data(kept["p256dh"]) + sender, 32)
    content = hkdf(salt, material, b"Content-Encoding: aes128gcm\0", 16)
    nonce = hkdf(salt, material, b"Content-Encoding: nonce\0", 12)
    padded = AESGCM(content).decrypt(nonce, record, None)
    return padded.rstrip(b"\0")[:-1] if padded.rstrip(b"\0").endswith(b"\x02") else None


def claims(header):
    scheme, _, rest = header.partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data(parts["k"]))
    return {"key": parts["k"], **jwt.decode(parts["t"], key, algorithms=["ES256"], options={"verify_aud": False})}


def main(command, path, *rest):
    if command == "new":
        return new(path)
    with open(path) as file:
        kept = json.load(file)
    text = plain(kept, base64.b64decode(rest[0]))
    print(json.dumps({"text": text.decode(), "claims": claims(rest[1])}))


main(*sys.argv[1:])
