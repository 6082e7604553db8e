//! Every labelled case of `tests/vectors/cors-vectors.json` against `whycors::cors`.

use crate::vector_cases as cases;

use cases::{Vector, vectors};
use whycors::browsers::rule_name;
use whycors::cors::{
    CorsRequest, Engine, Hop, Mode, RedirectError, Rule, Stage, Tainting, access_control_request_headers,
    authorization_covered_by_wildcard, cors_check, is_safelisted_request_header, max_age, needs_preflight, next_hop,
    preflight_check, response_tainting, unsafe_request_header_names_in,
};
use whycors::exchange::{Headers, Origin, ResponseHead, origin_of_url};

/// What the checks say of one exchange.
#[derive(Debug, Default)]
struct Judged {
    /// Chromium's name, its parameter and the stage of the first failure.
    failure: Option<(Rule, String)>,
    final_origin: Option<String>,
}

fn head(status: u16, headers: &[(String, String)]) -> ResponseHead {
    ResponseHead {
        status,
        reason: "".into(),
        version: whycors::exchange::HttpVersion::Http11,
        headers: Headers::from_pairs(headers.iter().map(|(name, value)| (name, value))),
        body: whycors::exchange::Body::default(),
    }
}

/// Walks one exchange as a browser does: mode, preflight, redirects, actual response.
fn judge(engine: Engine, vector: &Vector) -> Judged {
    let initiator = Origin::from_header(&vector.origin);
    let mut origin = Origin::from_header(vector.origin_header.as_deref().unwrap_or(&vector.origin));
    let mode = match vector.mode.as_deref() {
        Some("same-origin") => Mode::SameOrigin,
        Some("no-cors") => Mode::NoCors,
        _ => Mode::Cors,
    };
    let failed = |rule: &Rule, stage: &str| Judged { failure: Some((rule.clone(), stage.into())), final_origin: None };
    let unsafe_headers = unsafe_request_header_names_in(
        engine,
        vector.request_headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())),
    );
    let mut url = vector.url.clone();
    let mut method = vector.method.clone();
    let mut tainting = match response_tainting(&initiator, &url, mode, Tainting::Basic) {
        Ok(tainting) => tainting,
        Err(rule) => return failed(&rule, "none"),
    };
    let include_credentials = vector.credentials == "include";
    if let Some(preflight) = &vector.preflight {
        let request =
            CorsRequest { origin: &origin, method: &method, unsafe_headers: &unsafe_headers, include_credentials };
        let steps = preflight_check(engine, &request, &head(preflight.status, &preflight.headers));
        if let Some(rule) = steps.first_failure() {
            return failed(rule, "preflight");
        }
    }
    for redirect in &vector.redirects {
        assert_eq!(redirect.url, url, "{}: the hop starts where the one before led", vector.id);
        let response = head(redirect.status, &redirect.headers);
        let request =
            CorsRequest { origin: &origin, method: &method, unsafe_headers: &unsafe_headers, include_credentials };
        if tainting == Tainting::Cors
            && let Some(rule) = cors_check(&request, &response).first_failure()
        {
            return failed(rule, "redirect");
        }
        let location = response.headers.get_str("location");
        let hop = Hop { initiator: &initiator, origin: &origin, url: &url, method: &method };
        match next_hop(&hop, redirect.status, location.as_deref()) {
            Ok(next) => (url, method, origin) = (next.url, next.method, next.origin),
            Err(RedirectError::Credentials { location }) => {
                return failed(&Rule::RedirectCredentials { location }, "redirect");
            }
            Err(error) => unreachable!("{}: {error:?}", vector.id),
        }
        tainting = response_tainting(&initiator, &url, mode, tainting).expect("still http");
    }
    if let (Some(actual), Tainting::Cors) = (&vector.actual, tainting) {
        let request =
            CorsRequest { origin: &origin, method: &method, unsafe_headers: &unsafe_headers, include_credentials };
        if let Some(rule) = cors_check(&request, &head(actual.status, &actual.headers)).first_failure() {
            return Judged { final_origin: Some(origin.to_string()), ..failed(rule, "actual") };
        }
    }
    Judged { failure: None, final_origin: Some(origin.to_string()) }
}

fn stage_of(name: &str) -> Stage {
    match name {
        "preflight" => Stage::Preflight,
        "redirect" => Stage::Redirect,
        _ => Stage::Actual,
    }
}

