"""Proxies in front of `server.Backend`, each with a place for the fix.

Needs the programs nginx, apache2, haproxy, caddy, traefik, envoy, varnishd and lighttpd.
"""
import shutil

from server import ORIGIN, OTHER, Server

# Of "secret".
HASH = "$2a$04$pP.2bTSyPUQkkWPzuNHCEeJb5v2VJjOmYQ4DqkXAO0eEVsTOP9bXK"
NGINX, APACHE = shutil.which("nginx") or "/usr/sbin/nginx", shutil.which("apache2") or "/usr/sbin/apache2"


def nginx(backend, location):
    """Lines that a fix has for the http block come first; a comment says where the rest belongs."""
    http_block = ""
    if "map $http_origin" in location:
        http_block, location = location.split("\n# in the location", 1)
        location = location.split("\n", 1)[1]
    config = f"""daemon off; master_process off; error_log @DIR@/error.log; pid @DIR@/pid;
events {{}} http {{ access_log off; client_body_temp_path @DIR@/a; proxy_temp_path @DIR@/b; fastcgi_temp_path @DIR@/c;
uwsgi_temp_path @DIR@/d; scgi_temp_path @DIR@/e;
{http_block}
server {{ listen 127.0.0.1:@PORT@; location / {{
{location}
proxy_pass http://127.0.0.1:{backend}; }} }} }}"""
    return Server({"nginx.conf": config}, [NGINX, "-p", "@DIR@", "-c", "@DIR@/nginx.conf"])


def apache(backend, lines):
    modules = "/usr/lib/apache2/modules"
    load = "\n".join(f"LoadModule {m}_module {modules}/mod_{m}.so" for m in
                     ("mpm_event", "authz_core", "headers", "rewrite", "setenvif", "proxy", "proxy_http"))
    config = f"""ServerRoot @DIR@
{load}
Listen 127.0.0.1:@PORT@
ServerName localhost
PidFile @DIR@/pid
ErrorLog @DIR@/error.log
ProxyPass / http://127.0.0.1:{backend}/
{lines if "<Location" in lines else f"<Location />{chr(10)}{lines}{chr(10)}</Location>"}"""
    return Server({"apache.conf": config}, [APACHE, "-X", "-f", "@DIR@/apache.conf"])


def haproxy(backend, lines):
    config = f"""defaults
 mode http
 timeout connect 1s
 timeout client 5s
 timeout server 5s
userlist people
 user bob insecure-password secret
frontend web
 bind 127.0.0.1:@PORT@
{lines}
 default_backend app
backend app
 server one 127.0.0.1:{backend}
"""
    return Server({"haproxy.cfg": config}, ["haproxy", "-f", "haproxy.cfg"])


def caddy(backend, lines):
    config = f"""{{
admin off
auto_https off
}}
http://127.0.0.1:@PORT@, http://api.shop.test:@PORT@ {{
{lines}
reverse_proxy 127.0.0.1:{backend}
}}
"""
    return Server({"Caddyfile": config}, ["caddy", "run", "--config", "Caddyfile"], {"HOME": "@DIR@"})


def traefik(backend, middleware, rule="PathPrefix(`/`)"):
    """`middleware` is the file's text up to and with the middleware `cors`."""
    used = "      middlewares: [cors]\n" if middleware else ""
    dynamic = f"""{middleware or 'http:'}
  routers:
    api:
      rule: {rule}
      service: app
{used}  services:
    app:
      loadBalancer:
        servers:
        - url: http://127.0.0.1:{backend}
"""
    return Server({"dynamic.yml": dynamic}, ["traefik", "--providers.file.filename=dynamic.yml",
                                            "--entrypoints.web.address=127.0.0.1:@PORT@"], settle=2)


def envoy(backend, policy):
    """`policy` stands in the route."""
    policy = "\n".join("                  " + line for line in policy.splitlines())
    config = f"""static_resources:
  listeners:
  - address: {{ socket_address: {{ address: 127.0.0.1, port_value: @PORT@ }} }}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: web
          http_filters:
          - name: envoy.filters.http.cors
            typed_config: {{ "@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors }}
          - name: envoy.filters.http.router
            typed_config: {{ "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }}
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes:
                - match: {{ prefix: / }}
                  route: {{ cluster: app }}
{policy}
  clusters:
  - name: app
    connect_timeout: 1s
    load_assignment:
      cluster_name: app
      endpoints: [{{ lb_endpoints: [{{ endpoint: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {backend} }} }} }} }}] }}]
"""
    return Server({"envoy.yaml": config}, ["envoy", "-c", "envoy.yaml", "--use-dynamic-base-id", "--concurrency", "1"])


