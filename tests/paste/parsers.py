#!/usr/bin/env python3
"""usage: parsers.py FOLDER <texts.json: reads configurations through the parsers of their languages.

Standard input is {"origin", "texts": [{"stack", "language", "text", "honest"}]}. A text has a shape: what its
parser makes of it, with strings and plain words taken out and equal items of a list counted as one. Every
text must have the shape of a text that was made from an honest request for the same stack, and every string in
it must be plain, or stand in an honest text as well. Prints {"skipped": [...], "parsed": {...}, "failures": [[n, why]]}.
The servers among the parsers check syntax (nginx also answers a request); they are started on files in FOLDER.
"""
import ast
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

PLAIN = re.compile(r"(?:Access-Control-[A-Za-z-]+: )?(?!.*: )[A-Za-z0-9 ,._:/+=-]*\Z")
# Regular expressions of origins and of a path.
PATTERN = re.compile(r"\^\((?:https?://(?:[A-Za-z0-9:_-]|\\?\.)+\|?)+\)\$\Z|\^(?:[A-Za-z0-9/_~-]|\\?\.)*\(\\\?\|\$\)\Z")
HERE = os.path.dirname(os.path.abspath(__file__))


class Wrong(Exception):
    pass


# ---- shapes: each gives (shape, strings) or raises Wrong ----

def folded(items):
    """Equal neighbours count once: lists may have any length."""
    out = []
    for item in items:
        if not out or out[-1] != item:
            out.append(item)
    return out


def of_value(value, strings):
    """A value of JSON or YAML."""
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise Wrong(f"key {key!r}")
        return {key: of_value(value[key], strings) for key in value}
    if isinstance(value, list):
        return folded([of_value(item, strings) for item in value])
    if isinstance(value, str):
        strings.append(value)
        return "text"
    return repr(value)


def of_python(text):
    strings = []

    def walk(node):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                strings.append(node.value)
                return "text"
            return repr(node.value)
        if isinstance(node, ast.AST):
            return [type(node).__name__] + [walk(value) for _, value in ast.iter_fields(node)]
        if isinstance(node, list):
            return folded([walk(item) for item in node])
        return node

    try:
        return walk(ast.parse(text)), strings
    except (SyntaxError, ValueError) as error:
        raise Wrong(f"python: {error}")


def of_yaml(text):
    import yaml

    strings = []
    try:
        return of_value(yaml.safe_load(text), strings), strings
    except yaml.YAMLError as error:
        raise Wrong(f"yaml: {error}")


def of_json(text):
    def once(pairs):
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError("a key twice")
        return dict(pairs)

    strings = []
    try:
        return of_value(json.loads(text, object_pairs_hook=once), strings), strings
    except ValueError as error:
        raise Wrong(f"json: {error}")


def of_xml(text):
    strings = []

    def walk(node):
        strings.extend(node.attrib.values())
        for inside in (node.text, node.tail):
            if inside and inside.strip():
                strings.append(inside.strip())
        return [node.tag, sorted(node.attrib), folded([walk(child) for child in node])]

    try:
        return walk(ElementTree.fromstring(text)), strings
    except ElementTree.ParseError as error:
        raise Wrong(f"xml: {error}")


