#!/usr/bin/env python3
"""Records the TLS matrix: tests/captures/tls/<cell>.pcap, <cell>.keys and tshark.tsv.

Every cell is one real conversation over the loopback interface between nginx and curl (or
`openssl s_client` where curl cannot be told to do what the cell is about), with the TLS version,
the cipher suite and the HTTP version forced. The requests are the same everywhere:

    OPTIONS /allowed   a preflight, answered 204 with Access-Control-Allow-Origin
    POST    /allowed   the request after it, answered 200
    OPTIONS /refused   a preflight, answered 204 without Access-Control-Allow-Origin

Cells named refused-* are handshakes that fail; they have no exchanges, and alerts.tsv holds the
alerts that tshark shows in them: who sent it, level and description.

tshark.tsv is what tshark reads in each capture with the cell's key log: method, path and status
per exchange. It is checked in, so that tests need none of these programs; `--table` rewrites it
from the captures that are there.

Needs root (tcpdump on lo), nginx, curl, openssl, tcpdump and tshark:
    apt-get install -y nginx-light curl openssl tcpdump tshark
    python3 tests/lab/tls_matrix.py                 all cells
    python3 tests/lab/tls_matrix.py --table         no cell, only tshark.tsv
    python3 tests/lab/tls_matrix.py tls13-0rtt-h1   some cells (tshark.tsv is rewritten for all)
"""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

CAPTURES = pathlib.Path(__file__).resolve().parents[1] / "captures" / "tls"
ORIGIN = "https://app.example"
PORT = 18443

# Cells of plain curl: name, protocol, OpenSSL cipher, certificate, further nginx lines.
SUITES_12 = [
    ("aes128-gcm", "ECDHE-RSA-AES128-GCM-SHA256", "rsa", ""),
    ("aes256-gcm", "ECDHE-RSA-AES256-GCM-SHA384", "rsa", ""),
    ("chacha20", "ECDHE-RSA-CHACHA20-POLY1305", "rsa", ""),
    ("aes128-cbc-sha-etm", "ECDHE-RSA-AES128-SHA", "rsa", ""),
    ("aes128-cbc-sha", "ECDHE-RSA-AES128-SHA", "rsa", "ssl_conf_command Options -EncryptThenMac;"),
    ("aes128-cbc-sha256-etm", "ECDHE-RSA-AES128-SHA256", "rsa", ""),
    ("aes256-cbc-sha256", "AES256-SHA256", "rsa", "ssl_conf_command Options -EncryptThenMac;"),
    ("aes256-cbc-sha384-etm", "ECDHE-RSA-AES256-SHA384", "rsa", ""),
    ("aes256-cbc-sha384", "ECDHE-RSA-AES256-SHA384", "rsa", "ssl_conf_command Options -EncryptThenMac;"),
    ("aes128-ccm", "ECDHE-ECDSA-AES128-CCM", "ecdsa", ""),
    ("aes256-ccm8", "ECDHE-ECDSA-AES256-CCM8", "ecdsa", ""),
    ("rsa-aes128-gcm", "AES128-GCM-SHA256", "rsa", ""),
]
SUITES_13 = [
    ("aes128-gcm", "TLS_AES_128_GCM_SHA256"),
    ("aes256-gcm", "TLS_AES_256_GCM_SHA384"),
    ("chacha20", "TLS_CHACHA20_POLY1305_SHA256"),
    ("aes128-ccm", "TLS_AES_128_CCM_SHA256"),
    ("aes128-ccm8", "TLS_AES_128_CCM_8_SHA256"),
]

NGINX = """
daemon off;
master_process off;
pid {work}/nginx.pid;
error_log {work}/error.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {work}; proxy_temp_path {work}; fastcgi_temp_path {work};
  uwsgi_temp_path {work}; scgi_temp_path {work};
  server {{
    listen 127.0.0.1:{port} ssl {http2};
    server_name api.example;
    ssl_certificate {work}/{certificate}.crt;
    ssl_certificate_key {work}/{certificate}.key;
    ssl_protocols {protocol};
    ssl_ciphers {cipher}:@SECLEVEL=0;
    {extra}
    location = /allowed {{
      add_header Access-Control-Allow-Origin {origin} always;
      if ($request_method = OPTIONS) {{
        add_header Access-Control-Allow-Origin {origin};
        add_header Access-Control-Allow-Methods POST;
        add_header Access-Control-Allow-Headers content-type;
        return 204;
      }}
      default_type application/json;
      return 200 '{{"saved":true}}';
    }}
    location = /refused {{ return 204; }}
  }}
}}
"""


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, **options)


