#!/usr/bin/env python3
"""Real servers on loopback: record what they answer, apply the fix whycors prints, record again.

Needs nginx, apache2, node with express, cors, fastify and @fastify/cors (NODE_PATH), and a Python
with flask, flask-cors, django, django-cors-headers, fastapi and uvicorn. Usage:

    NODE_PATH=…/node_modules python3 tests/lab/stacks.py target/debug/whycors tests/stacks

Writes one JSON file a stack: for each case the answers to the preflight and to the request, the
cause whycors names, and, where the case is fixed, the printed fix and the answers after it. Exits
with 1 when a fix does not give exactly one right Access-Control-Allow-Origin line on both answers.
"""
import http.client
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

ORIGIN = "https://app.shop.test"
BINARY, OUT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
NGINX, APACHE = shutil.which("nginx") or "/usr/sbin/nginx", shutil.which("apache2") or "/usr/sbin/apache2"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def ask(port, method, path, headers, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body=body, headers=headers)
    response = connection.getresponse()
    text = response.read().decode("utf-8", "replace")[:400]
    return {"status": response.status, "reason": response.reason,
            "headers": [[n, v] for n, v in response.getheaders() if n.lower() not in ("date", "etag", "last-modified")],
            "body": text}


def record(port, path, method):
    preflight = ask(port, "OPTIONS", path, {
        "Host": "api.shop.test", "Origin": ORIGIN, "Accept": "*/*",
        "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "content-type"})
    actual = ask(port, method, path, {"Host": "api.shop.test", "Origin": ORIGIN, "Content-Type": "application/json"}, "{}")
    return {"preflight": preflight, "actual": actual}


def har(answers, path, method):
    """As a proxy would save it: what went over the wire, with bodies, and nothing after a failed preflight."""
    def entry(verb, request_headers, answer, at):
        return {"startedDateTime": f"2026-01-01T00:00:0{at}.000Z", "time": 5, "cache": {}, "timings": {"send": 0, "wait": 5, "receive": 0},
                "request": {"method": verb, "url": "https://api.shop.test" + path, "httpVersion": "HTTP/1.1", "cookies": [], "queryString": [],
                            "headers": [{"name": n, "value": v} for n, v in request_headers], "headersSize": -1, "bodySize": -1},
                "response": {"status": answer["status"], "statusText": answer["reason"], "httpVersion": "HTTP/1.1", "cookies": [],
                             "headers": [{"name": n, "value": v} for n, v in answer["headers"]], "redirectURL": "", "headersSize": -1, "bodySize": -1,
                             "content": {"size": len(answer["body"]), "mimeType": "text/plain", "text": answer["body"]}}}
    first = entry("OPTIONS", [("Origin", ORIGIN), ("Accept", "*/*"), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", "content-type")], answers["preflight"], 1)
    second = entry(method, [("Origin", ORIGIN), ("Content-Type", "application/json")], answers["actual"], 2)
    return {"log": {"version": "1.2", "creator": {"name": "mitmproxy", "version": "12"}, "entries": [first, second]}}


def diagnose(answers, path, method):
    for keep in (2, 1):
        document = har(answers, path, method)
        document["log"]["entries"] = document["log"]["entries"][:keep]
        with tempfile.NamedTemporaryFile("w", suffix=".har", delete=False) as file:
            json.dump(document, file)
        run = subprocess.run([BINARY, "--format", "json", file.name], capture_output=True, text=True, check=False)
        os.unlink(file.name)
        findings = [f for f in json.loads(run.stdout)["findings"] if f["cause"]]
        # A refused preflight with an answered request is no browser's doing: look at the preflight alone.
        if findings:
            return findings[0]
    return None


def right(answers):
    def one(answer):
        values = [v for n, v in answer["headers"] if n.lower() == "access-control-allow-origin"]
        return values == [ORIGIN]
    return one(answers["preflight"]) and one(answers["actual"]) and answers["preflight"]["status"] // 100 == 2


class Backend(http.server.BaseHTTPRequestHandler):
    """An application behind a proxy: /plain knows no CORS, /cors sends its own header, /boom fails."""
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = b'{"ok":true}'
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status = 500 if self.path == "/boom" and self.command != "OPTIONS" else 200
        if self.command == "OPTIONS" and self.path == "/plain":
            status = 405
        # No Server header: a proxy in front then sends its own.
        self.send_response_only(status)
        if self.path == "/cors":
            self.send_header("Access-Control-Allow-Origin", ORIGIN)
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

    def __init__(self, files, command, env=None):
        self.folder = tempfile.mkdtemp(prefix="lab-")
        self.port = free_port()
        for name, text in files.items():
            with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
                file.write(text.replace("@PORT@", str(self.port)).replace("@DIR@", self.folder))
        command = [part.replace("@PORT@", str(self.port)).replace("@DIR@", self.folder) for part in command]
        self.process = subprocess.Popen(command, cwd=self.folder, env={**os.environ, **(env or {})},
                                        stdout=subprocess.DEVNULL, stderr=open(os.path.join(self.folder, "err"), "w", encoding="utf-8"))

    def __enter__(self):
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return self.port
            except OSError:
                time.sleep(0.1)
        with open(os.path.join(self.folder, "err"), encoding="utf-8") as file:
            raise RuntimeError(file.read())

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


def nginx(backend, location):
    config = f"""daemon off; master_process off; error_log @DIR@/error.log; pid @DIR@/pid;
events {{}} http {{ access_log off; client_body_temp_path @DIR@/a; proxy_temp_path @DIR@/b; fastcgi_temp_path @DIR@/c;
uwsgi_temp_path @DIR@/d; scgi_temp_path @DIR@/e;
server {{ listen 127.0.0.1:@PORT@; location / {{
{location}
proxy_pass http://127.0.0.1:{backend}; }} }} }}"""
    return Server({"nginx.conf": config}, [NGINX, "-p", "@DIR@", "-c", "@DIR@/nginx.conf"])


def apache(backend, lines):
    modules = "/usr/lib/apache2/modules"
    load = "\n".join(f"LoadModule {m}_module {modules}/mod_{m}.so" for m in
                     ("mpm_event", "authz_core", "headers", "rewrite", "proxy", "proxy_http"))
    config = f"""ServerRoot @DIR@
{load}
Listen 127.0.0.1:@PORT@
ServerName localhost
PidFile @DIR@/pid
ErrorLog @DIR@/error.log
ProxyPass / http://127.0.0.1:{backend}/
<Location />
{lines}
</Location>"""
    return Server({"apache.conf": config}, [APACHE, "-X", "-f", "@DIR@/apache.conf"])


def express(before, routes="app.post('/data', (q, r) => r.json({ok: 1}))"):
    script = f"const express = require('express'), cors = require('cors'); const app = express();\n{before}\n{routes};\napp.listen(@PORT@, '127.0.0.1')"
    return Server({"app.cjs": script}, ["node", "app.cjs"])


def fastify(before):
    script = f"""const fastify = require('fastify')();
(async () => {{ {before}
fastify.post('/data', async () => ({{ok: 1}}));
await fastify.listen({{port: @PORT@, host: '127.0.0.1'}}) }})()"""
    return Server({"app.cjs": script}, ["node", "app.cjs"])


def flask(before, cors):
    script = f"""from flask import Flask, current_app, jsonify, request
from flask_cors import CORS
app = Flask(__name__)
{cors}
@app.before_request
def check():
{before}
@app.route("/data", methods=["POST", "GET"])
def data():
    return jsonify(ok=True)
app.run("127.0.0.1", @PORT@)"""
    return Server({"app.py": script}, [sys.executable, "app.py"])


def django(settings):
    script = f"""import sys
from django.conf import settings
from django.http import JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
{settings}
settings.configure(DEBUG=False, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="lab", INSTALLED_APPS=["corsheaders"],
    MIDDLEWARE=MIDDLEWARE, **{{k: v for k, v in globals().items() if k.startswith("CORS_")}})
urlpatterns = [path("data", csrf_exempt(require_http_methods(["GET", "POST"])(lambda r: JsonResponse({{"ok": True}}))))]
from django.core.management import execute_from_command_line
execute_from_command_line(["app", "runserver", "--noreload", "127.0.0.1:@PORT@"])"""
    return Server({"app.py": script}, [sys.executable, "app.py"])


def starlette(cors):
    script = f"""from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
import uvicorn
app = FastAPI()
@app.post("/data")
def data():
    return {{"ok": True}}
{cors}
uvicorn.run(app, host="127.0.0.1", port=@PORT@, log_level="error")"""
    return Server({"app.py": script}, [sys.executable, "app.py"])


def body_of(django_fix):
    """The printed settings, without the ellipsis that stands for the project's own middleware."""
    return django_fix.replace(", ...]", ", 'django.middleware.common.CommonMiddleware']")


NO_MIDDLEWARE = "MIDDLEWARE = ['django.middleware.common.CommonMiddleware']"
REFUSE = '    if "Authorization" not in request.headers: return jsonify(error="unauthorized"), 401'
LET_OPTIONS_PASS = "\n" + REFUSE


def cases(backend):
    add = f"add_header Access-Control-Allow-Origin {ORIGIN}"
    set_ = f'Header always set Access-Control-Allow-Origin "{ORIGIN}"'
    refuse = "cors({ origin: ['https://other.shop.test'] })"
    yield "nginx", "a proxy without CORS", "/plain", lambda fix: nginx(backend, fix or "")
    yield "nginx", "both layers add the header", "/cors", lambda fix: nginx(backend, f"{add} always;\n{fix or ''}")
    yield "nginx", "add_header without always", "/boom", lambda fix: nginx(backend, fix or f"{add};")
    yield "apache", "a proxy without CORS", "/plain", lambda fix: apache(backend, fix or "")
    yield "apache", "both layers add the header", "/cors", lambda fix: apache(backend, fix or set_)
    yield "express", "no CORS", "/data", lambda fix: express(fix or "")
    yield "express", "origin not on the list", "/data", lambda fix: express(fix or f"app.use({refuse})")
    yield "fastify", "no CORS", "/data", lambda fix: fastify(fix or "")
    yield "fastify", "origin not on the list", "/data", lambda fix: fastify(fix or "await fastify.register(require('@fastify/cors'), { origin: ['https://other.shop.test'] })")
    yield "flask", "no CORS", "/data", lambda fix: flask("    pass", fix or "")
    yield "flask", "login check before CORS", "/data", lambda fix: flask(("    " + fix.split("\n")[0] if fix else REFUSE), fix.split("\n", 1)[1] if fix else "")
    yield "django", "no CORS", "/data", lambda fix: django(body_of(fix) if fix else NO_MIDDLEWARE)
    yield "django", "origin not on the list", "/data", lambda fix: django(body_of(fix) if fix else "MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware']\nCORS_ALLOWED_ORIGINS = ['https://other.shop.test']")
    yield "starlette", "no CORS", "/data", lambda fix: starlette(fix or "")
    yield "starlette", "origin not on the list", "/data", lambda fix: starlette(fix or "app.add_middleware(CORSMiddleware, allow_origins=['https://other.shop.test'])")


def main():
    backend = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    results, wrong = {}, 0
    for stack, name, path, start in cases(backend.server_port):
        with start(None) as port:
            before = record(port, path, "POST")
        finding = diagnose(before, path, "POST")
        case = {"case": name, "path": path, "before": before, "cause": finding and finding["cause"]["id"],
                "stack": [hit["id"] for hit in finding["stack"]] if finding else []}
        fix = next((f for f in (finding or {}).get("fixes", []) if f["stack"] == stack), None)
        if fix:
            case["fix"] = fix["text"]
            with start(fix["text"]) as port:
                case["after"] = record(port, path, "POST")
            case["right"] = right(case["after"])
        else:
            case["right"] = None
        wrong += case["right"] is False
        print(f"{stack:10} {name:30} {case['cause']!s:28} stack {case['stack']} fixed {case['right']}")
        results.setdefault(stack, []).append(case)
    for stack, found in results.items():
        with open(os.path.join(OUT, f"{stack}.json"), "w", encoding="utf-8") as file:
            json.dump({"origin": ORIGIN, "method": "POST", "cases": found}, file, indent=1)
            file.write("\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
