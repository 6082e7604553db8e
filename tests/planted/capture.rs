//! Requests that fail in several ways, written as a HAR and as packets of clear HTTP/1.
//!
//! Owns the two formats. What is planted in them is `places.rs`'s business.

use crate::packets::{PLAIN, Talk, pcap_of};
use serde_json::{Value, json};

pub(crate) const ORIGIN: &str = "https://app.shop.test";
/// Ways of a call to go, by its round.
pub(crate) const WAYS: usize = 9;
/// The one where the preflight passes, and the request is answered by an error.
pub(crate) const SENT_AND_FAILED: usize = 5;

/// A request of a page, and how it went.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Decides how it fails.
    pub(crate) round: usize,
    pub(crate) host: String,
    /// Scheme and host left out.
    pub(crate) target: String,
    /// User name and password before the host, in the HAR.
    pub(crate) user: String,
    pub(crate) request: Vec<(String, String)>,
    pub(crate) response: Vec<(String, String)>,
    pub(crate) post: String,
    pub(crate) body: String,
    pub(crate) reason: String,
    /// Members of the HAR's entry that take the place of the usual ones.
    pub(crate) entry: Value,
    /// The same inside its request, and inside its response.
    pub(crate) inside: [Value; 2],
}

impl Call {
    pub(crate) fn new(round: usize, target: impl Into<String>) -> Self {
        Self {
            round,
            host: format!("api{round}.shop.test"),
            target: target.into(),
            user: String::new(),
            request: Vec::new(),
            response: Vec::new(),
            post: String::new(),
            body: String::new(),
            reason: String::new(),
            entry: json!({}),
            inside: [json!({}), json!({})],
        }
    }

    fn names(&self) -> String {
        let simple = |name: &str| matches!(name, "referer" | "cookie" | "content-type" | "user-agent");
        let names = self.request.iter().map(|(name, _)| name.to_ascii_lowercase());
        let mut names: Vec<String> = names.filter(|name| !simple(name)).collect();
        names.sort();
        names.dedup();
        names.join(",")
    }

    /// Status and headers of the preflight's answer, then of the actual one; None: it was not sent, or not answered.
    fn answers(&self) -> (Option<Answer>, Option<Answer>) {
        let allow = |origin: &str| {
            let names = self.names();
            let methods = ("Access-Control-Allow-Methods", "POST");
            [("Access-Control-Allow-Origin", origin), methods, ("Access-Control-Allow-Headers", &names)]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec()
        };
        let with = |status, mut headers: Vec<(String, String)>| {
            headers.extend(self.response.clone());
            Some(Answer { status, headers })
        };
        let passes = Some(Answer { status: 204, headers: allow(ORIGIN) });
        match self.round % WAYS {
            0 => (with(405, Vec::new()), None),
            1 => (with(403, Vec::new()), None),
            2 => (with(200, allow("https://www.shop.test")), None),
            3 => {
                let mut headers = allow(ORIGIN);
                headers.pop();
                (with(204, headers), None)
            }
            4 => (with(500, Vec::new()), None),
            SENT_AND_FAILED => (passes, with(500, Vec::new())),
            6 => (passes, with(200, allow(ORIGIN))),
            7 => (with(302, vec![("Location".to_owned(), format!("https://login.shop.test{}", self.target))]), None),
            _ => (passes, with(401, allow("*"))),
        }
    }
}

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
}

fn pairs(headers: &[(String, String)]) -> Vec<Value> {
    headers.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
}

/// Members of one object take the place of another's.
fn over(mut base: Value, more: &Value) -> Value {
    for (key, value) in more.as_object().into_iter().flatten() {
        base[key] = value.clone();
    }
    base
}

