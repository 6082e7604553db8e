//! `startedDateTime` in the forms exporters write it, to capture time.
//!
//! ISO 8601 with `Z`, an offset or no zone (taken as UTC) and any number of fraction digits; numbers
//! since the epoch in s, ms, µs or ns, told apart by their size; HTTP dates, JavaScript's
//! `Date.toString()` and the US form of `toLocaleString()`.

use crate::exchange::CaptureTime;
use jiff::civil::DateTime;
use jiff::tz::Offset;

const NANOS: i64 = 1_000_000_000;

/// Reads a point in time; `None` when the text is none.
pub(super) fn parse(text: &str) -> Option<CaptureTime> {
    let text = text.trim();
    let first = text.bytes().next()?;
    if first.is_ascii_digit() {
        return iso(text).or_else(|| us_locale(text)).or_else(|| epoch(text));
    }
    if first.is_ascii_alphabetic() { named_month(text) } else { None }
}

/// Adds milliseconds as HARs give them: fractional, sometimes negative, which counts as none.
#[allow(clippy::cast_possible_truncation)]
pub(super) fn after(start: CaptureTime, milliseconds: f64) -> CaptureTime {
    const LONGEST: f64 = 1e12;
    if !(0.0..LONGEST).contains(&milliseconds) {
        return start;
    }
    CaptureTime::from_nanos(start.nanos().saturating_add((milliseconds * 1e6).round() as i64))
}

/// A number since the epoch; its size tells the unit, since captures are from this century.
#[allow(clippy::cast_possible_truncation)]
fn epoch(text: &str) -> Option<CaptureTime> {
    let number: f64 = text.parse().ok().filter(|number: &f64| number.is_finite())?;
    let nanos = match number {
        1e8..1e11 => number * 1e9,
        1e11..1e14 => number * 1e6,
        1e14..1e17 => number * 1e3,
        1e17..9e18 => number,
        _ => return None,
    };
    Some(CaptureTime::from_nanos(nanos as i64))
}

/// A cursor over the text of a date.
struct Scan<'a>(&'a str);

impl Scan<'_> {
    fn number(&mut self, min: usize, max: usize) -> Option<i64> {
        let digits = self.0.bytes().take(max).take_while(u8::is_ascii_digit).count();
        if digits < min {
            return None;
        }
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        number.parse().ok()
    }

    fn eat(&mut self, any: &str) -> bool {
        let Some(first) = self.0.chars().next().filter(|first| any.contains(*first)) else { return false };
        self.0 = self.0.get(first.len_utf8()..).unwrap_or_default();
        true
    }

    fn blanks(&mut self) {
        self.0 = self.0.trim_start();
    }

    /// `.123` as nanoseconds; further digits are dropped.
    fn fraction(&mut self) -> i64 {
        if !(self.eat(".,")) {
            return 0;
        }
        let mut nanos = 0;
        let mut scale = NANOS;
        while let Some(digit) = self.number(1, 1) {
            scale /= 10;
            nanos += digit * scale;
        }
        nanos
    }

    /// Seconds east of UTC. No zone at all counts as UTC.
    fn zone(&mut self) -> i64 {
        self.blanks();
        for name in ["GMT", "UTC", "Z", "z"] {
            if let Some(rest) = self.0.strip_prefix(name) {
                self.0 = rest;
                break;
            }
        }
        let sign = match self.0.bytes().next() {
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => return 0,
        };
        self.0 = self.0.get(1..).unwrap_or_default();
        let hours = self.number(1, 2).unwrap_or(0);
        self.eat(":");
        let minutes = self.number(2, 2).unwrap_or(0);
        sign * (hours * 3600 + minutes * 60)
    }

    fn clock(&mut self) -> Option<[i64; 4]> {
        let hour = self.number(1, 2)?;
        if !self.eat(":") {
            return None;
        }
        let minute = self.number(1, 2)?;
        let second = if self.eat(":") { self.number(1, 2)? } else { 0 };
        Some([hour, minute, second, self.fraction()])
    }
}

fn point(date: [i64; 3], clock: [i64; 4], east: i64) -> Option<CaptureTime> {
    let [year, month, day] = date;
    let [hour, minute, second, nanos] = clock;
    let small = |number: i64| i8::try_from(number).ok();
    // A leap second is the second before it.
    let second = small(second.min(59))?;
    let civil =
        DateTime::new(i16::try_from(year).ok()?, small(month)?, small(day)?, small(hour)?, small(minute)?, second, 0)
            .ok()?;
    let stamp = Offset::UTC.to_timestamp(civil).ok()?.as_second();
    let seconds = stamp.checked_sub(east)?;
    Some(CaptureTime::from_nanos(seconds.checked_mul(NANOS)?.checked_add(nanos)?))
}

