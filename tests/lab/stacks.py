#!/usr/bin/env python3
"""Real servers on loopback: record what they answer, apply the fix whycors prints, record again.

    NODE_PATH=…/node_modules python3 tests/lab/stacks.py target/debug/whycors tests/stacks [STACK…]

Without names, every stack. Programs and packages that must be there stand in the modules of this
folder (`proxies`, `node`, `pythons`, `others`); the tests of the project need none of them.

Writes one JSON file a stack: for each case the answers to the preflight and to the request, the
cause whycors names, and, where the case is fixed, the printed fix and the answers after it. Exits
with 1 when a fix does not give exactly one right Access-Control-Allow-Origin line on both answers.
"""
import http.client
import http.server
import json
import os
import re
import subprocess
import sys
import tempfile
import threading

import node
import others
import proxies
import pythons
from server import ORIGIN, OTHER, Backend, free_port

METHOD = "POST"
BINARY, OUT, ONLY = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3:]


def ask(port, method, path, headers, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body=body, headers=headers)
    response = connection.getresponse()
    # Stack traces name the folder of this machine.
    text = re.sub(r"/tmp/[^ :)]*?/(?=app\.|node_modules)", "/srv/app/", response.read().decode("utf-8", "replace"))[:1200]
    return {"status": response.status, "reason": response.reason,
            "headers": [[n, v] for n, v in response.getheaders() if n.lower() not in ("date", "etag", "last-modified")],
            "body": text}


def record(port, path, cookies):
    """What a browser would ask; with cookies, a request that needs no preflight."""
    origin = {"Host": "api.shop.test", "Origin": ORIGIN}
    if cookies:
        return {"actual": ask(port, METHOD, path, {**origin, "Content-Type": "text/plain", "Cookie": "sid=1", "Sec-Fetch-Mode": "cors"}, "{}")}
    preflight = ask(port, "OPTIONS", path, {
        **origin, "Accept": "*/*", "Access-Control-Request-Method": METHOD, "Access-Control-Request-Headers": "content-type"})
    return {"preflight": preflight, "actual": ask(port, METHOD, path, {**origin, "Content-Type": "application/json"}, "{}")}


def har(answers, path, cookies):
    """As a proxy would save it: what went over the wire, with bodies."""
    def entry(verb, request_headers, answer, at):
        return {"startedDateTime": f"2026-01-01T00:00:0{at}.000Z", "time": 5, "cache": {}, "timings": {"send": 0, "wait": 5, "receive": 0},
                "request": {"method": verb, "url": "https://api.shop.test" + path, "httpVersion": "HTTP/1.1", "cookies": [], "queryString": [],
                            "headers": [{"name": n, "value": v} for n, v in request_headers], "headersSize": -1, "bodySize": -1},
                "response": {"status": answer["status"], "statusText": answer["reason"], "httpVersion": "HTTP/1.1", "cookies": [],
                             "headers": [{"name": n, "value": v} for n, v in answer["headers"]], "redirectURL": "", "headersSize": -1, "bodySize": -1,
                             "content": {"size": len(answer["body"]), "mimeType": "text/plain", "text": answer["body"]}}}
    if cookies:
        entries = [entry(METHOD, [("Origin", ORIGIN), ("Content-Type", "text/plain"), ("Cookie", "sid=1"), ("Sec-Fetch-Mode", "cors")], answers["actual"], 2)]
    else:
        entries = [entry("OPTIONS", [("Origin", ORIGIN), ("Accept", "*/*"), ("Access-Control-Request-Method", METHOD), ("Access-Control-Request-Headers", "content-type")], answers["preflight"], 1),
                   entry(METHOD, [("Origin", ORIGIN), ("Content-Type", "application/json")], answers["actual"], 2)]
    return {"log": {"version": "1.2", "creator": {"name": "mitmproxy", "version": "12"}, "entries": entries}}


def diagnose(answers, path, cookies):
    """The first failure. A browser sends nothing after a preflight that fails."""
    document = har(answers, path, cookies)
    entries = document["log"]["entries"]
    for keep in range(1, len(entries) + 1):
        document["log"]["entries"] = entries[:keep]
        with tempfile.NamedTemporaryFile("w", suffix=".har", delete=False) as file:
            json.dump(document, file)
        run = subprocess.run([BINARY, "--format", "json", file.name], capture_output=True, text=True, check=False)
        os.unlink(file.name)
        for finding in json.loads(run.stdout)["findings"]:
            if finding["verdict"] == "fail":
                return finding
    return None


def right(answers, cookies):
    """Exactly one right line on each answer, and a preflight that is answered with success."""
    def lines(answer, name):
        return [v for n, v in answer["headers"] if n.lower() == name]
    return (all(lines(answer, "access-control-allow-origin") == [ORIGIN] for answer in answers.values())
            and (not cookies or lines(answers["actual"], "access-control-allow-credentials") == ["true"])
            and ("preflight" not in answers or answers["preflight"]["status"] // 100 == 2))


def whole(stack, fix):
    """A fix that adds to a list that is there, with what is there."""
    before, after = {"express": ("app.use(", ")"), "fastify": ("await fastify.", ""), "starlette": ("app.", ""),
                     "django": ("MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware']\n", "")}.get(stack, ("", ""))
    return f"{before}{fix.replace('…', repr(OTHER))}{after}" if "…" in fix else fix


def fails_with(stack, fix, path):
    """Whether the application has /boom, and the fix holds for it: some name the path."""
    return path == "/data" and path not in fix and stack in ("aiohttp", "express", "fastify", "hapi", "jetty", "koa", "nest", "tomcat", "tornado")


def main():
    backend = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    results, wrong = {}, 0
    every = [*proxies.cases(backend.server_port, free_port()), *node.cases(), *pythons.cases(), *others.cases()]
    for stack, name, path, start, *cookies in (case for case in every if not ONLY or case[0] in ONLY):
        with start(None) as port:
            before = record(port, path, cookies)
        finding = diagnose(before, path, cookies)
        case = {"case": name, "path": path, "cookies": bool(cookies), "before": before, "cause": finding and finding["cause"]["id"],
                "stack": [hit["id"] for hit in finding["stack"]] if finding else []}
        fix = next((f for f in (finding or {}).get("fixes", []) if f["stack"] == stack), None)
        if fix:
            case["fix"] = fix["text"]
            with start(whole(stack, fix["text"])) as port:
                case["after"] = record(port, path, cookies)
                # With the fix in place, a request that fails.
                if fails_with(stack, fix["text"], path):
                    case["failing"] = record(port, "/boom", cookies)
            case["right"] = right(case["after"], cookies) and ("failing" not in case or right(case["failing"], cookies))
        else:
            case["right"] = None
        wrong += case["right"] is False
        print(f"{stack:10} {name:42} {case['cause']!s:28} stack {case['stack']} fixed {case['right']}{' also failing' * ('failing' in case)}", flush=True)
        results.setdefault(stack, []).append(case)
    for stack, found in results.items():
        with open(os.path.join(OUT, f"{stack}.json"), "w", encoding="utf-8") as file:
            json.dump({"origin": ORIGIN, "method": METHOD, "cases": found}, file, indent=1)
            file.write("\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
