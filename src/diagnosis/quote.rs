//! Words for bytes and places: `"Allow: GET, POST"`, `entry 6`, `02:16:45.203 UTC`.
//!
//! Owns how evidence is quoted. Masks nothing (reports do) and never sees a secret's value.

use super::page_words;
use crate::exchange::{CaptureTime, Exchange, Headers, Place, ResponseHead, quote};
use crate::secrets::prose;
use crate::secrets::{Captured, Padded, Prose};

pub(super) use crate::exchange::quote::{list, shorten};

/// `entry 6` or `frame 52`, with its file in front when there are several.
pub(super) fn place(place: Place, files: &[Box<str>]) -> Prose {
    let file = usize::try_from(place.input()).ok().and_then(|input| files.get(input)).filter(|_| files.len() > 1);
    let file = file.map(|file| prose!("{} ", Captured::given(&**file)));
    match place {
        Place::Entry { index, .. } => prose!("{}entry {}", file, index),
        Place::Frame { frame, .. } => prose!("{}frame {}", file, frame),
    }
}

/// Where the response of an exchange stands, else its request.
pub(super) fn response_place(exchange: &Exchange) -> Place {
    exchange.response_place.unwrap_or(exchange.place)
}

/// `02:16:45.203 UTC`.
pub(super) fn time_of_day(time: CaptureTime) -> Prose {
    let millis = time.nanos().div_euclid(1_000_000).rem_euclid(86_400_000);
    let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
    let (seconds, millis) = (millis / 1000 % 60, millis % 1000);
    prose!("{}:{}:{}.{} UTC", Padded(hours, 2), Padded(minutes, 2), Padded(seconds, 2), Padded(millis, 3))
}

/// `2026-11-24 02:16:45.203 UTC`.
pub(super) fn date_and_time(time: CaptureTime) -> Prose {
    let Ok(stamp) = jiff::Timestamp::from_nanosecond(i128::from(time.nanos())) else { return time_of_day(time) };
    let date = stamp.to_zoned(jiff::tz::TimeZone::UTC).date();
    let [year, month, day] = [i64::from(date.year()), i64::from(date.month()), i64::from(date.day())];
    prose!("{}-{}-{} {}", Padded(year, 4), Padded(month, 2), Padded(day, 2), time_of_day(time))
}

/// `entry 6, 02:16:45.203 UTC, 127.0.10.2`: the answer's place, the request's time, the server.
pub(super) fn whereabouts(exchange: &Exchange, files: &[Box<str>]) -> Prose {
    let mut words = place(response_place(exchange), files);
    if let Some(started) = exchange.started {
        words.push(prose!(", {}", time_of_day(started)));
    }
    if let Some(server) = exchange.server.as_deref().filter(|server| !server.is_empty()) {
        words.push(prose!(", {}", Captured::text(server)));
    }
    words
}

/// The lines of a header as they stand, `Name: value`, at most two; secrets by name only.
pub(super) fn header_lines(headers: &Headers, name: &str) -> impl Iterator<Item = Captured<'static>> {
    quote::header_lines(headers, name).into_iter().map(Captured::text)
}

/// The first line of a header in double quotes.
pub(super) fn header(headers: &Headers, name: &str) -> Option<Prose> {
    header_lines(headers, name).next().map(|line| prose!("\"{}\"", line))
}

