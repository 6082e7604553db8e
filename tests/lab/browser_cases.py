"""What a page asks and what the server answers, at random but repeatable: one seed, one set of cases.

A case is a list of steps (one request each) on URLs whose answers are scripted: an answer to the
preflight and one to the request, each a status and raw header lines, or a connection that breaks.
Two in five cases are right in all respects; the others are wrong in one to three.
"""
import random

NORMALIZED = ("DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT")
HOSTS = {"shop.test": ("app", "www", "api", "cdn"), "localhost": ("app", "www", "api", "cdn")}
ASPECTS = {"origin-p": 4, "origin-a": 3, "credentials-p": 2, "credentials-a": 2, "methods": 5, "headers": 5,
           "status-p": 4, "status-a": 2, "break-p": .6, "break-a": .6}
METHODS = {"GET": 5, "HEAD": 1, "POST": 5, "PUT": 4, "PATCH": 3, "DELETE": 3, "OPTIONS": .7, "patch": .7, "put": .5,
           "delete": .5, "QUERY": .6, "PURGE": .5, "get": .4}
HEADERS = [
    (.3, "Content-Type", "application/json"), (.1, "Content-Type", "text/plain"), (.06, "Content-Type", "text/plain; x=\"a\""),
    (.06, "Content-Type", "application/x-www-form-urlencoded"), (.02, "Content-Type", "text/plain;" + "a" * 120),
    (.2, "Authorization", "Bearer abc"), (.1, "X-Requested-With", "XMLHttpRequest"), (.12, "X-A", "1"), (.08, "x-b", "2"),
    (.06, "X-Request-ID", "7"), (.04, "Accept", "text/html;q=\"x\""), (.04, "Accept", "a" * 128), (.03, "Accept", "a" * 129),
    (.03, "Accept-Language", "de@x"), (.02, "Content-Language", "en"), (.04, "Range", "bytes=0-9"), (.03, "Range", "bytes=-5"),
    (.03, "Range", "bytes= 0-9"), (.04, "Cache-Control", "no-cache"), (.03, "If-None-Match", "\"x\""),
    (.03, "traceparent", "00-aa-bb-01"), (.02, "X-HTTP-Method-Override", "TRACE"), (.02, "Save-Data", "on"),
    (.02, "User-Agent", "me"), (.02, "Last-Event-ID", "9")]
MAX_AGES = [None, "600", "1", "2", "0", "-5", "abc", "10.5", "600, 600", "86400", " 9 ", "+60", "60s", "", "9" * 20]


