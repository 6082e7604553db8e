//! An answer for each stack that a configuration is printed for, by which it is recognised, and the
//! language of that configuration.

/// How a stack shows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sign {
    /// A header line.
    Header(&'static str, &'static str),
    /// In the body of an error.
    Body(&'static str),
    /// The reason phrase.
    Reason(&'static str),
    /// An empty answer of status 204 with this line and nothing else.
    Bare(&'static str, &'static str),
}

use Sign::{Bare, Body, Header, Reason};

/// Stack, language of its configuration, sign.
pub(crate) const STACKS: &[(&str, &str, Sign)] = &[
    ("nginx", "nginx", Header("Server", "nginx/1.22.1")),
    ("apache", "apache", Header("Server", "Apache/2.4.57")),
    ("caddy", "caddy", Header("Server", "Caddy")),
    ("haproxy", "haproxy", Body("<html><body>No server is available to handle this request.\n</body></html>")),
    ("varnish", "vcl", Header("X-Varnish", "32770")),
    ("istio", "yaml", Header("Server", "istio-envoy")),
    ("envoy", "yaml", Header("Server", "envoy")),
    ("kong", "yaml", Header("Server", "kong/3.4.0")),
    ("traefik", "yaml", Body("404 page not found\n")),
    ("ingress-nginx", "yaml", Body("default backend - 404")),
    ("elasticsearch", "yaml", Header("X-Elastic-Product", "Elasticsearch")),
    ("aws-api-gateway", "lines", Header("X-Amz-Apigw-Id", "abcd=")),
    ("aws-http-api", "shell", Header("Apigw-Requestid", "abcd=")),
    ("azure-app-service", "shell", Header("Set-Cookie", "ARRAffinity=1; Path=/")),
    ("azure-storage", "shell", Header("Server", "Windows-Azure-Blob/1.0")),
    ("google-cloud-storage", "shell", Header("X-Goog-Generation", "1")),
    ("minio", "shell", Header("Server", "MinIO")),
    ("azure-api-management", "xml", Body("{\"message\":\"Access denied due to missing subscription key.\"}")),
    ("iis", "xml", Header("Server", "Microsoft-IIS/10.0")),
    ("express", "js", Header("X-Powered-By", "Express")),
    ("nest", "js", Body("{\"message\":\"Cannot OPTIONS /v1\",\"error\":\"Not Found\",\"statusCode\":404}")),
    ("fastify", "js", Body("{\"message\":\"Route OPTIONS:/v1 not found\",\"error\":\"Not Found\",\"statusCode\":404}")),
    ("koa", "js", Header("Access-Control-Allow-Methods", "GET,HEAD,PUT,POST,DELETE,PATCH")),
    ("hapi", "js", Body("{\"message\":\"CORS error: Origin not allowed\"}")),
    ("supabase", "js", Header("Sb-Gateway-Version", "1")),
    ("flask", "python", Header("Server", "Werkzeug/2.3.0 Python/3.11")),
    ("django", "python", Header("Server", "WSGIServer/0.2 CPython/3.11")),
    ("starlette", "python", Body("Disallowed CORS origin")),
    ("aiohttp", "python", Header("Server", "Python/3.11 aiohttp/3.9")),
    ("tornado", "python", Header("Server", "TornadoServer/6.4")),
    ("jetty", "properties", Header("Server", "Jetty(11.0.18)")),
    ("tomcat", "properties", Body("<html><h3>Apache Tomcat/9.0.83</h3></html>")),
    ("quarkus", "properties", Reason("CORS Rejected")),
    ("spring", "java", Body("Invalid CORS request")),
    ("aspnet-core", "csharp", Header("Server", "Kestrel")),
    ("rack", "ruby", Header("X-Cascade", "pass")),
    ("rails", "ruby", Header("X-Runtime", "0.01")),
    ("php", "php", Header("X-Powered-By", "PHP/8.2.0")),
    ("laravel", "php", Header("Set-Cookie", "laravel_session=1; path=/")),
    ("go", "go", Bare("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")),
    ("actix", "rust", Body("Origin is not allowed to make this request")),
    ("tower-http", "rust", Bare("Vary", "origin, access-control-request-method, access-control-request-headers")),
    ("s3", "json", Header("Server", "AmazonS3")),
    ("okta", "lines", Header("X-Okta-Request-Id", "reqabc")),
    ("auth0", "lines", Header("X-Auth0-Requestid", "abc")),
    ("keycloak", "lines", Header("Set-Cookie", "KC_RESTART=1; Path=/realms/a/")),
    ("salesforce", "lines", Header("Server", "sfdcedge")),
];

/// Languages, each once.
pub(crate) fn languages() -> Vec<&'static str> {
    let mut names: Vec<&str> = STACKS.iter().map(|(_, language, _)| *language).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The language of what is printed for a stack; plain header lines for whatever software answers.
pub(crate) fn language_of(stack: &str) -> &'static str {
    STACKS.iter().find(|(id, _, _)| *id == stack).map_or("headers", |(_, language, _)| language)
}
