"""The servers of the live laboratory: scripted answers over HTTP/1.1 and HTTP/2, in clear and in TLS.

Every answer carries its number in X-Request-Id, so that one exchange is found again in a HAR, in packets and in the
server's own record. What a browser makes of an answer is not known here.
"""
import asyncio
import base64
import datetime
import hashlib
import ipaddress
import os
import socket
import ssl
import struct

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

BODIES = {
    "text": (None, b"answer\n"), "script": ("text/javascript", b"/* */"), "style": ("text/css", b"p{}"), "json": ("application/json", b"{}"),
    "image": ("image/png", base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")),
    "font": ("font/woff2", b"wOF2"), "video": ("video/mp4", b"\0\0\0\x18ftypmp42"), "events": ("text/event-stream", b"retry: 60000\ndata: 1\n\n")}


def certificate(folder, name):
    """A certificate for every name of the laboratory; returns (chain file, key file, hash of the public key)."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "lab")]), datetime.datetime.now(datetime.timezone.utc)
    names = [x509.DNSName(n) for n in ("*.shop.test", "*.partner.test", "localhost")] + [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30)).add_extension(x509.SubjectAlternativeName(names), False)
            .add_extension(x509.BasicConstraints(True, None), True).sign(key, hashes.SHA256()))
    paths = [os.path.join(folder, f"{name}.{end}") for end in ("crt", "key")]
    with open(paths[0], "wb") as file:
        file.write(made.public_bytes(serialization.Encoding.PEM))
    with open(paths[1], "wb") as file:
        file.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    info = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return *paths, base64.b64encode(hashlib.sha256(info).digest()).decode()


class Scripts:
    """What is answered to what, and what came. `answers` maps host and target to [to the preflight, to the request].

    An answer: status, lines, and if wanted body (of BODIES), delay, frame, breaks; `renewed`: the answer to a request
    with the validator of its ETag line; `turns`: answers taken in turn; `echo`: Allow-Origin repeats the Origin asked.
    """

    def __init__(self):
        self.answers, self.pages, self.seen = {}, {}, []

    def decide(self, method, key, headers):
        preflight = method == "OPTIONS" and "access-control-request-method" in headers
        number, target = len(self.seen), "/" + key.split("/", 1)[1]
        self.seen.append({"key": key, "preflight": preflight, "method": method})
        page = self.pages.get(target.split("?")[0])
        if page and not preflight:
            return number, {"status": 200, "lines": [f"Content-Type: {page[0]}", *page[1]], "text": page[2]}
        answer = self.answers.get(key, [{"status": 404, "lines": []}] * 2)[0 if preflight else 1]
        if "turns" in answer:
            answer["turn"] = answer.get("turn", -1) + 1
            answer = answer["turns"][answer["turn"] % len(answer["turns"])]
        if answer.get("renewed") and "if-none-match" in headers:
            answer = answer["renewed"]
        kind, text = BODIES[answer.get("body", "text")]
        lines = list(answer["lines"]) + [f"Content-Type: {kind}"] * (kind is not None)
        if answer.get("echo") and "origin" in headers:
            lines = [x for x in lines if not x.lower().startswith("access-control-allow-origin:")]
            lines.append("Access-Control-Allow-Origin: " + headers["origin"])
        return number, {**answer, "lines": lines, "text": text}


class OverHttp1:
    def __init__(self, scripts):
        self.scripts = scripts

    async def connection(self, reader, writer):
        try:
            while await self.exchange(reader, writer):
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError, ssl.SSLError, ValueError):
            pass
        writer.close()

    async def exchange(self, reader, writer):
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {line.split(":")[0].lower(): line.split(":", 1)[1].strip() for line in lines}
        await reader.readexactly(int(headers.get("content-length", 0)))
        number, answer = self.scripts.decide(method, headers["host"] + target, headers)
        await asyncio.sleep(answer.get("delay", 0))
        return self.answer(writer, method, number, answer, answer["text"])

    def answer(self, writer, method, number, answer, text):
        status, frame, breaks = answer["status"], answer.get("frame", "length"), answer.get("breaks")
        if breaks == "reset":
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        if breaks in ("reset", "close"):
            return False
        if breaks == "garbage":
            writer.write(b"\x00\x01 nonsense\r\n\r\n")
            return False
        head = [f"HTTP/1.1 {status} Status", f"X-Request-Id: lab-{number}", *answer["lines"]]
        empty = method == "HEAD" or status in (204, 304)
        closes = breaks == "short" or (frame == "close" and not empty)
        if empty:
            text = b""
        elif breaks == "short":
            head.append(f"Content-Length: {len(text) + 100}")
        elif frame == "chunked":
            head.append("Transfer-Encoding: chunked")
            text = b"%x\r\n%s\r\n0\r\n\r\n" % (len(text), text) if text else b"0\r\n\r\n"
        elif not closes:
            head.append(f"Content-Length: {len(text)}")
        end = "\n" if frame == "lf" else "\r\n"
        writer.write((end.join(head) + end + end).encode("latin-1") + text)
        return not closes


class OverHttp2:
    def __init__(self, scripts):
        self.scripts = scripts

    async def connection(self, reader, writer):
        config = h2.config.H2Configuration(client_side=False, header_encoding="latin-1", validate_inbound_headers=False,
                                           validate_outbound_headers=False, normalize_outbound_headers=False)
        link, tasks = h2.connection.H2Connection(config), set()
        link.initiate_connection()
        writer.write(link.data_to_send())
        try:
            while data := await reader.read(65536):
                for event in link.receive_data(data):
                    if isinstance(event, h2.events.RequestReceived):
                        task = asyncio.create_task(self.exchange(link, writer, event))
                        tasks.add(task)
                        task.add_done_callback(tasks.discard)
                    elif isinstance(event, h2.events.DataReceived):
                        link.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                writer.write(link.data_to_send())
        except (ConnectionError, h2.exceptions.H2Error, ssl.SSLError, OSError):
            pass
        writer.close()

    async def exchange(self, link, writer, event):
        headers, stream = dict(event.headers), event.stream_id
        number, answer = self.scripts.decide(headers[":method"], headers[":authority"] + headers[":path"], headers)
        await asyncio.sleep(answer.get("delay", 0))
        try:
            self.answer(link, writer, stream, headers[":method"], number, answer)
            writer.write(link.data_to_send())
        except (h2.exceptions.H2Error, ConnectionError, OSError):
            pass  # the browser has reset the stream

    @staticmethod
    def answer(link, writer, stream, method, number, answer):
        status, breaks, text = answer["status"], answer.get("breaks"), answer["text"]
        if breaks == "reset":
            return link.reset_stream(stream, h2.errors.ErrorCodes.INTERNAL_ERROR)
        if breaks == "close":
            return link.close_connection(h2.errors.ErrorCodes.ENHANCE_YOUR_CALM)
        if breaks == "garbage":
            return writer.write(b"\xff" * 64)
        head = [(":status", str(status)), ("x-request-id", f"lab-{number}")]
        head += [(name.lower(), value.strip(" \t")) for name, value in (line.split(":", 1) for line in answer["lines"])]
        empty = method == "HEAD" or status in (204, 304)
        link.send_headers(stream, head, end_stream=empty)
        if breaks == "short" and not empty:
            return link.reset_stream(stream, h2.errors.ErrorCodes.INTERNAL_ERROR)
        while not empty:
            piece, text = text[:16384], text[16384:]
            link.send_data(stream, piece, end_stream=not text)
            empty = not text
        return None


async def serve(scripts, ports, trusted, unknown):
    """Opens every port: `ports` has http (a list), tls, h2 and untrusted."""
    def context(chain, protocols):
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(*chain[:2])
        made.set_alpn_protocols(protocols)
        return made
    old, new = OverHttp1(scripts).connection, OverHttp2(scripts).connection
    for port in ports["http"]:
        await asyncio.start_server(old, "127.0.0.1", port)
    await asyncio.start_server(old, "127.0.0.1", ports["tls"], ssl=context(trusted, ["http/1.1"]))
    await asyncio.start_server(new, "127.0.0.1", ports["h2"], ssl=context(trusted, ["h2"]))
    await asyncio.start_server(old, "127.0.0.1", ports["untrusted"], ssl=context(unknown, ["http/1.1"]))
