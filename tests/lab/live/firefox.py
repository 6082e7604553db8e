"""Firefox with its own network monitor: the HAR it exports, and what its console says of each URL. Its HAR names no reason.

Driven by Marionette in the browser's own context, where the toolbox is opened as a developer would open it. An entry
of Firefox's HAR carries no id, so requests are told by their URL: what the console says of it, and what the page got.
"""
import asyncio
import json
import os
import re
import subprocess
import tempfile

from .judge import values
from .verdicts import Word, key

HOSTS = [f"{name}.{zone}.test" for name in ("app", "www", "api", "cdn") for zone in ("shop", "partner")]
PREFS = {"network.dns.localDomains": ",".join(HOSTS), "marionette.port": 0, "devtools.netmonitor.persistlog": False,
         "devtools.netmonitor.har.includeResponseBodies": False, "browser.shell.checkDefaultBrowser": False, "app.update.enabled": False,
         "datareporting.policy.dataSubmissionEnabled": False, "network.http.http3.enable": False, "network.captive-portal-service.enabled": False,
         "network.connectivity-service.enabled": False, "browser.safebrowsing.downloads.enabled": False, "browser.startup.page": 0,
         "services.settings.server": "data:,", "media.autoplay.default": 0, "dom.security.https_first": False, "network.stricttransportsecurity.preloadlist": False}
OPEN = r"""
const [done] = arguments, {require} = ChromeUtils.importESModule('resource://devtools/shared/loader/Loader.sys.mjs');
const {gDevTools} = require('devtools/client/framework/devtools');
(async () => {
  const tab = Services.wm.getMostRecentWindow('navigator:browser').gBrowser.selectedTab;
  globalThis.labToolbox = await gDevTools.showToolboxForTab(tab, {toolId: 'netmonitor'});
  globalThis.labSaid = [];
  Services.console.registerListener({observe(m) { if (m instanceof Ci.nsIScriptError) labSaid.push([m.category, m.errorMessage]); }});
  return 'open';
})().then(done, e => done('error ' + e));
"""
EXPORT = r"""
const [done] = arguments;
(async () => JSON.stringify({har: await labToolbox.getHARFromNetMonitor(), said: labSaid.splice(0)}))().then(done, e => done('error ' + e));
"""
# The key of a reason is its category; where that is a general one, the sentence tells it.
REASONS = [("CORSMissingAllowOrigin2", r"Access-Control-Allow-Origin. missing"), ("CORSMultipleAllowOriginNotAllowed", r"Multiple CORS header"),
           ("CORSAllowOriginNotMatchingOrigin", r"does not match"), ("CORSNotSupportingCredentials", r"Credential is not supported"),
           ("CORSMethodNotFound", r"Did not find method"), ("CORSMissingAllowCredentials", r"expected .true. in CORS header"),
           ("CORSPreflightDidNotSucceed3", r"CORS preflight response did not succeed"), ("CORSInvalidAllowMethod", r"invalid token .* in CORS header .Access-Control-Allow-Methods"),
           ("CORSInvalidAllowHeader", r"invalid token .* in CORS header .Access-Control-Allow-Headers"), ("CORSMissingAllowHeaderFromPreflight2", r"is not allowed according to header"),
           ("CORSExternalRedirectNotAllowed", r"external redirect not allowed"), ("CORSDidNotSucceed2", r"CORS request did not succeed"),
           ("CORSRequestNotHttp", r"CORS request not http"), ("CORSOriginHeaderNotAdded", r"cannot be added"), ("CORSDisabled", r"CORS disabled")]


class Firefox:
    """One browser with one tab and the network monitor on it."""

    @classmethod
    async def start(cls, keylog):
        self = cls()
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True, prefix="lab-profile-")
        with open(f"{self.profile.name}/user.js", "w", encoding="utf-8") as file:
            file.writelines(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFS.items())
        command = ["nice", "-n", "10", "firefox-esr", "--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile", self.profile.name]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env={**os.environ, "SSLKEYLOGFILE": keylog, "HOME": self.profile.name})
        told, self.number = f"{self.profile.name}/MarionetteActivePort", 0
        for _ in range(600):
            await asyncio.sleep(.1)
            if os.path.exists(told) and (port := open(told, encoding="ascii").read().strip()):
                break
        else:
            raise RuntimeError("firefox did not start")
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", int(port), limit=1 << 28)
        await self.message()
        await self.call("WebDriver:NewSession", acceptInsecureCerts=True)
        await self.call("WebDriver:SetTimeouts", script=60000)
        await self.call("Marionette:SetContext", value="chrome")
        opened = await self.script(OPEN)
        if opened != "open":
            raise RuntimeError(opened)
        return self

    async def message(self):
        size = int((await self.reader.readuntil(b":"))[:-1])
        return json.loads(await self.reader.readexactly(size))

    async def call(self, name, **parameters):
        self.number += 1
        text = json.dumps([0, self.number, name, parameters]).encode()
        self.writer.write(b"%d:%s" % (len(text), text))
        while True:
            kind, number, error, result = await asyncio.wait_for(self.message(), 120)
            if kind == 1 and number == self.number:
                if error:
                    raise RuntimeError(f"{name}: {error}")
                return result

    async def script(self, text):
        return (await self.call("WebDriver:ExecuteAsyncScript", script=text, args=[], newSandbox=False, sandbox="lab"))["value"]

    async def run(self, url, limit=60):
        """Loads a page, waits for its work: (its own account, the HAR, what the console said)."""
        await self.call("Marionette:SetContext", value="content")
        await self.call("WebDriver:Navigate", url=url)
        account = None
        for _ in range(limit * 4):
            await asyncio.sleep(.25)
            account = (await self.call("WebDriver:ExecuteScript", script="return window.wrappedJSObject ? window.wrappedJSObject.account : window.account", args=[]))["value"]
            if account is not None:
                break
        await self.call("Marionette:SetContext", value="chrome")
        await asyncio.sleep(.5)
        text = await self.script(EXPORT)
        if text.startswith("error"):
            raise RuntimeError(text)
        known = json.loads(text)
        har = known["har"]
        return account, json.dumps(har if "log" in har else {"log": har}), known["said"]

    async def stop(self):
        self.writer.close()
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.profile.cleanup()


