"""Chromium with its own DevTools front end: what its "Export HAR" writes, and what it knows of each entry.

The front end that ships in Chromium is opened on a tab as a developer would open it; its own network log and its own
HAR writer make the files, full and sanitised. The same objects carry what a HAR leaves out: the CORS error, the pairs
of preflight and request, the console's sentences. Nothing is judged here.
"""
import asyncio
import json
import os
import subprocess
import tempfile

import websockets

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--disable-background-timer-throttling",
         "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows", "--remote-allow-origins=*",
         "--autoplay-policy=no-user-gesture-required", "--remote-debugging-port=0"]

OPENED = r"""(async () => {
  if (window.lab) return true;
  const at = async path => import(`./${path}.js`);
  const [har, logs, sdk, common] = await Promise.all([at('models/har/har'), at('models/logs/logs'), at('core/sdk/sdk'),
    at('core/common/common')]);
  const log = () => logs.NetworkLog.NetworkLog.instance().requests();
  // What the Network panel exports: HTTP, finished (NetworkLogView.harRequests).
  const exported = () => log().filter(r => r.parsedURL.isValid && ['http', 'https', 'ws', 'wss'].includes(r.scheme) &&
    (r.finished || (r.resourceType().name() === 'websocket' && r.responseReceivedTime)));
  const target = r => sdk.NetworkManager.NetworkManager.forRequest(r)?.target();
  const told = (r, all) => ({
    id: r.requestId(), url: r.url(), method: r.requestMethod, status: r.statusCode, type: r.resourceType().name(),
    target: target(r)?.type() ?? null, document: r.documentURL, preflight: r.isPreflightRequest(),
    preflights: all.map((p, i) => p.preflightInitiatorRequest() === r ? i : -1).filter(i => i >= 0),
    redirected: r.redirectSource() ? all.indexOf(r.redirectSource()) : null, redirects: !!r.isRedirect(),
    failed: !!r.failed, cancelled: !!r.canceled, error: r.localizedFailDescription, blocked: r.blockedReason() ?? null,
    cors: r.corsErrorStatus() ?? null, cached: !!r.cached(), worker: !!r.fetchedViaServiceWorker, fromWorker: !!r.initiatedByServiceWorker()});
  window.lab = {
    said: () => sdk.ConsoleModel.ConsoleModel.allMessagesUnordered(sdk.TargetManager.TargetManager.instance())
      .filter(m => m.level === 'error').map(m => m.messageText),
    ready: () => sdk.TargetManager.TargetManager.instance().primaryPageTarget()?.inspectedURL() ?? null,
    waiting: () => log().filter(r => !r.finished).length,
    async file(sanitize) {
      const requests = exported();
      const progress = new common.Progress.CompositeProgress(new common.Progress.Progress());
      const har_ = await har.Writer.Writer.harStringForRequests(requests, {sanitize}, progress);
      return JSON.stringify({har: har_, told: requests.map(r => told(r, requests)), said: lab.said()});  // the writer has sorted them
    },
  };
  return true;
})()"""


class Chromium:
    """One browser; every session goes over one socket."""

    @classmethod
    async def start(cls, resolver, spki, keylog):
        self = cls()
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True, prefix="lab-profile-")
        flags = [*FLAGS, f"--user-data-dir={self.profile.name}", f"--host-resolver-rules={resolver}",
                 f"--ignore-certificate-errors-spki-list={spki}", "about:blank"]
        self.process = subprocess.Popen(["nice", "-n", "10", "chromium", *flags], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env={**os.environ, "SSLKEYLOGFILE": keylog})
        told = os.path.join(self.profile.name, "DevToolsActivePort")
        for _ in range(300):
            await asyncio.sleep(.1)
            if os.path.exists(told) and "\n" in (text := open(told, encoding="utf-8").read()):
                break
        else:
            raise RuntimeError("chromium did not start")
        port, path = text.splitlines()
        self.host, self.calls, self.number = f"127.0.0.1:{port}", {}, 0
        self.socket = await websockets.connect(f"ws://{self.host}{path}", max_size=None, ping_interval=None)
        self.pump = asyncio.create_task(self.read())
        return self

    async def read(self):
        async for text in self.socket:
            message = json.loads(text)
            waiting = self.calls.pop(message.get("id"), None)
            if waiting and not waiting.done():
                waiting.set_result(message)

    async def call(self, method, session=None, timeout=60, **params):
        self.number += 1
        number, answer = self.number, asyncio.get_running_loop().create_future()
        self.calls[number] = answer
        await self.socket.send(json.dumps({"id": number, "method": method, "params": params} | ({"sessionId": session} if session else {})))
        message = await asyncio.wait_for(answer, timeout)
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']}")
        return message["result"]

    async def evaluate(self, session, expression, timeout=60):
        shown = await self.call("Runtime.evaluate", session, timeout, expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in shown:
            raise RuntimeError(json.dumps(shown["exceptionDetails"])[:600])
        return shown["result"].get("value")

    async def attach(self, **target):
        made = (await self.call("Target.createTarget", **target))["targetId"]
        return made, (await self.call("Target.attachToTarget", targetId=made, flatten=True))["sessionId"]

    async def tab(self):
        return await Tab.open(self)

    async def stop(self):
        self.pump.cancel()
        await self.socket.close()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.profile.cleanup()


class Tab:
    """A page with the front end open beside it."""

    @classmethod
    async def open(cls, browser):
        self = cls()
        self.browser = browser
        self.target, self.session = await browser.attach(url="about:blank", newWindow=True)
        inspector = f"http://{browser.host}/devtools/devtools_app.html?ws={browser.host}/devtools/page/{self.target}"
        self.frontend, self.tools = await browser.attach(url=inspector, newWindow=True)
        for _ in range(100):
            await asyncio.sleep(.3)
            try:
                await browser.evaluate(self.tools, OPENED)
                if await browser.evaluate(self.tools, "lab.ready()") is not None:
                    return self
            except RuntimeError:
                continue
        raise RuntimeError("the DevTools front end did not open")

    async def run(self, url, limit=60):
        """Loads a page, waits for its work, and hands back (its own account, full HAR, sanitised HAR, what is known, the console)."""
        await self.browser.call("Page.navigate", self.session, url=url)
        account = None
        for _ in range(limit * 5):
            await asyncio.sleep(.2)
            try:
                account = await self.browser.evaluate(self.session, "window.account ?? null")
            except RuntimeError:
                continue
            if account is not None:
                break
        for _ in range(10):
            if not await self.browser.evaluate(self.tools, "lab.waiting()"):
                break
            await asyncio.sleep(.2)
        full = json.loads(await self.browser.evaluate(self.tools, "lab.file(false)"))
        clean = json.loads(await self.browser.evaluate(self.tools, "lab.file(true)"))
        return account, full["har"], clean["har"], full["told"], full["said"]

    async def close(self):
        for target in (self.frontend, self.target):
            await self.browser.call("Target.closeTarget", targetId=target)
