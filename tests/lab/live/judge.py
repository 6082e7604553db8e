"""A second opinion: which rule of Chromium's an answer breaks, from the headers alone, in a hundred lines of Python.

It decides one thing only: whether the bytes of a file settle an outcome that whycors left undecided. The verdicts that
whycors is compared with are the browser's own, never these.
"""
import re

TOKEN = re.compile(r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")


def values(headers, name):
    """All values of a header of a HAR entry, joined as Chromium joins them; None where it is absent."""
    found = [h["value"].strip(" \t") for h in headers if h["name"].lower() == name]
    return ", ".join(found) if found else None


def access(headers, origin, include):
    allowed, credentials = values(headers, "access-control-allow-origin"), values(headers, "access-control-allow-credentials")
    if allowed is None:
        return "MissingAllowOriginHeader"
    if allowed == "*":
        return "WildcardOriginNotAllowed" if include else None
    if allowed != origin:
        if re.search(r"[ ,]", allowed):
            return "MultipleAllowOriginValues"
        return "AllowOriginMismatch" if allowed == "null" or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", allowed) else "InvalidAllowOriginValue"
    return "InvalidAllowCredentials" if include and credentials != "true" else None


def items(headers, name):
    listed = [item.strip(" \t") for item in (values(headers, name) or "").split(",")]
    return [item for item in listed if item]


def preflight(entry, include):
    """The rule that the answer to a preflight breaks, or None."""
    asked, response = entry["request"]["headers"], entry["response"]
    if 300 <= response["status"] < 400 and values(response["headers"], "location") is not None:
        return "PreflightDisallowedRedirect"
    rule = access(response["headers"], values(asked, "origin"), include)
    if rule:
        return "Preflight" + rule
    if not 200 <= response["status"] <= 299:
        return "PreflightInvalidStatus"
    methods, names = (items(response["headers"], f"access-control-allow-{what}") for what in ("methods", "headers"))
    for listed, rule in ((methods, "Methods"), (names, "Headers")):
        if not all(TOKEN.match(item) for item in listed):
            return f"InvalidAllow{rule}PreflightResponse"
    method = values(asked, "access-control-request-method")
    if method not in ("GET", "HEAD", "POST", *methods) and (include or "*" not in methods):
        return "MethodDisallowedByPreflightResponse"
    named = {name.lower() for name in names}
    if not set(items(asked, "access-control-request-headers")) <= named and (include or "*" not in named):
        return "HeaderDisallowedByPreflightResponse"
    return None


def modes(entry, site):
    """The credentials modes (include or not) that a request's own headers leave open."""
    headers = entry["request"]["headers"]
    if values(headers, "sec-fetch-storage-access") is not None or values(headers, "cookie") is not None:
        return {True}
    provisional = values(headers, "sec-fetch-site") is None
    if not provisional and entry["request"]["url"].startswith("https:") and values(headers, "sec-fetch-site") == "cross-site" \
            and values(headers, "origin") not in (None, "null") and site not in entry["request"]["url"].split("/")[2]:
        return {False}
    return {True, False}


def settled(entries, index, preflights, site):
    """Whether the entries themselves show what became of a request: delivered, refused by one rule, or its own error."""
    entry = entries[index]
    error, status = entry["response"].get("_error"), entry["response"]["status"]
    if error and error not in ("net::ERR_FAILED", "net::ERR_ABORTED"):
        return True
    if not error or (error == "net::ERR_ABORTED" and 200 <= status <= 299):
        return status > 0  # delivered, if not read to its end
    open_modes, origin = modes(entry, site), values(entry["request"]["headers"], "origin")
    answered = [entries[i] for i in preflights if entries[i]["response"]["status"]]
    if answered:
        origin = values(answered[-1]["request"]["headers"], "origin")
        rules = {preflight(answered[-1], include) for include in open_modes}
        if None not in rules:
            return len(rules) == 1
    if status > 0 and origin is not None:
        rules = {access(entry["response"]["headers"], origin, include) for include in open_modes}
        return len(rules) == 1 and None not in rules
    return False
