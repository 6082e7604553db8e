//! Secrets planted in every place of a capture, and every output searched for them.
//!
//! Owns the outputs. Names and places stand in the text files and in `places.rs`; what a secret is in
//! `secret.rs`; what counts as found in `search.rs`. Run with `--nocapture`, each test prints how many
//! secrets it planted and how many each output shows.

#![allow(clippy::panic, clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

mod capture;
#[path = "../support/held.rs"]
mod held;
mod known;
#[path = "../support/packets.rs"]
#[allow(clippy::print_stderr)]
mod packets;
mod places;
mod screens;
mod search;
mod secret;

use capture::Call;
use search::Index;
use secret::{Garden, Kind};
use serde_json::json;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

const FORMATS: [&str; 5] = ["text", "markdown", "html", "json", "ndjson"];

/// A file of these tests.
pub(crate) fn file(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("planted");
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

/// The program under test; another one by the environment, to compare.
pub(crate) fn whycors(arguments: &[&str]) -> (String, String) {
    let binary = std::env::var("WHYCORS_BINARY").unwrap_or_else(|_| env!("CARGO_BIN_EXE_whycors").to_owned());
    let out = Command::new(binary).args(arguments).stdin(Stdio::null()).output().unwrap();
    assert!(matches!(out.status.code(), Some(0..=2)), "{arguments:?}: {:?}", out.status);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("outputs are UTF-8");
    (text(&out.stdout), text(&out.stderr))
}

/// What the outputs of one test show of its secrets.
pub(crate) struct Ledger<'a> {
    index: Index<'a>,
    garden: &'a Garden,
    title: &'static str,
    rows: Vec<String>,
    failures: Vec<String>,
}

impl<'a> Ledger<'a> {
    pub(crate) fn new(title: &'static str, garden: &'a Garden) -> Self {
        let mut index = Index::new(&garden.all);
        index.forget(own_words());
        Self { index, garden, title, rows: Vec::new(), failures: Vec::new() }
    }

    pub(crate) fn search(&mut self, output: &str, text: &str) {
        let found = self.index.find(text);
        self.rows.push(format!("{:>6} found in {output} ({} bytes)", found.len(), text.len()));
        for found in found {
            let secret = &self.garden.all[found.planted];
            self.failures
                .push(format!("{} | {} | {output} | {} | …{}…", secret.place, secret.name, secret.text, found.around));
        }
    }

    /// Prints the figures; fails when anything was found, with a list by place and name.
    pub(crate) fn close(mut self) {
        eprintln!("{}: {} planted\n{}", self.title, self.garden.all.len(), self.rows.join("\n"));
        if let Ok(path) = std::env::var("WHYCORS_PLANTED_LIST") {
            let mut out = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
            std::io::Write::write_all(&mut out, (self.failures.join("\n") + "\n").as_bytes()).unwrap();
        }
        let count = self.failures.len();
        // The first of each place and output says most.
        self.failures.sort();
        let key = |line: &String| {
            line.split(" | ")
                .enumerate()
                .filter(|(at, _)| matches!(at, 0 | 2))
                .map(|(_, part)| part.to_owned())
                .collect::<Vec<_>>()
        };
        self.failures.dedup_by_key(|line| key(line));
        self.failures.truncate(60);
        assert!(
            count == 0,
            "{}: {count} found; place | name | output | secret | around it, for example\n{}",
            self.title,
            self.failures.join("\n")
        );
    }
}

/// A page about a request without a secret.
fn own_words() -> &'static str {
    static MADE: OnceLock<String> = OnceLock::new();
    MADE.get_or_init(|| {
        let path = file("plain.har");
        std::fs::write(&path, capture::har(&[Call::new(0, "/")], &json!({}))).unwrap();
        whycors(&["--format", "html", path.to_str().unwrap()]).0
    })
}

struct Capture {
    garden: Garden,
    path: PathBuf,
}