def lexer(quotes, escape=True, comments=(), raw=(), ends=()):
    """A language of words, quoted strings and signs. `ends`: what ends a statement, where they stand side by side."""
    def lex(text):
        tokens, strings, at = [], [], 0
        while at < len(text):
            c = text[at]
            comment = next((mark for mark in comments if text.startswith(mark, at)), None)
            if comment:
                end = text.find("*/", at) + 2 if comment == "/*" else text.find("\n", at)
                if end < 2:
                    end = len(text)
                tokens.append(text[at:end])
                at = end
            elif c in quotes:
                value, at = "", at + 1
                while at < len(text) and text[at] != c:
                    if text[at] == "\n" and c not in raw:
                        raise Wrong("a string does not end in its line")
                    if escape and text[at] == "\\" and c not in raw:
                        at += 1
                    value += text[at:at + 1]
                    at += 1
                if at >= len(text):
                    raise Wrong("a string does not end")
                at += 1
                strings.append(value)
                tokens.append("text")
            elif c == "\n":
                tokens.append(c) if c in ends else None
                at += 1
            elif c.isspace():
                at += 1
            else:
                # A bare URL or path, or the word that stands for a path.
                value = re.compile(r"(?:[A-Za-z]+://|/)[A-Za-z0-9._:/$@-]*|PATH\b").match(text, at)
                word = value or re.compile(r"[A-Za-z0-9_$-]+").match(text, at)
                if value:
                    strings.append(value[0])
                tokens.append("text" if value else word[0] if word else c)
                at = word.end() if word else at + 1
        # Items of lists, with or without commas between them.
        shape = []
        for token in tokens:
            if token == "text" and shape[-2:] == ["text", ","]:
                shape.pop()
            else:
                shape.append(token)
        return (statements(shape, ends) if ends else shape), strings
    return lex


class Statements(list):
    """A shape of which each part has to be part of an honest one."""


def statements(tokens, ends):
    out = Statements([[]])
    for token in tokens:
        if token in ends:
            out.append([])
        if token not in ends or token != "\n":
            out[-1].append(token)
    return out


def of_lines(text):
    """Lines of prose with names and values; a shape is their number."""
    strings = re.split(r"[\n']", text)
    return text.count("\n"), [part.strip() for part in strings if part.strip()]


def of_properties(text):
    keys, strings = [], []
    for line in text.split("\n"):
        key, sign, value = line.partition("=")
        keys.append((key.strip(), sign))
        strings.append(value.strip())
    return keys, strings


def of_headers(text):
    names, strings = [], []
    for line in text.split("\n"):
        name, sign, value = line.partition(": ")
        if not sign or not re.match(r"[A-Za-z-]+\Z", name):
            raise Wrong("a line that is no header")
        names.append(name)
        strings.append(value)
    return Statements(names), strings


def of_shell(text):
    """The words are the shell's business; the file below the line is JSON."""
    line, sign, rest = text.partition("\ncors.json: ")
    return of_json(rest) if sign else (["line"], [])


def of_ruby(text):
    """Lists of words count as one string."""
    return lexer("\"'`", comments=("#",))(re.sub(r"%([iw])\[([A-Za-z0-9 _-]*)\]", r'%\1["\2"]', text))


def of_vcl(text):
    return lexer('"', escape=False, comments=("#", "//", "/*"))(text)


SHAPES = {
    "python": of_python,
    "yaml": of_yaml,
    "json": of_json,
    "xml": of_xml,
    "lines": of_lines,
    "properties": of_properties,
    "headers": of_headers,
    "shell": of_shell,
    "vcl": of_vcl,
    "js": lexer("'\"`", comments=("//", "/*"), raw=("`",)),
    "java": lexer("\"'", comments=("//", "/*")),
    "csharp": lexer("\"'", comments=("//", "/*")),
    "go": lexer("\"'`", comments=("//", "/*"), raw=("`",)),
    "rust": lexer('"', comments=("//", "/*")),
    "php": lexer("'\"", comments=("//", "/*", "#")),
    "ruby": of_ruby,
    "nginx": lexer("\"'", comments=("#",), ends=(";", "{", "}")),
    "apache": lexer("\"'", comments=("#",), ends=("\n",)),
    "haproxy": lexer("\"'", comments=("#",), ends=("\n",)),
    "caddy": lexer('"`', comments=("#",), ends=("\n",)),
}


# ---- parsers of other programs: each takes [(n, stack, text)], yields (n, why) ----

class Missing(Exception):
    pass


def program(*names):
    for name in names:
        found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")
        if found:
            return found
    raise Missing(f"{names[0]} is not here")


def run(arguments, text=None, **more):
    done = subprocess.run(arguments, input=text, capture_output=True, timeout=120, encoding="utf-8", errors="replace", **more)
    return done.returncode, done.stdout, done.stderr