def reasons(said):
    """URL to the keys of the reasons that the console gave for it."""
    found = {}
    for category, text in said:
        place = re.search(r"(?:resource at|disallows reading) .*?(https?://[^\s’”\"]+?)[’”]?\.? ?\(Reason", text)
        if not place:
            continue
        name = next((name for name, pattern in REASONS if re.search(pattern, text)), category)
        found.setdefault(key(place[1]), set()).add(name)
    # A refused preflight is followed by a second line, that the request itself did not succeed.
    return {url: names - {"CORSDidNotSucceed2"} or names for url, names in found.items()}


class Recording:
    """One page of Firefox: its entries, its console, its own account."""

    def __init__(self, page, text):
        self.page, self.files, self.told = page, {"HAR": text, "HAR, Firefox": text}, []
        self.entries = json.loads(text)["log"]["entries"]

    def words(self, answer):
        heard, words, found = reasons(self.page.said), {}, {}
        for one in self.page.account:
            words.setdefault(key(one["url"]), set()).add(one["word"])
        for finding in answer["findings"]:
            for url in [finding["url"], *(hop["url"] for hop in finding["redirects"])]:
                found.setdefault(key(url), []).append(finding)
        for url, context in self.page.context.items():
            entries = [i for i, e in enumerate(self.entries) if key(e["request"]["url"]) == url or e["request"]["url"].startswith(self.page.page + "/page/")]
            truth = {"method": "", "url": "//" + url, "status": 0, "type": sorted(heard.get(url, ())), "error": sorted(words.get(url, ()))}
            word = lambda column, kind, finding=None: Word(column, kind, context, entries, finding, truth)  # noqa: E731, B023
            failing = [f for f in found.get(url, []) if f["verdict"] != "pass"]
            if url not in words and url not in heard:
                continue
            if not heard.get(url):
                if words.get(url) != {"ok"}:
                    continue  # failed without a reason of CORS, or never settled: the console does not tell
                for finding in (f for f in failing if key(f["url"]) == url):
                    certain = finding["verdict"] == "fail"
                    yield word("false alarm" if certain else "undecided", f"{self.said(finding)} of a delivered answer", finding)
                if not any(key(f["url"]) == url for f in failing):
                    yield word("equal", "")
                continue
            if not failing:
                own = [e for e in self.entries if key(e["request"]["url"]) == url]
                if heard[url] <= {"CORSNotSupportingCredentials", "CORSMissingAllowCredentials"} and found.get(url):
                    # Its HAR does not tell what was delivered: an answer that passes without credentials passes.
                    told = any(values(e["request"]["headers"], name) for e in own for name in ("cookie", "sec-fetch-storage-access"))
                    yield word("undecided, the fact is there" if told else "undecided", f"passes without credentials, {' or '.join(heard[url])}")
                elif own:
                    yield word("missed", f"{' or '.join(sorted(heard[url]))} is not listed")
            for finding in failing:
                yield word(*self.judged(finding, heard[url]), finding)

    @staticmethod
    def said(finding):
        return (finding["rule"] or {}).get("firefox") or (finding["doubt"] or {}).get("id") or (finding["cause"] or {}).get("id") or "?"

    def judged(self, finding, heard):
        if finding["verdict"] == "undecided":
            return "undecided", f"{finding['doubt']['id']} of {' or '.join(sorted(heard))}"
        rule = (finding["rule"] or {}).get("firefox")
        if rule in heard or (rule is None and "CORSDidNotSucceed2" in heard):
            return "equal", ""
        return "wrong", f"{self.said(finding)} instead of {' or '.join(sorted(heard))}"
