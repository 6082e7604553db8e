"""Parsers that are programs of their own, most of them servers that check a configuration.

Each takes [(number, stack, text)], a folder for its files and the numbers of honest texts, and yields
(number, why) for those that it refuses or reads in another way. One run reads many texts.
"""
import json
import os
import shutil
import socket
import subprocess
import time

from compare import compared
from shapes import of_json

HERE = os.path.dirname(os.path.abspath(__file__))
# What every honest request of these tests has.
ORIGIN = "https://app.shop.test"


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


def works(whole, name):
    """A server that refuses a configuration without any text cannot be asked about one."""
    error = whole([])
    if error is not None:
        raise Missing(f"{name} does not work here: {error.strip()[-200:]}")


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

    works(whole, "nginx")
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

    works(whole, "apache2")
    yield from bisected(texts, whole, "apache2 -t")


def with_haproxy(texts, folder, honest):
    haproxy = program("haproxy")
    path = os.path.join(folder, "haproxy.cfg")

    def whole(texts):
        with open(path, "w") as out:
            out.write("global\n    maxconn 100\ndefaults\n    mode http\n    timeout client 1s\n    timeout server 1s\n    timeout connect 1s\n")
            out.write(f"frontend any\n    bind unix@{folder}/h.sock\n")
            for n, _, text in texts:
                out.write(f"frontend f{n}\n    bind unix@{folder}/h{n}.sock\n{text}\n")
        code, out, error = run([haproxy, "-c", "-q", "-f", path])
        return out + error if code else None

    works(whole, "haproxy")
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

    def whole(texts):
        with open(path, "w") as out:
            out.write("vcl 4.1;\nbackend default none;\n" + "".join(text for _, _, text in texts))
        code, _, error = run([varnishd, "-C", "-f", path, "-n", home])
        return error if code else None

    works(whole, "varnishd")
    # Each has the same subroutines, so each is a file; some are enough.
    for row in texts[:60]:
        yield from bisected([row], whole, "varnishd -C")


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