fn check_exchange(vector: &Vector) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut expect = |what: &str, got: String, want: String| {
        if got != want {
            wrong.push(format!("{}: {what}: got {got}, want {want}", vector.id));
        }
    };
    if let Some(by_engine) = &vector.expect_by_engine {
        for (engine, name) in
            [(Engine::Chromium, "chromium_default"), (Engine::Firefox, "firefox_default"), (Engine::WebKit, "webkit")]
        {
            let ok = judge(engine, vector).failure.is_none();
            expect(name, ok.to_string(), by_engine[name].ok.unwrap_or_default().to_string());
        }
        // The standard refuses what `authorization_covered_by_wildcard` points at.
        let origin = Origin::from_header(&vector.origin);
        let preflight = vector.preflight.as_ref().expect("a preflight");
        let request = CorsRequest {
            origin: &origin,
            method: &vector.method,
            unsafe_headers: &["authorization".to_owned()],
            include_credentials: false,
        };
        let covered = authorization_covered_by_wildcard(&request, &head(preflight.status, &preflight.headers));
        expect(
            "fetch_standard",
            (!covered).to_string(),
            by_engine["fetch_standard"].ok.unwrap_or_default().to_string(),
        );
        return wrong;
    }
    let judged = judge(Engine::Chromium, vector);
    let stage = vector.expect.stage.clone();
    expect("ok", judged.failure.is_none().to_string(), vector.expect.ok.unwrap_or_default().to_string());
    let (error, parameter, at) = match &judged.failure {
        Some((rule, at)) => {
            (rule_name(Engine::Chromium, rule, stage_of(at)).map(str::to_owned), rule.parameter(), Some(at.clone()))
        }
        None => (None, None, None),
    };
    expect("error", format!("{error:?}"), format!("{:?}", vector.expect.chromium_error));
    expect("stage", format!("{at:?}"), format!("{stage:?}"));
    if vector.expect.failed_parameter.is_some() {
        expect("parameter", format!("{parameter:?}"), format!("{:?}", vector.expect.failed_parameter));
    }
    if vector.expect.final_origin_header.is_some() {
        expect(
            "final origin",
            format!("{:?}", judged.final_origin),
            format!("{:?}", vector.expect.final_origin_header),
        );
    }
    // The hosts of one vector differ only where the request is same-origin, which needs no preflight.
    let cross_origin = origin_of_url(&vector.url).is_none_or(|url| url.as_str() != vector.origin);
    if let (Some(needed), true) = (vector.needs_preflight, cross_origin) {
        expect("needs_preflight", chromium_needs_preflight(vector).to_string(), needed.to_string());
    }
    wrong
}

fn chromium_needs_preflight(vector: &Vector) -> bool {
    let headers = vector.request_headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    !Engine::Chromium.exempts_method(&vector.method)
        || !unsafe_request_header_names_in(Engine::Chromium, headers).is_empty()
}

fn check(vector: &Vector) -> Vec<String> {
    let headers = || vector.request_headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let differs = |what: &str, got: String, want: String| {
        if got == want { vec![] } else { vec![format!("{}: {what}: got {got}, want {want}", vector.id)] }
    };
    match vector.kind.as_str() {
        "exchange" => check_exchange(vector),
        "needs_preflight" => differs(
            "needs_preflight",
            needs_preflight(&vector.method, headers()).to_string(),
            vector.expect.needs_preflight.unwrap_or_default().to_string(),
        ),
        "safelisted_header" => {
            let (name, value) = vector.header.as_ref().expect("a header");
            differs(
                "safelisted",
                is_safelisted_request_header(name, value.as_bytes()).to_string(),
                vector.expect.safelisted.unwrap_or_default().to_string(),
            )
        }
        // These come from Chromium's own tests, which ignore case; the standard does not.
        "safelisted_method" => differs(
            "safelisted",
            Engine::Chromium.exempts_method(&vector.method).to_string(),
            vector.expect.safelisted.unwrap_or_default().to_string(),
        ),
        "access_control_request_headers" => differs(
            "access_control_request_headers",
            format!(
                "{:?}",
                access_control_request_headers(&unsafe_request_header_names_in(Engine::Chromium, headers()))
            ),
            format!("{:?}", vector.expect.access_control_request_headers),
        ),
        "max_age" => {
            let expected = vector.expect.effective_seconds.as_ref().expect("seconds");
            Engine::all()
                .into_iter()
                .flat_map(|engine| {
                    let got = max_age(engine, vector.header_value.as_ref().map(String::as_bytes));
                    differs(engine.id(), format!("{got:?}"), format!("{:?}", expected[engine.id()]))
                })
                .collect()
        }
        other => vec![format!("{}: unknown kind {other}", vector.id)],
    }
}

/// The vectors answered otherwise, each with the reason. A vector listed here must really differ.
const ARGUED: [(&str, &str); 1] = [(
    "wpt-safe-39",
    "the suite takes a well-formed Last-Event-ID for safelisted; the standard's list of CORS-safelisted \
     request-headers does not have it, so a script that sets it needs a preflight",
)];

#[test]
fn every_vector_is_answered_as_labelled() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 247);
    let mut wrong = Vec::new();
    for vector in &vectors {
        let found = check(vector);
        let argued = ARGUED.iter().any(|(id, reason)| *id == vector.id && !reason.is_empty());
        if argued && found.is_empty() {
            wrong.push(format!("{}: listed as argued, yet it agrees", vector.id));
        } else if !argued {
            wrong.extend(found);
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Firefox's keys and WebKit's sentences in the vectors were derived by reading; two readings of the
/// same sources should agree.
#[test]
fn the_other_engines_names_agree_with_those_read_off_their_sources() {
    let mut checked = 0;
    for vector in vectors() {
        let Some(derived) = &vector.derived_other_engines else { continue };
        for (engine, name) in [(Engine::Firefox, "firefox"), (Engine::WebKit, "webkit")] {
            let named = judge(engine, &vector)
                .failure
                .map_or(Some("ok"), |(rule, stage)| rule_name(engine, &rule, stage_of(&stage)));
            assert_eq!(named, derived.get(name).map(String::as_str), "{} {name}", vector.id);
        }
        checked += 1;
    }
    assert_eq!(checked, 136);
}
