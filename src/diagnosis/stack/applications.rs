//! Application frameworks. What is built on another product of the table stands behind it.

use super::table::{Checked, Sign, Stack};
use crate::paste::Language;
use Checked::Source;
use Sign::{All, Any, Body, Contains, Cookie, Has, Is, Likely, NoReason, Not, Reason, Starts, Status};

/// The three names on which a preflight's answer depends, as Spring and Go's rs/cors write them.
const PREFLIGHT_VARY: Sign = Is("vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");

/// Django's own middleware adds these three.
const DJANGO_SECURITY: Sign = All(&[
    Contains("x-frame-options", "deny"),
    Contains("referrer-policy", "same-origin"),
    Contains("cross-origin-opener-policy", "same-origin"),
]);

/// Servers that run Python applications of any framework.
const PYTHON_SERVER: Sign = Any(&[
    Starts("server", "gunicorn"),
    Starts("server", "uvicorn"),
    Starts("server", "daphne"),
    Starts("server", "hypercorn"),
]);

const EMPTY_HTML: Sign = All(&[Is("content-length", "0"), Is("content-type", "text/html; charset=utf-8")]);

const REST_FRAMEWORK: Sign = Any(&[
    Body("\"detail\":\"authentication credentials were not provided"),
    Body("{\"detail\":\"you do not have permission to perform this action."),
    All(&[Body("\"renders\":[\""), Body("\"parses\":[\"")]),
]);

const DJANGO: &str = "MIDDLEWARE = [\"corsheaders.middleware.CorsMiddleware\", ...]  # first\nCORS_ALLOWED_ORIGINS = [\"{origin}\"]\nCORS_ALLOW_METHODS = [{methods\"}]\n[[h:CORS_ALLOW_HEADERS = [{headers\"}]\n]][[c:CORS_ALLOW_CREDENTIALS = True]]";

