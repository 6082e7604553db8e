"""Records pages of the live laboratory into a folder: a browser, a packet capture and a key log for every few of them.

Per page N: N.json (what was asked and what the browser knows), N.har, and from Chromium N.sanitised.har; per batch the
first page's number: B.pcap and B.keys. What the recordings say is compared in verdicts.py and firefox.py.
"""
import asyncio
import json
import subprocess
import sys

from . import devtools, firefox, servers
from .cases import Page, Ports

RESOLVER = "MAP nowhere.shop.test ~NOTFOUND, MAP *.test 127.0.0.1"


async def chromium(good, keys):
    """(the browser, a function that runs a page and hands back its account, its files and what is known)."""
    browser = await devtools.Chromium.start(RESOLVER, good[2], keys)
    tab = await browser.tab()

    async def run(url):
        nonlocal tab
        try:
            account, full, clean, told, said = await tab.run(url)
        except (asyncio.TimeoutError, RuntimeError):
            await tab.close()
            tab = await browser.tab()
            raise
        return account, {"har": full, "sanitised.har": clean}, {"told": told, "said": said}
    return browser, run


async def gecko(_, keys):
    browser = await firefox.Firefox.start(keys)

    async def run(url):
        account, text, said = await browser.run(url)
        return account, {"har": text}, {"said": said}
    return browser, run


async def record(name, seed, wanted, folder, base, a_page=60, a_capture=8):
    """Pages until enough requests are asked."""
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # connections that the browser cuts
    scripts, ports, asked, index = servers.Scripts(), Ports(base), 0, 0
    good, unknown = servers.certificate(folder, "good"), servers.certificate(folder, "unknown")
    await servers.serve(scripts, ports.served(), good, unknown)
    while asked < wanted:
        keys, capture, batch = f"{folder}/{index}.keys", f"{folder}/{index}.pcap", index
        dump = subprocess.Popen(["tcpdump", "-i", "lo", "-U", "-B", "32768", "-w", capture, ports.filter()], stderr=subprocess.DEVNULL)
        await asyncio.sleep(.7)
        browser, run = await {"chromium": chromium, "firefox": gecko}[name](good, keys)
        while asked < wanted and index < batch + a_capture:
            page = Page(seed, ports, index)
            page.service = page.service and name == "chromium"
            scripts.pages, scripts.answers = page.files(min(a_page, max(1, wanted - asked))), page.scripts
            try:
                account, files, known = await run(page.page + page.path)
            except (asyncio.TimeoutError, RuntimeError) as error:
                print(f"page {index}: {str(error)[:200]}", file=sys.stderr)
                account = None
            if account:
                asked += len(account)
                known |= {"browser": name, "page": page.page, "context": page.context, "asked": {k: sorted(v) for k, v in page.asked.items()},
                          "capture": batch, "account": account, "service": page.service, "scheme": page.scheme}
                for end, text in [("json", json.dumps(known)), *files.items()]:
                    with open(f"{folder}/{index}.{end}", "w", encoding="utf-8") as file:
                        file.write(text)
            index += 1
        await browser.stop()
        await asyncio.sleep(.5)
        dump.terminate()
        dump.wait()
        print(f"{asked} requests asked on {index} pages", file=sys.stderr)