def wait_until(condition, what):
    for _ in range(200):
        if condition():
            return
        time.sleep(0.02)
    raise SystemExit(f"gave up waiting for {what}")


def listening():
    table = pathlib.Path("/proc/net/tcp").read_text()
    return any(f":{PORT:04X} " in line and " 0A " in line for line in table.splitlines())


class Server:
    def __init__(self, work, **settings):
        settings = {"extra": "", "http2": "http2", "certificate": "rsa", "cipher": "DEFAULT"} | settings
        config = work / "nginx.conf"
        config.write_text(NGINX.format(work=work, port=PORT, origin=ORIGIN, **settings))
        self.process = subprocess.Popen(["nginx", "-c", str(config), "-e", str(work / "error.log")])

    def __enter__(self):
        wait_until(listening, "nginx")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        wait_until(lambda: not listening(), "the port")


class Recorder:
    def __init__(self, target):
        self.target = target

    def __enter__(self):
        self.process = subprocess.Popen(
            ["tcpdump", "-i", "lo", "-Z", "root", "--immediate-mode", "-U", "-B", "200000", "-w", str(self.target), f"tcp port {PORT}"],
            stderr=subprocess.PIPE,
        )
        self.process.stderr.readline()  # "listening on lo"

    def __exit__(self, *_):
        time.sleep(0.3)
        self.process.send_signal(signal.SIGINT)
        self.process.wait()


def preflight(path):
    return [
        "-X", "OPTIONS", f"https://api.example:{PORT}{path}",
        "-H", f"Origin: {ORIGIN}",
        "-H", "Access-Control-Request-Method: POST",
        "-H", "Access-Control-Request-Headers: content-type",
    ]


def post(path):
    return [f"https://api.example:{PORT}{path}", "-H", f"Origin: {ORIGIN}", "--json", '{"id":7}']


def curl(keys, version, *options):
    """The three requests on one connection; with `--no-keepalive`-like options on several."""
    common = [
        "-sk", f"--http{version}", "--resolve", f"api.example:{PORT}:127.0.0.1", "-o", "/dev/null", *options,
    ]
    command = ["curl"]
    for index, request in enumerate([preflight("/allowed"), post("/allowed"), preflight("/refused")]):
        command += (["--next"] if index else []) + common + request
    run(*command, env=os.environ | {"SSLKEYLOGFILE": str(keys)})


def h1(method, path, body=b""):
    lines = [f"{method} {path} HTTP/1.1", f"Host: api.example:{PORT}", f"Origin: {ORIGIN}"]
    if method == "OPTIONS":
        lines += ["Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type"]
    else:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


H1 = [h1("OPTIONS", "/allowed"), h1("POST", "/allowed", b'{"id":7}'), h1("OPTIONS", "/refused")]


def frame(kind, flags, stream, payload):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def h2(stream, method, path, body=b""):
    """HEADERS (and DATA) with every field a literal without indexing (RFC 7541 §6.2.2)."""
    fields = [(":method", method), (":scheme", "https"), (":authority", f"api.example:{PORT}"), (":path", path)]
    fields.append(("origin", ORIGIN))
    if method == "OPTIONS":
        fields += [("access-control-request-method", "POST"), ("access-control-request-headers", "content-type")]
    else:
        fields += [("content-type", "application/json"), ("content-length", str(len(body)))]
    block = b"".join(
        b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode() for name, value in fields
    )
    frames = frame(1, 4 if body else 5, stream, block)
    return frames + (frame(0, 1, stream, body) if body else b"")


H2_START = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"")
H2 = [H2_START + h2(1, "OPTIONS", "/allowed"), h2(3, "POST", "/allowed", b'{"id":7}'), h2(5, "OPTIONS", "/refused")]


def s_client(keys, version, pieces, *options):
    """Sends the pieces one after the other; `K` alone asks for a KeyUpdate of both sides."""
    alpn = "h2" if version == "2" else "http/1.1"
    client = subprocess.Popen(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{PORT}", "-servername", "api.example", "-alpn", alpn,
         "-keylogfile", str(keys), *options],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    time.sleep(0.3)
    for piece in pieces:
        client.stdin.write(piece)
        client.stdin.flush()
        time.sleep(0.2)
    client.stdin.close()
    client.terminate()
    client.wait()


