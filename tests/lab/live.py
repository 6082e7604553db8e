#!/usr/bin/env python3
"""Chromium against whycors on live traffic: HARs of DevTools' own writer, full and sanitised, and packets with keys.

    python3 tests/lab/live.py --seed 1 --requests 2000 target/release/whycors

Pages made of the seed (live/cases.py) ask scripted servers over HTTP/1.1 and HTTP/2, in clear and in TLS, from pages, frames
and workers. What Chromium said of each request is laid beside what whycors says of the same request in each file. Prints
a table and the kinds of difference, and writes an example of each below the recording's folder; exits with 1 when
something is wrong, missed, surplus or a false alarm. `--keep DIR` names the folder, `--again` compares a folder that was
recorded before with another build. What it needs: README.md here.
"""
import argparse
import asyncio
import collections
import glob
import json
import os
import subprocess
import sys
import tempfile
import types

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from live import devtools, examples, servers, verdicts  # noqa: E402
from live.cases import Page, Ports  # noqa: E402
from live.judge import values  # noqa: E402

RESOLVER = "MAP nowhere.shop.test ~NOTFOUND, MAP *.test 127.0.0.1"
BAD = {"wrong", "missed", "false alarm", "surplus"}


async def record(seed, wanted, folder, base, a_page=60, a_capture=8):
    """Pages until enough requests are asked; a browser and a capture for every few of them."""
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # connections that the browser cuts
    scripts, ports, asked, index = servers.Scripts(), Ports(base), 0, 0
    good, unknown = servers.certificate(folder, "good"), servers.certificate(folder, "unknown")
    await servers.serve(scripts, ports.served(), good, unknown)
    while asked < wanted:
        keys, capture = f"{folder}/{index}.keys", f"{folder}/{index}.pcap"
        dump = subprocess.Popen(["tcpdump", "-i", "lo", "-U", "-B", "32768", "-w", capture, ports.filter()], stderr=subprocess.DEVNULL)
        await asyncio.sleep(.7)
        browser = await devtools.Chromium.start(RESOLVER, good[2], keys)
        tab, batch = await browser.tab(), index
        while asked < wanted and index < batch + a_capture:
            page = Page(seed, ports, index)
            files = page.files(min(a_page, max(1, wanted - asked)))
            scripts.pages, scripts.answers = files, page.scripts
            try:
                account, full, clean, told, said = await tab.run(page.page + page.path)
            except (asyncio.TimeoutError, RuntimeError) as error:
                print(f"page {index}: {str(error)[:200]}", file=sys.stderr)
                await tab.close()
                tab, account = await browser.tab(), None
            if account:
                asked += len(account)
                known = {"page": page.page, "context": page.context, "asked": {k: sorted(v) for k, v in page.asked.items()}, "capture": batch,
                         "account": account, "told": told, "said": said, "service": page.service, "scheme": page.scheme}
                for name, text in ((f"{index}.json", json.dumps(known)), (f"{index}.har", full), (f"{index}.sanitised.har", clean)):
                    with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                        file.write(text)
            index += 1
        await browser.stop()
        await asyncio.sleep(.5)
        dump.terminate()
        dump.wait()
        print(f"{asked} requests asked on {index} pages", file=sys.stderr)


def recordings(folder):
    for path in sorted(glob.glob(f"{folder}/*.json"), key=lambda p: int(os.path.basename(p)[:-5])):
        known = json.load(open(path, encoding="utf-8"))
        full, clean = (open(path[:-5] + end, encoding="utf-8").read() for end in (".har", ".sanitised.har"))
        yield path[:-5], verdicts.Recording(types.SimpleNamespace(**known), known["told"], full, clean)


def compare(binary, folder):
    """(input, recording, word, packets) of all recordings of a folder."""
    captures, numbers = {}, collections.defaultdict(dict)
    for stem, recording in recordings(folder):
        for source, end in (("HAR", ".har"), ("HAR, sanitised", ".sanitised.har")):
            for word in recording.words_of_har(verdicts.findings(binary, stem + end)):
                yield source, recording, word, None
        captures.setdefault(recording.page.capture, []).append(recording)
    for capture, pages in captures.items():
        path, keys = f"{folder}/{capture}.pcap", f"{folder}/{capture}.keys"
        answer = verdicts.findings(binary, path, keys if os.path.exists(keys) else None)
        packets = (open(path, "rb").read(), open(keys, encoding="ascii").read() if os.path.exists(keys) else "")
        for recording in pages:
            numbers = {values(entry["response"]["headers"], "x-request-id"): i for i, entry in enumerate(recording.entries)}
            numbers.pop(None, None)
            for word in recording.words_of_packets(answer, numbers):
                yield "packets", recording, word, packets


def table(counts):
    """Lines of a Markdown table: per input and context, and a total per input."""
    rows = sorted({(source, context) for source, context, _ in counts})
    heads = ["compared", *verdicts.COLUMNS, "pairs", "paired wrongly", "sentences", "another sentence"]
    yield f"| input | context | {' | '.join(heads)} |"
    yield "|---|---|" + "--:|" * len(heads)
    for source in sorted({row[0] for row in rows}):
        for context in [*(c for s, c in rows if s == source), None]:
            def number(column):
                return sum(n for (s, c, k), n in counts.items() if s == source and context in (None, c) and k == column)
            figures = [number(column) for column in verdicts.COLUMNS]
            pairs = [number("paired") + number("pairing"), number("pairing"), number("sentence") + number("another sentence"), number("another sentence")]
            yield f"| {source} | {context or '**all**'} | " + " | ".join(str(n) for n in [sum(figures[:-1]), *figures, *pairs]) + " |"


def report(binary, folder, out, limit):
    os.makedirs(out, exist_ok=True)
    counts, kinds, files = collections.Counter(), collections.Counter(), {}
    for source, recording, word, packets in compare(binary, folder):
        counts[source, word.context, word.column] += 1
        if word.column in ("equal", "paired", "sentence"):
            continue
        kind = (word.column, word.kind, source)
        kinds[kind] += 1
        if kinds[kind] <= limit and word.column != "undecided":
            path = examples.write(out, kinds[kind], word, source, recording, packets)
            files.setdefault(kind, os.path.basename(path))
    lines = [*table(counts), "", "| column | difference | input | times | example |", "|---|---|---|--:|---|"]
    for kind, times in sorted(kinds.items(), key=lambda item: (item[0][0], -item[1])):
        lines.append(f"| {' | '.join(kind)} | {times} | {files.get(kind, '')} |")
    return lines, any(counts[key] for key in counts if key[2] in BAD)


def main():
    parse = argparse.ArgumentParser(usage=__doc__)
    parse.add_argument("binary")
    parse.add_argument("--seed", default="1")
    parse.add_argument("--requests", type=int, default=2000)
    parse.add_argument("--keep", help="folder of the recording")
    parse.add_argument("--again", action="store_true", help="compare the folder, record nothing")
    parse.add_argument("--port", type=int, default=8470, help="first of six ports")
    parse.add_argument("--examples", type=int, default=3, help="files to write of each kind of difference")
    args = parse.parse_args()
    folder = args.keep or tempfile.mkdtemp(prefix="whycors-live-")
    os.makedirs(folder, exist_ok=True)
    if not args.again:
        asyncio.run(record(args.seed, args.requests, folder, args.port))
    out = os.path.join(folder, "differences-" + os.path.basename(args.binary))
    lines, bad = report(args.binary, folder, out, args.examples)
    print(*lines, sep="\n")
    print(f"\nrecording: {folder}; examples: {out}", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