/// A HAR with a secret in each place.
fn har() -> &'static Capture {
    static MADE: OnceLock<Capture> = OnceLock::new();
    MADE.get_or_init(|| {
        let mut garden = Garden::new(1);
        let mut calls = places::calls(&mut garden);
        let (more, log) = places::of_har(&mut garden);
        calls.extend(more);
        let path = file("planted.har");
        std::fs::write(&path, capture::har(&calls, &log)).unwrap();
        Capture { garden, path }
    })
}

/// Packets with a secret in each place that packets have.
fn pcap() -> &'static Capture {
    static MADE: OnceLock<Capture> = OnceLock::new();
    MADE.get_or_init(|| {
        let mut garden = Garden::new(2);
        let calls = places::calls(&mut garden);
        let path = file("planted.pcap");
        std::fs::write(&path, capture::pcap(&calls)).unwrap();
        Capture { garden, path }
    })
}

/// Every format, and what goes to standard error; `brief`: also without what passed.
fn reports(ledger: &mut Ledger<'_>, path: &Path, brief: bool) {
    let path = path.to_str().unwrap();
    let mut errors = String::new();
    for format in FORMATS {
        for all in [&[][..], &["--all"][..]] {
            // All is more of the same in JSON.
            if all.is_empty() && (!brief || format.ends_with("json")) {
                continue;
            }
            let (out, err) = whycors(&[&["--format", format], all, &[path]].concat());
            assert!(out.len() > 10_000, "{format}: {out} {err}");
            ledger.search(&format!("{format}{}", if all.is_empty() { "" } else { " --all" }), &out);
            errors.push_str(&err);
        }
    }
    ledger.search("standard error", &errors);
}

#[test]
fn reports_on_a_har_show_no_secret() {
    let har = har();
    let mut ledger = Ledger::new("reports on a HAR", &har.garden);
    reports(&mut ledger, &har.path, true);
    ledger.close();
}

/// Programs that write HARs, by the name they give themselves; each is read in its own way.
const WRITERS: [&str; 13] = [
    "Firefox",
    "WebKit Web Inspector",
    "Charles Proxy",
    "Fiddler",
    "mitmproxy",
    "Proxyman",
    "HTTP Toolkit",
    "Playwright",
    "chrome-har",
    "WebPageTest",
    "BrowserMob Proxy",
    "Insomnia REST Client",
    "another",
];

#[test]
fn reports_on_hars_of_every_writer_show_no_secret() {
    let mut garden = Garden::new(5);
    let mut calls: Vec<Call> = places::calls(&mut garden).into_iter().step_by(61).collect();
    let (more, mut log) = places::of_har(&mut garden);
    calls.extend(more);
    let mut ledger = Ledger::new("HARs of other writers", &garden);
    for writer in WRITERS {
        log["creator"]["name"] = writer.into();
        let path = file("writer.har");
        std::fs::write(&path, capture::har(&calls, &log)).unwrap();
        let (json, err) = whycors(&["--format", "json", "--all", path.to_str().unwrap()]);
        assert!(json.len() > 10_000, "{writer}: {err}");
        let (text, more) = whycors(&["--format", "text", "--all", path.to_str().unwrap()]);
        ledger.search(writer, &[json, text, err, more].join("\n"));
    }
    ledger.close();
}

#[test]
fn reports_on_packets_show_no_secret() {
    let pcap = pcap();
    let mut ledger = Ledger::new("reports on packets", &pcap.garden);
    reports(&mut ledger, &pcap.path, false);
    ledger.close();
}

#[test]
fn screens_exports_and_the_clipboard_show_no_secret() {
    for (title, capture) in [("terminal UI, of a HAR", har()), ("terminal UI, of packets", pcap())] {
        let mut ledger = Ledger::new(title, &capture.garden);
        let (json, _) = whycors(&["--format", "json", "--all", capture.path.to_str().unwrap()]);
        for (output, text) in screens::of(&json) {
            ledger.search(&output, &text);
        }
        ledger.close();
    }
}