def special(work):
    """Cells about what a connection does rather than about its suite: name → (server, client)."""
    session, early = work / "session.pem", work / "early.bin"

    def resumed(version, first, pieces, *options):
        def client(keys):
            s_client(keys, version, first, "-sess_out", str(session), *options)
            s_client(keys, version, pieces, "-sess_in", str(session), *options)

        return client

    def zero_rtt(version, pieces, accepted):
        def client(keys):
            options = ["-sess_in", str(session), "-early_data", str(early)]
            early.write_bytes(pieces[0])
            s_client(keys, version, pieces[:1], "-sess_out", str(session))
            # A server that asks for another group cannot take early data.
            s_client(keys, version, pieces[1:] if accepted else pieces, *options, *([] if accepted else ["-groups", "P-256:P-384"]))

        return client

    cells = {}
    for http, version, pieces in [("h1", "1.1", H1), ("h2", "2", H2)]:
        tls12 = {"protocol": "TLSv1.2", "cipher": "ECDHE-RSA-AES128-GCM-SHA256"}
        tls13 = {"protocol": "TLSv1.3"}
        cells[f"tls12-ticket-{http}"] = (tls12, resumed(version, pieces[:1], pieces, "-tls1_2"))
        cells[f"tls12-session-id-{http}"] = (
            tls12 | {"extra": "ssl_session_tickets off; ssl_session_cache shared:s:1m;"},
            resumed(version, pieces[:1], pieces, "-tls1_2"),
        )
        cells[f"tls13-psk-{http}"] = (tls13, resumed(version, pieces[:1], pieces, "-tls1_3"))
        cells[f"tls13-hrr-{http}"] = (
            tls13 | {"extra": "ssl_ecdh_curve secp384r1;"},
            lambda keys, version=version, pieces=pieces: s_client(keys, version, pieces, "-groups", "X25519:P-384"),
        )
        cells[f"tls13-0rtt-{http}"] = (
            tls13 | {"extra": "ssl_early_data on;"}, zero_rtt(version, pieces, True),
        )
        cells[f"tls13-0rtt-rejected-{http}"] = (
            tls13 | {"extra": "ssl_early_data on; ssl_ecdh_curve X25519:secp384r1;"}, zero_rtt(version, pieces, False),
        )
        updated = [pieces[0], b"K\n", pieces[1], b"k\n", pieces[2]]
        cells[f"tls13-key-update-{http}"] = (
            tls13, lambda keys, version=version, updated=updated: s_client(keys, version, updated, "-tls1_3"),
        )
    return cells


def all_cells(work):
    cells = {}
    for version, http in [("1.1", "h1"), ("2", "h2")]:
        for name, cipher, certificate, extra in SUITES_12:
            cells[f"tls12-{name}-{http}"] = (
                {"protocol": "TLSv1.2", "cipher": cipher, "certificate": certificate, "extra": extra},
                lambda keys, version=version, cipher=cipher: curl(
                    keys, version, "--tls-max", "1.2", "--ciphers", f"{cipher}:@SECLEVEL=0"),
            )
        for name, suite in SUITES_13:
            cells[f"tls13-{name}-{http}"] = (
                {"protocol": "TLSv1.3", "extra": f"ssl_conf_command Ciphersuites {suite};"},
                lambda keys, version=version, suite=suite: curl(keys, version, "--tls13-ciphers", suite),
            )
    for name, protocol, number in [("tls10", "TLSv1", "1.0"), ("tls11", "TLSv1.1", "1.1")]:
        for suffix, extra in [("-etm", ""), ("", "ssl_conf_command Options -EncryptThenMac;")]:
            cells[f"{name}-aes128-cbc-sha{suffix}-h1"] = (
                {"protocol": protocol, "cipher": "ECDHE-RSA-AES128-SHA", "extra": extra},
                lambda keys, number=number: curl(
                    keys, "1.1", f"--tlsv{number}", "--tls-max", number, "--ciphers", "ECDHE-RSA-AES128-SHA:@SECLEVEL=0"),
            )
    return cells | special(work)


def refusals():
    """Handshakes that fail: name → (server, curl's options)."""
    return {
        "refused-certificate-tls12": ({"protocol": "TLSv1.2"}, ["--tls-max", "1.2"]),
        "refused-certificate-tls13": ({"protocol": "TLSv1.3"}, []),
        "refused-version": ({"protocol": "TLSv1.3"}, ["-k", "--tls-max", "1.2"]),
        "refused-cipher": (
            {"protocol": "TLSv1.2", "cipher": "ECDHE-RSA-AES128-GCM-SHA256"},
            ["-k", "--tls-max", "1.2", "--ciphers", "ECDHE-RSA-CHACHA20-POLY1305"],
        ),
    }