pub(super) const ROWS: &[Stack] = &[
    Stack::application(
        "express",
        "Express",
        &[
            Starts("x-powered-by", "express"),
            Likely(&All(&[Body("<pre>cannot options /"), Contains("content-security-policy", "default-src 'none'")])),],
    )
    .package(
        "Express with cors",
        Is("access-control-allow-methods", "GET,HEAD,PUT,PATCH,POST,DELETE"),
        Some("the package's default method list"),
    )
    .fix(
        "Express: the cors package, before authentication and routes", Language::JavaScript,
        "app.use(cors({ origin: ['{origin}'], methods: [{methods'}][[h:, allowedHeaders: [{headers'}]]][[c:, credentials: true]] }))",
    ),
    Stack::application("nest", "NestJS", &[Likely(&Body("{\"message\":\"cannot options /"))]).built_on(&["express"]).fix(
        "NestJS: CORS of the application, in main.ts", Language::JavaScript,
        "app.enableCors({ origin: ['{origin}'], methods: [{methods'}][[h:, allowedHeaders: [{headers'}]]][[c:, credentials: true]] });",
    ),
    Stack::application(
        "fastify",
        "Fastify",
        &[Likely(&Body("\"message\":\"route options:")), Likely(&Body("invalid preflight request"))],
    )
    .fix(
        "Fastify: @fastify/cors, registered before the routes", Language::JavaScript,
        "await fastify.register(require('@fastify/cors'), { origin: ['{origin}'], methods: [{methods'}][[h:, allowedHeaders: [{headers'}]]][[c:, credentials: true]] })",
    ),
    // Koa sends nothing of its own; the package's default list has another order than Express's.
    Stack::application("koa", "Koa (@koa/cors)", &[Likely(&Is("access-control-allow-methods", "GET,HEAD,PUT,POST,DELETE,PATCH"))])
        .fix(
            "Koa: @koa/cors, before the routes", Language::JavaScript,
            "app.use(cors({ origin: c => ['{origin}'].includes(c.get('Origin')) ? c.get('Origin') : '', allowMethods: [{methods'}][[h:, allowHeaders: [{headers'}]]][[c:, credentials: true]] }))",
        ),
    Stack::application(
        "hapi",
        "hapi",
        &[
            Likely(&Body("{\"message\":\"cors error: origin not allowed\"}")),
            Likely(&All(&[
                Body("{\"statuscode\":404,\"error\":\"not found\",\"message\":\"not found\"}"),
                Is("cache-control", "no-cache"),
            ])),],
    )
    .fix(
        "hapi: the option cors of the server (or of the route)", Language::JavaScript,
        "routes: { cors: { origin: ['{origin}'][[h:, additionalHeaders: [{headers'}]]][[c:, credentials: true]] } }",
    ),
    Stack::application(
        "flask",
        "Flask",
        &[
            Likely(&Starts("server", "werkzeug/")),
            // Flask's own answer to OPTIONS.
            Likely(&All(&[PYTHON_SERVER, Status(200), EMPTY_HTML, Has("allow")])),],
    )
    .fix(
        "Flask: flask-cors on this path", Language::Python,
        "CORS(app, resources={r\"{path~}\": {\"origins\": [\"{origin}\"], \"methods\": [{methods\"}][[h:, \"allow_headers\": [{headers\"}]]]}}[[c:, supports_credentials=True]])",
    ),
    Stack::application(
        "django",
        "Django",
        &[
            Likely(&Starts("server", "wsgiserver/")),
            Likely(&Cookie("csrftoken")),
            Likely(&DJANGO_SECURITY),
            Likely(&REST_FRAMEWORK),
            // require_http_methods; and a refusal of django-cors-headers.
            Likely(&All(&[PYTHON_SERVER, Status(405), EMPTY_HTML, Has("allow")])),
            Likely(&All(&[PYTHON_SERVER, Status(200), EMPTY_HTML, Is("vary", "origin")])),],
    )
    .package("Django REST framework", REST_FRAMEWORK, None)
    .fix("Django: django-cors-headers", Language::Python, DJANGO)
    .do_not("put CorsMiddleware below CommonMiddleware or authentication: it must come first"),
    Stack::application(
        "starlette",
        "FastAPI / Starlette",
        &[
            Likely(&Body("disallowed cors ")),
            Likely(&All(&[Starts("server", "uvicorn"), Body("{\"detail\":\"")])),
            Likely(&All(&[
                Any(&[Starts("server", "uvicorn"), Starts("server", "hypercorn")]),
                Not(&DJANGO_SECURITY),
                Not(&Starts("content-type", "text/html")),
            ])),],
    )
    .fix(
        "FastAPI or Starlette: CORSMiddleware, added last so that it is outermost", Language::Python,
        "app.add_middleware(CORSMiddleware, allow_origins=[\"{origin}\"], allow_methods=[{methods\"}][[h:, allow_headers=[{headers\"}]]][[c:, allow_credentials=True]])",
    ),
    Stack::application("aiohttp", "aiohttp", &[Contains("server", " aiohttp/"), Likely(&Body("cors preflight request failed: "))])
        .fix(
            "aiohttp: aiohttp-cors, after the routes are added", Language::Python,
            "cors = aiohttp_cors.setup(app, defaults={\"{origin}\": aiohttp_cors.ResourceOptions(allow_methods=[{methods\"}][[h:, allow_headers=[{headers\"}]]][[c:, allow_credentials=True]])})\nfor route in list(app.router.routes()):\n    cors.add(route)",
        ),
    Stack::application("tornado", "Tornado", &[Starts("server", "tornadoserver/")]).fix(
        "Tornado: in the class that the handlers share", Language::Python,
        "def set_default_headers(self):\n    self.set_header(\"Vary\", \"Origin\")\n    if self.request.headers.get(\"Origin\") in [\"{origin}\"]:\n        self.set_header(\"Access-Control-Allow-Origin\", self.request.headers[\"Origin\"])\n        self.set_header(\"Access-Control-Allow-Methods\", \"{methods}\")\n[[h:        self.set_header(\"Access-Control-Allow-Headers\", \"{headers}\")\n]][[c:        self.set_header(\"Access-Control-Allow-Credentials\", \"true\")\n]]\ndef options(self, *args):\n    self.set_status(204)",
    ),
    Stack::application("gunicorn", "gunicorn", &[Starts("server", "gunicorn")]),
    Stack::application("daphne", "daphne", &[Starts("server", "daphne")]),
    Stack::application("jetty", "Jetty", &[Starts("server", "jetty(")]).fix(
        "Jetty: CrossOriginFilter in web.xml, mapped to /* (CrossOriginHandler since Jetty 12)", Language::Properties,
        "filter-class org.eclipse.jetty.servlets.CrossOriginFilter\nallowedOrigins = {origin}\nallowedMethods = {methods}\n[[h:allowedHeaders = {headers}\n]][[n:allowCredentials = false\n]]chainPreflight = false",
    ),
    Stack::application(
        "tomcat",
        "Apache Tomcat",
        &[
            Body("apache tomcat/"),
            Likely(&All(&[Body("<title>http status "), Body("font-family:tahoma,arial,sans-serif")])),
            // The refusal of CorsFilter. Tomcat sends no reason phrase.
            Likely(&All(&[Status(403), NoReason, Is("content-length", "0"), Starts("content-type", "text/plain")])),],
    )
    .fix(
        "Tomcat: CorsFilter in web.xml, mapped to /* before authentication", Language::Properties,
        "filter-class org.apache.catalina.filters.CorsFilter\ncors.allowed.origins = {origin}\ncors.allowed.methods = {methods},OPTIONS\n[[h:cors.allowed.headers = {headers}\n]][[c:cors.support.credentials = true]]",
    ),
    Stack::application(
        "spring",
        "Spring",
        &[
            Likely(&Body("invalid cors request")),
            Likely(&All(&[
                Contains("vary", "origin"),
                Contains("vary", "access-control-request-method"),
                Contains("vary", "access-control-request-headers"),
                Contains("x-content-type-options", "nosniff"),
                Starts("x-xss-protection", "0"),
            ])),
            Likely(&All(&[Status(403), PREFLIGHT_VARY])),
            Likely(&All(&[Body("{\"timestamp\":"), Body("\"status\":"), Body("\"path\":\"/")])),],
    )
    .built_on(&["jetty", "tomcat"])
    .fix(
        "Spring: a CorsConfigurationSource bean, and http.cors(Customizer.withDefaults()) in the security chain", Language::Java,
        "var cors = new CorsConfiguration();\ncors.setAllowedOrigins(List.of(\"{origin}\"));\ncors.setAllowedMethods(List.of({methods\"}));\n[[h:cors.setAllowedHeaders(List.of({headers\"}));\n]][[c:cors.setAllowCredentials(true);\n]]var source = new UrlBasedCorsConfigurationSource();\nsource.registerCorsConfiguration(\"{path}\", cors);",
    ),
    Stack::application("quarkus", "Quarkus", &[Likely(&Reason("cors rejected"))])
        .checked(Source("quarkusio/quarkus CORSFilter.java"))
        .fix(
            "Quarkus: application.properties", Language::Properties,
            "quarkus.http.cors.enabled=true\nquarkus.http.cors.origins={origin}\nquarkus.http.cors.methods={methods}\n[[h:quarkus.http.cors.headers={headers}\n]][[c:quarkus.http.cors.access-control-allow-credentials=true]]",
        ),
    Stack::application("aspnet-core", "ASP.NET Core", &[Likely(&Starts("server", "kestrel"))])
        .checked(Source("dotnet/aspnetcore KestrelServer, CorsMiddleware.cs"))
        .fix(
            "ASP.NET Core: after UseRouting, before UseAuthentication", Language::CSharp,
            "app.UseCors(policy => policy.WithOrigins(\"{origin}\").WithMethods({methods\"})[[h:.WithHeaders({headers\"})]][[c:.AllowCredentials()]]);",
        )
        .do_not("end the origin with a slash: such an origin never matches"),
    Stack::application("rack", "Ruby (Rack)", &[Likely(&Has("x-cascade")), Has("x-rack-cors")]).fix(
        "Ruby: rack-cors, before the application", Language::Ruby,
        "use Rack::Cors do\n  allow do\n    origins \"{origin}\"\n    resource \"{path}\", methods: %i[{verbs }][[h:, headers: %w[{headers }]]][[c:, credentials: true]]\n  end\nend",
    ),
    Stack::application("rails", "Rails", &[Likely(&All(&[Has("x-runtime"), Has("x-request-id")]))]).built_on(&["rack"]).fix(
        "Rails: rack-cors, inserted first", Language::Ruby,
        "config.middleware.insert_before 0, Rack::Cors do\n  allow do\n    origins \"{origin}\"\n    resource \"{path}\", methods: %i[{verbs }][[h:, headers: %w[{headers }]]][[c:, credentials: true]]\n  end\nend",
    ),
    Stack::application("php", "PHP", &[Starts("x-powered-by", "php/")]).fix(
        "PHP, before any output", Language::Php,
        "header('Vary: Origin', false);\nif (in_array($_SERVER['HTTP_ORIGIN'] ?? '', ['{origin}'], true)) {\n    header('Access-Control-Allow-Origin: ' . $_SERVER['HTTP_ORIGIN']);\n[[c:    header('Access-Control-Allow-Credentials: true');\n]]    if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {\n        header('Access-Control-Allow-Methods: {methods}');\n[[h:        header('Access-Control-Allow-Headers: {headers}');\n]]        http_response_code(204);\n        exit;\n    }\n}",
    ),
    Stack::application("laravel", "Laravel", &[Cookie("laravel_session")])
        .checked(Source("laravel/framework HandleCors, fruitcake/php-cors CorsService.php"))
        .built_on(&["php"])
        .fix(
            "Laravel: config/cors.php, then php artisan config:clear", Language::Php,
            "'paths' => ['{route}'],\n'allowed_origins' => ['{origin}'],\n'allowed_methods' => [{methods'}],\n[[h:'allowed_headers' => [{headers'}],\n]][[c:'supports_credentials' => true,]]",
        ),
    // Go sends nothing of its own; the package's refusal has these names and nothing else.
    Stack::application(
        "go",
        "Go (rs/cors)",
        &[
            Likely(&All(&[Any(&[Status(204), Is("content-length", "0")]), PREFLIGHT_VARY, Not(&Has("access-control-allow-origin")), Not(&Has("server"))])),],
    )
    .fix(
        "Go: rs/cors around the handler", Language::Go,
        "handler := cors.New(cors.Options{AllowedOrigins: []string{\"{origin}\"}, AllowedMethods: []string{{methods\"}}[[h:, AllowedHeaders: []string{{headers\"}}]][[c:, AllowCredentials: true]]}).Handler(mux)",
    ),
    Stack::application(
        "actix",
        "actix-web (actix-cors)",
        &[
            Likely(&Body("origin is not allowed to make this request")),
            Likely(&Body("requested method is not allowed")),
            Likely(&Body("one or more request headers are not allowed")),],
    )
    .fix(
        "actix-web: wrap the app in actix-cors", Language::Rust,
        "Cors::default().allowed_origin(\"{origin}\").allowed_methods([{methods\"}])[[h:.allowed_headers([{headers\"}])]][[c:.supports_credentials()]]",
    ),
    Stack::application(
        "tower-http",
        "tower-http (axum)",
        &[Likely(&Is("vary", "origin, access-control-request-method, access-control-request-headers"))],
    )
    .fix(
        "axum or another tower service: CorsLayer", Language::Rust,
        "CorsLayer::new().allow_origin([\"{origin}\".parse()?]).allow_methods([{methods\"}].map(|name| name.parse().unwrap()))[[h:.allow_headers([{headers\"}].map(|name| name.parse().unwrap()))]][[c:.allow_credentials(true)]]",
    ),
];
