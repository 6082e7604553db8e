//! Where secrets are planted: headers, queries, paths, texts. Names stand in the text files beside this one.

use crate::capture::{Call, SENT_AND_FAILED, WAYS};
use crate::secret::{Garden, Kind};
use serde_json::{Value, json};

fn lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

pub(crate) fn header_names() -> Vec<&'static str> {
    lines(include_str!("header-names.txt")).collect()
}

pub(crate) fn query_names() -> Vec<&'static str> {
    lines(include_str!("query-names.txt")).collect()
}

/// What stands before a secret in a path, and whether a word there is one, too.
pub(crate) fn path_places() -> Vec<(&'static str, bool)> {
    lines(include_str!("path-places.txt"))
        .map(|line| line.strip_prefix("word ").map_or((line, false), |place| (place, true)))
        .collect()
}

fn kind(round: usize) -> Kind {
    Kind::ALL[round % Kind::ALL.len()]
}

/// Headers that a request may have several of in these captures.
const TOGETHER: usize = 6;

/// A text as it stands in a query.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Everything that both formats can hold.
pub(crate) fn calls(garden: &mut Garden) -> Vec<Call> {
    let mut calls = Vec::new();
    in_headers(garden, &mut calls);
    in_queries(garden, &mut calls);
    in_paths(garden, &mut calls);
    in_nested(garden, &mut calls);
    in_names(garden, &mut calls);
    in_known_headers(garden, &mut calls);
    in_bodies(garden, &mut calls);
    calls
}

fn in_headers(garden: &mut Garden, calls: &mut Vec<Call>) {
    for turn in 0..3 {
        for (at, names) in header_names().chunks(TOGETHER).enumerate() {
            // Reports show most of a request that was sent and then failed: all names are tried there as well.
            let round = if turn == 0 { calls.len() } else { calls.len() * WAYS + SENT_AND_FAILED };
            let mut call = Call::new(round, format!("/v1/orders/{round}"));
            for (which, name) in names.iter().enumerate() {
                let kind = kind(at * TOGETHER + which + turn * 3);
                call.request.push(((*name).to_owned(), garden.plant(kind, "request header", name)));
                call.response.push(((*name).to_owned(), garden.plant(kind, "response header", name)));
            }
            calls.push(call);
        }
    }
}

fn in_queries(garden: &mut Garden, calls: &mut Vec<Call>) {
    for turn in 0..2 {
        for (at, names) in query_names().chunks(4).enumerate() {
            let mut query = Vec::new();
            for (which, name) in names.iter().enumerate() {
                let secret = garden.plant(kind(at * 4 + which + turn * 3), "query", name);
                query.push(format!("{name}={}", if which % 2 == 0 { encoded(&secret) } else { secret }));
            }
            let round = calls.len();
            let mut call = Call::new(round, format!("/v1/find?{}", query.join("&")));
            if turn == 1 {
                let name = names.first().copied().unwrap_or_default();
                let secret = garden.plant(kind(at), "Referer's query", name);
                call.request
                    .push(("referer".to_owned(), format!("https://app.shop.test/a?{name}={}", encoded(&secret))));
                let secret = garden.plant(kind(at + 1), "form", name);
                call.post = format!("{name}={}", encoded(&secret));
                let secret = garden.plant(kind(at + 2), "a body's form", name);
                call.body = format!("<p>wrong: {name}={}</p>", encoded(&secret));
            }
            calls.push(call);
        }
    }
}

