"""Applications in Ruby, Go, Java, PHP and Rust, each with a place for the fix: /data answers, /boom fails.

Needs ruby with sinatra, puma, rack-cors, actionpack and railties; go with rs/cors in /usr/share/gocode;
a JDK with Tomcat 10 and Jetty 9 in /usr/share and Spring 4.3 and Jetty 9 in /usr/share/java; php; cargo.
"""
import glob
import os
import tempfile

from server import OTHER, Server

GO = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "-p=2"}


def sinatra(middleware):
    script = f"""require "sinatra"
require "rack/cors"
set :bind, "127.0.0.1"
set :port, @PORT@
set :server, "puma"
set :show_exceptions, false
set :raise_errors, false
{middleware}
post("/data") {{ content_type :json; '{{"ok":true}}' }}
post("/boom") {{ raise "boom" }}"""
    return Server({"app.rb": script}, ["ruby", "app.rb"], {"APP_ENV": "production"})


def rails(middleware):
    config = f"""require "action_controller/railtie"
require "rack/cors"
class Lab < Rails::Application
  config.load_defaults 6.1
  config.eager_load = false
  config.hosts.clear
  config.secret_key_base = "lab"
  config.logger = Logger.new(nil)
{middleware}
end
class DataController < ActionController::API
  def create = render(json: {{ ok: true }})
  def boom = raise("boom")
end
Lab.initialize!
Lab.routes.draw do
  post "/data", to: "data#create"
  post "/boom", to: "data#boom"
end
run Lab"""
    return Server({"config.ru": config}, ["puma", "-b", "tcp://127.0.0.1:@PORT@", "config.ru"], {"RAILS_ENV": "production"})


def go(wrap):
    """`wrap` makes `handler` out of `mux`."""
    script = f"""package main
import ("net/http"; "github.com/rs/cors")
var _ = cors.Default
func main() {{
	mux := http.NewServeMux()
	mux.HandleFunc("/data", func(w http.ResponseWriter, r *http.Request) {{
		if r.Method != "POST" {{ http.Error(w, "Method Not Allowed", 405); return }}
		w.Header().Set("Content-Type", "application/json"); w.Write([]byte(`{{"ok":true}}`))
	}})
{wrap or 'handler := http.Handler(mux)'}
	http.ListenAndServe("127.0.0.1:@PORT@", handler)
}}"""
    return Server({"main.go": script}, ["@DIR@/app"], GO, first=["go", "build", "-o", "@DIR@/app", "main.go"])


SERVLET = """package lab;
import @EE@.servlet.http.*;
public class Data extends HttpServlet {
  protected void doPost(HttpServletRequest q, HttpServletResponse r) throws java.io.IOException {
    if (q.getServletPath().equals("/boom")) throw new RuntimeException("boom");
    r.setContentType("application/json"); r.getWriter().print("{\\"ok\\":true}");
  }
}"""


def filter_of(fix):
    """web.xml from the printed lines: `filter-class NAME`, then `parameter = value`."""
    if not fix:
        return ""
    lines = [line for line in fix.splitlines() if line and not line.startswith("#")]
    parameters = "".join(f"<init-param><param-name>{name.strip()}</param-name><param-value>{value.strip()}</param-value></init-param>"
                         for name, value in (line.split("=", 1) for line in lines[1:]))
    return (f"<filter><filter-name>cors</filter-name><filter-class>{lines[0].split()[-1]}</filter-class>{parameters}</filter>"
            "<filter-mapping><filter-name>cors</filter-name><url-pattern>/*</url-pattern></filter-mapping>")


def web_xml(fix):
    return f"""<web-app metadata-complete="true">{filter_of(fix)}
<servlet><servlet-name>data</servlet-name><servlet-class>lab.Data</servlet-class></servlet>
<servlet-mapping><servlet-name>data</servlet-name><url-pattern>/data</url-pattern></servlet-mapping>
<servlet-mapping><servlet-name>data</servlet-name><url-pattern>/boom</url-pattern></servlet-mapping></web-app>"""


