//! The console text of each browser against what browsers really printed, byte for byte.

use serde::Deserialize;
use whycors::browsers::{Blocked, Reason, RequestKind, authorization_warning, console, version_differences};
use whycors::cors::{Engine, Rule, Stage};

#[derive(Deserialize)]
struct Row {
    scenario: String,
    engine: String,
    kind: String,
    page_origin: String,
    request_origin: Option<String>,
    url: String,
    first_url: Option<String>,
    reason: RecordedReason,
    lines: Vec<String>,
    count: usize,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RecordedReason {
    Refused { rule: RecordedRule, stage: String, status: Option<u16> },
    Network { network: String, preflight: bool },
    Mixed { mixed_content: String },
    Warning { authorization_warning: bool },
}

#[derive(Deserialize)]
struct RecordedRule {
    id: String,
    value: Option<String>,
    #[serde(default)]
    item: String,
    #[serde(default)]
    lines: usize,
    #[serde(default)]
    firefox_lines: usize,
    #[serde(default)]
    method: String,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    status: Option<u16>,
}

impl RecordedRule {
    fn rule(&self) -> Rule {
        let value = || self.value.clone().unwrap_or_default();
        let item = self.item.clone();
        match self.id.as_str() {
            "allow-origin-missing" => Rule::AllowOriginMissing,
            "allow-origin-multiple" => {
                Rule::AllowOriginMultiple { value: value(), lines: self.lines, firefox_lines: self.firefox_lines }
            }
            "allow-origin-invalid" => Rule::AllowOriginInvalid { value: value() },
            "allow-origin-mismatch" => Rule::AllowOriginMismatch { value: value() },
            "wildcard-with-credentials" => Rule::WildcardWithCredentials,
            "allow-credentials" => Rule::AllowCredentials { value: self.value.clone() },
            "preflight-redirect" => {
                Rule::PreflightRedirect { status: self.status.unwrap_or_default(), location: String::new() }
            }
            "preflight-status" => Rule::PreflightStatus { status: self.status.unwrap_or_default() },
            "allow-methods-invalid" => Rule::AllowMethodsInvalid { value: value(), item },
            "allow-headers-invalid" => Rule::AllowHeadersInvalid { value: value(), item },
            "method-not-allowed" => Rule::MethodNotAllowed { method: self.method.clone() },
            "header-not-allowed" => Rule::HeaderNotAllowed { names: self.names.clone() },
            "disallowed-by-mode" => Rule::DisallowedByMode,
            other => unreachable!("{other}"),
        }
    }
}

fn rows() -> Vec<Row> {
    serde_json::from_str(include_str!("../messages/recorded.json")).expect("the recordings are JSON")
}

fn engine(row: &Row) -> Engine {
    Engine::all().into_iter().find(|engine| engine.id() == row.engine).expect("an engine")
}

/// What this crate prints for a row.
fn printed(row: &Row) -> Vec<String> {
    let rule;
    let reason = match &row.reason {
        RecordedReason::Refused { rule: recorded, stage, status } => {
            rule = recorded.rule();
            let stage = if stage == "preflight" { Stage::Preflight } else { Stage::Actual };
            Reason::Refused { rule: &rule, stage, status: *status }
        }
        RecordedReason::Network { network, preflight } => {
            Reason::Network { error: Some(network), preflight: *preflight }
        }
        RecordedReason::Mixed { mixed_content } => Reason::MixedContent { page: mixed_content },
        RecordedReason::Warning { authorization_warning: asked } => {
            assert!(asked);
            return vec![authorization_warning(&row.url).bare().to_owned()];
        }
    };
    let blocked = Blocked {
        reason,
        page_origin: &row.page_origin,
        request_origin: row.request_origin.as_deref().unwrap_or(&row.page_origin),
        url: &row.url,
        first_url: row.first_url.as_deref(),
        location: None,
        header: None,
    };
    let mut wordings = console(engine(row), &blocked, RequestKind::of_resource_type(Some(&row.kind)));
    assert!(wordings.len() <= 1, "{}: one kind, one wording", row.scenario);
    let lines = wordings.pop().map(|wording| wording.lines).unwrap_or_default();
    lines.iter().map(|line| line.bare().to_owned()).collect()
}

/// Recordings that differ: scenario, engine, URL, why. One listed here must really differ.
const ARGUED: &[(&str, &str, &str, &str)] = &[
    ("busy-clear", "webkit", "http://plain.shop.test/v8/a", GTK),
    ("nw-badcert", "webkit", "https://badcert.shop.test/v1", GTK),
    ("nw-garbage", "webkit", "http://plain.shop.test/v8/e", GTK),
    ("nw-refused", "webkit", "https://down.shop.test/v1/orders", GTK),
    ("nw-reset", "webkit", "https://api.shop.test/v8/a", GTK),
    ("nw-reset-midhead", "webkit", "http://plain.shop.test/v8/b", GTK),
    ("nw-tls-reset", "webkit", "https://notls.shop.test/v1", GTK),
    (
        "rd-hsts",
        "webkit",
        "http://hsts.shop.test/v1/orders",
        "WebKit got a 301; the status recorded here is Chromium's, which has none",
    ),
    ("mx-worker", "webkit", "https://api.shop.test/v10/worker", WORKER),
    ("mx-worker", "chromium", "https://api.shop.test/v10/worker", WORKER),
];
const GTK: &str = "the first line is the GTK port's network error text, which Safari does not share";
const WORKER: &str = "the second line stands in the worker's own console";

#[test]
fn every_recorded_console_text_is_printed_byte_for_byte() {
    let mut wrong = Vec::new();
    let mut equal = [0, 0, 0];
    let mut all = [0, 0, 0];
    for row in rows() {
        let lines = printed(&row);
        let at = Engine::all().iter().position(|known| *known == engine(&row)).unwrap();
        let argued = ARGUED
            .iter()
            .any(|(scenario, engine, url, _)| *scenario == row.scenario && *engine == row.engine && *url == row.url);
        all[at] += row.count;
        if lines == row.lines {
            equal[at] += row.count;
        }
        if (lines == row.lines) == argued {
            let (scenario, engine, url, recorded) = (&row.scenario, &row.engine, &row.url, &row.lines);
            wrong.push(format!("{scenario} {engine} {url}\n  printed  {lines:#?}\n  recorded {recorded:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{} are not as listed:\n{}", wrong.len(), wrong.join("\n"));
    // Chromium, Firefox, WebKit.
    assert_eq!((equal, all), ([109, 52, 98], [110, 52, 107]));
}

/// A refused request from `https://app.example` to `https://api.example/x`.
fn refused(rule: &Rule, stage: Stage, status: u16) -> Blocked<'_> {
    Blocked {
        reason: Reason::Refused { rule, stage, status: Some(status) },
        page_origin: "https://app.example",
        request_origin: "https://app.example",
        url: "https://api.example/x",
        first_url: None,
        location: None,
        header: None,
    }
}

#[test]
fn where_fetch_and_xhr_cannot_be_told_apart_both_wordings_are_given() {
    let unknown = RequestKind::of_resource_type(None);
    let rule = Rule::AllowCredentials { value: None };
    let blocked = refused(&rule, Stage::Actual, 200);
    let chromium = console(Engine::Chromium, &blocked, unknown);
    assert_eq!(
        chromium.iter().map(|wording| wording.lines[0].bare()).collect::<Vec<_>>(),
        [
            "Access to fetch at 'https://api.example/x' from origin 'https://app.example' has been blocked by CORS \
             policy: The value of the 'Access-Control-Allow-Credentials' header in the response is '' which must be \
             'true' when the request's credentials mode is 'include'.",
            "Access to XMLHttpRequest at 'https://api.example/x' from origin 'https://app.example' has been blocked by \
             CORS policy: The value of the 'Access-Control-Allow-Credentials' header in the response is '' which must \
             be 'true' when the request's credentials mode is 'include'. The credentials mode of requests initiated \
             by the XMLHttpRequest is controlled by the withCredentials attribute.",
        ]
    );
    // Firefox does not word it differently, so it is given once.
    assert_eq!(console(Engine::Firefox, &blocked, unknown).len(), 1);
    assert_eq!(console(Engine::WebKit, &blocked, unknown).len(), 2);
}

#[test]
fn a_refused_redirect_names_where_it_leads_in_safari() {
    let missing = Rule::AllowOriginMissing;
    let blocked = Blocked { location: Some("https://login.example/"), ..refused(&missing, Stage::Redirect, 302) };
    let webkit = console(Engine::WebKit, &blocked, &[RequestKind::Fetch]);
    assert_eq!(
        webkit[0].lines,
        [
            "Cross-origin redirection to https://login.example/ denied by Cross-Origin Resource Sharing policy: Origin \
             https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 302",
            "Fetch API cannot load https://api.example/x due to access control checks.",
        ]
    );
    let credentials = Rule::RedirectCredentials { location: "https://u:p@cdn.example/ok".into() };
    let blocked = refused(&credentials, Stage::Redirect, 302);
    assert_eq!(
        console(Engine::WebKit, &blocked, &[RequestKind::Fetch])[0].lines[0],
        "Cross-origin redirection to https://cdn.example/ok denied by Cross-Origin Resource Sharing policy: redirection \
         URL https://u:p@cdn.example/ok has credentials"
    );
    assert!(console(Engine::Firefox, &blocked, &[RequestKind::Fetch]).is_empty(), "Firefox names no reason");
}

#[test]
fn safari_checks_no_fonts_and_prints_the_header_as_the_page_wrote_it() {
    let rule = Rule::HeaderNotAllowed { names: vec!["x-api-version".into()] };
    let blocked = refused(&rule, Stage::Preflight, 204);
    assert!(console(Engine::WebKit, &blocked, &[RequestKind::Font]).is_empty());
    let blocked = Blocked { header: Some("X-API-Version"), ..blocked };
    assert_eq!(
        console(Engine::WebKit, &blocked, &[RequestKind::Fetch])[0].lines[0],
        "Request header field X-API-Version is not allowed by Access-Control-Allow-Headers."
    );
}

#[test]
fn chromium_escapes_what_could_disturb_a_console() {
    // As recorded for a name in UTF-8: each byte by itself.
    let rule = Rule::AllowOriginInvalid { value: "caf\u{e9}\u{1b}".into() };
    let wordings = console(Engine::Chromium, &refused(&rule, Stage::Actual, 200), &[RequestKind::Xhr]);
    let text = wordings[0].lines[0].bare();
    assert!(text.ends_with(r"contains the invalid value 'caf\u00C3\u00A9\u001B'."), "{text}");
}

#[test]
fn version_differences_replace_a_wording_by_another() {
    for difference in version_differences() {
        assert_ne!(difference.printed, difference.otherwise);
        assert!(!difference.where_found.is_empty());
    }
}
