//! The program itself: exit codes, errors as people read them, and what each option does.
//!
//! Runs the built binary. What it says about requests is other tests' business.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test file")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const OPTIONS_405: &str = "samples/options-405/capture.har";
const LOGIN_401: &str = "samples/login-check-401/capture.har";
const LONG: &str = "samples/long-session/capture.har";
const PASSING: &str = "samples/nothing-wrong/capture.har";
const CANCELLED: &str = "samples/cancelled/capture.har";
const PACKETS: &str = "samples/bare-403-packets/capture.pcap";
const KEYS: &str = "samples/bare-403-packets/capture.keys";

/// What one run said.
#[derive(Debug)]
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Said {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The one line on standard error, without the program's name.
    fn error(&self) -> &str {
        let line = self.err.strip_prefix("whycors: ").unwrap_or_else(|| panic!("{self:?}")).trim_end();
        assert!(!line.contains('\n'), "more than one line: {self:?}");
        line
    }

    /// The numbers of the answers in a text report.
    fn numbers(&self) -> Vec<&str> {
        let headings = self.out.lines().filter(|line| line.starts_with("✗ #") || line.starts_with("? #"));
        headings.map(|line| line.split(' ').nth(1).unwrap()).collect()
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whycors"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("CLICOLOR_FORCE");
    command
}

fn whycors(arguments: &[&str]) -> Said {
    let output = command(arguments).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// The same with a file on standard input.
fn piped(arguments: &[&str], input: &str) -> Said {
    let input = File::open(Path::new(env!("CARGO_MANIFEST_DIR")).join(input)).unwrap();
    let output = command(arguments).stdin(input).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_string_lossy().into_owned()
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        std::fs::write(self.0.path().join(name), bytes).unwrap();
        self.path(name)
    }
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn the_exit_code_tells_nothing_failing_from_failing_from_trouble() {
    assert_eq!(whycors(&[PASSING]).code, Some(0));
    assert_eq!(whycors(&[OPTIONS_405]).code, Some(1));
    assert_eq!(whycors(&[CANCELLED]).code, Some(0), "undecided is no failure");
    assert_eq!(whycors(&[CANCELLED, "--strict"]).code, Some(1), "unless asked for");
    assert_eq!(whycors(&["no-such-file.har"]).code, Some(2));
    assert_eq!(whycors(&[]).code, Some(2));
}

#[test]
fn an_input_that_cannot_be_read_gets_one_line_with_what_where_and_what_to_do() {
    let folder = Folder::new();
    let gone = folder.path("gone.har");
    let within = folder.path(".");
    for (path, says, advises) in [
        (gone.as_str(), "no such file", "check the path"),
        (within.as_str(), "is a directory", "name the HAR or packet files in it"),
        (&folder.file("empty.har", b""), "is empty", "export or capture again"),
        (&folder.file("notes.txt", b"hello"), "is text, but no HAR", "a HAR is JSON with log.entries"),
        (&folder.file("other.json", b"{\"a\":1}"), "is JSON, but no HAR", "a HAR is JSON with log.entries"),
        (
            &folder.file("none.har", b"{\"log\":{\"entries\":[]}}"),
            "has no entries",
            "record again with Preserve log on",
        ),
        (
            &folder.file("cut.har", b"{\"log\":{\"entries\":[{\"req"),
            "is cut off before its first whole entry",
            "export or copy it again",
        ),
        (&folder.file("page.har", b"<html><body>"), "looks like a web page", "download the HAR itself"),
        (&folder.file("shot.har", b"\x89PNG\r\n\x1a\n0000"), "looks like a PNG image", "ask for the HAR instead"),
        (&folder.file("tool", b"\x7fELF\x02\x01\x01\x00"), "looks like a program", "name the capture itself"),
        (&folder.file("noise.har", &[0, 1, 2, 3, 0, 9, 200, 0]), "looks like binary data", "name the capture itself"),
    ] {
        let said = whycors(&[path]);
        assert_eq!(said.code, Some(2), "{said:?}");
        let line = said.error();
        assert!(line.starts_with(&format!("{path}: ")) && line.contains(says) && line.contains(advises), "{line}");
        assert!(said.out.starts_with(&format!("{path}  not read: ")), "{}", said.out);
        assert_eq!(said.out.matches(path).count(), 1, "the path is said once: {}", said.out);
        assert!(!said.out.contains("it is not in this file"), "nobody has read the file: {}", said.out);
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_says_how_to_make_it_readable() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let path = folder.file("private.har", b"{}");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if File::open(&path).is_ok() {
        // The superuser may read everything: there is nothing to see here.
        return;
    }
    let said = whycors(&[&path]);
    assert_eq!(said.code, Some(2));
    assert_eq!(said.error(), format!("{path}: permission denied; make it readable (chmod u+r) or run as its owner"));
}

#[test]
fn of_two_files_the_good_one_is_reported_and_the_bad_one_decides_the_exit_code() {
    let said = whycors(&["no-such-file.har", OPTIONS_405, "--format", "json"]);
    assert_eq!(said.code, Some(2));
    assert!(said.error().starts_with("no-such-file.har: no such file"), "{said:?}");
    let report = said.json();
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    assert_eq!(report["findings"][0]["cause"]["id"], "no-options-handler");
    assert!(report["inputs"][0]["error"].as_str().unwrap().contains("no such file"));
    assert!(report["inputs"][1].get("error").is_none());
}

#[test]
fn usage_errors_are_one_line_and_point_to_the_help() {
    for (arguments, says) in [
        (&["--no-such-option"][..], "'--no-such-option'"),
        (&["--format", "xml", OPTIONS_405], "markdown"),
        (&["--format", "tui", OPTIONS_405], "needs a terminal; use --format text"),
        (&["--filter", "foo:bar", OPTIONS_405], "no key 'foo'; the keys are cause"),
        (&["--at", "noon", OPTIONS_405], "write 10:02"),
        (&["--console", "some words", OPTIONS_405], "paste the whole red line"),
        (&["-", "-"], "only once"),
        (&["redact", OPTIONS_405], "--output <OUT>"),
    ] {
        let said = whycors(arguments);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{said:?}");
        assert!(said.error().contains(says), "{said:?}");
    }
}

#[test]
fn a_har_and_packets_come_from_standard_input_too() {
    let har = piped(&["-", "--format", "json"], OPTIONS_405);
    assert_eq!((har.code, har.err.as_str()), (Some(1), ""));
    assert_eq!(har.json()["inputs"][0]["path"], "-");
    assert_eq!(har.json()["findings"][0]["cause"]["id"], "no-options-handler");

    let packets = piped(&["-", "--format", "json", "--keylog", KEYS], PACKETS);
    assert_eq!((packets.code, packets.err.as_str()), (Some(1), ""));
    assert_eq!(packets.json()["inputs"][0]["kind"], "pcap");
    assert_eq!(packets.json()["findings"][0]["cause"]["id"], "auth-before-cors");
}

#[test]
fn keys_beside_a_capture_are_used_and_named_and_missing_ones_are_an_error() {
    let beside = whycors(&[PACKETS, "--format", "json"]);
    assert_eq!(beside.error(), format!("using the TLS keys in {KEYS}"));
    assert_eq!(beside.json()["summary"]["failed"], 1);

    let missing = whycors(&[PACKETS, "--keylog", "no-such.keys"]);
    assert_eq!(missing.code, Some(2));
    assert!(missing.error().starts_with("no-such.keys: cannot read the key log: "), "{missing:?}");
    assert!(missing.error().ends_with("check --keylog"), "{missing:?}");

    let unused = whycors(&[OPTIONS_405, "--keylog", "no-such.keys"]);
    assert_eq!((unused.code, unused.error()), (Some(1), "--keylog is for packet captures, and no input is one"));

    let folder = Folder::new();
    let wrong = whycors(&[PACKETS, "--keylog", &folder.file("keys.txt", b"no keys\n")]);
    assert!(wrong.error().contains("1 line is no key log line"), "{wrong:?}");
    let words: Vec<&str> = wrong.out.split_whitespace().collect();
    assert!(words.join(" ").contains("1 TLS connection to api.shop.test cannot be opened without keys"), "{wrong:?}");
}

#[test]
fn compressed_and_several_inputs_are_one_analysis() {
    let folder = Folder::new();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&std::fs::read(root(LOGIN_401)).unwrap()).unwrap();
    let packed = folder.file("login.har.gz", &gzip.finish().unwrap());
    let said = whycors(&[OPTIONS_405, &packed, "--format", "json"]);
    assert_eq!((said.code, said.err.as_str()), (Some(1), ""));
    let report = said.json();
    assert_eq!(report["summary"]["exchanges"], 14);
    let causes: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|finding| finding["cause"]["id"].as_str().unwrap()).collect();
    assert_eq!(causes, ["no-options-handler", "auth-before-cors"]);
    assert_eq!(report["findings"][1]["preflight"]["place"]["input"], 1);
}

#[test]
fn a_filter_shows_what_matches_and_says_how_many_there_are() {
    let said = whycors(&[LONG, "--filter", "cause:method"]);
    assert_eq!((said.code, said.numbers()), (Some(1), vec!["#9"]), "the exit code is the file's");
    assert!(said.out.contains("filter: 1 of 15 findings match"), "{}", said.out);
    let none = whycors(&[LONG, "--filter", "nowhere"]);
    assert!(none.numbers().is_empty() && none.out.contains("filter: 0 of 15 findings match"), "{}", none.out);
    assert_eq!(whycors(&[LONG, "--filter", "nature:not-cors -host:api"]).numbers(), ["#13", "#14"]);
}

#[test]
fn all_adds_the_requests_that_passed() {
    let count = |said: &Said| said.json()["findings"].as_array().unwrap().len();
    assert_eq!(count(&whycors(&[LONG, "--format", "json"])), 15);
    assert_eq!(count(&whycors(&[LONG, "--format", "json", "--all"])), 26);
    assert!(whycors(&[PASSING, "--all"]).out.contains("api.shop.test/v6/h"));
}

#[test]
fn a_time_selects_what_happened_then() {
    let said = whycors(&[LOGIN_401, OPTIONS_405, "--at", "02:16:40", "--format", "json"]);
    let report = said.json();
    let findings = report["findings"].as_array().unwrap();
    assert_eq!((findings.len(), findings[0]["url"].as_str().unwrap()), (1, "https://api.shop.test/v1/orders"));
    assert_eq!((said.code, said.err.as_str()), (Some(1), ""));

    let far = whycors(&[OPTIONS_405, "--at", "09:00"]);
    assert_eq!(far.numbers(), ["#1"]);
    assert!(far.error().contains("--at is in UTC; the nearest is shown"), "{far:?}");
}

#[test]
fn a_pasted_message_selects_the_request_it_speaks_of() {
    let message = "Access to fetch at 'http://plain.shop.test/v4/acam-lower' from origin 'http://www.shop.test' has been \
                   blocked by CORS policy: Method DELETE is not allowed by Access-Control-Allow-Methods in preflight response.";
    assert_eq!(whycors(&[LONG, "--console", message]).numbers(), ["#9"]);
    let folder = Folder::new();
    let file = folder.file("console.txt", format!("error: {message}\n").as_bytes());
    assert_eq!(whycors(&[LONG, "--console", &file]).numbers(), ["#9"]);

    let elsewhere = message.replace("plain.shop.test", "other.shop.test");
    let said = whycors(&[LONG, "--console", &elsewhere]);
    assert_eq!(said.numbers().len(), 15);
    assert!(said.error().starts_with("no failing request of the input fits the message"), "{said:?}");
}

#[test]
fn the_result_goes_to_a_file_when_asked() {
    let folder = Folder::new();
    let path = folder.path("answer.md");
    let said = whycors(&[OPTIONS_405, "--format", "markdown", "--output", &path]);
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (Some(1), "", ""));
    assert!(std::fs::read_to_string(&path).unwrap().contains("no-options-handler"));

    let nowhere = folder.path("no/such/folder/answer.md");
    let said = whycors(&[OPTIONS_405, "--output", &nowhere]);
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    assert!(said.error().starts_with(&format!("{nowhere}: cannot be written: ")), "{said:?}");
    assert!(said.error().ends_with("choose another --output"), "{said:?}");
}

