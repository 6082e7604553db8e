//! What stands in front of applications: CDNs, then proxies and gateways, outermost first.

use super::table::{Checked, Sign, Stack};
use crate::paste::Language;
use Checked::{Documentation, Seen, Source};
use Sign::{All, Body, Contains, Cookie, Has, Is, Likely, Starts};

pub(super) const ROWS: &[Stack] = &[
    Stack::cdn("cloudflare", "Cloudflare", &[Starts("server", "cloudflare"), Likely(&Has("cf-ray"))])
        .checked(Seen("answers in public transcripts")),
    Stack::cdn("cloudfront", "Amazon CloudFront", &[Likely(&Has("x-amz-cf-id")), Contains("via", "cloudfront")])
        .checked(Seen("answers in public transcripts")),
    Stack::cdn("akamai", "Akamai", &[Starts("server", "akamai"), Has("akamai-grn")])
        .checked(Seen("answers in public transcripts")),
    Stack::cdn("fastly", "Fastly", &[Likely(&All(&[Has("x-served-by"), Contains("x-served-by", "cache-")]))])
        .checked(Seen("answers in public transcripts")),
    Stack::cdn("imperva", "Imperva", &[Likely(&Has("x-iinfo"))]).checked(Seen("answers in public transcripts")),
    Stack::cdn("azure-front-door", "Azure Front Door", &[Has("x-azure-ref")])
        .checked(Documentation("Azure Front Door protocol support for HTTP headers")),
    Stack::cdn("vercel", "Vercel", &[Has("x-vercel-id")]).checked(Seen("answers in public transcripts")),
    Stack::cdn("netlify", "Netlify", &[Likely(&Has("x-nf-request-id"))]).checked(Seen("answers in public transcripts")),
    Stack::proxy(
        "varnish",
        "Varnish",
        &[Has("x-varnish"), Starts("server", "varnish"), Likely(&Body("<h3>guru meditation:</h3>"))],
    )
    .fix(
        "Varnish: in the VCL", Language::Vcl,
        "sub vcl_recv {\n    if (req.method == \"OPTIONS\" && req.url ~ \"^{path~}(\\?|$)\" && req.http.Access-Control-Request-Method) { return (synth(204)); }\n}\nsub vcl_synth {\n    if (resp.status == 204 && req.http.Origin == \"{origin}\") {\n        set resp.http.Access-Control-Allow-Origin = req.http.Origin;\n        set resp.http.Vary = \"Origin\";\n        set resp.http.Access-Control-Allow-Methods = \"{methods}\";\n[[h:        set resp.http.Access-Control-Allow-Headers = \"{headers}\";\n]][[c:        set resp.http.Access-Control-Allow-Credentials = \"true\";\n]]        return (deliver);\n    }\n}\nsub vcl_deliver {\n    if (resp.http.Vary) { set resp.http.Vary = resp.http.Vary + \", Origin\"; } else { set resp.http.Vary = \"Origin\"; }\n    if (req.http.Origin == \"{origin}\") {\n        set resp.http.Access-Control-Allow-Origin = req.http.Origin;\n[[c:        set resp.http.Access-Control-Allow-Credentials = \"true\";\n]]    }\n}",
    )
    .do_not("set the header in vcl_backend_response: it is cached with the object and then sent to every site"),
    Stack::proxy(
        "istio",
        "Istio",
        &[Starts("server", "istio-envoy")],
    )
    .checked(Documentation("Istio VirtualService: CorsPolicy"))
    .built_on(&["envoy"])
    .fix(
        "Istio: corsPolicy of the VirtualService's route", Language::Yaml,
        "corsPolicy:\n  allowOrigins: [{ exact: \"{origin}\" }]\n  allowMethods: [{methods\"}]\n[[h:  allowHeaders: [{headers\"}]\n]][[c:  allowCredentials: true\n]]",
    ),
    Stack::proxy(
        "envoy",
        "Envoy",
        &[
            Starts("server", "envoy"),
            Starts("server", "istio-envoy"),
            Has("x-envoy-upstream-service-time"),
            Likely(&Body("upstream connect error or disconnect/reset before headers")),],
    )
    .fix(
        "Envoy: the route's CORS policy; the filter envoy.filters.http.cors stands before the router", Language::Yaml,
        "typed_per_filter_config:\n  envoy.filters.http.cors:\n    \"@type\": type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy\n    allow_origin_string_match: [{ exact: \"{origin}\" }]\n    allow_methods: \"{methods}\"\n[[h:    allow_headers: \"{headers}\"\n]][[c:    allow_credentials: true\n]]",
    ),
    Stack::proxy(
        "kong",
        "Kong Gateway",
        &[
            Has("x-kong-proxy-latency"),
            Has("x-kong-response-latency"),
            Contains("via", "kong"),
            Starts("server", "kong"),],
    )
    .checked(Source("Kong/kong kong/plugins/cors/handler.lua, kong/constants.lua"))
    .fix(
        "Kong: the cors plugin on the service or route", Language::Yaml,
        "plugins:\n- name: cors\n  config:\n    origins: [\"{origin}\"]\n    methods: [{methods\"}]\n[[h:    headers: [{headers\"}]\n]][[c:    credentials: true\n]]# and run_on_preflight: false on key-auth, jwt and other authentication plugins",
    ),
    Stack::proxy("aws-api-gateway", "Amazon API Gateway (REST)", &[Likely(&Has("x-amz-apigw-id")), Likely(&Has("x-amzn-errortype"))])
        .checked(Seen("answers in public transcripts"))
        .fix(
            "API Gateway: an OPTIONS method on this resource (\"Enable CORS\"), then deploy the stage again", Language::Prose,
            "OPTIONS {path}, mock integration, method response 200 with\n  Access-Control-Allow-Origin: '{origin}'\n  Access-Control-Allow-Methods: '{methods},OPTIONS'\n[[h:  Access-Control-Allow-Headers: '{headers}'\n]]and the same Access-Control-Allow-Origin on the gateway responses DEFAULT_4XX and DEFAULT_5XX\nand in what the Lambda function returns, on every path",
        )
        .do_not("attach an authorizer or require an API key on OPTIONS"),
    Stack::proxy("aws-http-api", "Amazon API Gateway (HTTP)", &[Likely(&Has("apigw-requestid"))])
        .checked(Seen("answers in public transcripts, and the command in public repositories"))
        .fix(
            "API Gateway: the API's CORS configuration, which then answers every OPTIONS", Language::JsonInShell,
            "aws apigatewayv2 update-api --api-id ID --cors-configuration '{\"AllowOrigins\":[\"{origin}\"],\"AllowMethods\":[{methods\"}][[h:,\"AllowHeaders\":[{headers\"}]]][[c:,\"AllowCredentials\":true]]}'",
        ),
    Stack::proxy(
        "azure-api-management",
        "Azure API Management",
        &[
            Likely(&Body("access denied due to missing subscription key")),
            Likely(&Body("access denied due to invalid subscription key")),],
    )
    .checked(Documentation("API Management: 401 errors; the cors policy"))
    .fix(
        "API Management: the cors policy, first in <inbound>", Language::Xml,
        "<cors[[c: allow-credentials=\"true\"]]>\n  <allowed-origins><origin>{origin}</origin></allowed-origins>\n  <allowed-methods>{methods>}</allowed-methods>\n[[h:  <allowed-headers>{headers>}</allowed-headers>\n]]</cors>",
    ),
    Stack::proxy("azure-app-service", "Azure App Service", &[Likely(&Cookie("arraffinity"))])
        .checked(Seen("answers in public transcripts, and the command in public repositories"))
        .fix(
            "Azure App Service: its own CORS, or the application's, not both", Language::Shell,
            "az webapp cors add --resource-group GROUP --name APP --allowed-origins {origin}",
        ),
    Stack::proxy("aws-load-balancer", "AWS load balancer", &[Likely(&Starts("server", "awselb"))])
        .checked(Seen("answers in public transcripts")),
    Stack::proxy(
        "iis",
        "IIS",
        &[Starts("server", "microsoft-iis"), Likely(&Has("x-aspnet-version")), Likely(&Starts("x-powered-by", "asp.net"))],
    )
    .checked(Documentation("IIS CORS module configuration reference; ASP.NET Web API: IIS handlers and OPTIONS"))
    .fix(
        "IIS: the CORS module, which answers before the handlers, in web.config under system.webServer", Language::Xml,
        "<cors enabled=\"true\">\n  <add origin=\"{origin}\"[[c: allowCredentials=\"true\"]]>\n    <allowMethods>{methods<}</allowMethods>\n[[h:    <allowHeaders>{headers<}</allowHeaders>\n]]  </add>\n</cors>",
    )
    .do_not("leave OPTIONSVerbHandler in place when the application itself is to answer: it answers OPTIONS first"),
    Stack::proxy(
        "ingress-nginx",
        "ingress-nginx",
        &[
            Likely(&All(&[
                Is("access-control-allow-methods", "GET, PUT, POST, DELETE, PATCH, OPTIONS"),
                Starts("access-control-allow-headers", "dnt,"),
            ])),
            Likely(&Body("default backend - 404")),],
    )
    .checked(Source("kubernetes/ingress-nginx internal/ingress/annotations/cors/main.go, test/e2e"))
    .built_on(&["nginx"])
    .fix(
        "ingress-nginx: annotations of the Ingress", Language::Yaml,
        "nginx.ingress.kubernetes.io/enable-cors: \"true\"\nnginx.ingress.kubernetes.io/cors-allow-origin: \"{origin}\"\nnginx.ingress.kubernetes.io/cors-allow-methods: \"{methods}\"\n[[h:nginx.ingress.kubernetes.io/cors-allow-headers: \"{headers}\"\n]][[c:nginx.ingress.kubernetes.io/cors-allow-credentials: \"true\"]]",
    )
    .do_not("let the application send the header as well: that makes two lines"),
    Stack::proxy("nginx", "nginx", &[Starts("server", "nginx"), Body("<center>nginx"), Likely(&Starts("server", "openresty"))])
        .fix("nginx", Language::Nginx, ""),
    Stack::proxy(
        "apache",
        "Apache",
        &[
            Starts("server", "apache/"),
            All(&[Starts("server", "apache"), Contains("content-type", "iso-8859-1")]),
            Body("<address>apache/"),],
    )
    .fix("Apache", Language::Apache, ""),
    Stack::proxy(
        "haproxy",
        "HAProxy",
        &[
            Likely(&Body("no server is available to handle this request.")),
            Likely(&Body("<h1>502 bad gateway</h1>\nthe server returned an invalid or incomplete response.")),
            Likely(&Body("<h1>504 gateway time-out</h1>\nthe server didn't respond in time.")),
            Likely(&Body("<h1>403 forbidden</h1>\nrequest forbidden by administrative rules.")),
            Likely(&Body("<h1>401 unauthorized</h1>\nyou need a valid user and password to access this content.")),],
    )
    .fix(
        "HAProxy, in the frontend, before any http-request auth", Language::Haproxy,
        "http-request set-var(txn.origin) req.hdr(Origin)\nhttp-request return status 204 hdr Access-Control-Allow-Methods \"{methods}\"[[h: hdr Access-Control-Allow-Headers \"{headers}\"]] if METH_OPTIONS { path {path} } { var(txn.origin) -m str {origin} }\nhttp-after-response add-header Vary Origin\nhttp-after-response set-header Access-Control-Allow-Origin %[var(txn.origin)] if { var(txn.origin) -m str {origin} }[[c:\nhttp-after-response set-header Access-Control-Allow-Credentials true if { var(txn.origin) -m str {origin} }]]",
    )
    .do_not("\"http-response add-header\": it makes two lines, and HAProxy's own error pages get none"),
    Stack::proxy("caddy", "Caddy", &[Starts("server", "caddy"), Contains("via", "caddy")]).fix(
        "Caddy, in the site's block", Language::Caddy,
        "@page header Origin {origin}\nheader +Vary Origin\nheader @page Access-Control-Allow-Origin {origin}\nheader @page >Access-Control-Allow-Origin {origin}\n[[c:header @page >Access-Control-Allow-Credentials true\n]]@preflight {\n    method OPTIONS\n    path {path}\n    header Origin {origin}\n}\nheader @preflight Access-Control-Allow-Methods \"{methods}\"\n[[h:header @preflight Access-Control-Allow-Headers \"{headers}\"\n]]respond @preflight 204",
    ),
    Stack::proxy("lighttpd", "lighttpd", &[Starts("server", "lighttpd")]),
    // Traefik has no header of its own; this page is the Go library's.
    Stack::proxy(
        "traefik",
        "Traefik or another Go server",
        &[Likely(&All(&[Body("404 page not found\n"), Is("x-content-type-options", "nosniff")]))],
    )
    .fix(
        "Traefik, if that is what answers: the headers middleware, first on the router, before authentication; and no Method() in the router's rule that leaves OPTIONS out", Language::Yaml,
        "http:\n  middlewares:\n    cors:\n      headers:\n        accessControlAllowOriginList: [\"{origin}\"]\n        accessControlAllowMethods: [{methods\"}]\n[[h:        accessControlAllowHeaders: [{headers\"}]\n]][[c:        accessControlAllowCredentials: true\n]]        addVaryHeader: true",
    ),
];