#[test]
fn a_redacted_copy_and_reports_on_it_show_no_secret() {
    let har = har();
    let copy = file("copy.har");
    let _ = std::fs::remove_file(&copy);
    let (out, err) = whycors(&["redact", har.path.to_str().unwrap(), "-o", copy.to_str().unwrap()]);
    let text = std::fs::read_to_string(&copy).unwrap_or_else(|_| panic!("no copy: {out}{err}"));
    let mut ledger = Ledger::new("redact", &har.garden);
    ledger.search("redact's messages", &(out + &err));
    ledger.search("the redacted copy", &text);
    for format in ["text", "json"] {
        let (out, err) = whycors(&["--format", format, "--all", copy.to_str().unwrap()]);
        ledger.search(&format!("{format} of the copy"), &(out + &err));
    }
    ledger.close();
}

/// What consoles print of a failed request; `{url}` has secrets in it, `{name}` is one.
const MESSAGES: [&str; 16] = [
    "Access to fetch at '{url}' from origin 'https://app.shop.test' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
    "Access to XMLHttpRequest at '{url}' (redirected from '{url}') from origin 'https://app.shop.test' has been blocked by CORS policy: The 'Access-Control-Allow-Origin' header has a value '{url}' that is not equal to the supplied origin.",
    "Access to fetch at '{url}' from origin 'https://app.shop.test' has been blocked by CORS policy: Request header field {name} is not allowed by Access-Control-Allow-Headers in preflight response.",
    "Access to fetch at '{url}' from origin '{url}' has been blocked by CORS policy: Redirect is not allowed for a preflight request.",
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {url}. (Reason: CORS header \u{2018}Access-Control-Allow-Origin\u{2019} missing). Status code: 405.",
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {url}. (Reason: header \u{2018}{name}\u{2019} is not allowed according to header \u{2018}Access-Control-Allow-Headers\u{2019} from CORS preflight response).",
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {url}. (Reason: CORS header \u{2018}Access-Control-Allow-Origin\u{2019} does not match \u{2018}{url}\u{2019}).",
    "XMLHttpRequest cannot load {url} due to access control checks.",
    "Fetch API cannot load {url} due to access control checks. Origin https://app.shop.test is not allowed by Access-Control-Allow-Origin. Status code: 403",
    "Request header field {name} is not allowed by Access-Control-Allow-Headers.",
    "app.js:12 POST {url} net::ERR_FAILED 405 (Method Not Allowed)",
    "Mixed Content: The page at '{url}' was loaded over HTTPS, but requested an insecure resource '{url}'. This request has been blocked; the content must be served over HTTPS.",
    "Refused to connect to '{url}' because it violates the following Content Security Policy directive: \"connect-src 'self'\".",
    "Uncaught (in promise) TypeError: Failed to fetch at save ({url}:12:3)",
    "no such words, but {url} and {name} and Authorization: Bearer {name}",
    "{url}",
];

/// A message a template, in some turns, each with secrets of its own.
fn messages(garden: &mut Garden) -> Vec<String> {
    let names = ["token", "wstoken", "authkey", "state", "q", "client-secret", "pwd2", "user_id"];
    let mut messages = Vec::new();
    for (turn, template) in MESSAGES.iter().cycle().take(3 * MESSAGES.len()).enumerate() {
        let kind = Kind::ALL[turn % Kind::ALL.len()];
        let name = names[turn / 2 % names.len()];
        let mut secret = |place, name: &str| garden.plant(kind, place, name).replace(['+', '=', '/'], "");
        let url = format!(
            "https://u:{}@api.shop.test/v1/reset/{}?{name}={}&page=2#{}",
            secret("user info", template),
            secret("path after reset", template),
            secret("query", name),
            secret("fragment", template)
        );
        let token = garden.long(Kind::NAMES[turn % Kind::NAMES.len()], "name of a header", template);
        messages.push(template.replace("{url}", &url).replace("{name}", &token));
    }
    messages
}