def bisected(texts, whole, refused):
    """Texts that a parser refuses, which reads many of them as one file."""
    if not texts:
        return
    error = whole(texts)
    if error is None:
        return
    if len(texts) == 1:
        yield texts[0][0], f"{refused}: {error.strip()[-300:]}"
        return
    half = len(texts) // 2
    yield from bisected(texts[:half], whole, refused)
    yield from bisected(texts[half:], whole, refused)


def script(interpreter, name, texts):
    """One of the scripts beside this file: texts in, [n, why] out."""
    command = [program(interpreter), os.path.join(HERE, name)]
    code, out, error = run(command, json.dumps(texts))
    if code:
        raise RuntimeError(f"{name}: {error}")
    yield from (tuple(row) for row in json.loads(out))


def with_node(texts, folder, honest):
    yield from script("node", "node.js", [[n, stack, text, n in honest] for n, stack, text in texts])


def with_php(texts, folder, honest):
    yield from script("php", "tokens.php", [[n, stack, text] for n, stack, text in texts])


def with_ruby(texts, folder, honest):
    yield from script("ruby", "ripper.rb", [[n, stack, text, n in honest] for n, stack, text in texts])


def with_rustc(texts, folder, honest):
    rustc = program("rustc")

    def whole(texts):
        # Bodies of functions that are configured away are parsed, and nothing more.
        path = os.path.join(folder, "texts.rs")
        with open(path, "w") as out:
            for n, _, text in texts:
                out.write(f"#[cfg(any())]\nfn f{n}() {{ {text} }}\n")
        code, _, error = run([rustc, "--edition", "2021", "--crate-type", "lib", "--emit", "metadata", "-o", path + ".out", path])
        return error if code else None

    yield from bisected(texts, whole, "rustc")


def with_jq(texts, folder, honest):
    jq = program("jq")

    def whole(texts):
        code, _, error = run([jq, "-e", "."], "\n".join(text.partition("cors.json: ")[2] or text for _, _, text in texts))
        return error if code else None

    yield from bisected([row for row in texts if row[1] in ("s3", "google-cloud-storage")], whole, "jq")


def with_xmllint(texts, folder, honest):
    xmllint = program("xmllint")

    def whole(texts):
        paths = []
        for n, _, text in texts:
            paths.append(os.path.join(folder, f"{n}.xml"))
            with open(paths[-1], "w") as out:
                out.write(text)
        code, _, error = run([xmllint, "--noout", "--nonet", *paths])
        return error if code else None

    yield from bisected(texts, whole, "xmllint")


def nginx_parts(n, text):
    """What stands in http { } and what in the location, with a variable of its own."""
    text = text.replace("$cors_origin", f"$cors_origin_{n}")
    if "\n# in the location" not in text:
        return "", text
    return text.split("\n# in the location", 1)[0], "# in the location" + text.split("\n# in the location", 1)[1]


def with_nginx(texts, folder, honest):
    nginx = program("nginx")
    path = os.path.join(folder, "nginx.conf")

    def write(texts):
        with open(path, "w") as out:
            out.write(f"pid {folder}/nginx.pid;\nerror_log {folder}/nginx.err;\ndaemon off;\nmaster_process off;\n")
            out.write(f"events {{ }}\nhttp {{\naccess_log off;\nserver_names_hash_max_size 65536;\nvariables_hash_max_size 65536;\nclient_body_temp_path {folder};\nproxy_temp_path {folder};\n")
            out.write(f"fastcgi_temp_path {folder};\nuwsgi_temp_path {folder};\nscgi_temp_path {folder};\n")
            for n, _, text in texts:
                above, within = nginx_parts(n, text)
                out.write(f"{above}\nserver {{\nlisten unix:{folder}/n.sock;\nserver_name s{n}.test;\nlocation / {{\n{within}\nreturn 200;\n}}\n}}\n")
            out.write("}\n")

    def whole(texts):
        write(texts)
        code, _, error = run([nginx, "-t", "-q", "-p", folder, "-c", path])
        return error if code else None

    refused = dict(bisected(texts, whole, "nginx -t"))
    yield from refused.items()
    good = [row for row in texts if row[0] not in refused]
    write(good)
    if os.path.exists(f"{folder}/n.sock"):
        os.unlink(f"{folder}/n.sock")
    server = subprocess.Popen([nginx, "-p", folder, "-c", path], stderr=subprocess.DEVNULL)
    try:
        for n, _, text in good:
            answer = asked(f"{folder}/n.sock", f"s{n}.test", server)
            lines = answer.split("\r\n\r\n")[0].split("\r\n")[1:]
            allowed = [line.split(": ", 1)[1] for line in lines if line.lower().startswith("access-control-allow-origin: ")]
            if "cookie-of-a-user" in answer:
                yield n, f"nginx answers with the cookie: {answer}"
            elif "add_header Access-Control-Allow-Origin" in text and "error_page" not in text and allowed not in ([ORIGIN], ["null"]):
                yield n, f"nginx answers with {allowed}"
    finally:
        server.terminate()
        server.wait()


