//! Services that are used as they are: storage, identity.

use super::table::{Checked, Sign, Stack};
use crate::paste::Language;
use Checked::{Documentation, Seen, Source};
use Sign::{Body, Contains, Cookie, Has, Likely, Starts};

pub(super) const ROWS: &[Stack] = &[
    Stack::service("s3", "Amazon S3", &[Starts("server", "amazons3"), Likely(&Body("corsresponse: "))])
        .checked(Seen("answers in public transcripts, and S3's error messages in compatible servers"))
        .fix(
            "S3: the bucket's CORS configuration", Language::Json,
            "[{ \"AllowedOrigins\": [\"{origin}\"], \"AllowedMethods\": [{methods\"}], \"AllowedHeaders\": [[[h:{headers\"}]]] }]",
        )
        .do_not("list OPTIONS among the methods: S3 answers it by itself"),
    Stack::service("azure-storage", "Azure Storage", &[Starts("server", "windows-azure-"), Likely(&Contains("x-ms-error-code", "cors"))])
        .checked(Source("Azure/Azurite StorageErrorFactory"))
        .fix(
            "Azure Storage: a CORS rule of the service", Language::Shell,
            "az storage cors add --services b --origins {origin} --methods {methods } [[h:--allowed-headers {headers} ]]--max-age 600",
        ),
    Stack::service(
        "google-cloud-storage",
        "Google Cloud Storage",
        &[Likely(&Starts("server", "uploadserver")), Likely(&Has("x-goog-stored-content-length")), Likely(&Has("x-goog-generation"))],
    )
    .checked(Documentation("Cloud Storage: cross-origin resource sharing; CORS configuration examples"))
    .fix(
        "Google Cloud Storage: the bucket's CORS configuration; request headers stand in responseHeader, too", Language::Json,
        "gcloud storage buckets update gs://BUCKET --cors-file=cors.json\ncors.json: [{ \"origin\": [\"{origin}\"], \"method\": [{methods\"}], \"responseHeader\": [[[h:{headers\"}]]], \"maxAgeSeconds\": 600 }]",
    ),
    Stack::service("minio", "MinIO", &[Starts("server", "minio")])
        .checked(Seen("answers of MinIO servers, and the setting in their operators' scripts"))
        .fix("MinIO: the origins of the whole server, then mc admin service restart", Language::Shell, "mc admin config set ALIAS api cors_allow_origin=\"{origin}\""),
    Stack::service("elasticsearch", "Elasticsearch", &[Has("x-elastic-product")])
        .checked(Seen("answers in public transcripts, and the settings in public repositories"))
        .fix(
            "Elasticsearch: elasticsearch.yml of every node", Language::Yaml,
            "http.cors.enabled: true\nhttp.cors.allow-origin: \"{origin}\"\nhttp.cors.allow-methods: {methods}\n[[h:http.cors.allow-headers: {headers}\n]][[c:http.cors.allow-credentials: true]]",
        ),
    Stack::service("supabase", "Supabase", &[Likely(&Has("sb-gateway-version")), Likely(&Has("sb-project-ref"))])
        .checked(Documentation("Supabase: response headers in API logs; CORS support for invoking Edge Functions"))
        .fix(
            "Supabase, if this is an Edge Function: at its start, and the same headers on every answer, errors too", Language::JavaScript,
            "const corsHeaders = {\n  'Access-Control-Allow-Origin': '{origin}',\n  'Access-Control-Allow-Methods': '{methods}',\n[[h:  'Access-Control-Allow-Headers': '{headers}',\n]][[c:  'Access-Control-Allow-Credentials': 'true',\n]]}\nif (req.method === 'OPTIONS') return new Response('ok', { headers: corsHeaders })",
        ),
    Stack::service("okta", "Okta", &[Has("x-okta-request-id")])
        .checked(Documentation("Okta: enable CORS; its SDK reads the header"))
        .fix("Okta: Security > API > Trusted Origins > Add origin, with CORS ticked", Language::Prose, "{origin}"),
    Stack::service("auth0", "Auth0", &[Has("x-auth0-requestid")])
        .checked(Documentation("Auth0: configure cross-origin resource sharing"))
        .fix(
            "Auth0: Applications > the application > Settings > Allowed Origins (CORS), and Allowed Web Origins", Language::Prose,
            "{origin}",
        ),
    Stack::service(
        "keycloak",
        "Keycloak",
        &[Cookie("keycloak_"), Likely(&Cookie("kc_restart")), Likely(&Cookie("auth_session_id"))],
    )
    .checked(Documentation("Keycloak: Web Origins of a client; its cookies are in its source"))
    .fix("Keycloak: Clients > the client > Settings > Web origins (no slash at the end)", Language::Prose, "{origin}"),
    Stack::service("salesforce", "Salesforce", &[Likely(&Starts("server", "sfdcedge")), Likely(&Has("x-sfdc-request-id"))])
        .checked(Documentation("Salesforce: configure the CORS allowlist; enable CORS for OAuth endpoints"))
        .fix(
            "Salesforce: Setup > CORS > New, Origin URL Pattern (for /services/oauth2/token also \"Enable CORS for OAuth endpoints\")", Language::Prose,
            "{origin}",
        ),
];
