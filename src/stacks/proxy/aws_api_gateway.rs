//! Amazon API Gateway (REST).

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Seen;
use Sign::{Has, Likely};

pub(super) const STACK: Stack = Stack::proxy(
    "aws-api-gateway",
    "Amazon API Gateway (REST)",
    &[Likely(&Has("x-amz-apigw-id")), Likely(&Has("x-amzn-errortype"))],
)
.checked(Seen("answers in public transcripts"))
.fix(
    "API Gateway: an OPTIONS method on this resource (\"Enable CORS\"), then deploy the stage again",
    Language::Prose,
    CONFIG,
)
.do_not("attach an authorizer or require an API key on OPTIONS");

/// What to paste.
const CONFIG: &str = "OPTIONS {path}, mock integration, method response 200 with
  Access-Control-Allow-Origin: '{origin}'
  Access-Control-Allow-Methods: '{methods},OPTIONS'
[[h:  Access-Control-Allow-Headers: '{headers}'
]]and the same Access-Control-Allow-Origin on the gateway responses DEFAULT_4XX and DEFAULT_5XX
and in what the Lambda function returns, on every path";