def tomcat(fix):
    jars = glob.glob("/usr/share/tomcat10/lib/*.jar") + glob.glob("/usr/share/tomcat10/bin/*.jar")
    server = """<Server port="-1"><Service name="Catalina"><Connector port="@PORT@" address="127.0.0.1"/>
<Engine name="Catalina" defaultHost="localhost"><Host name="localhost" appBase="webapps" autoDeploy="false"/></Engine></Service></Server>"""
    default = """<web-app><servlet><servlet-name>default</servlet-name><servlet-class>org.apache.catalina.servlets.DefaultServlet</servlet-class></servlet>
<servlet-mapping><servlet-name>default</servlet-name><url-pattern>/</url-pattern></servlet-mapping></web-app>"""
    files = {"conf/server.xml": server, "conf/web.xml": default, "webapps/ROOT/WEB-INF/web.xml": web_xml(fix),
             "temp/x": "", "Data.java": SERVLET.replace("@EE@", "jakarta")}
    path = ":".join(jars)
    return Server(files, ["java", "-cp", path, "-Dcatalina.base=@DIR@", "-Dcatalina.home=/usr/share/tomcat10", "-Djava.io.tmpdir=@DIR@/temp",
                          "org.apache.catalina.startup.Bootstrap", "start"], settle=1,
                  first=["javac", "-cp", path, "-d", "@DIR@/webapps/ROOT/WEB-INF/classes", "Data.java"])


JETTY = """import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.webapp.WebAppContext;
public class Main {
  public static void main(String[] a) throws Exception {
    Server server = new Server(new java.net.InetSocketAddress("127.0.0.1", @PORT@));
    WebAppContext app = new WebAppContext("@DIR@/web", "/");
    app.setParentLoaderPriority(true); app.setThrowUnavailableOnStartupException(true);
    server.setHandler(app); server.start(); server.join();
  }
}"""


def jetty(fix):
    path = ":".join(["@DIR@", *glob.glob("/usr/share/jetty9/lib/*.jar")])
    files = {"web/WEB-INF/web.xml": web_xml(fix), "Data.java": SERVLET.replace("@EE@", "javax"), "Main.java": JETTY}
    return Server(files, ["java", "-cp", path, "Main"], first=["javac", "-cp", path, "-d", "@DIR@", "Data.java", "Main.java"])


SPRING = """package lab;
import java.util.List;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.cors.*;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.servlet.mvc.method.annotation.*;
import org.springframework.web.context.support.StaticWebApplicationContext;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.servlet.*;
public class Main {
  @RestController public static class Data {
    @PostMapping(value = "/data", produces = "application/json") public String data() { return "{\\"ok\\":true}"; }
    @PostMapping("/boom") public String boom() { throw new RuntimeException("boom"); }
  }
  public static void main(String[] a) throws Exception {
    Server server = new Server(new java.net.InetSocketAddress("127.0.0.1", @PORT@));
    StaticWebApplicationContext web = new StaticWebApplicationContext();
    web.registerSingleton("data", Data.class);
    web.registerSingleton("mapping", RequestMappingHandlerMapping.class);
    web.registerSingleton("preflights", org.springframework.web.servlet.mvc.HttpRequestHandlerAdapter.class);
    web.registerSingleton("adapter", RequestMappingHandlerAdapter.class);
    ServletContextHandler app = new ServletContextHandler();
    app.addServlet(new ServletHolder(new org.springframework.web.servlet.DispatcherServlet(web)), "/");
@CORS@
    server.setHandler(app); server.start(); server.join();
  }
}"""


def spring(cors):
    """Spring 4.3 in Jetty; `cors` makes `source`, a UrlBasedCorsConfigurationSource."""
    jars = [f"/usr/share/java/spring3-{name}.jar" for name in ("core", "beans", "context", "aop", "expression", "web", "web.servlet")]
    path = ":".join(["@DIR@", "/usr/share/java/commons-logging.jar", *jars, *glob.glob("/usr/share/jetty9/lib/*.jar")])
    use = f"{cors}\n app.addFilter(new FilterHolder(new CorsFilter(source)), \"/*\", java.util.EnumSet.of(javax.servlet.DispatcherType.REQUEST));" if cors else ""
    # The printed lines are of today's Java; the framework here reads classes of Java 8 only.
    use = use.replace("List.of(", "java.util.Arrays.asList(").replace("var cors", "CorsConfiguration cors").replace("var source", "UrlBasedCorsConfigurationSource source")
    return Server({"Main.java": SPRING.replace("@CORS@", use)}, ["java", "--add-opens=java.base/java.lang=ALL-UNNAMED", "-cp", path, "lab.Main"],
                  first=["javac", "--release", "8", "-nowarn", "-cp", path, "-d", "@DIR@", "Main.java"])


def php(lines):
    script = f"""<?php
{lines}
if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {{ http_response_code(405); exit; }}
header('Content-Type: application/json');
echo '{{"ok":true}}';"""
    return Server({"index.php": script}, ["php", "-S", "127.0.0.1:@PORT@", "index.php"])


CARGO = """[package]
name = "lab"
version = "0.1.0"
edition = "2021"
[dependencies]
actix-web = { version = "4", default-features = false, features = ["macros"] }
actix-cors = "0.7"
axum = "0.8"
tokio = { version = "1", features = ["rt", "net", "macros"] }
tower-http = { version = "0.6", features = ["cors"] }
[profile.dev]
debug = 0
"""


