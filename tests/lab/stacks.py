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
import subprocess
import sys
import tempfile
import threading

import node
import others
import proxies
import pythons
from server import ORIGIN, OTHER, Backend, free_port

BINARY, OUT, ONLY = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3:]


def ask(port, method, path, headers, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body=body, headers=headers)
    response = connection.getresponse()
    text = response.read().decode("utf-8", "replace")[:1200]
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
    # A browser sends nothing after a preflight that fails.
    for keep in (1, 2):
        document = har(answers, path, method)
        document["log"]["entries"] = document["log"]["entries"][:keep]
        with tempfile.NamedTemporaryFile("w", suffix=".har", delete=False) as file:
            json.dump(document, file)
        run = subprocess.run([BINARY, "--format", "json", file.name], capture_output=True, text=True, check=False)
        os.unlink(file.name)
        findings = [f for f in json.loads(run.stdout)["findings"] if f["verdict"] == "fail"]
        if findings:
            return findings[0]
    return None


def right(answers):
    def one(answer):
        values = [v for n, v in answer["headers"] if n.lower() == "access-control-allow-origin"]
        return values == [ORIGIN]
    return one(answers["preflight"]) and one(answers["actual"]) and answers["preflight"]["status"] // 100 == 2


def whole(stack, fix):
    """A fix that adds to a list that is there, with what is there."""
    before, after = {"express": ("app.use(", ")"), "fastify": ("await fastify.", ""), "starlette": ("app.", ""),
                     "django": ("MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware']\n", "")}.get(stack, ("", ""))
    return f"{before}{fix.replace('…', repr(OTHER))}{after}" if "…" in fix else fix


def main():
    backend = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    results, wrong = {}, 0
    every = [*proxies.cases(backend.server_port, free_port()), *node.cases(), *pythons.cases(), *others.cases()]
    for stack, name, path, start in (case for case in every if not ONLY or case[0] in ONLY):
        with start(None) as port:
            before = record(port, path, "POST")
        finding = diagnose(before, path, "POST")
        case = {"case": name, "path": path, "before": before, "cause": finding and finding["cause"]["id"],
                "stack": [hit["id"] for hit in finding["stack"]] if finding else []}
        fix = next((f for f in (finding or {}).get("fixes", []) if f["stack"] == stack), None)
        if fix:
            case["fix"] = fix["text"]
            with start(whole(stack, fix["text"])) as port:
                case["after"] = record(port, path, "POST")
            case["right"] = right(case["after"])
        else:
            case["right"] = None
        wrong += case["right"] is False
        print(f"{stack:10} {name:30} {case['cause']!s:28} stack {case['stack']} fixed {case['right']}", flush=True)
        results.setdefault(stack, []).append(case)
    for stack, found in results.items():
        with open(os.path.join(OUT, f"{stack}.json"), "w", encoding="utf-8") as file:
            json.dump({"origin": ORIGIN, "method": "POST", "cases": found}, file, indent=1)
            file.write("\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
