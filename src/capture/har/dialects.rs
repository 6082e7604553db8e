//! Exporters: how one is recognised, and what its file can prove.
//!
//! Owns the table that decides what absence means. Facts come from the exporters' sources and from
//! recorded files; where neither is known the cautious value stands.

use super::model;
use crate::exchange::DuplicateLines::{Kept, Merged};
use crate::exchange::FailureMark::{NetError, None as Unmarked, StatusOnly, Text};
use crate::exchange::Listing::{Always, Never, Sometimes};
use crate::exchange::Recorder;
use crate::exchange::Vantage::{Browser, Proxy};

/// Chrome's and Edge's DevTools. An unanswered preflight is left out, and old versions hid all.
pub static CHROME: Recorder = Recorder {
    id: "chrome-devtools",
    name: "Chrome DevTools",
    vantage: Browser,
    preflights: Sometimes,
    failures: Always,
    failure_mark: NetError,
    duplicates: Kept,
    marks_delivery: true,
};

/// Firefox. Whether a response reached the page is not written down.
pub static FIREFOX: Recorder = Recorder {
    id: "firefox",
    name: "Firefox",
    vantage: Browser,
    preflights: Always,
    failures: Always,
    failure_mark: StatusOnly,
    duplicates: Kept,
    marks_delivery: false,
};

/// Web Inspector of Safari and other WebKit browsers: lists only what succeeded, no preflights.
pub static SAFARI: Recorder = Recorder {
    id: "safari",
    name: "WebKit Web Inspector",
    vantage: Browser,
    preflights: Never,
    failures: Never,
    failure_mark: Text,
    duplicates: Merged,
    marks_delivery: true,
};

/// Charles Proxy.
pub static CHARLES: Recorder = Recorder {
    id: "charles",
    name: "Charles",
    vantage: Proxy,
    preflights: Always,
    failures: Sometimes,
    failure_mark: StatusOnly,
    duplicates: Kept,
    marks_delivery: false,
};

/// Fiddler.
pub static FIDDLER: Recorder = Recorder { id: "fiddler", name: "Fiddler", ..CHARLES };

/// mitmproxy.
pub static MITMPROXY: Recorder =
    Recorder { id: "mitmproxy", name: "mitmproxy", failures: Always, failure_mark: Text, ..CHARLES };

/// Proxyman.
pub static PROXYMAN: Recorder = Recorder { id: "proxyman", name: "Proxyman", ..CHARLES };

/// HTTP Toolkit: joins repeated lines with a comma.
pub static HTTP_TOOLKIT: Recorder =
    Recorder { id: "http-toolkit", name: "HTTP Toolkit", failures: Always, duplicates: Merged, ..CHARLES };

/// Playwright's `recordHar`: hides preflights, and the headers of what was blocked.
pub static PLAYWRIGHT: Recorder = Recorder {
    id: "playwright",
    name: "Playwright",
    vantage: Browser,
    preflights: Never,
    failures: Always,
    failure_mark: NetError,
    duplicates: Kept,
    marks_delivery: true,
};

/// chrome-har, browsertime and chrome-har-capturer: requests that failed are removed, so what is
/// listed reached the page.
pub static CHROME_HAR: Recorder = Recorder {
    id: "chrome-har",
    name: "chrome-har",
    vantage: Browser,
    preflights: Sometimes,
    failures: Never,
    failure_mark: Unmarked,
    duplicates: Kept,
    marks_delivery: true,
};

/// WebPageTest.
pub static WEBPAGETEST: Recorder = Recorder {
    id: "webpagetest",
    name: "WebPageTest",
    vantage: Browser,
    preflights: Sometimes,
    failures: Sometimes,
    failure_mark: StatusOnly,
    duplicates: Kept,
    marks_delivery: false,
};

/// BrowserMob and BrowserUp Proxy.
pub static BROWSERMOB: Recorder =
    Recorder { id: "browsermob", name: "BrowserMob Proxy", failures: Always, failure_mark: Text, ..CHARLES };

/// Insomnia: an API client, which never sends a preflight and knows no CORS.
pub static INSOMNIA: Recorder = Recorder { id: "insomnia", name: "Insomnia", preflights: Never, ..CHARLES };