def asked(path, host, server):
    """A request to a server at a socket, which may have to start first."""
    for _ in range(200):
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(path)
            except OSError:
                if server.poll() is not None:
                    return ""
                time.sleep(0.02)
                continue
            connection.sendall(f"OPTIONS / HTTP/1.1\r\nHost: {host}\r\nOrigin: {ORIGIN}\r\nCookie: cookie-of-a-user=1\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
            return answer.decode("latin-1")
    return ""


def with_apache(texts, folder, honest):
    apache = program("apache2", "httpd")
    modules = next((path for path in ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/libexec/apache2") if os.path.isdir(path)), None)
    if not modules:
        raise Missing("Apache's modules are not here")
    path = os.path.join(folder, "apache.conf")

    def whole(texts):
        with open(path, "w") as out:
            out.write(f"ServerRoot {folder}\nServerName a.test\nPidFile {folder}/apache.pid\nErrorLog {folder}/apache.err\nListen 127.0.0.1:4711\n")
            for name in ("mpm_event", "authz_core", "headers", "rewrite", "setenvif"):
                if os.path.exists(f"{modules}/mod_{name}.so"):
                    out.write(f"LoadModule {name}_module {modules}/mod_{name}.so\n")
            for n, _, text in texts:
                out.write(f"<VirtualHost *:4711>\nServerName s{n}.test\n{text}\n</VirtualHost>\n")
        code, out, error = run([apache, "-t", "-f", path])
        return out + error if code else None

    yield from bisected(texts, whole, "apache2 -t")


def with_haproxy(texts, folder, honest):
    haproxy = program("haproxy")
    path = os.path.join(folder, "haproxy.cfg")

    def whole(texts):
        with open(path, "w") as out:
            out.write("global\n    maxconn 100\ndefaults\n    mode http\n    timeout client 1s\n    timeout server 1s\n    timeout connect 1s\n")
            for n, _, text in texts:
                out.write(f"frontend f{n}\n    bind unix@{folder}/h{n}.sock\n{text}\n")
        code, out, error = run([haproxy, "-c", "-q", "-f", path])
        return out + error if code else None

    yield from bisected(texts, whole, "haproxy -c")


def with_caddy(texts, folder, honest):
    caddy = program("caddy")
    path = os.path.join(folder, "Caddyfile")
    adapted = {}

    def whole(texts):
        with open(path, "w") as out:
            for n, _, text in texts:
                out.write(f"http://s{n}.test {{\n{text}\n}}\n")
        code, out, error = run([caddy, "adapt", "--config", path, "--adapter", "caddyfile"], env={**os.environ, "HOME": folder})
        if code:
            return error
        for server in json.loads(out)["apps"]["http"]["servers"].values():
            for route in server["routes"]:
                for match in route.get("match", []):
                    for host in match.get("host", []):
                        adapted[int(host[1:].split(".")[0])] = route["handle"]
        return None

    refused = dict(bisected(texts, whole, "caddy adapt"))
    yield from refused.items()
    yield from compared({n: of_json(json.dumps(tree)) for n, tree in adapted.items() if n not in refused}, honest, lambda n: "caddy")


def with_varnish(texts, folder, honest):
    varnishd = program("varnishd")
    path = os.path.join(folder, "default.vcl")
    home = os.path.join(folder, "varnish")
    for n, _, text in texts[:60]:
        with open(path, "w") as out:
            out.write(f"vcl 4.1;\nbackend default none;\n{text}\n")
        code, _, error = run([varnishd, "-C", "-f", path, "-n", home])
        if code:
            yield n, f"varnishd -C: {error.strip()[-300:]}"


OTHERS = [
    ("js", "node", with_node),
    ("php", "php", with_php),
    ("ruby", "ruby", with_ruby),
    ("rust", "rustc", with_rustc),
    ("json", "jq", with_jq),
    ("xml", "xmllint", with_xmllint),
    ("nginx", "nginx", with_nginx),
    ("apache", "apache2", with_apache),
    ("haproxy", "haproxy", with_haproxy),
    ("caddy", "caddy", with_caddy),
    ("vcl", "varnishd", with_varnish),
]


# ---- the comparison ----

def compared(shapes, honest, stack_of):
    """Texts that have no honest shape, or a string that no honest text has."""
    known, said = {}, {}
    for n, (shape, strings) in shapes.items():
        if n in honest:
            known.setdefault(stack_of(n), []).extend(shape if isinstance(shape, Statements) else [shape])
            said.setdefault(stack_of(n), set()).update(strings)
    for n, (shape, strings) in shapes.items():
        if n in honest:
            continue
        parts = shape if isinstance(shape, Statements) else [shape]
        new = [part for part in parts if part not in known.get(stack_of(n), [])]
        if new:
            yield n, f"shape: {json.dumps(new[0])[:600]}"
            continue
        odd = [text for text in strings if text not in said[stack_of(n)] and not PLAIN.match(text) and not PATTERN.match(text)]
        if odd:
            yield n, f"string: {odd}"


def main():
    global ORIGIN
    folder = os.path.abspath(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    given = json.load(sys.stdin)
    ORIGIN, texts = given["origin"], given["texts"]
    failures, skipped, parsed = {}, [], {}
    # Equal texts are read once; an attack that changes nothing has an honest text.
    first = {}
    for n, row in enumerate(texts):
        row["same"] = first.setdefault((row["stack"], row["text"]), n)
        # What is in a list already stands as an ellipsis, which no language knows.
        row["text"] = row["text"].replace("[\u2026, ", "[there, ")
    rows = {n: row for n, row in enumerate(texts) if row["same"] == n}
    honest = {row["same"] for row in texts if row["honest"]}

    for language, shape in SHAPES.items():
        shapes = {}
        for n, row in rows.items():
            if row["language"] != language:
                continue
            try:
                shapes[n] = shape(row["text"])
                if n in honest and ORIGIN in row["text"] and language not in ("lines", "shell"):
                    if not any(ORIGIN in text.replace("\\", "") for text in shapes[n][1]):
                        raise Wrong(f"the honest origin is not read: {shapes[n]}")
            except Wrong as wrong:
                failures[n] = str(wrong)
            except ImportError as error:
                skipped.append(f"{error}: {language} is not read")
                break
        parsed[language] = len(shapes)
        failures.update(compared(shapes, honest, lambda n: rows[n]["stack"]))

    for language, name, parser in OTHERS:
        own = [(n, row["stack"], row["text"]) for n, row in rows.items() if row["language"] == language or (language == "json" and row["language"] == "shell")]
        try:
            for n, why in parser(own, folder, honest):
                failures.setdefault(n, why)
            parsed[name] = len(own)
        except Missing as missing:
            skipped.append(f"{missing}: {language} is read by a lexer only")

    every = [[n, failures[row["same"]]] for n, row in enumerate(texts) if row["same"] in failures]
    json.dump({"skipped": skipped, "parsed": parsed, "failures": every}, sys.stdout)


main()