/// The calls as Chromium's DevTools write them; `log` has more members of the log.
pub(crate) fn har(calls: &[Call], log: &Value) -> String {
    let mut entries = Vec::new();
    for (at, call) in calls.iter().enumerate() {
        let started = format!("2026-11-24T{:02}:{:02}:{:02}.000Z", 2 + at / 3600, at / 60 % 60, at % 60);
        let url = format!("https://{}{}{}", call.user, call.host, call.target);
        let entry = |method: &str, headers: Vec<(String, String)>, answer: Option<&Answer>, kind: &str| {
            let request = json!({"method": method, "url": url, "httpVersion": "HTTP/1.1", "headers": pairs(&headers)});
            let content = json!({"size": call.body.len(), "mimeType": "text/html", "text": call.body});
            let response = match answer {
                Some(answer) => json!({"status": answer.status, "statusText": call.reason, "httpVersion": "HTTP/1.1",
                    "headers": pairs(&answer.headers), "content": content, "redirectURL": answer.headers.iter()
                        .find(|(name, _)| name == "Location").map_or("", |(_, value)| value)}),
                None => {
                    json!({"status": 0, "statusText": "", "httpVersion": "", "headers": [], "_error": "net::ERR_FAILED"})
                }
            };
            let base = json!({"startedDateTime": started, "time": 5, "_resourceType": kind, "pageref": "page_1",
                "request": over(request, if method == "POST" { &call.inside[0] } else { &Value::Null }),
                "response": over(response, &call.inside[1])});
            over(base, &call.entry)
        };
        let (preflight, actual) = call.answers();
        let mut sent = vec![("Origin".to_owned(), ORIGIN.to_owned())];
        sent.extend(call.request.clone());
        let mut post = entry("POST", sent, actual.as_ref(), "fetch");
        if !call.post.is_empty() {
            post["request"]["postData"] = json!({"mimeType": "application/x-www-form-urlencoded", "text": call.post});
        }
        if matches!(call.round % WAYS, SENT_AND_FAILED | 8) && call.inside[1].get("_error").is_none() {
            post["response"]["_error"] = "net::ERR_FAILED".into();
        }
        entries.push(post);
        let asked = [
            ("Origin", ORIGIN),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", &call.names()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        entries.push(entry("OPTIONS", asked.to_vec(), preflight.as_ref(), "preflight"));
    }
    let base = json!({"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"},
        "pages": [{"id": "page_1", "title": "https://app.shop.test/", "startedDateTime": "2026-11-24T02:00:00.000Z", "pageTimings": {}}],
        "entries": entries});
    json!({"log": over(base, log)}).to_string()
}

/// The calls as clear HTTP/1, a connection each.
pub(crate) fn pcap(calls: &[Call]) -> Vec<u8> {
    let mut packets = Vec::new();
    for (at, call) in calls.iter().enumerate() {
        let lines = |headers: &[(String, String)]| {
            headers.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect::<String>()
        };
        let answer = |answer: &Answer| {
            let reason = if call.reason.is_empty() { "Answer" } else { &call.reason };
            let body = if answer.status == 204 { "" } else { &*call.body };
            format!(
                "HTTP/1.1 {} {reason}\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                answer.status,
                lines(&answer.headers),
                body.len()
            )
        };
        let (preflight, actual) = call.answers();
        let (host, target) = (&call.host, call.target.split('#').next().unwrap_or_default());
        let number = u16::try_from(at).expect("few calls");
        let mut talk = Talk::open(1024 + number, u32::from(number) * 1000).client(format!(
            "OPTIONS {target} HTTP/1.1\r\nHost: {host}\r\nOrigin: {ORIGIN}\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: {}\r\n\r\n",
            call.names()
        ));
        talk = preflight.iter().fold(talk, |talk, head| talk.server(answer(head)));
        if let Some(actual) = actual {
            talk = talk.client(format!(
                "POST {target} HTTP/1.1\r\nHost: {host}\r\nOrigin: {ORIGIN}\r\n{}Content-Length: {}\r\n\r\n{}",
                lines(&call.request),
                call.post.len(),
                call.post
            ));
            talk = talk.server(answer(&actual));
        }
        packets.extend(talk.packets);
    }
    pcap_of(&packets, PLAIN)
}
