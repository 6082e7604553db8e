//! Rails.

use crate::paste::Language;
use crate::stacks::{Sign, Stack};
use Sign::{All, Has, Likely};

pub(super) const STACK: Stack =
    Stack::application("rails", "Rails", &[Likely(&All(&[Has("x-runtime"), Has("x-request-id")]))])
        .built_on(&["rack"])
        .fix("Rails: rack-cors, inserted first", Language::Ruby, CONFIG);

/// What to paste.
const CONFIG: &str = r#"config.middleware.insert_before 0, Rack::Cors do
  allow do
    origins "{origin}"
    resource "{path}", methods: %i[{verbs }][[h:, headers: %w[{headers }]]][[c:, credentials: true]]
  end
end"#;