#[test]
fn a_reader_that_stops_early_is_no_error() {
    for format in ["json", "html", "ndjson"] {
        let mut child = command(&[LONG, "--all", "--format", format])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        assert!(!first.is_empty());
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!(err, "", "{format}");
        // NDJSON is written while the file is read: what comes after the pipe closed is not looked at.
        let code = child.wait().unwrap().code();
        assert!(code == Some(1) || (format == "ndjson" && code == Some(0)), "{format}: {code:?}");
    }
}

#[test]
fn ndjson_is_a_header_the_findings_and_a_last_line_with_the_counts() {
    let said = whycors(&[LONG, "--format", "ndjson"]);
    assert_eq!((said.code, said.err.as_str()), (Some(1), ""));
    let lines: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["schema_version"], &lines[0]["tool"]["name"]), (&Value::from(1), &Value::from("whycors")));
    assert_eq!(lines[0]["inputs"][0]["path"], LONG);
    let numbers: Vec<u64> = lines[1..16].iter().map(|line| line["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=15).collect::<Vec<u64>>());
    let last = lines.last().unwrap();
    assert_eq!((&last["summary"]["failed"], &last["summary"]["undecided"]), (&14.into(), &1.into()));
}

#[test]
fn the_last_ndjson_line_of_a_number_is_the_finding_that_json_has() {
    let console = "Access to fetch at 'http://plain.shop.test/v5/two-lines' from origin 'http://app.shop.test' has been \
                   blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.";
    let (login, packets) = ("samples/redirect-to-login/capture.har", "samples/bare-403-packets/capture.pcap");
    for (file, options) in [
        (LONG, vec![]),
        (LONG, vec!["--all"]),
        (LONG, vec!["--at", "02:16"]),
        (LONG, vec!["--console", console]),
        (LONG, vec!["--filter", "method:POST"]),
        (login, vec![]),
        (packets, vec!["--all"]),
    ] {
        let said = |format| whycors(&[&[file, "--format", format], options.as_slice()].concat());
        let (json, ndjson) = (said("json"), said("ndjson"));
        let json: Value = serde_json::from_str(&json.out).unwrap();
        let lines: Vec<Value> = ndjson.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let last: BTreeMap<u64, &Value> =
            lines[1..lines.len() - 1].iter().map(|line| (line["number"].as_u64().unwrap(), line)).collect();
        let findings = json["findings"].as_array().unwrap();
        assert!(!findings.is_empty(), "{file} {options:?}");
        assert_eq!(last.len(), findings.len(), "{file} {options:?}");
        for finding in findings {
            assert_eq!(last[&finding["number"].as_u64().unwrap()], finding, "{file} {options:?}");
        }
        assert_eq!(lines.last().unwrap()["remarks"], json["remarks"]);
    }
}

#[test]
fn the_man_page_and_completions_need_no_input() {
    for (what, holds) in [
        ("man", ".TH whycors 1"),
        ("complete-bash", "complete -F"),
        ("complete-zsh", "#compdef whycors"),
        ("complete-fish", "complete -c whycors"),
        ("complete-powershell", "Register-ArgumentCompleter"),
    ] {
        let said = whycors(&["--generate", what]);
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{what}");
        assert!(said.out.contains(holds), "{what}: {}", said.out);
    }
}

#[test]
fn words_for_any_failure_are_answered_with_the_line_to_ask_for() {
    for (what, line, place) in [
        ("TypeError: Failed to fetch", "has been blocked by CORS policy", "F12"),
        ("net::ERR_FAILED", "has been blocked by CORS policy", "F12"),
        ("NetworkError when attempting to fetch resource.", "Cross-Origin Request Blocked", "Ctrl+Shift+K"),
        ("Load failed", "due to access control checks", "Option+Command+C"),
        ("Fetch API cannot load https://a.example/ due to access control checks.", "the line before", "Console"),
        ("AxiosError: Network Error", "Safari: the line before", "Firefox: Ctrl+Shift+K"),
    ] {
        let said = whycors(&["explain", what]);
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{what}");
        for holds in [line, place, "says only that", "CORS     allow-origin-missing", "not CORS server-unreachable"] {
            assert!(said.out.contains(holds), "{what}: {holds}\n{}", said.out);
        }
    }
}

#[test]
fn explain_knows_ids_names_and_messages_and_says_what_it_does_not_know() {
    for what in
        ["auth-before-cors", "PreflightMissingAllowOriginHeader", "CORSDidNotSucceed", "acao", "405", "3xx", "Vary"]
    {
        let said = whycors(&["explain", what]);
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{what}");
        assert!(said.out.lines().count() > 3, "{}", said.out);
    }
    for (what, nearest) in [("acao-mising", "acao-missing"), ("no-option-handler", "no-options-handler")] {
        let said = whycors(&["explain", what]);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{what}");
        assert!(said.error().starts_with(&format!("not recognised: {what}; did you mean {nearest}")), "{}", said.err);
    }
    for what in ["405", "acao", "Load failed", "tls-failure", "CORSInvalidAllowMethod"] {
        assert!(whycors(&["explain", what, "--ascii"]).out.is_ascii(), "{what}");
    }
    let said = whycors(&["explain", "Cargo.toml"]);
    assert_eq!(said.code, Some(2));
    assert!(said.error().starts_with("Cargo.toml: is a file; give the message itself"), "{}", said.err);
    let said = whycors(&["explain", "no", "such", "thing"]);
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    assert_eq!(
        said.error(),
        "not recognised: no such thing; give a cause id, an error name, a header, a status or a whole console message, \
         as in whycors explain 405"
    );
}

#[test]
fn a_redacted_copy_says_the_same_overwrites_nothing_and_holds_no_secret() {
    let folder = Folder::new();
    let copy = folder.path("copy.har");
    let said = whycors(&["redact", LOGIN_401, "-o", &copy]);
    assert_eq!((said.code, said.out.as_str()), (Some(0), ""));
    assert!(said.error().starts_with(&format!("{copy}: 7 entries, masked authorization (1)")), "{said:?}");
    let told = |path: &str| {
        let finding = &whycors(&[path, "--format", "json"]).json()["findings"][0];
        (finding["cause"]["id"].clone(), finding["rule"].clone(), finding["url"].clone())
    };
    assert_eq!(told(&copy), told(LOGIN_401));
    let original = std::fs::read_to_string(root(LOGIN_401)).unwrap();
    let token = original.split("Bearer ").nth(1).unwrap().split('"').next().unwrap();
    assert!(!std::fs::read_to_string(&copy).unwrap().contains(token));

    let again = whycors(&["redact", LOGIN_401, "-o", &copy]);
    assert_eq!((again.code, again.error()), (Some(2), &*format!("{copy}: exists; name another output file")));
    let packets = whycors(&["redact", PACKETS, "-o", &folder.path("packets.har")]);
    assert_eq!(packets.error(), format!("{PACKETS}: is a packet capture; only HARs can be redacted"));
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let packets = "tests/captures/real/busy-clear/capture.pcap.gz";
    let keys = "tests/captures/real/busy-clear/keys.log";
    for input in [&[LONG][..], &[packets, "--keylog", keys], &[LONG, packets, "--keylog", keys]] {
        for format in ["json", "text"] {
            let run = |threads: &str| {
                let arguments = [input, &["--all", "--format", format, "--threads", threads]].concat();
                let said = whycors(&arguments);
                assert_eq!(said.code, Some(1), "{said:?}");
                said.out
            };
            let one = run("1");
            assert!(one.len() > 10_000);
            for threads in ["2", "8"] {
                assert_eq!(one, run(threads), "{input:?} with {threads} threads");
            }
        }
    }
}
