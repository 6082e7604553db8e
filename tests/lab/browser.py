#!/usr/bin/env python3
"""Chromium against whycors: the same requests, the browser's verdicts and ours.

Pages on two origins (some sandboxed, some twice at a time) ask a server on loopback for what
browser_cases.py made of the seed. DevTools' events say what Chromium refused and by which rule;
tcpdump records the packets, and whycors judges them. Every answer carries its number in X-Wire, so
a verdict of one is laid beside the verdict of the other about the very same exchange.

    python3 tests/lab/browser.py target/debug/whycors [SEED [PAGES [CASES]]]

Prints the counts and every difference, keeps the files in a new directory, and exits with 1 when
whycors passes what Chromium blocked, fails what it delivered, or names another rule. Undecided is
right where it hangs on the credentials mode or on whether a script waits for the answer: packets
do not tell. Needs root (tcpdump on lo), chromium and tcpdump.
"""
import asyncio
import collections
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile

from browser_cases import Cases

PAGE_PORT, API_PORT = 8471, 8472
BODY = b"answer\n"
PAGE = r"""<!doctype html><title>lab</title><script>
const cases = CASES, sleep = s => new Promise(done => setTimeout(done, s * 1000));
async function ask(s) {
  const body = s.body ? 'hello' : undefined;
  if (s.api === 'fetch') {
    const answer = await fetch(s.url, {method: s.method, headers: s.headers, credentials: s.credentials, body, signal: AbortSignal.timeout(4000)});
    return answer.text();
  }
  return new Promise(done => {
    const x = new XMLHttpRequest();
    x.open(s.method, s.url);
    for (const [name, value] of s.headers) x.setRequestHeader(name, value);
    x.withCredentials = s.credentials === 'include';
    x.timeout = 4000;
    if (s.api === 'upload') x.upload.onprogress = () => 0;
    x.onloadend = done;
    x.send(body);
  });
}
async function run(steps) {
  const all = [];
  for (const step of steps) {
    await sleep(step.wait);
    const asked = ask(step).catch(() => 0);
    all.push(asked);
    if (!step.together) await asked;
  }
  await Promise.all(all);
}
async function lane() { for (let steps; (steps = cases.shift());) await run(steps); }
window.finished = Promise.all([...Array(8)].map(lane)).then(() => sleep(.5));
</script>"""


class Server:
    """Answers by script and remembers what came: number, host and path, preflight or not, connection."""

    def __init__(self, scripts, pages):
        self.scripts, self.pages, self.seen = scripts, pages, []

    async def connection(self, reader, writer):
        try:
            while await self.exchange(reader, writer):
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    async def exchange(self, reader, writer):
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {line.split(":")[0].lower(): line.split(":", 1)[1].strip() for line in lines}
        await reader.readexactly(int(headers.get("content-length", 0)))
        preflight = method == "OPTIONS" and "access-control-request-method" in headers
        number, key = len(self.seen), headers["host"] + target
        self.seen.append({"key": key, "preflight": preflight, "port": writer.get_extra_info("peername")[1]})
        if target in self.pages:
            extra, text = self.pages[target]
            answer = {"status": 200, "lines": ["Content-Type: text/html", *extra]}
        else:
            text = BODY
            answer = self.scripts.get(key, [{"status": 404, "lines": []}] * 2)[0 if preflight else 1]
        await asyncio.sleep(answer.get("delay", 0))
        return self.answer(writer, method, number, answer, text)

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
        head = [f"HTTP/1.1 {status} Status", f"X-Wire: {number}", *answer["lines"]]
        empty = method == "HEAD" or status in (204, 304)
        closes = breaks == "short" or (frame == "close" and not empty)
        if empty:
            text = b""
        elif breaks == "short":
            head.append(f"Content-Length: {len(text) + 100}")
        elif frame == "chunked":
            head.append("Transfer-Encoding: chunked")
            text = b"%x\r\n%s\r\n0\r\n\r\n" % (len(text), text)
        elif not closes:
            head.append(f"Content-Length: {len(text)}")
        end = "\n" if frame == "lf" else "\r\n"
        writer.write((end.join(head) + end + end).encode("latin-1") + text)
        return not closes


