#!/usr/bin/env python3
"""usage: oracle.py OLD NEW FOLDER... [-o REPORT] [--reasons FILE]

Runs two builds of whycors over every capture below the folders, in every format, with and without --all, --console and
--at, and lists each line that differs. A change of the code that means to change no answer changes no line; one that
does is read here before it is believed. FILE holds lines `REGEX<tab>reason`: a differing line that a regex finds is
counted under its reason, the others are printed. The exit status is 0 when every differing line has a reason.
Needs nothing but Python 3."""
import argparse, collections, concurrent.futures, difflib, os, re, subprocess, sys

ENDS = ('.har', '.pcap', '.pcapng', '.har.gz', '.pcap.gz')
CONSOLE = ("Access to fetch at 'https://api.shop.test/v1/orders' from origin 'https://app.shop.test' has been blocked by CORS policy: "
           "No 'Access-Control-Allow-Origin' header is present on the requested resource.")
VARIANTS = [(f, *more) for f in ('json', 'ndjson', 'text', 'markdown', 'html') for more in ((), ('--all',))] + [
    ('json', '--console', CONSOLE), ('text', '--at', '02:16')]


def captures(folders):
    for folder in folders:
        for root, dirs, files in sorted(os.walk(folder)):
            dirs.sort()
            yield from (os.path.join(root, name) for name in sorted(files) if name.endswith(ENDS))


def keys(path):
    stem = re.sub(r'\.(pcapng|pcap|har)(\.gz)?$', '', path)
    names = [stem + '.keys', stem + '.keylog', stem + '.keys.log'] + [os.path.join(os.path.dirname(path), n) for n in ('keys.log', 'sslkeys.log', 'keylog.txt')]
    return next((['--keylog', name] for name in names if os.path.exists(name)), []) if 'pcap' in path else []


def said(binary, path, variant):
    command = [binary, '--format', *variant, *keys(path), path]
    done = subprocess.run(command, capture_output=True, timeout=120)
    return [f'exit {done.returncode}'] + (done.stdout + done.stderr).decode('utf-8', 'replace').splitlines()


def compare(old, new, path, variant):
    before, after = said(old, path, variant), said(new, path, variant)
    if before == after:
        return []
    if variant[0] in ('json', 'ndjson'):  # long lines: what differs within them
        before, after = ([piece for line in lines for piece in re.split(r'(?<=[,{\[])(?=")', line)] for lines in (before, after))
    return [line for line in difflib.unified_diff(before, after, lineterm='', n=0) if line[:1] in '+-' and line[:3] not in ('+++', '---')]


def main():
    parse = argparse.ArgumentParser(usage=__doc__)
    parse.add_argument('old'); parse.add_argument('new'); parse.add_argument('folders', nargs='+'); parse.add_argument('-o'); parse.add_argument('--reasons')
    args = parse.parse_args()
    reasons = [(re.compile(line.split('\t')[0]), line.rstrip('\n').split('\t')[1]) for line in open(args.reasons) if '\t' in line] if args.reasons else []
    work = [(path, variant) for path in captures(args.folders) for variant in VARIANTS]
    counted, left = collections.Counter(), []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for (path, variant), lines in zip(work, pool.map(lambda w: compare(args.old, args.new, *w), work)):
            for line in lines:
                reason = next((reason for pattern, reason in reasons if pattern.search(line)), None)
                if reason: counted[reason] += 1
                else: left.append(f'{path} {" ".join(variant)[:40]}\t{line}')
    with open(args.o, 'w') if args.o else sys.stdout as out:
        out.writelines(line + '\n' for line in left)
    print(f'{len(work)} runs, {len(left)} differing lines without a reason', *(f'  {count} {reason}' for reason, count in counted.most_common()), sep='\n', file=sys.stderr)
    sys.exit(1 if left else 0)


main()
