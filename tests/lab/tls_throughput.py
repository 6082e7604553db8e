#!/usr/bin/env python3
"""CPU seconds of reading one TLS 1.3 capture with its keys, as a ratio to tshark.

Records web traffic of about 70 MB over nginx and curl (preflights, JSON, HTML, an image; 20
connections, 2,100 exchanges) in a network namespace whose packets have 1,500 bytes, once as
HTTP/1.1 and once as HTTP/2, then reads it with tshark (methods and statuses, one pass) and with
whycors (whole program, JSON). All of it passes CORS: reading is what is measured, not reporting.
Needs what tls_matrix.py needs, and a release build:

    cargo build --release && python3 tests/lab/tls_throughput.py
"""

import json
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import tls_matrix as matrix  # noqa: E402

BINARY = pathlib.Path(__file__).resolve().parents[2] / "target" / "release" / "whycors"
ONE_GIGABYTE = 1e9


def files(folder):
    random.seed(1)
    rows = [{"id": n, "name": f"item {n}", "price": random.random() * 100, "tags": ["a", "b"]} for n in range(300)]
    (folder / "list.json").write_text(json.dumps(rows))
    (folder / "page.html").write_text("".join(f"<p class=x>{random.random()} lorem ipsum</p>\n" for _ in range(800)))
    (folder / "image.png").write_bytes(random.randbytes(60_000))
    folder.chmod(0o755)


def record(work, version, capture, keys):
    extra = f"""types {{ application/json json; text/html html; image/png png; }} keepalive_requests 1000000;
        add_header Access-Control-Allow-Origin {matrix.ORIGIN};
        add_header Access-Control-Allow-Credentials true;
        add_header Access-Control-Allow-Methods PUT;
        add_header Vary Origin;
        location = /item {{ return 204; }}
        location /s/ {{ alias {work}/; }}"""
    url = f"https://api.example:{matrix.PORT}"
    common = ["-sk", f"--http{version}", "--resolve", f"api.example:{matrix.PORT}:127.0.0.1", "-o", "/dev/null",
              "-H", f"Origin: {matrix.ORIGIN}"]
    preflights = [*common, "-X", "OPTIONS", "-H", "Access-Control-Request-Method: PUT", f"{url}/item?[1-30]"]
    others = [*common, f"{url}/s/{{list.json,page.html,image.png}}?[1-25]"]
    http2 = "http2" if version == "2" else ""
    with matrix.Server(work, protocol="TLSv1.3", http2=http2, extra=extra), matrix.Recorder(capture):
        for _ in range(20):
            matrix.run("curl", *preflights, "--next", *others, env=os.environ | {"SSLKEYLOGFILE": str(keys)})


def cpu(*command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    if "--inside" not in sys.argv:
        inside = "ip link set lo up mtu 1500 gso_max_size 1500 gso_max_segs 1 && exec python3 $0 --inside"
        sys.exit(subprocess.run(["unshare", "-n", "sh", "-c", inside, __file__], check=False).returncode)
    work = pathlib.Path(tempfile.mkdtemp())
    files(work)
    matrix.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=api.example",
               "-keyout", work / "rsa.key", "-out", work / "rsa.crt")
    fields = ["http.request.method", "http.response.code", "http2.headers.method", "http2.headers.status"]
    for version in ["1.1", "2"]:
        capture, keys = work / f"http{version}.pcap", work / f"http{version}.keys"
        record(work, version, capture, keys)
        shark = cpu("tshark", "-r", capture, "-o", f"tls.keylog_file:{keys}", "-d", f"tcp.port=={matrix.PORT},tls",
                    "-T", "fields", *[part for field in fields for part in ("-e", field)])
        ours = min(cpu(BINARY, capture, "--keylog", keys, "--format", "json") for _ in range(3))
        size = capture.stat().st_size
        print(f"HTTP/{version}: {size / 1e6:.0f} MB, tshark {shark:.2f} s, whycors {ours:.3f} s CPU "
              f"({ours / size * ONE_GIGABYTE:.2f} s per GB), ratio {shark / ours:.0f}")


if __name__ == "__main__":
    main()