/// Any other: nothing is taken for granted.
pub static GENERIC: Recorder = Recorder {
    id: "generic",
    name: "HAR",
    vantage: Proxy,
    preflights: Sometimes,
    failures: Sometimes,
    failure_mark: Text,
    duplicates: Merged,
    marks_delivery: false,
};

/// Every exporter this reader tells apart.
pub const TABLE: &[&Recorder] = &[
    &CHROME,
    &FIREFOX,
    &SAFARI,
    &CHARLES,
    &FIDDLER,
    &MITMPROXY,
    &PROXYMAN,
    &HTTP_TOOLKIT,
    &PLAYWRIGHT,
    &CHROME_HAR,
    &WEBPAGETEST,
    &BROWSERMOB,
    &INSOMNIA,
    &GENERIC,
];

/// Whether a header's absence from a message of this exporter proves that it was not sent.
/// What each exporter's file can prove, as a Markdown table.
pub fn table_markdown() -> String {
    use std::fmt::Write as _;
    let mut out = String::from(
        "| exporter | preflights | failed requests | how a failure shows | repeated header lines | delivered to the page |\n|---|---|---|---|---|---|\n",
    );
    for recorder in TABLE {
        let listing = |listing| match listing {
            Always => "listed",
            Sometimes => "not always",
            Never => "never",
        };
        let mark = match recorder.failure_mark {
            NetError => "net error name",
            Text => "a text",
            StatusOnly => "status 0",
            Unmarked => "not at all",
        };
        let duplicates = match recorder.duplicates {
            Kept => "kept",
            Merged => "merged",
        };
        let delivery = if recorder.marks_delivery { "told" } else { "not told" };
        let (preflights, failures) = (listing(recorder.preflights), listing(recorder.failures));
        // Writing to a String cannot fail.
        let _ = writeln!(out, "| {} | {preflights} | {failures} | {mark} | {duplicates} | {delivery} |", recorder.name);
    }
    out
}

/// How the names that exporters write into `creator` begin, in lower case.
const NAMES: &[(&str, &Recorder)] = &[
    ("webinspector", &CHROME),
    ("webkit web inspector", &SAFARI),
    ("chrome-har", &CHROME_HAR),
    ("chrome har capturer", &CHROME_HAR),
    ("browsertime", &CHROME_HAR),
    ("sitespeed", &CHROME_HAR),
    ("playwright", &PLAYWRIGHT),
    ("firefox", &FIREFOX),
    ("waterfox", &FIREFOX),
    ("librewolf", &FIREFOX),
    ("floorp", &FIREFOX),
    ("charles", &CHARLES),
    ("fiddler", &FIDDLER),
    ("mitmproxy", &MITMPROXY),
    ("proxyman", &PROXYMAN),
    ("http toolkit", &HTTP_TOOLKIT),
    ("webpagetest", &WEBPAGETEST),
    ("browsermob", &BROWSERMOB),
    ("browserup", &BROWSERMOB),
    ("insomnia", &INSOMNIA),
];

/// The exporter by the name in `creator` (or `browser`).
pub(super) fn by_name(name: &str) -> Option<&'static Recorder> {
    let lower = name.trim().to_ascii_lowercase();
    NAMES.iter().find(|(start, _)| lower.starts_with(start)).map(|(_, recorder)| *recorder)
}

/// The part of such a name that tells the exporter; the rest may be anything.
pub(super) fn known_part(name: &str) -> &str {
    let starts = |start: &str| name.get(..start.len()).filter(|part| part.eq_ignore_ascii_case(start));
    NAMES.iter().find_map(|(start, _)| starts(start)).unwrap_or_default()
}