class Cases:
    """Cases for one page; `scripts` maps host and path to the two answers."""

    def __init__(self, seed, zone, page_port, api_port, name):
        self.random, self.scripts, self.name, self.count = random.Random(seed), {}, name, 0
        app, _, api, cdn = (f"{host}.{zone}" for host in HOSTS[zone])
        self.page, self.neighbour = f"http://{app}:{page_port}", f"http://{app}:{api_port}"
        self.api, self.cdn = f"http://{api}:{api_port}", f"http://{cdn}:{api_port}"

    def weighted(self, table):
        return self.random.choices(list(table), list(table.values()))[0]

    def url(self, base, tail=""):
        self.count += 1
        return f"{base}/c/{self.name}-{self.count}{tail}"

    def put(self, url, answers):
        self.scripts[url.split("://")[1]] = answers

    def wrong(self, share):
        if self.random.random() > share:
            return set()
        return set(self.random.choices(list(ASPECTS), list(ASPECTS.values()), k=self.weighted({1: 7, 2: 2, 3: 1})))

    def joined(self, items):
        return self.random.choice([", ", ",", " , ", ",,"]).join(items)

    def allow_origin(self, origin, wrong):
        host = origin.split("//")[-1]
        if not wrong:
            return [self.weighted({origin: 6, "*": 2, f"  \t{origin}\t ": .5})]
        return self.random.choice([
            [], [], [], ["null"], ["NULL"], [origin + "/"], [origin.upper()], [origin.replace("http:", "https:")],
            [origin.rsplit(":", 1)[0]], [host], [f"{origin}, {origin}"], [origin, origin], ["*", origin], ["", origin], [""],
            ["http://other.test"], [origin + " http://other.test"], [origin + ","], ["*." + host], ["true"], ["localhost:3000"],
            ["invalid.origin"], [f'"{origin}"'], ["'*'"], ["http://"], ["//" + host], ["a:b"], [origin + "/path"], ["http://[::1"],
            ["http://exa mple"], ["http://%zz"], ["http://x:99999"], ["data:x"], ["**"]])

    def allow_credentials(self, wrong):
        values = [[], [], ["True"], ["TRUE"], ["false"], ["1"], ['"true"'], ["true", "true"], ["true,true"], [""]]
        return self.random.choice(values) if wrong else ["true"]

    def allow_methods(self, method, wrong):
        some = [m for m in self.random.sample(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"], 3) if m != method]
        if not wrong:
            return self.random.choice([["*"], [self.joined([*some, method])], [*some, method], [method]])
        return self.random.choice([
            [], [self.joined(some)], [method.swapcase()], ["GET POST " + method], [method + ";"], [f'"{method}"'], [method, "@@ x"],
            [f"GET,, ,{method}"], [f",{method},"], ["*, GET"], [f"[{method}]"], [""], ["GET/" + method], ["ALL"]])

    def allow_headers(self, names, wrong):
        some = self.random.sample(["Content-Type", "Authorization", "X-Requested-With", "Accept", "X-A", "X-B"], 2)
        if not wrong:
            every = [self.random.choice([name, name.lower(), name.upper()]) for name in names] + some
            return self.random.choice([["*"], [self.joined(every)], [self.joined(every)], every])
        listed = ", ".join(names)
        return self.random.choice([
            [], [], [", ".join(names[1:])], [" ".join([*names, "x-z"])], ["; ".join([*names, "x"])], [f'"{listed}"'], ["*, x-q"],
            ["x-*"], [listed + ", bad header"], [listed + ", (x)"], [""], [listed + ","], [listed.replace("-", "_")], ["*;"]])

    def lines(self, values):
        r = self.random
        cased = lambda name: r.choice([name, name, name, name.lower(), name.upper()])  # noqa: E731
        return [cased(name) + r.choice([": ", ": ", ":", ":  "]) + value for name, all in values for value in all]

    def request(self):
        r = self.random
        headers = {}
        for share, name, value in HEADERS:
            if r.random() < share:
                headers.setdefault(name, value)
        method = self.weighted(METHODS)
        return {"method": method, "headers": list(headers.items()), "api": self.weighted({"fetch": 4, "xhr": 2, "upload": .3}),
                "credentials": r.choice(["same-origin", "omit", "include", "include"]), "wait": 0, "together": False,
                "body": method.upper() not in ("GET", "HEAD") and r.random() < .8}

    def answers(self, step, origin, wrong):
        r, include = self.random, step["credentials"] == "include"
        method = step["method"].upper() if step["method"].upper() in NORMALIZED else step["method"]
        names = [name for name, _ in step["headers"]]
        sides = []
        for side in ("p", "a"):
            allowed = self.allow_origin(origin, f"origin-{side}" in wrong)
            values = [("Access-Control-Allow-Origin", [origin] if include and allowed == ["*"] and r.random() < .7 else allowed)]
            if include or r.random() < .3:
                values.append(("Access-Control-Allow-Credentials", self.allow_credentials(f"credentials-{side}" in wrong)))
            if side == "p":
                methods, listed = self.allow_methods(method, "methods" in wrong), self.allow_headers(names, "headers" in wrong)
                values.append(("Access-Control-Allow-Methods", [method] if include and methods == ["*"] else methods))
                values.append(("Access-Control-Allow-Headers", [", ".join(names)] if include and listed == ["*"] else listed))
                age = r.choice(MAX_AGES)
                values += [("Access-Control-Max-Age", [age])] * (age is not None)
                refused = [400, 401, 403, 404, 405, 500, 502, 503, 300, 302, 304, 307, 599]
                status = r.choice(refused if "status-p" in wrong else [204, 200, 299])
                values += [("Location", ["/login"])] * (status in (302, 307))
            else:
                values += [("Set-Cookie", ["s=1; Path=/"])] * (r.random() < .2)
                status = r.choice([400, 401, 404, 500, 503, 206, 300, 699]) if "status-a" in wrong else r.choice([200, 200, 201, 204])
            answer = {"status": status, "lines": self.lines(values), "delay": r.choice([0] * 8 + [.05, .2]),
                      "frame": r.choice(["length"] * 6 + ["chunked", "close", "lf"])}
            if f"break-{side}" in wrong:
                answer["breaks"] = r.choice(["reset", "close", "garbage"] + ["short"] * (side == "a"))
            sides.append(answer)
        return sides

    def single(self, origin):
        step = self.request()
        step["url"] = self.url(self.api, self.random.choice(["", "?q=1", "/x"]))
        self.put(step["url"], self.answers(step, origin, self.wrong(.6)))
        return [step]

    def repeated(self, origin):
        """Several requests to one URL, for the preflight cache."""
        step = dict(self.request(), url=self.url(self.api), method=self.random.choice(["PUT", "DELETE", "PATCH"]))
        self.put(step["url"], self.answers(step, origin, self.wrong(.15)))
        changes = [{}, {}, {"headers": step["headers"] + [("x-extra", "1")]}, {"headers": step["headers"][:-1]}, {"method": "POST"}]
        return [step] + [dict(step, wait=self.random.choice([0, .1, .5, 1.3, 2.4, 5.6]), **self.random.choice(changes))
                         for _ in range(self.random.randint(1, 4))]

    def concurrent(self, origin):
        return [dict(self.repeated(origin)[0], together=True)] * self.random.randint(2, 5)

    def redirected(self, origin):
        """One to three redirects, to the same host, another, the page's own, or a URL with a user."""
        r, step = self.random, self.request()
        bases = [self.api]
        for _ in range(self.weighted({1: 5, 2: 3, 3: 2})):
            bases.append(r.choice([bases[-1], self.cdn, self.api, self.page, self.neighbour]))
        urls, tainted = [self.url(base) for base in bases], False
        step["url"] = urls[0]
        for index, url in enumerate(urls):
            last = index == len(urls) - 1
            answers = self.answers(step, "null" if tainted else origin, self.wrong(.35 if last else .12))
            if not last:
                tainted |= bases[index + 1] != bases[index]
                target = urls[index + 1]
                if r.random() < .08:
                    target = target.replace("://", "://" + r.choice(["u:p@", "u@", "@"]))
                answers[1]["status"] = r.choice([301, 302, 303, 307, 308])
                answers[1]["lines"].append("Location: " + target)
            self.put(url, answers)
        return [step]

    def all(self, count, origin):
        kinds = {self.single: 10, self.repeated: 3, self.concurrent: 1, self.redirected: 5}
        return [self.weighted(kinds)(origin) for _ in range(count)]