#[test]
fn explaining_and_finding_a_console_message_show_no_secret() {
    let mut garden = Garden::new(3);
    let messages = messages(&mut garden);
    // A capture that has these requests, and one that has not.
    let calls: Vec<Call> = messages
        .iter()
        .enumerate()
        .filter_map(|(at, message)| {
            let target = message.split("@api.shop.test").nth(1)?.split(['\'', ' ', ')', '#', '\u{2019}']).next()?;
            Some(Call { host: "api.shop.test".to_owned(), ..Call::new(at, target.trim_end_matches('.')) })
        })
        .collect();
    let (with, without) = (file("console.har"), file("other.har"));
    std::fs::write(&with, capture::har(&calls, &json!({}))).unwrap();
    std::fs::write(&without, capture::har(&[Call::new(0, "/other")], &json!({}))).unwrap();
    let mut ledger = Ledger::new("explain and --console", &garden);
    let (mut explained, mut found, mut missed) = (String::new(), String::new(), String::new());
    for message in &messages {
        let (out, err) = whycors(&["explain", message]);
        explained += &(out + &err);
        for (path, text) in [(&with, &mut found), (&without, &mut missed)] {
            for format in ["text", "markdown"] {
                let (out, err) = whycors(&["--format", format, "--console", message, path.to_str().unwrap()]);
                let _ = write!(text, "{out}\n{err}\n");
            }
        }
    }
    ledger.search("explain", &explained);
    ledger.search("--console, request there", &found);
    ledger.search("--console, request missing", &missed);
    ledger.close();
}

#[test]
fn messages_about_broken_input_show_no_secret() {
    let mut garden = Garden::new(4);
    let mut broken = Vec::new();
    for turn in 0..10 {
        let kind = Kind::ALL[turn % Kind::ALL.len()];
        let secret = garden.plant(kind, "broken JSON", "token");
        let mut call = Call::new(turn, format!("/v1/orders?token={}", secret.replace(['+', '/', '='], "")));
        call.request.push(("X-Token".to_owned(), secret.clone()));
        let whole = capture::har(&[call.clone(), call], &json!({}));
        let cut = whole.rfind(&secret).expect("it is there") + secret.len() / 2;
        broken.push(whole.get(..cut).unwrap_or_default().to_owned());
        broken.push(whole.replacen(&secret, &format!("{secret}\u{1} \\x \""), 1));
        broken.push(format!("{{\"log\": \"{secret}\"}}"));
        broken.push(format!("{secret}\n"));
        broken.push(format!("{{\"token\": \"{secret}\""));
        broken.push(format!("{{\"log\": {{\"entries\": [\"{secret}\", {{\"request\": {secret}}}]}}}}"));
        broken.push(
            whole
                .replace("\"status\":405", &format!("\"status\":\"{secret}\""))
                .replace("\"time\":5", &format!("\"time\":\"{secret}\"")),
        );
        broken.push(whole.replace("2026-11-24T", &secret));
    }
    let mut ledger = Ledger::new("broken input", &garden);
    let mut said = String::new();
    let copy = file("broken-copy.har");
    for (at, text) in broken.iter().enumerate() {
        let path = file(&format!("broken-{}.har", at % 8));
        std::fs::write(&path, text).unwrap();
        let path = path.to_str().unwrap();
        let (out, err) = whycors(&["--format", "text", "--strict", path]);
        let _ = write!(said, "{out}\n{err}\n");
        let _ = std::fs::remove_file(&copy);
        let (out, err) = whycors(&["redact", path, "-o", copy.to_str().unwrap()]);
        let copied = std::fs::read_to_string(&copy).unwrap_or_default();
        let _ = write!(said, "{out}\n{err}\n{copied}\n");
    }
    ledger.search("messages and copies", &said);
    ledger.close();
}