def refused_curl(keys, *options):
    """One request that never leaves: curl or nginx refuses the handshake."""
    command = ["curl", "-s", "--http1.1", "--resolve", f"api.example:{PORT}:127.0.0.1", *options, *preflight("/allowed")]
    subprocess.run(command, env=os.environ | {"SSLKEYLOGFILE": str(keys)}, check=False)
    keys.touch()


def alerts(name):
    fields = ["tcp.dstport", "tls.alert_message.level", "tls.alert_message.desc"]
    command = ["tshark", "-r", CAPTURES / f"{name}.pcap", "-o", f"tls.keylog_file:{CAPTURES / name}.keys",
               "-d", f"tcp.port=={PORT},tls", "-Y", "tls.alert_message.desc", "-T", "fields"]
    for field in fields:
        command += ["-e", field]
    for line in run(*command).stdout.decode().splitlines():
        to, level, description = line.split("\t")
        yield "Client" if to == str(PORT) else "Server", level, description


def tshark(name):
    """Exchanges as tshark reads them: (stream, method, path, status), in order of the requests."""
    if not (CAPTURES / f"{name}.pcap").exists():
        return []
    fields = ["tcp.stream", "http.request.method", "http.request.uri", "http.response.code",
              "http2.streamid", "http2.headers.method", "http2.headers.path", "http2.headers.status"]
    command = ["tshark", "-r", CAPTURES / f"{name}.pcap", "-o", f"tls.keylog_file:{CAPTURES / name}.keys",
               "-d", f"tcp.port=={PORT},tls", "-T", "fields"]
    for field in fields:
        command += ["-e", field]
    exchanges, rejected = [], None
    for line in run(*command).stdout.decode().splitlines():
        stream, method1, path1, status1, streams2, methods2, paths2, statuses2 = (line.split("\t") + [""] * 8)[:8]
        split = lambda text: [part for part in text.split(",") if part]
        for method, path in zip(split(method1), split(path1)):
            exchanges.append([(stream, None), method, path, "-"])
        for status in split(status1):
            waiting = [e for e in exchanges if e[0] == (stream, None) and e[3] == "-"]
            if waiting:
                waiting[0][3] = status
        # Frames other than HEADERS list their stream as well: requests and responses of these
        # captures open streams in order, so the n-th of a connection belong together.
        for method, path in zip(split(methods2), split(paths2)):
            exchanges.append([(stream, "h2"), method, path, "-"])
        # tshark also shows a request in rejected early data, which the server never read and the
        # client repeats.
        if "rejected" in name and [e[0][0] for e in exchanges].count("1") == 1 and not rejected:
            rejected = exchanges.pop()
        for status in split(statuses2):
            waiting = [e for e in exchanges if e[0] == (stream, "h2") and e[3] == "-"]
            if waiting:
                waiting[0][3] = status
    return [(key[0], method, path, status) for key, method, path, status in exchanges]


def main():
    CAPTURES.mkdir(parents=True, exist_ok=True)
    work = pathlib.Path(tempfile.mkdtemp())
    for kind, arguments in [("rsa", ["rsa:2048"]), ("ecdsa", ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])]:
        run("openssl", "req", "-x509", "-newkey", *arguments, "-nodes", "-subj", "/CN=api.example", "-days", "3650",
            "-keyout", work / f"{kind}.key", "-out", work / f"{kind}.crt")
    wanted = sys.argv[1:]
    cells = all_cells(work)
    refused = refusals()
    for name, (server, options) in refused.items():
        cells[name] = (server, lambda keys, options=options: refused_curl(keys, *options))
    for name, (server, client) in cells.items():
        if wanted and name not in wanted:
            continue
        keys = CAPTURES / f"{name}.keys"
        keys.unlink(missing_ok=True)
        http2 = "http2" if name.endswith("-h2") else ""
        with Server(work, **({"http2": http2} | server)), Recorder(CAPTURES / f"{name}.pcap"):
            client(keys)
        print(name, (CAPTURES / f"{name}.pcap").stat().st_size, "bytes")
    rows = ["cell\tstream\tmethod\tpath\tstatus"]
    for name in sorted(cells.keys() - refused.keys()):
        found = tshark(name)
        rows += ["\t".join([name, *row]) for row in found] or [f"{name}\t-\t-\t-\t-"]
    (CAPTURES / "tshark.tsv").write_text("\n".join(rows) + "\n")
    rows = ["cell\tfrom\tlevel\tdescription"]
    rows += ["\t".join([name, *row]) for name in sorted(refused) for row in alerts(name)]
    (CAPTURES / "alerts.tsv").write_text("\n".join(rows) + "\n")
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
