//! Amazon API Gateway (HTTP).

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Seen;
use Sign::{Has, Likely};

pub(super) const STACK: Stack =
    Stack::proxy("aws-http-api", "Amazon API Gateway (HTTP)", &[Likely(&Has("apigw-requestid"))])
        .checked(Seen("answers in public transcripts, and the command in public repositories"))
        .fix(
            "API Gateway: the API's CORS configuration, which then answers every OPTIONS",
            Language::JsonInShell,
            CONFIG,
        );

/// What to paste.
const CONFIG: &str = r#"aws apigatewayv2 update-api --api-id ID --cors-configuration '{"AllowOrigins":["{origin}"],"AllowMethods":[{methods"}][[h:,"AllowHeaders":[{headers"}]]][[c:,"AllowCredentials":true]]}'"#;