fn in_paths(garden: &mut Garden, calls: &mut Vec<Call>) {
    let path = |secret: &str| secret.replace('/', "%2F");
    for (at, (place, word)) in path_places().into_iter().enumerate() {
        for turn in 0..3 {
            let mut kind = kind(at + turn * 3);
            if kind == Kind::Word && !word {
                kind = Kind::Mixed;
            }
            let round = calls.len();
            let secret = path(&garden.plant(kind, "path", place));
            let more = if turn == 2 { "/done?page=2" } else { "" };
            let mut call = Call::new(round, format!("/v1/{place}/{secret}{more}"));
            let secret = path(&garden.plant(kind, "Referer's path", place));
            call.request.push(("referer".to_owned(), format!("https://app.shop.test/{place}/{secret}")));
            let secret = path(&garden.plant(kind, "Location's path", place));
            call.response.push(("Link".to_owned(), format!("<https://app.shop.test/{place}/{secret}>; rel=next")));
            calls.push(call);
        }
    }
    for turn in 0..6 {
        let round = calls.len();
        let long = path(&garden.shaped(turn, "path, by its looks", "files"));
        calls.push(Call::new(round, format!("/v1/files/{long}")));
        let bot = garden.plant([Kind::Mixed, Kind::Lower][turn % 2], "path", "bot");
        calls.push(Call::new(round + 1, format!("/bot{}:{bot}/sendMessage", 1_000_000 + turn)));
        let hook = garden.plant([Kind::Mixed, Kind::Lower][turn % 2], "path", "services/T…/B…");
        calls.push(Call::new(round + 2, format!("/services/T0AB{turn}CDEF/B0GH{turn}JKLM/{hook}")));
        for (at, name) in ["jsessionid", "token", "sid", "v", "auth"].into_iter().enumerate() {
            let secret = path(&garden.plant(kind(turn + at), "matrix parameter", name));
            let round = calls.len();
            calls.push(Call::new(round, format!("/v1/shop;{name}={secret}/cart;page=2")));
        }
        let secret = encoded(&garden.plant(kind(turn), "fragment", "access_token"));
        let round = calls.len();
        calls.push(Call::new(round, format!("/v1/cart#access_token={secret}")));
        let secret = encoded(&garden.shaped(turn, "fragment", ""));
        calls.push(Call::new(round + 1, format!("/v1/cart#{secret}")));
    }
}

fn in_nested(garden: &mut Garden, calls: &mut Vec<Call>) {
    for turn in 0..Kind::ALL.len() {
        for name in ["next", "return_to", "redirect_uri", "u", "page", "lang", "sort"] {
            let round = calls.len();
            let secret = garden.plant(kind(turn), "URL in a query", name);
            let url = encoded(&format!("https://x.test/reset/{}?token={}", encoded(&secret), encoded(&secret)));
            calls.push(Call::new(round, format!("/v1/go?{name}={url}")));
            let secret = garden.plant(kind(turn), "URL in a URL in a query", name);
            let url =
                encoded(&format!("https://x.test/go?{name}={}", encoded(&format!("/cb?code={}", encoded(&secret)))));
            calls.push(Call::new(round + 1, format!("/v1/go?{name}={url}")));
            let secret = garden.plant(kind(turn), "JSON in a query", name);
            let text = json!({"filter": {"token": secret, "page": 2}}).to_string();
            calls.push(Call::new(round + 2, format!("/v1/go?{name}={}", encoded(&text))));
            let secret = garden.plant(kind(turn), "JSON in a query, bare", name);
            let text = json!({"user": secret}).to_string();
            calls.push(Call::new(round + 3, format!("/v1/go?{name}={}", text.replace('+', "%2B"))));
        }
        let round = calls.len();
        let secret = encoded(&garden.plant(kind(turn), "query without a name", ""));
        calls.push(Call::new(round, format!("/v1/go?{secret}")));
        let secret = encoded(&garden.plant(kind(turn), "query without a value", ""));
        calls.push(Call::new(round + 1, format!("/v1/go?page=2&{secret}&{secret}=")));
    }
}

fn in_names(garden: &mut Garden, calls: &mut Vec<Call>) {
    for turn in 0..9 {
        let kind = Kind::NAMES[turn % Kind::NAMES.len()];
        let round = calls.len();
        let secret = garden.long(kind, "name of a query parameter", "");
        calls.push(Call::new(round, format!("/v1/go?{secret}=1&page=2")));
        let mut call = Call::new(round + 1, "/v1/go");
        call.request.push((garden.long(kind, "name of a request header", ""), "1".to_owned()));
        call.response.push((garden.long(kind, "name of a response header", ""), "1".to_owned()));
        calls.push(call);
        let mut call = Call::new(round + 2, "/v1/go");
        call.request.push((format!("X-{}", garden.long(kind, "name of a request header", "x-")), "1".to_owned()));
        calls.push(call);
    }
}

