//! Phrases that every format shares: counts, places, times, certainty.
//!
//! Owns wording that does not depend on the format. Escaping is the caller's.

use super::view::{Certainty, Engine, Finding, Fix, Hop, Input, Nature, Place, Report, Stack, Summary, Verdict};

/// `48211` → `48,211`.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 entry`, `2 entries`.
pub fn counted(n: impl TryInto<u64>, one: &str, many: &str) -> String {
    let n = n.try_into().unwrap_or(u64::MAX);
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// What kind of fault, in the words of a heading.
pub fn nature(finding: &Finding) -> &'static str {
    match (finding.verdict, finding.nature) {
        (Verdict::Pass, _) => "passed",
        (Verdict::Undecided, _) => "not decided",
        (Verdict::Fail, Nature::Cors) => "CORS",
        (Verdict::Fail, Nature::SideEffect) => "side effect",
        (Verdict::Fail, Nature::NotCors) => "not CORS",
    }
}

/// The cause's id with its kind: `blocked-before-network (local network)`.
pub fn label(finding: &Finding) -> String {
    let id = finding.label();
    match finding.cause.as_ref().and_then(|cause| cause.detail.get("kind")?.as_str()) {
        Some(kind) if kind.len() <= 24 && finding.label() != kind => format!("{id} ({})", kind.replace('-', " ")),
        _ => id.to_owned(),
    }
}

/// A layer's name, with `likely` where its sign does not name it: `Flask, likely` for Werkzeug's header.
pub fn layer(stack: &Stack) -> String {
    let name = if stack.name.is_empty() { &stack.id } else { &stack.name };
    if stack.named { name.clone() } else { format!("{name}, likely") }
}

/// What a fix is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixLabel {
    /// Its number among those that are made one after the other, from 1; an alternative has that of the fix before it.
    pub number: usize,
    /// It takes the place of an earlier one.
    pub alternative: bool,
    /// No other is to be made beside it.
    pub only: bool,
}

impl FixLabel {
    /// `fix`, or `fix 1`, `fix 2`; `or` where a fix takes the place of an earlier one.
    pub fn text(self) -> String {
        match self {
            Self { alternative: true, .. } => "or".to_owned(),
            Self { only: true, .. } => "fix".to_owned(),
            Self { number, .. } => format!("fix {number}"),
        }
    }
}

/// The labels of a finding's fixes, in order.
pub fn fix_labels(fixes: &[Fix]) -> Vec<FixLabel> {
    let steps = fixes.iter().filter(|fix| fix.alternative_to.is_none()).count();
    let mut number = 0_usize;
    fixes
        .iter()
        .map(|fix| {
            let alternative = fix.alternative_to.is_some();
            number = number.saturating_add(usize::from(!alternative));
            FixLabel { number, alternative, only: steps < 2 }
        })
        .collect()
}

/// How sure, in front of a cause's text.
pub fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Certain => "certain",
        Certainty::Likely => "likely",
        Certainty::Unknown => "cannot be told",
    }
}

/// Name of an engine's browser.
pub fn browser(engine: Engine) -> &'static str {
    match engine {
        Engine::Chromium => "Chrome",
        Engine::Firefox => "Firefox",
        Engine::Webkit => "Safari",
    }
}

/// The console sentence of the browser that made the request; another's is not what its user saw.
pub fn console(finding: &Finding) -> Option<(Engine, &str)> {
    Some((finding.judged_as, finding.console.get(finding.judged_as).as_deref()?))
}

/// The rule in the judged engine's words and the standard's step.
pub fn rule(finding: &Finding) -> Option<String> {
    let rule = finding.rule.as_ref()?;
    let names = [(Engine::Chromium, &rule.chromium), (Engine::Firefox, &rule.firefox), (Engine::Webkit, &rule.webkit)];
    let judged = names.iter().find(|(engine, _)| *engine == finding.judged_as).and_then(|(_, name)| name.as_deref());
    let name = judged.or_else(|| names.iter().find_map(|(_, name)| name.as_deref()));
    Some(match name {
        Some(name) if rule.step.is_empty() => name.to_owned(),
        Some(name) => format!("{name} ({})", rule.step),
        None => rule.step.clone(),
    })
}

/// The file of a place with a blank behind it; empty where there is only one.
fn file(place: Place, inputs: &[Input]) -> String {
    let input = usize::try_from(place.input).ok().and_then(|index| inputs.get(index)).filter(|_| inputs.len() > 1);
    input.map_or_else(String::new, |input| format!("{} ", input.path))
}

