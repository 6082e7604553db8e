"""whycors beside the browser: every request of a recording gets a word for how the two verdicts stand to each other.

`Truth` is what Chromium said of one request (DevTools' own objects, in the order of the HAR's entries). The words are the
columns of the table; what they rest on beyond the browser's account is whether the file itself settles the case (judge.py).
"""
import collections
import dataclasses
import json
import re
import subprocess
import urllib.parse

from .judge import access, modes, preflight, settled, values

COLUMNS = ("equal", "among several named", "undecided", "undecided, the fact is there", "wrong", "missed", "false alarm", "surplus")
OPEN = "undecided, the fact is there"
PAIRS = ("paired", "equal twin", "pairing")
ONLY, SEVERAL = "its only preflight", "one of several preflights"


@dataclasses.dataclass
class Word:
    column: str
    kind: str
    context: str
    entries: list
    finding: dict | None
    truth: dict | None


def key(url):
    return url.split("#")[0].split("://")[-1].split("@")[-1]


def origin_of(url):
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.split('@')[-1]}"


def outcome(told, page):
    """(class, label) of one of DevTools' requests."""
    error = told["error"] or ""
    if told["cors"]:
        return "blocked", told["cors"]["corsError"]
    if told["redirects"]:
        return "delivered", "redirect"
    if told["blocked"] and told["blocked"] not in ("other",):
        return "stopped", told["blocked"]
    if error in ("net::ERR_ABORTED", "") and (told["failed"] or told["cancelled"]):
        if page.startswith("https:") and told["url"].startswith("http:"):
            return "stopped", "mixed-content"
        return ("delivered", "body not read") if 200 <= told["status"] < 300 else ("aborted", error)
    if told["failed"]:
        return "network", error
    return "delivered", ""


def findings(binary, path, keys=None):
    command = [binary, "--format", "json", "--all", *(["--keylog", keys] if keys else []), path]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{command}: exit {done.returncode}: {done.stderr.decode()[-500:]}")
    return json.loads(done.stdout)


def entry_of(finding, side):
    return ((finding[side] or {}).get("place") or {}).get("entry")


def said(finding):
    rule, cause = finding["rule"] or {}, finding["cause"] or {}
    return rule.get("chromium") or (finding["doubt"] or {}).get("id") or cause.get("id") or "?"


def judged(finding, truth, kind, label, known, sentence=False, broken=None):
    """(column, kind of difference) of one finding about one request.

    `sentence`: the browser's is among those it prints; `broken`: the rule that the preflight breaks in every mode.
    """
    verdict, rule = finding["verdict"], finding["rule"] or {}
    text = json.dumps([finding["cause"], finding["headline"], finding["lines"], finding["evidence"], finding["actual"]])
    if verdict == "undecided":
        if kind == "aborted" and finding["doubt"]["id"] == "request-aborted":
            return "equal", ""
        return (OPEN if known else "undecided"), f"{finding['doubt']['id']} of {label or kind}"
    if kind == "delivered":
        return ("equal", "") if verdict == "pass" else ("false alarm", f"{said(finding)} of a delivered answer")
    if verdict == "pass":
        if kind == "aborted":
            return "equal", ""  # what was read before it was given up had passed
        return "missed", f"pass of {label}"
    if kind == "blocked":
        if rule.get("chromium") != label:
            beside = finding["cause"]["certainty"] != "certain" and (label in {also["rule"] for also in finding["also"]} or sentence)
            return ("among several named" if beside else "wrong"), f"{said(finding)} instead of {label}"
        parameter = truth["cors"]["failedParameter"] if truth["cors"] else (rule.get("parameter") or "")
        if (rule.get("parameter") or "") != parameter:
            ours, certain = rule.get("parameter") or "", finding["cause"]["certainty"] == "certain"
            # The set of refused names is certain, which one is printed is not; a HAR sorts repeated lines.
            refused = label.startswith("HeaderDisallowed") and (not certain or parameter in re.findall(r"[^\s,\"]+", text.lower()))
            sorted_ = sorted(re.split(r", ?", parameter)) == sorted(re.split(r", ?", ours))
            return ("among several named" if refused or sorted_ else "wrong"), f"parameter of {label}"
        return "equal", ""
    if kind == "aborted" and broken and rule.get("chromium") == broken:
        return "equal", ""  # given up while its preflight was being refused
    if rule.get("chromium"):
        return "wrong", f"{rule['chromium']} instead of {label or kind}"
    if kind == "network" and label not in text:
        return "wrong", f"{said(finding)} without {label}"
    if kind == "stopped" and label == "mixed-content" and "mixed" not in text.lower():
        return "wrong", f"{said(finding)} instead of {label}"
    return "equal", ""


