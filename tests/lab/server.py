"""A server process on loopback with files of its own, and an application for proxies to stand in front of."""
import http.server
import os
import shutil
import socket
import subprocess
import tempfile
import time

ORIGIN = "https://app.shop.test"
OTHER = "https://other.shop.test"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Backend(http.server.BaseHTTPRequestHandler):
    """An application behind a proxy: /plain knows no CORS, /cors sends its own header, /other another site's, /boom fails."""
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = b'{"ok":true}'
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status = 500 if self.path == "/boom" and self.command != "OPTIONS" else 200
        if self.command == "OPTIONS" and self.path == "/plain":
            status = 405
        # No Server header: a proxy in front then sends its own.
        self.send_response_only(status)
        if self.path in ("/cors", "/other"):
            self.send_header("Access-Control-Allow-Origin", ORIGIN if self.path == "/cors" else OTHER)
            self.send_header("Access-Control-Allow-Headers", "content-type")
        if self.path == "/boom" and self.command == "OPTIONS":
            self.send_header("Access-Control-Allow-Headers", "content-type")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_OPTIONS = do_HEAD = answer

    def log_message(self, *_):
        pass


class Server:
    """A server process with files of its own."""

    def __init__(self, files, command, env=None, settle=0, first=None):
        """`settle`: seconds that it needs after its port is open; `first`: a command to run before, such as a compiler."""
        self.settle = settle
        self.folder = tempfile.mkdtemp(prefix="lab-")
        self.port = free_port()
        for name, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(self.folder, name)), exist_ok=True)
            with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
                file.write(text.replace("@PORT@", str(self.port)).replace("@DIR@", self.folder))
        command = [part.replace("@PORT@", str(self.port)).replace("@DIR@", self.folder) for part in command]
        if first:
            subprocess.run([part.replace("@DIR@", self.folder) for part in first], cwd=self.folder, env={**os.environ, **(env or {})}, check=True)
        self.process = subprocess.Popen(command, cwd=self.folder, env={**os.environ, **{k: v.replace("@DIR@", self.folder) for k, v in (env or {}).items()}},
                                        stdout=subprocess.DEVNULL, stderr=open(os.path.join(self.folder, "err"), "w", encoding="utf-8"))

    def __enter__(self):
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                time.sleep(self.settle)
                return self.port
            except OSError:
                time.sleep(0.1)
        with open(os.path.join(self.folder, "err"), encoding="utf-8") as file:
            raise RuntimeError(file.read())

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)