/// `entry 6`, `frame 8812`; with the file in front when there are several.
pub fn place(place: Place, inputs: &[Input]) -> String {
    let file = file(place, inputs);
    match (place.entry, place.frame) {
        (Some(entry), _) => format!("{file}entry {entry}"),
        (None, Some(frame)) => format!("{file}frame {frame}"),
        (None, None) => format!("{file}no place"),
    }
}

/// `entries 9 13 15`: at most `most` places; with the file in front when there are several.
pub fn places(places: &[Place], most: usize, inputs: &[Input]) -> String {
    let more = if places.len() > most { " …" } else { "" };
    let number = |place: &Place| place.entry.map(u64::from).or(place.frame);
    let alike = |a: &Place, b: &Place| a.input == b.input && a.entry.is_some() == b.entry.is_some();
    let numbers: Vec<String> = places.iter().take(most).filter_map(number).map(|number| number.to_string()).collect();
    match places {
        [first, _, ..] if places.iter().all(|place| alike(first, place) && number(place).is_some()) => {
            let noun = if first.entry.is_some() { "entries" } else { "frames" };
            format!("{}{noun} {}{more}", file(*first, inputs), numbers.join(" "))
        }
        _ => {
            let each: Vec<String> = places.iter().take(most).map(|at| place(*at, inputs)).collect();
            format!("{}{more}", each.join(", "))
        }
    }
}

/// Where a finding stands, as far as the cause's text does not say it anyway: the file when there
/// are several, and for packets the addresses. None when there is nothing to add.
pub fn location(finding: &Finding, inputs: &[Input]) -> Option<String> {
    let addresses = match (&finding.client, &finding.server) {
        (Some(client), Some(server)) => Some(format!("{client} to {server}")),
        (Some(client), None) => Some(format!("from {client}")),
        _ => None,
    };
    let place = finding.place().filter(|_| inputs.len() > 1 || addresses.is_some()).map(|at| place(at, inputs));
    match (place, addresses) {
        (Some(place), Some(addresses)) => Some(format!("{place}, {addresses}")),
        (place, addresses) => place.or(addresses),
    }
}

/// Time of day of an RFC 3339 UTC time; the text itself when it is none.
pub fn clock(time: &str) -> &str {
    time.split_once('T').map_or(time, |(_, clock)| clock.trim_end_matches('Z'))
}

/// `2026-11-24 03:00:01 to 03:00:02 UTC`, to the second.
fn span(from: &str, to: &str) -> String {
    let seconds = |time: &str| clock(time).split('.').next().unwrap_or_default().to_owned();
    let day = |time: &str| time.split('T').next().unwrap_or_default().to_owned();
    if day(from) == day(to) {
        format!("{} {} to {} UTC", day(from), seconds(from), seconds(to))
    } else {
        format!("{} {} to {} {} UTC", day(from), seconds(from), day(to), seconds(to))
    }
}

/// What one input is: recorder, size, time, page.
pub fn input(input: &Input) -> String {
    if let Some(error) = &input.error {
        // The path stands in front already.
        let reason = error.strip_prefix(input.path.as_str()).and_then(|rest| rest.strip_prefix(": "));
        return format!("not read: {}", reason.unwrap_or(error));
    }
    let mut parts = Vec::new();
    if let Some(recorder) = &input.recorder {
        parts.push(recorder.clone());
    }
    if input.kind.as_deref().is_some_and(|kind| kind.starts_with("pcap")) {
        parts.push(counted(input.packets, "packet", "packets"));
        parts.push(counted(input.exchanges, "exchange", "exchanges"));
    } else if input.kind.as_deref() == Some("har") {
        parts.push(counted(input.exchanges, "entry", "entries"));
    } else {
        parts.push(counted(input.exchanges, "exchange", "exchanges"));
    }
    if let (Some(from), Some(to)) = (&input.from, &input.to) {
        parts.push(span(from, to));
    }
    if let Some(page) = &input.page {
        parts.push(format!("page {page}"));
    }
    parts.join(", ")
}

