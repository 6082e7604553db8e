"""The cases of the live laboratory: pages, what each asks in which context, and what the servers answer. One seed, one set.

What the answers of a plain request are made of stands in browser_cases.py; here are the contexts around it: frames,
workers, elements, bursts, the HTTP cache, redirects, aborts, failures of the network.
"""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from browser_cases import Cases  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = {"plain": 8, "repeated": 2, "concurrent": 1, "redirected": 4, "burst": 4, "frame": 3, "worker": 4, "events": 1.5, "beacon": 1,
         "element": 4, "not modified": 2, "cached copy": 1, "mixed content": 1, "loop": .25, "abort": 1.5, "network": 2, "twins": 1, "refused load": 1}


class Ports:
    def __init__(self, base):
        self.page, self.clear, self.tls, self.h2, self.untrusted, self.closed = range(base, base + 6)

    def served(self):
        return {"http": [self.page, self.clear], "tls": self.tls, "h2": self.h2, "untrusted": self.untrusted}

    def filter(self):
        return " or ".join(f"tcp port {port}" for port in (self.page, self.clear, self.tls, self.h2, self.untrusted, self.closed))


class Page(Cases):
    """One page: its origin, its headers, its cases; `asked` and `context` tell of each URL what was asked and in which context."""

    def __init__(self, seed, ports, name):
        super().__init__(f"{seed}/{name}", "shop.test", ports.page, ports.clear, name)
        r, self.ports = self.random, ports
        self.scheme = r.choices(["http", "tls", "h2"], [3, 2, 4])[0]
        own = {"http": ("http", ports.page), "tls": ("https", ports.tls), "h2": ("https", ports.h2)}[self.scheme]
        self.page = f"{own[0]}://app.shop.test:{own[1]}"
        secure = own[0] == "https"
        port = r.choice([ports.tls, ports.h2, ports.h2]) if secure else ports.clear
        base = "https" if secure else "http"
        self.api = f"{base}://api.{r.choice(['shop', 'partner'])}.test:{port}"
        self.cdn = f"{base}://cdn.{r.choice(['shop', 'partner', 'partner'])}.test:{port}"
        self.neighbour = f"{base}://app.shop.test:{port}" if f"app.shop.test:{port}" not in self.page else f"{base}://www.shop.test:{port}"
        self.sandboxed = r.random() < .1
        self.service = secure and not self.sandboxed and r.random() < .25
        self.policy = r.random() < .06  # a Content-Security-Policy that names the API only
        self.origin = "null" if self.sandboxed else self.page
        self.path, self.asked, self.context = f"/page/{name}", {}, {}

    def host(self, url):
        return url.split("://")[1].split("/")[0]

    def put(self, url, answers, step=None):
        super().put(url, answers)

    def answered(self, step, tail="", origin=None, share=.6, base=None, **more):
        """A step at a fresh URL with random answers."""
        step["url"] = self.url(base or self.random.choice([self.api, self.api, self.cdn]), tail)
        answers = self.answers(step, origin or self.origin, self.wrong(share))
        answers[1].update(more)
        self.put(step["url"], answers)
        return answers

    def get(self, **more):
        r = self.random
        return {"method": "GET", "headers": [], "api": "fetch", "credentials": r.choice(["omit", "include", "same-origin"]), "wait": 0,
                "together": False, "body": False} | more

    def tail(self):
        ways = ["/w-fetch"] * 4 + ["/w-again", "/w-opaque", "/w-made", "/w-error", "/w-later", ""]
        return self.random.choice(ways) if self.service else self.random.choice(["", "", "?q=1", "/x"])

    def single(self, origin):
        step = self.request()
        self.answered(step, self.tail(), origin)
        return [step]

    def frame(self, _):
        via = self.random.choice(["same", "other", "sandbox", "foreign"])
        step = dict(self.request(), via=via)
        self.answered(step, origin={"same": self.page, "other": self.neighbour, "sandbox": "null", "foreign": self.cdn}[via],
                      base=self.api if via != "foreign" else self.random.choice([self.api, self.neighbour]))
        return [step]

    def worker(self, _):
        via = self.random.choice(["worker", "worker", "blob", "data"])
        step = dict(self.request(), via=via)
        self.answered(step, origin="null" if via == "data" else self.page)
        return [step]

    def events(self, origin):
        step = self.get(api="events", via=self.random.choice(["page", "page", "worker"]), credentials=self.random.choice(["same-origin", "include"]))
        self.answered(step, origin=self.page if step["via"] == "worker" else origin, body="events", frame="close")
        return [step]

    def beacon(self, origin):
        step = self.get(api="beacon", method="POST", body=self.random.choice([True, "json", "json"]), credentials="include")
        step["headers"] = [("Content-Type", "application/json")] if step["body"] == "json" else []
        self.answered(step, origin=origin, share=.5)
        return [step]

    def element(self, origin):
        r = self.random
        api = r.choice(["img", "script", "module", "style", "font", "video", "audio"])
        crossorigin = r.choice(["anonymous", "anonymous", "use-credentials", None])
        include = crossorigin == "use-credentials" and api != "font"
        step = self.get(api=api, crossorigin=crossorigin, credentials="include" if include else "omit")
        body = {"img": "image", "module": "script", "audio": "video"}.get(api, api)
        self.answered(step, self.tail() if self.service else "", origin, share=.5, body=body)
        return [step]

    def refused_load(self, _):
        """What a no-cors load is refused for, and what it is not."""
        step = self.get(api=self.random.choice(["img", "script", "fetch"]), mode="no-cors", crossorigin=None, credentials="include")
        answers = self.answered(step, share=0, base=self.cdn, body=self.random.choice(["image", "json", "text"]))
        answers[1]["lines"] = self.random.choice([["Cross-Origin-Resource-Policy: same-origin"], ["Cross-Origin-Resource-Policy: same-site"],
                                                  ["X-Content-Type-Options: nosniff"], []])
        return [step]

    def burst(self, _):
        """Requests to one URL at once: other headers, methods, credentials, and callers of other origins."""
        r, first = self.random, self.request()
        vias = r.choice([["page"], ["page"], ["page", "same"], ["page", "other", "sandbox"], ["page", "worker"]])
        answers = self.answered(first, share=.7)
        for answer in answers:
            answer["echo"] = r.random() < .6
            answer["delay"] = r.choice([0, 0, .02, .1])
        names = [("x-a", "1"), ("x-b", "2"), ("Authorization", "Bearer abc"), ("Content-Type", "application/json"), ("X-Request-Id", "7")]
        steps = []
        for index in range(r.randint(2, 7)):
            step = dict(first, wait=r.choice([0, 0, 0, .03]), together=True, via=r.choice(vias))
            if index and r.random() < .7:
                step |= {"headers": r.sample(names, r.randint(0, 3)), "api": r.choice(["fetch", "fetch", "xhr"])}
            if index and r.random() < .4:
                step |= {"method": (m := r.choice(["GET", "POST", "PUT", "DELETE"])), "body": m in ("POST", "PUT") and r.random() < .7}
            if r.random() < .4:
                step["credentials"] = r.choice(["omit", "include", "same-origin"])
            steps.append(step)
        return steps

    def twins(self, origin):
        """Two servers behind one name: equal requests, answers in turn."""
        r, step = self.random, self.request()
        step |= {"method": r.choice(["PUT", "POST", "PATCH"]), "headers": [("x-a", "1")]}
        first, second = self.answered(step, origin=origin, share=0), self.answers(step, origin, self.wrong(1))
        for answers in (first, second):
            answers[0]["lines"] = [x for x in answers[0]["lines"] if not x.lower().startswith("access-control-max-age")] + ["Access-Control-Max-Age: 0"]
        self.put(step["url"], [{"turns": [a, b]} for a, b in zip(first, second)])
        return [dict(step, wait=.02) for _ in range(r.randint(2, 4))]

    def not_modified(self, origin):
        """The browser's own revalidation, and a script's."""
        r = self.random
        step = self.get(headers=r.choice([[], [], [("x-a", "1")]]), via=r.choice(["page", "page", "page", "worker"]))
        origin = self.page if step["via"] == "worker" else origin
        answers, renewed = self.answered(step, origin=origin, share=.25), self.answers(step, origin, self.wrong(.3))[1]
        stored = answers[1]
        stored |= {"status": 200, "breaks": None, "frame": "length"}
        stored["lines"] += ['ETag: "1"', "Cache-Control: no-cache"]
        renewed |= {"status": 304, "breaks": None, "frame": "length"}
        kept = [x for x in renewed["lines"] if not x.lower().startswith("access-control-")]
        renewed["lines"] = r.choice([kept, kept, renewed["lines"]]) + ['ETag: "1"']
        stored["renewed"] = renewed
        again = dict(step, wait=.05)
        if r.random() < .2:
            again["headers"] = step["headers"] + [("If-None-Match", '"1"')]
        return [step, again, *([dict(again, via="other")] if r.random() < .25 else [])]

    def cached_copy(self, origin):
        """A copy that a no-cors load or another page left in the cache."""
        r = self.random
        first = r.choice([self.get(api="img", crossorigin=None, credentials="include"), self.get(via="other"), self.get()])
        answers = self.answered(first, origin=origin, share=.2, body="image")
        answers[1] |= {"status": 200, "breaks": None, "frame": "length"}
        answers[1]["lines"].append("Cache-Control: max-age=600")
        answers[1]["echo"] = r.random() < .6
        if first["api"] == "img":
            answers[1]["lines"] = r.choice([answers[1]["lines"], ["Cache-Control: max-age=600"]])
        return [first, self.get(url=first["url"], wait=.05), *([self.get(url=first["url"], via="worker")] if r.random() < .3 else [])]

    def mixed_content(self, origin):
        r, step = self.random, self.request()
        target = f"http://api.shop.test:{self.ports.clear}"
        if r.random() < .5:
            step["via"] = r.choice(["page", "page", "worker", "same"])
            self.answered(step, origin=origin, share=.2, base=target)
            return [step]
        answers = self.answered(step, origin=origin, share=.15)
        end = self.url(target)
        answers[1]["status"] = r.choice([301, 302, 307, 308])
        answers[1]["lines"].append("Location: " + end)
        self.put(end, self.answers(step, "null", self.wrong(.2)))
        return [step]

    def loop(self, origin):
        step = self.get()
        answers = self.answered(step, origin=origin, share=0)
        answers[1]["status"], answers[1]["breaks"] = 302, None
        answers[1]["lines"].append("Location: " + step["url"])
        return [step]

    def abort(self, origin):
        r, step = self.random, self.request()
        step |= {"abort": r.choice([0, 1, 10, 40, 80, 150, 300]), "api": r.choice(["fetch", "fetch", "xhr"])}
        answers = self.answered(step, origin=origin, share=.3)
        for answer in answers:
            answer["delay"] = r.choice([0, 0, .06, .12, .3])
        return [step]

    def network(self, origin):
        r, step = self.random, self.request()
        secure = self.api.startswith("https")
        kind = r.choice(["breaks", "breaks", "breaks", "closed", "nowhere", "untrusted", "hang"])
        if kind == "breaks":
            answers = self.answered(step, origin=origin, share=.2)
            side = r.choice([0, 1])
            answers[side]["breaks"] = r.choice(["reset", "close", "garbage"] + ["short"] * side)
        elif kind == "hang":
            answers = self.answered(step, origin=origin, share=.1)
            answers[r.choice([0, 1])]["delay"] = 30
            step["abort"] = 1500
        else:
            base = {"closed": f"{self.api.split(':')[0]}://api.shop.test:{self.ports.closed}",
                    "nowhere": f"{self.api.split(':')[0]}://nowhere.shop.test:{self.ports.h2 if secure else self.ports.clear}",
                    "untrusted": f"https://api.shop.test:{self.ports.untrusted}"}[kind]
            self.answered(step, origin=origin, share=.1, base=base)
        return [step]

    def made(self, count):
        """Lists of steps, about `count` requests in all."""
        makers = {"plain": self.single, "repeated": self.repeated, "concurrent": self.concurrent, "redirected": self.redirected,
                  "burst": self.burst, "frame": self.frame, "worker": self.worker, "events": self.events, "beacon": self.beacon,
                  "element": self.element, "not modified": self.not_modified, "cached copy": self.cached_copy, "mixed content": self.mixed_content,
                  "loop": self.loop, "abort": self.abort, "network": self.network, "twins": self.twins, "refused load": self.refused_load}
        kinds = dict(KINDS)
        for name in ["frame", "worker", "cached copy"] * self.sandboxed + ["mixed content"] * (self.scheme == "http"):
            del kinds[name]
        all_steps, total = [], 0
        while total < count:
            kind, known = self.weighted(kinds), set(self.scripts)
            steps = makers[kind](self.origin)
            if self.sandboxed:  # its workers and frames have no origin of its own to speak from
                steps = [dict(step, via="page") for step in steps]
            label = "service worker" if self.service and kind in ("plain", "element") else kind
            for key in set(self.scripts) - known:
                self.context[key] = label
                self.asked[key] = {step["credentials"] for step in steps}
            all_steps.append(steps)
            total += len(steps)
        return all_steps

    def files(self, count):
        """Path to (type, header lines, text) of all that this page needs."""
        with open(os.path.join(HERE, "page.js"), encoding="utf-8") as file:
            script = file.read()
        with open(os.path.join(HERE, "worker.js"), encoding="utf-8") as file:
            service = file.read()
        base, foreign = self.page, self.cdn
        frames = {"same": {"url": base + "/frame"}, "other": {"url": self.neighbour + "/frame"}, "sandbox": {"url": base + "/frame", "sandbox": True},
                  "foreign": {"url": foreign + "/frame"}}
        options = {"frames": frames, "worker": base + "/worker.js", "source": script, "service": "/service.js" if self.service else None}
        lines = ["Content-Security-Policy: sandbox allow-scripts"] * self.sandboxed
        lines += [f"Content-Security-Policy: connect-src 'self' {self.api}"] * self.policy
        # Within a script element no end tag of one may stand.
        text = f"var cases = {json.dumps(self.made(count))}, options = {json.dumps(options)};\n".replace("</", "<\\/") + script
        document = f"<!doctype html><title>lab</title><body></body><script>{text}</script>".encode()
        return {self.path: ("text/html", lines, document),
                "/frame": ("text/html", [], f"<!doctype html><title>frame</title><body></body><script>{script}</script>".encode()),
                "/worker.js": ("text/javascript", [], script.encode()),
                "/service.js": ("text/javascript", ["Service-Worker-Allowed: /"], service.encode())}
