"""nginx as deploy/proxy has it, with ports and folders of a test's own."""
import base64
import hashlib
import re
import subprocess

from browser import ROOT

NAME = "portal.example.jp"
NGINX = "/usr/sbin/nginx"


def certify(folder):
    """A key and its certificate for NAME, as nginx.conf names them."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
         "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/certificate.pem"], check=True, capture_output=True)


def believed(folder, port):
    """By which a browser finds NAME on this machine and trusts its key, without a word to the system."""
    key = subprocess.run(["openssl", "pkey", "-in", f"{folder}/key.pem", "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
    return (f"--host-resolver-rules=MAP {NAME}:443 127.0.0.1:{port}",
            f"--ignore-certificate-errors-spki-list={base64.b64encode(hashlib.sha256(key).digest()).decode()}")


def start_nginx(folder, port, plain_port, portal):
    """Listens on `port` for TLS and on `plain_port` without; `portal` is the port of what stands behind it."""
    with open(f"{ROOT}/deploy/proxy/nginx.conf", encoding="utf-8") as file:
        text = file.read()
    for old, new in ((r"listen \[::\].*\n", ""), (r"listen 80\b", f"listen 127.0.0.1:{plain_port}"), (r"listen 443\b", f"listen 127.0.0.1:{port}"),
                     (r"/etc/kazasu/proxy", folder), (r"/run/nginx.pid", f"{folder}/pid"), (r"/var/log/nginx", folder),
                     (r"127\.0\.0\.1:8080", f"127.0.0.1:{portal}"), (r"user www-data;\n", "daemon off;\n"), (r"/etc/nginx", folder)):
        text, count = re.subn(old, new, text)
        if not count and old != "/etc/nginx":
            raise AssertionError(f"nginx.conf has no {old}")
    with open(f"{folder}/nginx.conf", "w", encoding="utf-8") as file:
        file.write(text)
    return subprocess.Popen([NGINX, "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"], stderr=subprocess.DEVNULL)