def varnish(backend, vcl):
    config = f"""vcl 4.1;
backend default {{ .host = "127.0.0.1"; .port = "{backend}"; }}
{vcl}
"""
    return Server({"default.vcl": config}, ["varnishd", "-F", "-a", "127.0.0.1:@PORT@", "-f", "@DIR@/default.vcl", "-n", "@DIR@/work",
                                           "-s", "malloc,16M", "-j", "none"])


def lighttpd(backend, lines):
    config = f"""server.modules = ("mod_setenv", "mod_proxy")
server.document-root = "@DIR@"
server.bind = "127.0.0.1"
server.port = @PORT@
server.errorlog = "@DIR@/error.log"
proxy.server = ("" => (("host" => "127.0.0.1", "port" => {backend})))
{lines}
"""
    return Server({"lighttpd.conf": config}, ["lighttpd", "-D", "-f", "@DIR@/lighttpd.conf"])


def cases(backend, dead):
    """Stack, name, path, how to start it with or without the fix, and True for a request with cookies.

    `dead` is a port on which nothing listens."""
    add = f"add_header Access-Control-Allow-Origin {ORIGIN}"
    set_ = f'Header always set Access-Control-Allow-Origin "{ORIGIN}"'
    yield "nginx", "a proxy without CORS", "/plain", lambda fix: nginx(backend, fix or "")
    yield "nginx", "both layers add the header", "/cors", lambda fix: nginx(backend, f"{add} always;\n{fix or ''}")
    yield "nginx", "add_header without always", "/boom", lambda fix: nginx(backend, fix or f"{add};")
    yield "nginx", "another site's origin", "/other", lambda fix: nginx(backend, fix or "")
    yield "apache", "another site's origin", "/other", lambda fix: apache(backend, fix or "")
    yield "apache", "a proxy without CORS", "/plain", lambda fix: apache(backend, fix or "")
    yield "apache", "both layers add the header", "/cors", lambda fix: apache(backend, fix or set_)
    for name, start in (("haproxy", haproxy), ("caddy", caddy), ("traefik", traefik), ("envoy", envoy), ("varnish", varnish), ("lighttpd", lighttpd)):
        yield name, "a proxy without CORS", "/plain", lambda fix, start=start: start(backend, fix or "")
        yield name, "nothing behind the proxy", "/plain", lambda fix, start=start: start(dead, fix or "")
    for name, start in (("nginx", nginx), ("apache", apache), ("caddy", caddy), ("envoy", envoy), ("varnish", varnish)):
        yield name, "no CORS, with a cookie", "/plain", lambda fix, start=start: start(backend, fix or ""), True
    for name, start in (("caddy", caddy), ("envoy", envoy), ("varnish", varnish)):
        yield name, "another site's origin", "/other", lambda fix, start=start: start(backend, fix or "")
    yield "haproxy", "login check before CORS", "/plain", lambda fix: haproxy(backend, f"{fix or ''}\nhttp-request auth unless {{ http_auth(people) }}")
    # The last line of the fix says what becomes of the login check.
    yield "caddy", "login check before CORS", "/plain", lambda fix: caddy(backend, f"{fix}\nbasic_auth @login {{\nbob {HASH}\n}}" if fix else f"basic_auth {{\nbob {HASH}\n}}")
    yield "nginx", "login check before CORS", "/plain", lambda fix: nginx(backend, f"{fix or ''}\nauth_basic login; auth_basic_user_file /dev/null;")
    refuse = f"http:\n  middlewares:\n    cors:\n      headers:\n        accessControlAllowOriginList: ['{OTHER}']\n        accessControlAllowMethods: [GET, POST]\n        addVaryHeader: true"
    yield "traefik", "origin not on the list", "/plain", lambda fix: traefik(backend, fix or refuse)
    yield "traefik", "a rule without OPTIONS", "/plain", lambda fix: traefik(backend, fix) if fix else traefik(backend, "", "Method(`POST`)")
