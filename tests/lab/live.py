#!/usr/bin/env python3
"""Chromium against whycors on live traffic: HARs of DevTools' own writer, full and sanitised, and packets with keys.

    python3 tests/lab/live.py --seed 1 --requests 2000 target/release/whycors

Pages made of the seed (live/cases.py) ask scripted servers over HTTP/1.1 and HTTP/2, in clear and in TLS, from pages, frames
and workers. What Chromium said of each request is laid beside what whycors says of the same request in each file. Prints
a table and the kinds of difference, and writes an example of each below the recording's folder; exits with 1 when
something is wrong, missed, surplus or a false alarm. `--keep DIR` names the folder, `--again DIR...` compares what
was recorded before with another build. What it needs: README.md here.
"""
import argparse
import asyncio
import collections
import glob
import json
import os
import sys
import tempfile
import types

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from live import examples, firefox, verdicts  # noqa: E402
from live.judge import values  # noqa: E402
from live.record import record  # noqa: E402

BAD = {"wrong", "missed", "false alarm", "surplus"}


def recordings(folder):
    """(path without its end, recording) of each page."""
    for path in sorted(glob.glob(f"{folder}/*.json"), key=lambda p: int(os.path.basename(p)[:-5])):
        with open(path, encoding="utf-8") as file:
            known = json.load(file)
        texts = []
        for end in (".har", ".sanitised.har"):
            if os.path.exists(path[:-5] + end):
                with open(path[:-5] + end, encoding="utf-8") as file:
                    texts.append(file.read())
        page = types.SimpleNamespace(**known)
        if known.get("browser") == "firefox":
            yield path[:-5], firefox.Recording(page, texts[0])
        else:
            yield path[:-5], verdicts.Recording(page, known["told"], *texts)


def compare(binary, folder):
    """(input, recording, word, packets) of all recordings of a folder."""
    captures = {}
    for stem, recording in recordings(folder):
        if isinstance(recording, firefox.Recording):
            for word in recording.words(verdicts.findings(binary, stem + ".har")):
                yield "HAR, Firefox", recording, word, None
            continue
        for source, end in (("HAR", ".har"), ("HAR, sanitised", ".sanitised.har")):
            for word in recording.words_of_har(verdicts.findings(binary, stem + end)):
                yield source, recording, word, None
        captures.setdefault(recording.page.capture, []).append(recording)
    for capture, pages in captures.items():
        path, keys = f"{folder}/{capture}.pcap", f"{folder}/{capture}.keys"
        log = open(keys, encoding="ascii").read() if os.path.exists(keys) else ""
        answer = verdicts.findings(binary, path, keys if log else None)
        with open(path, "rb") as file:
            packets = (file.read(), log)
        for recording in pages:
            numbers = {values(entry["response"]["headers"], "x-request-id"): i for i, entry in enumerate(recording.entries)}
            numbers.pop(None, None)
            for word in recording.words_of_packets(answer, numbers):
                yield "packets", recording, word, packets


def table(counts):
    """Lines of a Markdown table: per input and context, and a total per input."""
    rows = sorted({(source, context) for source, context, _ in counts})
    heads = ["compared", *verdicts.COLUMNS, "pairs", "equal twin's", "paired wrongly", "sentences", "another sentence"]
    yield f"| input | context | {' | '.join(heads)} |"
    yield "|---|---|" + "--:|" * len(heads)
    for source in sorted({row[0] for row in rows}):
        for context in [*(c for s, c in rows if s == source), None]:
            def number(column):
                return sum(n for (s, c, k), n in counts.items() if s == source and context in (None, c) and k == column)
            figures = [number(column) for column in verdicts.COLUMNS]
            pairs = [number("paired") + number("equal twin") + number("pairing"), number("equal twin"), number("pairing"), number("sentence") + number("another sentence"), number("another sentence")]
            yield f"| {source} | {context or '**all**'} | " + " | ".join(str(n) for n in [sum(figures[:-1]), *figures, *pairs]) + " |"


def pair_table(pairs):
    """Lines of a table: how the requests that have a preflight were paired, by how many preflights their URL has."""
    yield "| input | the preflight is | pairs | an equal twin's | paired wrongly | in percent |"
    yield "|---|---|--:|--:|--:|--:|"
    for source, where in sorted({(source, where) for source, _, where in pairs if where in (verdicts.ONLY, verdicts.SEVERAL)}):
        own, twin, wrong = (pairs[source, column, where] for column in verdicts.PAIRS)
        total = own + twin + wrong
        yield f"| {source} | {where} | {total} | {twin} | {wrong} | {100 * wrong / max(total, 1):.2f} |"


def report(binary, folders, out, limit):
    os.makedirs(out, exist_ok=True)
    counts, kinds, pairs, files = collections.Counter(), collections.Counter(), collections.Counter(), {}
    for source, recording, word, packets in (found for folder in folders for found in compare(binary, folder)):
        counts[source, word.context, word.column] += 1
        pairs[source, word.column, word.kind.split(":")[0]] += word.column in verdicts.PAIRS
        if word.column in ("equal", "paired", "sentence"):
            continue
        kind = (word.column, word.kind, source)
        kinds[kind] += 1
        if kinds[kind] <= limit and word.column != "undecided":
            path = examples.write(out, kinds[kind], word, source, recording, packets)
            files.setdefault(kind, os.path.basename(path))
    lines = [*table(counts), "", *pair_table(pairs), "", "| column | difference | input | times | example |", "|---|---|---|--:|---|"]
    for kind, times in sorted(kinds.items(), key=lambda item: (item[0][0], -item[1])):
        lines.append(f"| {' | '.join(kind)} | {times} | {files.get(kind, '')} |")
    return lines, any(counts[key] for key in counts if key[2] in BAD)


def main():
    parse = argparse.ArgumentParser(usage=__doc__)
    parse.add_argument("binary")
    parse.add_argument("--seed", default="1")
    parse.add_argument("--requests", type=int, default=2000)
    parse.add_argument("--browser", choices=["chromium", "firefox"], default="chromium")
    parse.add_argument("--keep", help="folder of the recording")
    parse.add_argument("--again", nargs="+", metavar="FOLDER", help="compare these recordings, record nothing")
    parse.add_argument("--port", type=int, default=8470, help="first of six ports")
    parse.add_argument("--examples", type=int, default=3, help="files to write of each kind of difference")
    args = parse.parse_args()
    folder = args.keep or (args.again[0] if args.again else tempfile.mkdtemp(prefix="whycors-live-"))
    os.makedirs(folder, exist_ok=True)
    if not args.again:
        asyncio.run(record(args.browser, args.seed, args.requests, folder, args.port))
    out = os.path.join(folder, "differences-" + os.path.basename(args.binary))
    lines, bad = report(args.binary, args.again or [folder], out, args.examples)
    print(*lines, sep="\n")
    print(f"\nrecording: {folder}; examples: {out}", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
