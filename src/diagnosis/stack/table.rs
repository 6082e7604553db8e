//! The table of server software: how it shows, and how CORS is configured there.
//!
//! One row a product. A configuration text may hold placeholders: `{origin}`, `{host}`, `{path}`,
//! `{methods}` and `{headers}` (comma lists), the same with `'`, `"` or a blank appended for quoted
//! items and blank lists (`{methods'}`, `{headers"}`, `{methods }`), and parts that are left out
//! when there is nothing to say: `[[h:…]]` without unsafe headers, `[[c:…]]` without credentials.

use crate::diagnosis::Who;

/// Where in front of or in the application a product stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Content delivery network.
    Cdn,
    /// Proxy, gateway or load balancer.
    Proxy,
    /// Application framework.
    Application,
    /// Storage service.
    Storage,
}

/// How a product shows in a response. Texts are in lower case unless the sign says otherwise.
#[derive(Debug, Clone, Copy)]
pub enum Sign {
    /// A header of this name.
    Has(&'static str),
    /// A header whose value starts so.
    Starts(&'static str, &'static str),
    /// A header whose value contains this.
    Contains(&'static str, &'static str),
    /// A header whose value is this, letters' case counting.
    Is(&'static str, &'static str),
    /// The start of the body contains this.
    Body(&'static str),
    /// A cookie whose name starts so.
    Cookie(&'static str),
    /// The reason phrase contains this.
    Reason(&'static str),
    /// All of these.
    All(&'static [Self]),
}

/// A package of a product with a sign of its own.
#[derive(Debug, Clone, Copy)]
pub struct Package {
    /// The product's name with the package's.
    pub name: &'static str,
    /// Seen besides a sign of the product.
    pub sign: Sign,
    /// What that sign is, in words.
    pub words: &'static str,
}

/// One product.
#[derive(Debug, Clone, Copy)]
pub struct Stack {
    /// Stable id.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Where it stands.
    pub layer: Layer,
    /// Who configures it.
    pub who: Who,
    /// Any of them is enough.
    pub signs: &'static [Sign],
    /// A package that may show as well.
    pub package: Option<Package>,
    /// What to do, one line, before the configuration; empty when CORS is not its business.
    pub title: &'static str,
    /// Configuration.
    pub config: &'static str,
    /// What people commonly do wrong.
    pub do_not: &'static str,
}

use Layer::{Application, Cdn, Proxy, Storage};
use Sign::{All, Body, Contains, Cookie, Has, Is, Reason, Starts};

const fn app(
    id: &'static str,
    name: &'static str,
    signs: &'static [Sign],
    title: &'static str,
    config: &'static str,
    do_not: &'static str,
) -> Stack {
    Stack { id, name, layer: Application, who: Who::Application, signs, package: None, title, config, do_not }
}

const fn layer(layer: Layer, id: &'static str, name: &'static str, signs: &'static [Sign]) -> Stack {
    Stack { id, name, layer, who: Who::Proxy, signs, package: None, title: "", config: "", do_not: "" }
}

/// Every product, outermost layers first.
pub const STACKS: &[Stack] = &[
    layer(Cdn, "cloudflare", "Cloudflare", &[Starts("server", "cloudflare"), Has("cf-ray")]),
    layer(Cdn, "cloudfront", "Amazon CloudFront", &[Has("x-amz-cf-id"), Contains("via", "cloudfront")]),
    layer(Cdn, "akamai", "Akamai", &[Starts("server", "akamai"), Has("akamai-grn")]),
    layer(Cdn, "fastly", "Fastly", &[All(&[Has("x-served-by"), Contains("x-served-by", "cache-")])]),
    layer(Cdn, "imperva", "Imperva", &[Has("x-iinfo")]),
    layer(Cdn, "azure-front-door", "Azure Front Door", &[Has("x-azure-ref")]),
    layer(Cdn, "vercel", "Vercel", &[Has("x-vercel-id")]),
    layer(Cdn, "netlify", "Netlify", &[Has("x-nf-request-id")]),
    layer(
        Proxy,
        "envoy",
        "Envoy",
        &[Starts("server", "envoy"), Starts("server", "istio-envoy"), Has("x-envoy-upstream-service-time")],
    ),
    Stack {
        id: "kong",
        name: "Kong Gateway",
        layer: Proxy,
        who: Who::Proxy,
        signs: &[
            Has("x-kong-proxy-latency"),
            Has("x-kong-response-latency"),
            Contains("via", "kong"),
            Starts("server", "kong"),
        ],
        package: None,
        title: "Kong: the cors plugin on the service or route",
        config: "plugins:\n- name: cors\n  config:\n    origins: [\"{origin}\"]\n    methods: [{methods\"}]\n[[h:    headers: [{headers\"}]\n]][[c:    credentials: true\n]]# and run_on_preflight: false on key-auth, jwt and other authentication plugins",
        do_not: "",
    },
    Stack {
        id: "aws-api-gateway",
        name: "Amazon API Gateway (REST)",
        layer: Proxy,
        who: Who::Proxy,
        signs: &[Has("x-amz-apigw-id"), Has("x-amzn-errortype")],
        package: None,
        title: "API Gateway: an OPTIONS method on this resource (\"Enable CORS\"), then deploy the stage again",
        config: "OPTIONS {path}, mock integration, method response 200 with\n  Access-Control-Allow-Origin: '{origin}'\n  Access-Control-Allow-Methods: '{methods},OPTIONS'\n[[h:  Access-Control-Allow-Headers: '{headers}'\n]]and the same Access-Control-Allow-Origin on the gateway responses DEFAULT_4XX and DEFAULT_5XX\nand in what the Lambda function returns, on every path",
        do_not: "attach an authorizer or require an API key on OPTIONS",
    },
    layer(Proxy, "aws-http-api", "Amazon API Gateway (HTTP)", &[Has("apigw-requestid")]),
    layer(Proxy, "aws-load-balancer", "AWS load balancer", &[Starts("server", "awselb")]),
    Stack {
        id: "nginx",
        name: "nginx",
        layer: Proxy,
        who: Who::Proxy,
        signs: &[Starts("server", "nginx"), Body("<center>nginx"), Starts("server", "openresty")],
        package: None,
        title: "nginx",
        config: "",
        do_not: "",
    },
    Stack {
        id: "apache",
        name: "Apache",
        layer: Proxy,
        who: Who::Proxy,
        signs: &[
            Starts("server", "apache/"),
            All(&[Starts("server", "apache"), Contains("content-type", "iso-8859-1")]),
            Body("<address>apache/"),
        ],
        package: None,
        title: "Apache",
        config: "",
        do_not: "",
    },
    Stack {
        package: Some(Package {
            name: "Express with cors",
            sign: Is("access-control-allow-methods", "GET,HEAD,PUT,PATCH,POST,DELETE"),
            words: "the package's default method list",
        }),
        ..app(
            "express",
            "Express",
            &[
                Starts("x-powered-by", "express"),
                All(&[Body("<pre>cannot options /"), Contains("content-security-policy", "default-src 'none'")]),
            ],
            "Express: the cors package, before authentication and routes",
            "app.use(cors({ origin: ['{origin}'], methods: [{methods'}][[h:, allowedHeaders: [{headers'}]]][[c:, credentials: true]] }))",
            "",
        )
    },
    app(
        "fastify",
        "Fastify",
        &[Body("\"message\":\"route options:"), Body("invalid preflight request")],
        "Fastify: @fastify/cors, registered before the routes",
        "await fastify.register(require('@fastify/cors'), { origin: ['{origin}'], methods: [{methods'}][[h:, allowedHeaders: [{headers'}]]][[c:, credentials: true]] })",
        "",
    ),
    app(
        "flask",
        "Flask",
        &[Starts("server", "werkzeug/")],
        "Flask: flask-cors on this path",
        "CORS(app, resources={r\"{path}\": {\"origins\": [\"{origin}\"], \"methods\": [{methods\"}][[h:, \"allow_headers\": [{headers\"}]]]}}[[c:, supports_credentials=True]])",
        "",
    ),
    app(
        "django-rest-framework",
        "Django REST framework",
        &[Body("\"detail\":\"authentication credentials were not provided")],
        "Django: django-cors-headers",
        DJANGO,
        "put CorsMiddleware below CommonMiddleware or authentication: it must come first",
    ),
    app(
        "django",
        "Django",
        &[
            Starts("server", "wsgiserver/"),
            Cookie("csrftoken"),
            All(&[
                Contains("x-frame-options", "deny"),
                Contains("referrer-policy", "same-origin"),
                Contains("cross-origin-opener-policy", "same-origin"),
            ]),
        ],
        "Django: django-cors-headers",
        DJANGO,
        "put CorsMiddleware below CommonMiddleware or authentication: it must come first",
    ),
    app(
        "starlette",
        "FastAPI / Starlette",
        &[
            Body("disallowed cors "),
            All(&[Starts("server", "uvicorn"), Body("{\"detail\":\"")]),
            Starts("server", "uvicorn"),
            Starts("server", "hypercorn"),
        ],
        "FastAPI or Starlette: CORSMiddleware, added last so that it is outermost",
        "app.add_middleware(CORSMiddleware, allow_origins=[\"{origin}\"], allow_methods=[{methods\"}][[h:, allow_headers=[{headers\"}]]][[c:, allow_credentials=True]])",
        "",
    ),
    app(
        "spring",
        "Spring",
        &[
            Body("invalid cors request"),
            All(&[
                Contains("vary", "origin"),
                Contains("vary", "access-control-request-method"),
                Contains("vary", "access-control-request-headers"),
                Contains("x-content-type-options", "nosniff"),
                Starts("x-xss-protection", "0"),
            ]),
            Body("\"timestamp\":\""),
        ],
        "Spring: a CorsConfigurationSource bean, and http.cors(Customizer.withDefaults()) in the security chain",
        "var cors = new CorsConfiguration();\ncors.setAllowedOrigins(List.of(\"{origin}\"));\ncors.setAllowedMethods(List.of({methods\"}));\n[[h:cors.setAllowedHeaders(List.of({headers\"}));\n]][[c:cors.setAllowCredentials(true);\n]]var source = new UrlBasedCorsConfigurationSource();\nsource.registerCorsConfiguration(\"{path}\", cors);",
        "",
    ),
    app(
        "quarkus",
        "Quarkus",
        &[Reason("cors rejected")],
        "Quarkus: application.properties",
        "quarkus.http.cors.enabled=true\nquarkus.http.cors.origins={origin}\nquarkus.http.cors.methods={methods}\n[[h:quarkus.http.cors.headers={headers}\n]][[c:quarkus.http.cors.access-control-allow-credentials=true]]",
        "",
    ),
    app(
        "tomcat",
        "Apache Tomcat",
        &[Body("apache tomcat/")],
        "Tomcat: CorsFilter in web.xml, mapped to /* before authentication",
        "filter-class org.apache.catalina.filters.CorsFilter\ncors.allowed.origins = {origin}\ncors.allowed.methods = {methods},OPTIONS\n[[h:cors.allowed.headers = {headers}\n]][[c:cors.support.credentials = true]]",
        "",
    ),
    app(
        "aspnet-core",
        "ASP.NET Core",
        &[Starts("server", "kestrel")],
        "ASP.NET Core: after UseRouting, before UseAuthentication",
        "app.UseCors(policy => policy.WithOrigins(\"{origin}\").WithMethods({methods\"})[[h:.WithHeaders({headers\"})]][[c:.AllowCredentials()]]);",
        "end the origin with a slash: such an origin never matches",
    ),
    app(
        "rails",
        "Rails (rack-cors)",
        &[Has("x-rack-cors"), All(&[Has("x-runtime"), Has("x-request-id")])],
        "Rails: rack-cors, inserted first",
        "config.middleware.insert_before 0, Rack::Cors do\n  allow do\n    origins \"{origin}\"\n    resource \"{path}\", methods: %i[{methods }][[h:, headers: %w[{headers }]]][[c:, credentials: true]]\n  end\nend",
        "",
    ),
    app(
        "laravel",
        "Laravel",
        &[Cookie("laravel_session")],
        "Laravel: config/cors.php, then php artisan config:clear",
        "'paths' => ['{route}'],\n'allowed_origins' => ['{origin}'],\n'allowed_methods' => [{methods'}],\n[[h:'allowed_headers' => [{headers'}],\n]][[c:'supports_credentials' => true,]]",
        "",
    ),
    app(
        "actix",
        "actix-web (actix-cors)",
        &[
            Body("origin is not allowed to make this request"),
            Body("requested method is not allowed"),
            Body("one or more request headers are not allowed"),
        ],
        "actix-web: wrap the app in actix-cors",
        "Cors::default().allowed_origin(\"{origin}\").allowed_methods([{methods\"}])[[h:.allowed_headers([{headers\"}])]][[c:.supports_credentials()]]",
        "",
    ),
    Stack {
        id: "s3",
        name: "Amazon S3",
        layer: Storage,
        who: Who::Server,
        signs: &[Starts("server", "amazons3"), Body("corsresponse: ")],
        package: None,
        title: "S3: the bucket's CORS configuration",
        config: "[{ \"AllowedOrigins\": [\"{origin}\"], \"AllowedMethods\": [{methods\"}], \"AllowedHeaders\": [[[h:{headers\"}]]] }]",
        do_not: "list OPTIONS among the methods: S3 answers it by itself",
    },
    Stack {
        id: "azure-storage",
        name: "Azure Storage",
        layer: Storage,
        who: Who::Server,
        signs: &[Starts("server", "windows-azure-"), Contains("x-ms-error-code", "cors")],
        package: None,
        title: "Azure Storage: a CORS rule of the service",
        config: "az storage cors add --services b --origins {origin} --methods {methods } [[h:--allowed-headers {headers} ]]--max-age 600",
        do_not: "",
    },
];

const DJANGO: &str = "MIDDLEWARE = [\"corsheaders.middleware.CorsMiddleware\", ...]  # first\nCORS_ALLOWED_ORIGINS = [\"{origin}\"]\nCORS_ALLOW_METHODS = [{methods\"}]\n[[h:CORS_ALLOW_HEADERS = [{headers\"}]\n]][[c:CORS_ALLOW_CREDENTIALS = True]]";