/// Headers whose value is shown in part, or whose value other headers copy.
fn in_known_headers(garden: &mut Garden, calls: &mut Vec<Call>) {
    for turn in 0..Kind::ALL.len() {
        let mut call = Call::new(calls.len(), "/v1/orders");
        let mut push = |place: &'static str, name: &str, template: &str, kind: Kind| {
            let secret = garden.plant(kind, place, name);
            let value = template.replace("{}", &secret).replace("{e}", &encoded(&secret));
            if place == "known request header" {
                call.request.push((name.to_owned(), value));
            } else {
                call.response.push((name.to_owned(), value));
            }
        };
        let (request, response) = ("known request header", "known response header");
        push(request, "cookie", "theme=dark; session={}; id={}", kind(turn));
        push(request, "authorization", "Bearer {}", kind(turn));
        push(request, "proxy-authorization", "Basic {}", Kind::Base64);
        push(request, "content-type", "multipart/form-data; boundary=----WebKitFormBoundary{e}", kind(turn));
        push(request, "referer", "https://user:{e}@app.shop.test/", kind(turn));
        push(request, "referer", "https://app.shop.test/#access_token={e}", kind(turn));
        push(response, "set-cookie", "session={}; Path=/; HttpOnly", kind(turn));
        push(response, "www-authenticate", "Digest realm=\"a\", nonce=\"{}\", opaque=\"{}\"", kind(turn));
        push(response, "www-authenticate", "Bearer token={}", kind(turn));
        push(response, "proxy-authenticate", "Negotiate {}", Kind::Base64);
        push(response, "location", "https://u:{e}@x.test/cb?code={e}#id_token={e}", kind(turn));
        push(response, "location", "/login?next=%2Freset%2F{e}", kind(turn));
        push(response, "content-location", "/v1/reset/{e}", kind(turn));
        push(response, "content-disposition", "attachment; filename=\"{}.pdf\"", kind(turn));
        push(response, "refresh", "0; url=https://x.test/?token={e}", kind(turn));
        push(response, "server-timing", "auth;desc=\"token={e}\"", kind(turn));
        push(response, "report-to", "{\"endpoints\":[{\"url\":\"https://r.test/?token={e}\"}]}", kind(turn));
        push(response, "content-security-policy", "report-uri https://r.test/?sentry_key={e}", kind(turn));
        push(response, "server", "acme/1 token={e}", kind(turn));
        push(response, "via", "1.1 proxy (token={e})", kind(turn));
        push(response, "x-powered-by", "acme; key={e}", kind(turn));
        push(response, "allow", "GET, token={e}", kind(turn));
        push(response, "access-control-allow-origin", "https://u:{e}@app.shop.test", kind(turn));
        push(response, "access-control-allow-origin", "https://app.shop.test/?token={e}", kind(turn));
        push(response, "access-control-expose-headers", "x-a, token={e}", kind(turn));
        push(response, "etag", "\"{}\"", kind(turn));
        // Each alone as well, in every way that a request fails.
        let (requests, responses) = (call.request.clone(), call.response.clone());
        calls.push(call);
        for (at, header) in requests.into_iter().enumerate() {
            let mut call = Call::new(turn + at, "/v1/orders");
            call.request.push(header);
            calls.push(call);
        }
        for (at, header) in responses.into_iter().enumerate() {
            let mut call = Call::new(turn + at, "/v1/orders");
            call.response.push(header);
            calls.push(call);
        }
    }
}

/// Bodies and status texts, of every kind where a name tells, by their looks elsewhere.
fn in_bodies(garden: &mut Garden, calls: &mut Vec<Call>) {
    for turn in 0..36 {
        let round = calls.len();
        let mut call = Call::new(round, "/v1/orders");
        let secret = garden.plant(kind(turn), "body", "token");
        let looks = garden.shaped(turn, "body, by its looks", "");
        let user = encoded(&garden.plant(kind(turn), "body", "user info"));
        call.body = match turn % 4 {
            0 => json!({"error": "denied", "token": secret, "detail": format!("key {looks} at https://a:{user}@x.test/")}).to_string(),
            1 => format!("<html><body>Access denied for password={secret} ({looks}) https://a:{user}@x.test/"),
            2 => format!("invalid api_key: {secret}\n{looks}\nhttps://a:{user}@x.test/"),
            _ => format!("<Error><Code>AccessDenied</Code><Token>{looks}</Token></Error> https://a:{user}@x.test/?token={}", encoded(&secret)),
        };
        let secret = garden.shaped(turn, "status text", "");
        call.reason = format!("Denied {secret}");
        let secret = garden.plant(kind(turn), "posted JSON", "password");
        call.post = json!({"password": secret}).to_string();
        calls.push(call);
    }
}

/// Members of an entry, of its request and of its response that readers know, or that exporters write.
const MEMBERS: [&str; 20] = [
    "_initiator_function_name",
    "_initiator_type",
    "_priority",
    "_resourceType",
    "_fromCache",
    "_fetchType",
    "_securityState",
    "_frameref",
    "_charlesStatus",
    "_load_ms",
    "_connectionId",
    "_request_id",
    "_error",
    "_errorMessage",
    "_failureText",
    "pageref",
    "httpVersion",
    "redirectURL",
    "statusText",
    "_transferSize",
];