/// The words of a body on one line: of a web page what it shows, without markup; anything else as
/// it is.
pub(super) fn page_text(body: &str) -> String {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !body.trim_start().starts_with('<') {
        return one_line(body);
    }
    let lower = body.to_ascii_lowercase();
    let (mut shown, mut title, mut at) = (String::new(), "", 0);
    while let Some(open) = body.get(at..).and_then(|rest| rest.find('<')).map(|found| at.saturating_add(found)) {
        shown.push_str(body.get(at..open).unwrap_or_default());
        shown.push(' ');
        let Some(close) = body.get(open..).and_then(|rest| rest.find('>')).map(|found| open.saturating_add(found))
        else {
            at = body.len();
            break;
        };
        at = close.saturating_add(1);
        let tag = lower.get(open.saturating_add(1)..close).unwrap_or_default();
        let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        if matches!(name, "title" | "script" | "style") {
            let end = lower
                .get(at..)
                .and_then(|rest| rest.find(&format!("</{name}")))
                .map_or(body.len(), |found| at.saturating_add(found));
            if name == "title" {
                title = body.get(at..end).unwrap_or_default();
            }
            at = end;
        }
    }
    shown.push_str(body.get(at..).unwrap_or_default());
    let words = one_line(&shown);
    let mut words = if words.is_empty() { one_line(title) } else { words };
    for (entity, c) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")]
    {
        words = words.replace(entity, c);
    }
    words
}

/// `405 Method Not Allowed`; the number alone where the reason phrase is not made of words that
/// servers use.
pub fn status(response: &ResponseHead) -> Prose {
    let reason = shorten(&page_words::known(&response.reason), 40);
    if reason.is_empty() {
        prose!("{}", response.status)
    } else {
        prose!("{} {}", response.status, Captured::text(reason))
    }
}

/// `content-type` or `authorization, content-type`, with `header`/`headers` before it.
pub(super) fn names(names: &[String]) -> Prose {
    let noun = if names.len() == 1 { "header" } else { "headers" };
    prose!("{} {}", noun, Prose::joined(names.iter().map(Captured::text), ", "))
}

/// `content-type`, `authorization and content-type`.
pub(super) fn captured_list(names: &[String]) -> Prose {
    Prose::listed(names.iter().map(Captured::text))
}

/// `POST`, or `request` for a method that is no household word: `the PURGE was never sent` reads badly.
pub(super) fn request(method: &str) -> &'static str {
    let usual = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    usual.into_iter().find(|usual| *usual == method).unwrap_or("request")
}

/// A header name as people write it: `Access-Control-Allow-Origin`.
pub(super) fn title_case(name: &str) -> String {
    let mut start = true;
    name.chars()
        .map(|c| {
            let c = if start { c.to_ascii_uppercase() } else { c };
            start = c == '-';
            c
        })
        .collect()
}

/// What stands between the quotation marks that a value begins and ends with.
pub(super) fn in_quotation_marks(value: &str) -> Option<&str> {
    ['"', '\''].into_iter().find_map(|mark| value.strip_prefix(mark)?.strip_suffix(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_with_milliseconds() {
        let time = CaptureTime::from_nanos(1_795_486_605_203_400_000);
        assert_eq!(time_of_day(time).bare(), "02:16:45.203 UTC");
        assert_eq!(date_and_time(time).bare(), "2026-11-24 02:16:45.203 UTC");
        assert_eq!(time_of_day(CaptureTime::from_nanos(i64::MIN)).bare(), "00:12:43.145 UTC");
    }

    #[test]
    fn a_page_is_quoted_by_what_it_shows() {
        let page = "<!doctype html>\n<html lang=en>\n<title>403 Forbidden</title>\n<style>p { color: red }</style>\n\
                    <h1>Forbidden</h1>\n<p>You don&#39;t have the permission.</p>";
        assert_eq!(page_text(page), "Forbidden You don't have the permission.");
        assert_eq!(page_text("<html><title> Not\nhere </title></html>"), "Not here");
        assert_eq!(page_text("{\"detail\": \"a <b> c\"}\n"), "{\"detail\": \"a <b> c\"}");
        assert_eq!(page_text("<p>cut off <b"), "cut off");
        assert_eq!(page_text("<script>never closed"), "");
    }

    #[test]
    fn secrets_are_quoted_by_name_only() {
        let headers = Headers::from_pairs([("Set-Cookie", "sid=hunter2; Path=/"), ("allow", "GET")]);
        assert_eq!(header(&headers, "set-cookie").unwrap().bare(), ("\"Set-Cookie: sid=…\""));
        assert_eq!(header(&headers, "Allow").unwrap().bare(), ("\"allow: GET\""));
    }
}