class DevTools:
    """The DevTools protocol over Chromium's pipe."""

    @classmethod
    async def start(cls, profile):
        self, loop = cls(), asyncio.get_running_loop()
        (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                 "--disable-background-networking", "--disable-component-update", f"--user-data-dir={profile}",
                 "--remote-debugging-pipe", "--host-resolver-rules=MAP *.shop.test 127.0.0.1", "about:blank"]
        self.process = subprocess.Popen(["bash", "-c", f'exec chromium "$@" 3<&{theirs_in} 4>&{theirs_out}', "bash", *flags],
                                        pass_fds=(theirs_in, theirs_out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs_in), os.close(theirs_out)
        self.calls, self.events, self.out = {}, [], ours_out
        reader = asyncio.StreamReader(limit=1 << 26)
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(ours_in, "rb"))
        self.pump = asyncio.create_task(self.read(reader))
        return self

    async def read(self, reader):
        while True:
            message = json.loads((await reader.readuntil(b"\0"))[:-1])
            if "id" in message:
                self.calls.pop(message["id"]).set_result(message.get("result", {}))
            else:
                self.events.append(message)

    async def call(self, method, session=None, **params):
        number = len(self.events) * 1000 + len(self.calls)
        while number in self.calls:
            number += 1
        self.calls[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": params} | ({"sessionId": session} if session else {})
        os.write(self.out, json.dumps(message).encode() + b"\0")
        return await self.calls[number] if number in self.calls else {}

    async def load(self, url):
        target = (await self.call("Target.createTarget", url="about:blank"))["targetId"]
        session = (await self.call("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        await self.call("Network.enable", session)
        await self.call("Page.navigate", session, url=url)
        value = None
        while value != "object":
            await asyncio.sleep(.1)
            value = (await self.call("Runtime.evaluate", session, expression="typeof window.finished"))["result"].get("value")
        await self.call("Runtime.evaluate", session, expression="window.finished.then(() => 1)", awaitPromise=True)
        await self.call("Target.closeTarget", targetId=target)


def address(url):
    return url.split("#")[0].split("://")[-1].split("@")[-1]


def chromium_verdicts(events, seen):
    """One a request and redirect hop: the numbers of its preflight and itself, outcome, rule, parameter."""
    hops, preflights, answers, ends = {}, collections.defaultdict(list), collections.defaultdict(list), {}
    for event in events:
        params = event["params"]
        request = (event.get("sessionId"), params.get("requestId"))
        match event["method"]:
            case "Network.requestWillBeSent" if params["initiator"].get("type") == "preflight":
                preflights[request[0], params["initiator"].get("requestId")].append((request, params["request"]["url"]))
            case "Network.requestWillBeSent":
                hops.setdefault(request, []).append({"url": params["request"]["url"]})
            case "Network.responseReceivedExtraInfo" if "X-Wire" in params["headers"]:
                answers[request].append(int(params["headers"]["X-Wire"]))
            case "Network.loadingFailed" | "Network.loadingFinished":
                ends.setdefault(request, params)
    for request, chain in hops.items():
        for index, hop in enumerate(chain):
            fits = [n for n in answers[request] if seen[n]["key"] == address(hop["url"])]
            hop["actual"] = fits[0] if fits else None
            own = [it for it in preflights[request] if address(it[1]) == address(hop["url"])]
            hop["preflight"] = next((n for it, _ in own for n in answers[it]), None)
            end = ends.get(request, {})
            refused = end.get("corsErrorStatus")
            if index + 1 < len(chain):
                hop["outcome"] = "delivered"
            elif refused:
                hop |= {"outcome": "blocked", "rule": refused["corsError"], "parameter": refused["failedParameter"]}
            else:
                hop["outcome"] = end["errorText"] if "errorText" in end else "delivered"
            yield hop


def numbers_of_frames(path, seen):
    """Frame and connection to the number of the request that starts at or before it."""
    data, position, frame = open(path, "rb").read(), 24, 0
    served, starts = collections.defaultdict(list), collections.defaultdict(list)
    for number, request in enumerate(seen):
        served[request["port"]].append(number)
    ports = {}
    while position + 16 <= len(data):
        size = struct.unpack_from("<I", data, position + 8)[0]
        packet, position, frame = data[position + 16:position + 16 + size], position + 16 + size, frame + 1
        if packet[12:14] != b"\x08\0":
            continue
        tcp = 14 + (packet[14] & 15) * 4
        source, destination = struct.unpack_from(">HH", packet, tcp)
        ours = destination in (PAGE_PORT, API_PORT)
        ports[frame] = source if ours else destination
        if ours and b" HTTP/1.1\r\nHost: " in packet[tcp:]:
            starts[source].append(frame)

    def number(place):
        if not place:
            return None
        port = ports[place["frame"]]
        return served[port][sum(start <= place["frame"] for start in starts[port]) - 1]
    return number


def compare(finding, hop, credentials):
    """A word for how the two verdicts stand to each other; `wrong: …` where they contradict."""
    verdict, rule, doubt = finding["verdict"], finding["rule"] or {}, (finding["doubt"] or {}).get("id")
    ours, mode_open = rule.get("chromium"), finding["credentials"]["mode"] == "unknown"
    if hop["outcome"] == "delivered":
        right = doubt == "maybe-form" or (doubt == "credentials-unknown" and credentials != {"include"})
        return "equal" if verdict == "pass" else "undecided" if right else f"wrong: {verdict} {doubt or ours} of a delivered answer"
    if hop["outcome"] != "blocked":
        return "network error, no CORS verdict"
    if verdict == "pass":
        return f"wrong: pass of {hop['rule']}"
    if ours != hop["rule"]:
        known = mode_open and "include" in credentials and verdict == "fail"
        return "fails in both modes, rule of the other" if known else f"wrong: {ours} instead of {hop['rule']}"
    if verdict == "fail" and (rule["parameter"] or "") != hop["parameter"] and "HeaderDisallowed" not in ours:
        return f"wrong: parameter {rule['parameter']!r} instead of {hop['parameter']!r}"
    return "equal" if verdict == "fail" else "undecided"


async def record(seed, pages, count, directory):
    scripts, served, loads, asked = {}, {}, [], collections.defaultdict(set)
    for index in range(pages):
        cases = Cases(f"{seed}/{index}", "localhost" if index % 3 == 2 else "shop.test", PAGE_PORT, API_PORT, index)
        sandboxed, twice = index % 5 == 3, index % 5 == 4
        made = cases.all(count, "null" if sandboxed else cases.page)
        for step in (step for steps in made for step in steps):
            asked[step["url"]].add(step["credentials"])
        extra = ["Content-Security-Policy: sandbox allow-scripts"] if sandboxed else []
        served[f"/page/{index}"] = (extra, PAGE.replace("CASES", json.dumps(made), 1).encode())
        scripts |= cases.scripts
        origins = [cases.page] + [cases.page.replace("//app.", "//www.")] * twice
        loads.append([f"{origin}/page/{index}" for origin in origins])
    server, capture = Server(scripts, served), f"{directory}/capture.pcap"
    for port in (PAGE_PORT, API_PORT):
        await asyncio.start_server(server.connection, "0.0.0.0", port)
    ports = f"tcp port {PAGE_PORT} or tcp port {API_PORT}"
    dump = subprocess.Popen(["tcpdump", "-i", "lo", "-U", "-B", "16384", "-w", capture, ports], stderr=subprocess.DEVNULL)
    await asyncio.sleep(1)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = await DevTools.start(profile)
        for urls in loads:
            await asyncio.gather(*(browser.load(url) for url in urls))
        browser.pump.cancel()
        browser.process.terminate()
        browser.process.wait()
    await asyncio.sleep(.5)
    dump.terminate()
    dump.wait()
    return capture, server.seen, list(chromium_verdicts(browser.events, server.seen)), asked


def main():
    binary, seed, pages, count = (sys.argv[1:] + ["1", "10", "60"][len(sys.argv) - 2:])[:4]
    directory = tempfile.mkdtemp(prefix="whycors-lab-")
    capture, seen, hops, asked = asyncio.run(record(seed, int(pages), int(count), directory))
    shown = subprocess.run([binary, "--format", "json", "--all", capture], stdout=subprocess.PIPE).stdout
    json.dump(hops, open(f"{directory}/chromium.json", "w"))
    by_actual = {hop["actual"]: hop for hop in hops if hop["actual"] is not None}
    by_preflight = {hop["preflight"]: hop for hop in hops if hop["preflight"] is not None}
    number, counts = numbers_of_frames(capture, seen), collections.Counter()
    for finding in json.loads(shown)["findings"]:
        preflight, actual = (number((finding[side] or {}).get("place")) for side in ("preflight", "actual"))
        hop = by_actual.get(actual) if actual is not None else by_preflight.get(preflight)
        if hop is None:
            counts["no answer in Chromium's events"] += 1
            continue
        credentials = asked.get(hop["url"], {"include", "omit"})
        word = compare(finding, hop, credentials)
        counts[word.split(":")[0]] += 1
        if word.startswith("wrong"):
            print(f"{word}\n  {finding['method']} {finding['url']} ({finding['link']}; exchanges {preflight}, {actual}), asked with {credentials}")
    print(f"{directory}: {sum(counts.values())} requests compared")
    for word, times in counts.most_common():
        print(f"{times:6} {word}")
    return 1 if counts["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