/// What only a HAR can hold; with it, more members of the log.
pub(crate) fn of_har(garden: &mut Garden) -> (Vec<Call>, Value) {
    let mut calls = Vec::new();
    for turn in 0..24 {
        // Not answered: the recorder's words are what there is.
        let mut call = Call::new(turn * 9, format!("/v1/orders/{turn}"));
        let shaped = garden.shaped(turn, "_error", "by its looks");
        let user = encoded(&garden.plant(kind(turn), "_error", "user info"));
        let token = encoded(&garden.plant(kind(turn), "_error", "token"));
        let words = format!("net::ERR_FAILED at https://a:{user}@x.test/?token={token} {shaped}");
        let member = ["_error", "_failureText", "_errorMessage"][turn % 3];
        call.inside[1] = json!({member: words});
        if turn % 3 == 2 {
            call.entry = json!({"_errorMessage": words});
        }
        calls.push(call);

        let mut call = Call::new(turn, format!("/v1/cart/{turn}"));
        call.user = format!("u:{}@", encoded(&garden.plant(kind(turn), "user info", "")));
        let function = garden.long(Kind::NAMES[turn % 3], "function name", "");
        let token = encoded(&garden.plant(kind(turn), "initiator's URL", "token"));
        let path = encoded(&garden.long(Kind::NAMES[turn % 3], "initiator's URL", "path"));
        let frame = json!({"functionName": function, "url": format!("https://app.shop.test/{path}/a.js?token={token}"), "lineNumber": 12});
        call.entry = json!({
            "_initiator": {"type": "script", "url": format!("https://app.shop.test/b.js?token={token}"), "stack": {"callFrames": [frame]}},
            "comment": format!("seen with {}", garden.shaped(turn, "comment", "entry")),
            "_custom": {"note": garden.plant(kind(turn), "unknown member", ""), "list": [garden.plant(kind(turn), "unknown member", "list")]},
            "connection": garden.shaped(turn, "connection", ""),
        });
        let cookie = garden.plant(kind(turn), "cookies", "sid");
        call.inside[0] = json!({
            "cookies": [{"name": "sid", "value": cookie}],
            "queryString": [{"name": "a", "value": garden.plant(kind(turn), "queryString", "a")}],
            "comment": garden.shaped(turn, "comment", "request"),
        });
        let redirect = encoded(&garden.plant(kind(turn), "redirectURL", "code"));
        call.inside[1] = json!({
            "redirectURL": format!("https://x.test/cb?code={redirect}"),
            "cookies": [{"name": "sid", "value": garden.plant(kind(turn), "cookies of the answer", "sid")}],
            "comment": garden.shaped(turn, "comment", "response"),
        });
        calls.push(call);
    }
    for (turn, member) in MEMBERS.into_iter().enumerate() {
        for kind in Kind::NAMES {
            let mut call = Call::new(turn * WAYS + turn, format!("/v1/members/{turn}"));
            let secret = garden.long(kind, "member of an entry", member);
            call.entry = json!({ member: secret });
            calls.push(call);
            let mut call = Call::new(turn, format!("/v1/members/{turn}"));
            let secret = garden.long(kind, "member of a request or response", member);
            call.inside = [json!({ member: secret }), json!({ member: secret })];
            calls.push(call);
        }
    }
    for turn in 0..Kind::ALL.len() {
        let mut call = Call::new(turn, "/v1/orders");
        let token = encoded(&garden.plant(kind(turn), "initiator's URL", "token, as text"));
        call.entry =
            json!({"_initiator": format!("https://app.shop.test/a.js?token={token}"), "_initiator_type": "script"});
        calls.push(call);
        let mut call = Call::new(turn, "/v1/orders");
        let secret = garden.plant(kind(turn), "content of another kind", "mimeType");
        call.inside[1] = json!({"content": {"size": 3, "mimeType": format!("text/html; charset={}", encoded(&secret)), "encoding": secret, "text": "abc"}});
        calls.push(call);
    }
    let secret = garden.long(Kind::Mixed, "page title", "");
    let word = encoded(&garden.plant(Kind::Word, "page title", "token"));
    let log = json!({
        "creator": {"name": "WebInspector", "version": "537.36", "comment": garden.long(Kind::Mixed, "comment", "creator")},
        "browser": {"name": "Chrome", "version": "146.0.0.0", "comment": garden.long(Kind::Hex, "comment", "browser")},
        "comment": garden.long(Kind::Mixed, "comment", "log"),
        "_unknown": garden.plant(Kind::Lower, "unknown member", "log"),
        "pages": [{"id": "page_1", "title": format!("https://app.shop.test/{secret}?token={word}"),
            "startedDateTime": "2026-11-24T02:00:00.000Z", "pageTimings": {"comment": garden.long(Kind::Mixed, "comment", "page")}}],
    });
    (calls, log)
}