def rust(source):
    target = os.path.join(tempfile.gettempdir(), "whycors-lab-rust")
    os.makedirs(target, exist_ok=True)
    return Server({"Cargo.toml": CARGO, "src/main.rs": source}, [os.path.join(target, "debug", "lab")], {"CARGO_TARGET_DIR": target},
                  first=["cargo", "build", "-q", "-j2"])


def actix(cors):
    return rust(f"""#[allow(unused_imports)]
use actix_cors::Cors;
use actix_web::{{web, App, HttpResponse, HttpServer, middleware::Condition}};
#[actix_web::main]
async fn main() -> std::io::Result<()> {{
    HttpServer::new(|| App::new().wrap(Condition::new({'true' if cors else 'false'}, {cors or 'Cors::default()'}))
        .route("/data", web::post().to(|| async {{ HttpResponse::Ok().content_type("application/json").body("{{\\"ok\\":true}}") }})))
        .workers(1).bind(("127.0.0.1", @PORT@))?.run().await
}}""")


def axum(layer):
    return rust(f"""use axum::{{routing::post, Router}};
#[allow(unused_imports)]
use tower_http::cors::CorsLayer;
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {{
    let app = Router::new().route("/data", post(|| async {{ ([("content-type", "application/json")], "{{\\"ok\\":true}}") }})){f'.layer({layer})' if layer else ''};
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:@PORT@").await?, app).await?;
    Ok(())
}}""")


def cases():
    rack = f"use Rack::Cors do\n  allow do\n    origins '{OTHER}'\n    resource '*', methods: [:post], headers: :any\n  end\nend"
    yield "rack", "no CORS", "/data", lambda fix: sinatra(fix or "")
    yield "rack", "origin not on the list", "/data", lambda fix: sinatra(fix or rack)
    insert = rack.replace("use Rack::Cors", "config.middleware.insert_before 0, Rack::Cors")
    debug = rack.replace("use Rack::Cors do", "use Rack::Cors, debug: true, logger: Logger.new(nil) do")
    yield "rack", "origin not on the list, debug mode, with a cookie", "/data", lambda fix: sinatra(fix or debug), True
    yield "rails", "no CORS", "/data", lambda fix: rails(fix or "")
    yield "rails", "origin not on the list", "/data", lambda fix: rails(fix or insert)
    yield "go", "no CORS", "/data", lambda fix: go(fix or "")
    yield "go", "origin not on the list", "/data", lambda fix: go(fix or f'handler := cors.New(cors.Options{{AllowedOrigins: []string{{"{OTHER}"}}}}).Handler(mux)')
    tomcat_filter = f"filter-class org.apache.catalina.filters.CorsFilter\ncors.allowed.origins = {OTHER}"
    yield "tomcat", "no CORS", "/data", lambda fix: tomcat(fix or "")
    yield "tomcat", "no page", "/missing", lambda fix: tomcat(fix or "")
    yield "tomcat", "origin not on the list", "/data", lambda fix: tomcat(fix or tomcat_filter)
    jetty_filter = f"filter-class org.eclipse.jetty.servlets.CrossOriginFilter\nallowedOrigins = {OTHER}"
    yield "jetty", "no CORS", "/data", lambda fix: jetty(fix or "")
    yield "jetty", "no page", "/missing", lambda fix: jetty(fix or "")
    yield "jetty", "origin not on the list", "/data", lambda fix: jetty(fix or jetty_filter)
    source = f'UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource(); CorsConfiguration c = new CorsConfiguration(); c.addAllowedOrigin("{OTHER}"); c.addAllowedMethod("*"); source.registerCorsConfiguration("/**", c);'
    yield "spring", "no CORS", "/data", lambda fix: spring(fix or "")
    yield "spring", "origin not on the list", "/data", lambda fix: spring(fix or source)
    yield "php", "no CORS", "/data", lambda fix: php(fix or "")
    yield "actix", "no CORS", "/data", lambda fix: actix(fix or "")
    yield "actix", "origin not on the list", "/data", lambda fix: actix(fix or f'Cors::default().allowed_origin("{OTHER}")')
    yield "tower-http", "no CORS", "/data", lambda fix: axum(fix or "")
    yield "tower-http", "origin not on the list", "/data", lambda fix: axum(fix or f'CorsLayer::new().allow_origin(["{OTHER}".parse()?])')
    for name, start in (("rails", rails), ("jetty", jetty), ("php", php)):
        yield name, "no CORS, with a cookie", "/data", lambda fix, start=start: start(fix or ""), True