class Recording:
    """One page's entries and what DevTools knows of them."""

    def __init__(self, page, told, full, clean):
        self.page, self.told, self.entries = page, told, json.loads(full)["log"]["entries"]
        self.files = {"HAR": full, "HAR, sanitised": clean}
        self.place_preflights()
        self.owner = {p: i for i, t in enumerate(told) for p in t["preflights"]}

    def place_preflights(self):
        """DevTools hangs a later hop's preflight on the hop before it when the events come in that order: by URL it is told."""
        after = {t["redirected"]: i for i, t in enumerate(self.told) if t["redirected"] is not None}
        for index, told in enumerate(self.told):
            for preflight_ in [p for p in told["preflights"] if key(self.told[p]["url"]) != key(told["url"])]:
                hop = after.get(index)
                while hop is not None and key(self.told[hop]["url"]) != key(self.told[preflight_]["url"]):
                    hop = after.get(hop)
                if hop is not None:
                    told["preflights"].remove(preflight_)
                    self.told[hop]["preflights"].append(preflight_)

    def cases(self):
        """The numbers of the entries that a case asked for, preflights left out."""
        return [i for i, t in enumerate(self.told) if not t["preflight"] and key(t["url"]) in self.page.context]

    def preflights(self, index):
        return [p for i in [index, *self.twins(index)] for p in self.told[i]["preflights"]]

    def chain(self, index):
        found = [index]
        while (before := self.told[found[-1]]["redirected"]) is not None and before >= 0 and before not in found:
            found.append(before)
        return found

    def related(self, index):
        """The entries that a small file about this one needs."""
        urls = {key(self.told[i]["url"]) for i in self.chain(index)}
        kept = [i for i, t in enumerate(self.told) if key(t["url"]) in urls or t["type"] == "document"]
        return sorted(set(kept))

    def listed(self, index):
        """Whether a pass of it is expected in the list: cross-origin and cors mode, and not answered by a worker."""
        told = self.told[index]
        mode = values(self.entries[index]["request"]["headers"], "sec-fetch-mode")
        return mode == "cors" and origin_of(told["url"]) != self.page.page and not told["worker"]

    def twins(self, index):
        """A page's request that a service worker answered and the worker's own are one event: the other's entries."""
        told = self.told[index]
        return [i for i, t in enumerate(self.told) if key(t["url"]) == key(told["url"]) and not t["preflight"] and t["fromWorker"] != told["fromWorker"]]

    def outcome(self, index):
        """(class, label) of an entry; what a service worker was refused is what became of the page's request."""
        told = self.told[index]
        kind, label = outcome(told, self.page.page)
        if label == "net::ERR_FAILED":
            for twin in self.twins(index):
                if self.told[twin]["fromWorker"] and (refused := self.told[twin]["cors"]):
                    return "blocked", refused["corsError"]
        return kind, label

    def words_of_har(self, answer):
        by_entry, by_hop = {}, {}
        for finding in answer["findings"]:
            by_entry.setdefault(entry_of(finding, "actual"), []).append(finding)
            for hop in finding["redirects"]:
                by_hop.setdefault(hop["place"].get("entry"), []).append(finding)
        folded = {place.get("entry") for remark in answer["remarks"] for place in remark.get("places", [])}
        for index in self.cases():
            told, context = self.told[index], self.page.context[key(self.told[index]["url"])]
            kind, label = self.outcome(index)
            word = lambda column, how, finding=None: Word(column, how, context, self.related(index), finding, told)  # noqa: E731
            own = by_entry.get(index, [])
            for finding in own[1:]:
                if finding["verdict"] != "pass":
                    yield word("surplus", "a second finding of the entry", finding)
            twins = [f for i in self.twins(index) for f in by_entry.get(i, [])]
            if own and told["fromWorker"] and own[0]["verdict"] != "pass" and any(f["verdict"] != "pass" for f in twins):
                yield word("surplus", "a worker's request and the page's are told twice", own[0])
                continue
            if not own:
                if by_hop.get(index) or twins:
                    continue
                if kind == "delivered":
                    if self.listed(index):
                        yield word("missed", "a delivered answer is not listed")
                elif kind == "aborted" or index in folded:
                    yield word("equal", "")
                elif origin_of(told["url"]) != self.page.page or told["cors"]:
                    yield word("missed", f"{label} is not listed")
                continue
            site = ".shop.test"
            known = settled(self.entries, index, self.preflights(index), site)
            sentence = self.sentence(own[0], told)
            if sentence is not None:
                yield word("sentence" if sentence else "another sentence", said(own[0]), own[0])
            yield word(*judged(own[0], told, kind, label, known, bool(sentence), self.broken(index)), own[0])
            if not any(entry_of(f, "preflight") in self.preflights(index) for f in twins):  # told by the other entry of the event
                yield from self.pairing(own[0], index, word)
        yield from self.surplus(by_entry.get(None, []))

    def sentence(self, finding, told):
        """Whether one of Chromium's sentences about this URL is printed; None where the console has none."""
        place = key(told["url"]).split("?")[0]
        plain = lambda line: re.sub(r"\?[^' ]*", "", line).strip()  # noqa: E731
        heard = {plain(line) for line in getattr(self.page, "said", []) if place in line and "CORS policy" in line}
        printed = {plain(line) for line in (finding["console"]["chromium"] or "").split("\n")}
        if not heard or finding["verdict"] != "fail" or "blocked" not in self.outcome(self.told.index(told)):
            return None
        if entry_of(finding, "actual") is None:  # packets do not tell which interface asked
            heard, printed = ({re.sub("^Access to .*? at ", "", line) for line in lines} for lines in (heard, printed))
        return bool(heard & printed)

    def broken(self, index):
        """The rule that its last answered preflight breaks, with and without credentials."""
        answered = [p for p in self.preflights(index) if self.entries[p]["response"]["status"]]
        rules = {preflight(self.entries[p], include) for p in answered[-1:] for include in (True, False)}
        return rules.pop() if len(rules) == 1 else None

    def pairing(self, finding, index, word):
        """A word for each finding that has a preflight or should have one: own, an equal twin's, or another's."""
        right, ours = self.preflights(index), entry_of(finding, "preflight")
        if ours is None and not right:
            return
        several = sum(key(t["url"]) == key(self.told[index]["url"]) and t["preflight"] for t in self.told) > 1
        where = SEVERAL if several else ONLY
        if ours in right:
            yield word("paired", where, finding)
        elif right:
            # Of equal requests at once some used the cache: which of them, no file tells.
            other, harmless = self.instead(right[-1], ours)
            if ours is None and finding["link"] == "cached":
                harmless = any(self.instead(right[-1], p)[1] for p in self.owner if p != right[-1] and key(self.told[p]["url"]) == key(self.told[index]["url"]))
            yield word("equal twin" if harmless else "pairing", f"{where}: {other}", finding)
        else:
            owner = self.owner.get(ours)
            equal = owner is not None and self.told[owner]["method"] == self.told[index]["method"] and self.chosen_names(owner) == self.chosen_names(index)
            yield word("equal twin" if equal else "pairing", f"{where}: one that is not its own", finding)

    def chosen_names(self, index):
        """The header names of a request that scripts choose, as far as the file shows them."""
        usual = re.compile(r"^(:|sec-|accept|user-agent|referer|origin|host|connection|content-length|priority|cookie|cache-control|pragma)")
        return {h["name"].lower() for h in self.entries[index]["request"]["headers"] if not usual.match(h["name"].lower())}

    def instead(self, right, ours):
        """(what the chosen preflight is, whether it is an equal twin: asked alike and answered alike)."""
        if ours is None:
            return "none", False
        asked, answered = ([tuple(values(self.entries[i][side]["headers"], name) for name in names) for i in (right, ours)] for side, names in (
            ("request", ("origin", "access-control-request-method", "access-control-request-headers")),
            ("response", ("access-control-allow-origin", "access-control-allow-credentials", "access-control-allow-methods", "access-control-allow-headers"))))
        if asked[0] != asked[1] or self.told[right]["error"] != self.told[ours]["error"]:
            return "another that asks otherwise or died of another error", False
        alike = answered[0] == answered[1] and self.entries[right]["response"]["status"] == self.entries[ours]["response"]["status"]
        return "another that asks the same", alike

    def surplus(self, alone):
        for finding in alone:
            index = entry_of(finding, "preflight")
            owner = self.owner.get(index)
            if finding["verdict"] == "pass" or owner is None or index not in range(len(self.told)):
                continue
            context = self.page.context.get(key(self.told[index]["url"]), "plain")
            yield Word("surplus", f"{said(finding)}: the preflight's request is in the file", context, self.related(owner), finding, self.told[owner])

    def words_of_packets(self, answer, numbers):
        """`numbers`: entry by the number that its answer carries. One word a request that packets show."""
        found, alone = {}, collections.defaultdict(list)
        for index in self.cases():
            alone[key(self.told[index]["url"]), self.told[index]["method"]].append(index)
        for finding in answer["findings"]:
            number = finding["request_ids"].get("x-request-id", "")
            index = numbers.get(number)
            if index is None and len(same := alone[key(finding["url"]), finding["method"]]) == 1:
                index = same[0]  # a worker's refused answer is not in the HAR, so its number is not known
            if index is not None:
                found.setdefault(self.owner.get(index, index), []).append(finding)
        for index in self.cases():
            told = self.told[index]
            kind, label = outcome(told, self.page.page)
            wire = [i for i in [index, *told["preflights"]] if values(self.entries[i]["response"]["headers"], "x-request-id")]
            if not wire or told["cached"] or kind in ("aborted", "network", "stopped") or told["worker"]:
                continue
            context = self.page.context[key(told["url"])]
            word = lambda column, how, finding=None: Word(column, how, context, self.related(index), finding, told)  # noqa: E731
            own = found.get(index, [])
            if not own:
                if kind == "blocked" and self.on_the_wire(index)[1]:
                    yield word("undecided", f"a passed preflight that no request follows, {label}")
                elif kind == "blocked" and (index in wire or "Preflight" in label):  # else its answer's number is not known
                    yield word("missed", f"{label} is not listed")
                continue
            known, free = self.on_the_wire(index)
            if kind == "blocked" and own[0]["verdict"] == "pass" and free:
                yield word("undecided", f"passes without credentials, {label}", own[0])
                continue
            if (own[0]["doubt"] or {}).get("id") == "maybe-form":
                known = known and values(self.entries[index]["request"]["headers"], "sec-fetch-mode") is not None
            column, how = judged(own[0], told, kind, label, known, bool(self.sentence(own[0], told)), self.broken(index))
            if kind == "delivered" and column == "false alarm" and own[0]["link"] == "preflight-only" and self.equal_twin(index):
                column, how = "undecided", "which of two equal preflights was followed"
            yield word(column, how, own[0])

    def equal_twin(self, index):
        """Whether another preflight of the URL asks and is answered as this request's own."""
        own = self.preflights(index)[-1:]
        return any(self.instead(own[0], p)[1] for p in self.owner if own and p != own[0] and key(self.told[p]["url"]) == key(self.told[index]["url"]))

    def on_the_wire(self, index):
        """(one outcome in every open mode, passes without credentials) of what packets show of a request."""
        told, entry = self.told[index], self.entries[index]
        open_modes = modes(entry, ".shop.test")
        rules = []
        for include in open_modes:
            rule = None
            if told["preflights"]:
                rule = preflight(self.entries[told["preflights"][-1]], include)
            origin = values(entry["request"]["headers"], "origin")
            if rule is None and entry["response"]["status"] and origin is not None:
                rule = access(entry["response"]["headers"], origin, include)
            rules.append(rule)
        return len(set(rules)) == 1, False in open_modes and None in rules