/// `26 cross-origin requests: 12 blocked by CORS, …`.
pub fn summary(summary: &Summary) -> String {
    let mut parts = Vec::new();
    let other = summary.failed_side_effect.saturating_add(summary.failed_not_cors);
    let cors = summary.failed.saturating_sub(other);
    for (count, words) in [
        (cors, "blocked by CORS"),
        (other, "failed for other reasons"),
        (summary.undecided, "not decided"),
        (summary.passed, "passed"),
    ] {
        if count > 0 {
            parts.push(format!("{} {words}", number(count)));
        }
    }
    let total = counted(summary.cors_requests, "cross-origin request", "cross-origin requests");
    if parts.is_empty() { total } else { format!("{total}: {}", parts.join(", ")) }
}

/// The counts, with what several inputs saw said beside them: it is counted once for each.
pub fn counts(report: &Report, seen_again: Option<&str>) -> String {
    let again = seen_again.map_or_else(String::new, |again| format!("; {again}"));
    format!("{}{again}", summary(&report.summary))
}

/// How many of the counted requests are one event that several inputs saw, by their numbers and those of the
/// same event; None when none is.
pub fn seen_again<'a>(findings: impl IntoIterator<Item = (u32, &'a [u32])>) -> Option<String> {
    let (mut events, mut inputs) = (0_u64, "two");
    for (own, same) in findings {
        events += u64::from(same.iter().min().is_some_and(|other| own < *other));
        if same.len() > 1 {
            inputs = "several";
        }
    }
    (events > 0).then(|| {
        format!("{} of them {} seen in {inputs} inputs", number(events), if events == 1 { "is" } else { "are" })
    })
}

/// What was not judged, with its reasons; None when everything was.
pub fn not_judged(summary: &Summary) -> Option<String> {
    if summary.not_judged.is_empty() {
        return None;
    }
    let parts: Vec<String> =
        summary.not_judged.iter().map(|count| format!("{} ({})", number(count.count), count.id)).collect();
    Some(parts.join(", "))
}

/// The hops before the judged one, where the finding's lines do not tell of them.
pub fn untold_hops(finding: &Finding) -> &[Hop] {
    let told = finding.label() == "actual-redirect" && finding.lines.iter().any(|line| line.label == "got");
    if told { &[] } else { &finding.redirects }
}

/// `#2 #7`: findings of other inputs that are the same event; None when there are none.
pub fn same_as(finding: &Finding) -> Option<String> {
    let numbers: Vec<String> = finding.same_as.iter().map(|number| format!("#{number}")).collect();
    (!numbers.is_empty()).then(|| format!("{}: the same event in another input", numbers.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::sample;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([0, 7, 999, 1000, 48_211, 1_234_567].map(number), ["0", "7", "999", "1,000", "48,211", "1,234,567"]);
    }

    #[test]
    fn places_of_one_kind_share_their_noun() {
        let at = |input, entry| Place { input, entry: Some(entry), ..Place::default() };
        let inputs = ["a.har", "b.har"].map(|path| Input { path: path.to_owned(), ..Input::default() });
        assert_eq!(places(&[at(0, 9)], 5, &inputs[..1]), "entry 9");
        assert_eq!(places(&[at(0, 9), at(0, 13), at(0, 15)], 2, &inputs[..1]), "entries 9 13 …");
        assert_eq!(places(&[at(1, 9), at(1, 13)], 5, &inputs), "b.har entries 9 13");
        assert_eq!(places(&[at(0, 9), at(1, 9)], 5, &inputs), "a.har entry 9, b.har entry 9");
        let frame = Place { frame: Some(7), ..Place::default() };
        assert_eq!(places(&[frame, frame], 5, &[]), "frames 7 7");
        assert_eq!(places(&[], 5, &[]), "");
    }

    #[test]
    fn an_event_in_two_inputs_is_said_beside_the_counts() {
        let finding = |number: u32, same_as: &'static [u32]| (number, same_as);
        assert_eq!(seen_again([finding(1, &[]), finding(2, &[])]), None);
        assert_eq!(seen_again([finding(1, &[2]), finding(2, &[1])]).unwrap(), "1 of them is seen in two inputs");
        let two = [finding(1, &[3]), finding(2, &[4]), finding(3, &[1]), finding(4, &[2])];
        assert_eq!(seen_again(two).unwrap(), "2 of them are seen in two inputs");
    }

    #[test]
    fn the_summary_tells_cors_from_other_failures() {
        assert_eq!(
            summary(&sample("busy-clear").summary),
            "26 cross-origin requests: 12 blocked by CORS, 2 failed for other reasons, 1 not decided, 11 passed"
        );
    }
}