/// `2016-05-24T10:20:30.1234567+02:00`, also with a blank for the `T`, or the date alone.
fn iso(text: &str) -> Option<CaptureTime> {
    let mut scan = Scan(text);
    let year = scan.number(4, 4)?;
    scan.eat("-").then_some(())?;
    let month = scan.number(1, 2)?;
    scan.eat("-").then_some(())?;
    let day = scan.number(1, 2)?;
    if scan.0.is_empty() {
        return point([year, month, day], [0; 4], 0);
    }
    scan.eat("Tt ").then_some(())?;
    let clock = scan.clock()?;
    let east = scan.zone();
    point([year, month, day], clock, east)
}

/// `11/24/2026, 2:45:10 PM`: month first, as only the US form puts AM or PM behind it.
fn us_locale(text: &str) -> Option<CaptureTime> {
    let mut scan = Scan(text);
    let month = scan.number(1, 2)?;
    scan.eat("/").then_some(())?;
    let day = scan.number(1, 2)?;
    scan.eat("/").then_some(())?;
    let year = scan.number(4, 4)?;
    scan.eat(",");
    scan.blanks();
    let [hour, minute, second, nanos] = scan.clock()?;
    // Newer engines put a narrow no-break space before AM and PM.
    let half = scan.0.trim_start().to_ascii_uppercase();
    let hour = match (half.get(..2), hour) {
        (Some("AM"), 12) => 0,
        (Some("PM"), 1..12) => hour + 12,
        (Some("AM" | "PM"), _) => hour,
        _ => return None,
    };
    point([year, month, day], [hour, minute, second, nanos], 0)
}

/// `Tue, 24 Nov 2026 02:45:10 GMT` and `Tue Nov 24 2026 02:45:10 GMT+0100 (CET)`.
fn named_month(text: &str) -> Option<CaptureTime> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let month_of = |word: &str| (1..).zip(MONTHS).find(|(_, month)| word.starts_with(month)).map(|(number, _)| number);
    let (at, month) = words.iter().enumerate().take(3).find_map(|(at, word)| Some((at, month_of(word)?)))?;
    let neighbours = [words.get(at.wrapping_sub(1)), words.get(at + 1)];
    let day = neighbours.into_iter().flatten().find_map(|word| word.parse::<i64>().ok().filter(|day| *day <= 31))?;
    let year = words.iter().take(5).find_map(|word| word.parse::<i64>().ok().filter(|year| *year > 1900))?;
    let clock_at = lower.find(':').and_then(|colon| lower.get(..colon)?.rfind(' '))?;
    let upper = text.get(clock_at + 1..)?;
    let mut scan = Scan(upper);
    let clock = scan.clock()?;
    let east = scan.zone();
    point([year, month, day], clock, east)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-24T02:45:10Z, by `date -u -d @1795488310`.
    const SECOND: i64 = 1_795_488_310;

    #[test]
    fn every_form_of_a_time_stamp_gives_the_same_instant() {
        for text in [
            "2026-11-24T02:45:10Z",
            "2026-11-24T02:45:10.000Z",
            "2026-11-24 02:45:10",
            "2026-11-24T02:45:10",
            "2026-11-23T22:45:10-04:00",
            "2026-11-24T03:45:10+0100",
            "2026-11-24T03:45:10+01",
            "1795488310",
            "1795488310000",
            "1795488310000.0",
            "1795488310000000",
            "Tue, 24 Nov 2026 02:45:10 GMT",
            "Tue Nov 24 2026 03:45:10 GMT+0100 (Central European Standard Time)",
            "11/24/2026, 2:45:10 AM",
            "11/24/2026, 2:45:10\u{202f}AM",
        ] {
            assert_eq!(parse(text), Some(CaptureTime::from_nanos(SECOND * NANOS)), "{text}");
        }
        assert_eq!(parse("11/24/2026, 12:00:00 AM"), parse("2026-11-24T00:00:00Z"));
        assert_eq!(parse("11/24/2026, 3:00:00 PM"), parse("2026-11-24T15:00:00Z"));
    }

    #[test]
    fn fractions_of_any_length_are_read_to_the_nanosecond() {
        for (fraction, nanos) in
            [(".1", 100_000_000), (".1234567", 123_456_700), (".123456789", 123_456_789), (".1234567891", 123_456_789)]
        {
            let text = format!("2026-11-24T02:45:10{fraction}+00:00");
            assert_eq!(parse(&text), Some(CaptureTime::from_nanos(SECOND * NANOS + nanos)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in ["", "now", "2026-13-01T00:00:00Z", "2026-02-30", "12", "24.11.2026, 02:45:10", "-1", "Nov"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn durations_that_make_no_sense_add_nothing() {
        let start = CaptureTime::from_nanos(5);
        assert_eq!(after(start, 1.5).nanos(), 1_500_005);
        for odd in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(after(start, odd), start);
        }
    }
}
