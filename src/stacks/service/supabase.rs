//! Supabase.

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Documentation;
use Sign::{Has, Likely};

pub(super) const STACK: Stack =
    Stack::service("supabase", "Supabase", &[Likely(&Has("sb-gateway-version")), Likely(&Has("sb-project-ref"))])
        .checked(Documentation("Supabase: response headers in API logs; CORS support for invoking Edge Functions"))
        .fix(
            "Supabase, if this is an Edge Function: at its start, and the same headers on every answer, errors too",
            Language::JavaScript,
            CONFIG,
        );

/// What to paste.
const CONFIG: &str = "const corsHeaders = {
  'Access-Control-Allow-Origin': '{origin}',
  'Access-Control-Allow-Methods': '{methods}',
[[h:  'Access-Control-Allow-Headers': '{headers}',
]][[c:  'Access-Control-Allow-Credentials': 'true',
]]}
if (req.method === 'OPTIONS') return new Response('ok', { headers: corsHeaders })";