/// The exporter by the private fields of one entry, when no name was seen before it.
pub(super) fn by_shape(entry: &model::Entry<'_>) -> &'static Recorder {
    if entry.frameref.get().is_some() || entry.monotonic.0.is_some() {
        &PLAYWRIGHT
    } else if entry.fetch_type.get().is_some() {
        &SAFARI
    } else if entry.initiator_type.get().is_some() {
        &CHROME_HAR
    } else if entry.initiator.object.is_some() && entry.priority.get().is_some() {
        &CHROME
    } else if entry.security_state.get().is_some() {
        &FIREFOX
    } else if entry.charles_status.get().is_some() {
        &CHARLES
    } else if entry.load_ms.get().is_some() {
        &WEBPAGETEST
    } else {
        &GENERIC
    }
}

/// `Chrome 156`, `Firefox 153.0`, `Playwright 1.65.1`: the recorder for people. The User-Agent tells
/// the version where the exporter writes another number.
pub(super) fn label(recorder: &Recorder, version: Option<&str>, user_agent: Option<&str>) -> String {
    let agent = user_agent.unwrap_or_default();
    let after = |mark: &str| -> Option<&str> {
        let start = agent.find(mark)? + mark.len();
        let rest = agent.get(start..)?;
        rest.split(|c: char| !(c.is_ascii_digit() || c == '.')).next().filter(|found| !found.is_empty())
    };
    let major = |version: &str| version.split('.').next().unwrap_or_default().to_owned();
    if std::ptr::eq(recorder, &raw const CHROME) {
        for (mark, name) in [("Edg/", "Edge"), ("OPR/", "Opera"), ("Chrome/", "Chrome")] {
            if let Some(found) = after(mark) {
                return format!("{name} {}", major(found));
            }
        }
        return recorder.name.to_owned();
    }
    if std::ptr::eq(recorder, &raw const FIREFOX)
        && let Some(found) = after("Firefox/")
    {
        return format!("Firefox {found}");
    }
    if std::ptr::eq(recorder, &raw const SAFARI) {
        // WebKitGTK sends a Safari version too; only Apple's platforms run Safari.
        let apple = ["Macintosh", "iPhone", "iPad"].iter().any(|platform| agent.contains(platform));
        return match (apple, after("Version/"), after("AppleWebKit/")) {
            (true, Some(found), _) => format!("Safari {found}"),
            (_, _, Some(found)) => format!("WebKit {found}"),
            _ => recorder.name.to_owned(),
        };
    }
    match version {
        Some(version) if !std::ptr::eq(recorder, &raw const GENERIC) => format!("{} {version}", recorder.name),
        _ => recorder.name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exporters_are_known_by_the_names_they_write() {
        for (name, id) in [
            ("WebInspector", "chrome-devtools"),
            ("WebKit Web Inspector", "safari"),
            ("Firefox", "firefox"),
            ("Charles Proxy", "charles"),
            ("Fiddler", "fiddler"),
            ("mitmproxy exporthar", "mitmproxy"),
            ("Proxyman", "proxyman"),
            ("HTTP Toolkit", "http-toolkit"),
            ("Playwright", "playwright"),
            ("chrome-har", "chrome-har"),
            ("Browsertime", "chrome-har"),
            ("WebPagetest", "webpagetest"),
            ("BrowserMob Proxy", "browsermob"),
            ("Insomnia REST Client", "insomnia"),
        ] {
            assert_eq!(by_name(name).map(|recorder| recorder.id), Some(id), "{name}");
        }
        assert_eq!(by_name("My Exporter"), None);
    }

    #[test]
    fn labels_take_the_version_from_where_it_is_right() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36";
        assert_eq!(label(&CHROME, Some("537.36"), Some(chrome)), "Chrome 156");
        assert_eq!(label(&CHROME, Some("537.36"), Some(&format!("{chrome} Edg/130.0.0.0"))), "Edge 130");
        assert_eq!(label(&CHROME, Some("537.36"), None), "Chrome DevTools");
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";
        assert_eq!(label(&FIREFOX, Some("153.7.0"), Some(firefox)), "Firefox 153.0");
        assert_eq!(label(&PLAYWRIGHT, Some("1.65.1"), Some(chrome)), "Playwright 1.65.1");
        let safari = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15";
        assert_eq!(label(&SAFARI, Some("1.0"), Some(safari)), "Safari 18.1");
    }

    #[test]
    fn ids_are_unique_and_every_exporter_has_a_row() {
        let mut ids: Vec<_> = TABLE.iter().map(|recorder| recorder.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), TABLE.len());
        assert_eq!(table_markdown().lines().count(), TABLE.len() + 2);
    }
}
