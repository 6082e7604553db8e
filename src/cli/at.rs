//! `--at TIME`: when the customer saw the error.
//!
//! Owns parsing and the distance to a finding's time. Everything is UTC, as in every output.

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use std::str::FromStr;

/// A moment, or a time of an unknown day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// With a date.
    Moment(Timestamp),
    /// Without one: the nearest day counts.
    TimeOfDay(Time),
}

impl FromStr for At {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Ok(Self::Moment(moment));
        }
        let bare = text.strip_suffix("UTC").or_else(|| text.strip_suffix('Z')).unwrap_or(text).trim_end();
        // `10` alone is as likely a day or an index as an hour.
        if bare.contains(':')
            && let Ok(time) = bare.parse::<Time>()
        {
            return Ok(Self::TimeOfDay(time));
        }
        // A date alone would be taken for its midnight.
        let moment = bare
            .parse::<DateTime>()
            .ok()
            .filter(|_| bare.contains(':'))
            .and_then(|civil| civil.to_zoned(jiff::tz::TimeZone::UTC).ok());
        moment
            .map(|zoned| Self::Moment(zoned.timestamp()))
            .ok_or_else(|| "not a time; write 10:02, 10:02:11 or 2026-11-24T10:02:11Z (UTC)".to_owned())
    }
}

impl At {
    /// Seconds between this and the time at which a request began.
    pub fn seconds_from(self, started: Timestamp) -> f64 {
        match self {
            Self::Moment(moment) => moment.duration_since(started).as_secs_f64().abs(),
            Self::TimeOfDay(time) => {
                let day = 86_400.0;
                let seconds = |time: Time| time.duration_since(Time::midnight()).as_secs_f64();
                let of_day = seconds(started.to_zoned(jiff::tz::TimeZone::UTC).time());
                let apart = (seconds(time) - of_day).abs();
                // 23:59 and 00:01 are two minutes apart.
                apart.min(day - apart)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(at: &str, started: &str) -> Option<f64> {
        Some(at.parse::<At>().unwrap().seconds_from(started.parse().ok()?))
    }

    #[test]
    fn times_with_and_without_a_date_are_read_as_utc() {
        let started = "2026-11-24T10:02:11.500Z";
        assert_eq!(apart("2026-11-24T10:02:11Z", started), Some(0.5));
        assert_eq!(apart("2026-11-24T11:02:11+01:00", started), Some(0.5));
        assert_eq!(apart("2026-11-24 10:02:10", started), Some(1.5));
        assert_eq!(apart("10:02", started), Some(11.5));
        assert_eq!(apart("10:02:11.5 UTC", started), Some(0.0));
    }

    #[test]
    fn a_time_of_day_wraps_at_midnight() {
        assert_eq!(apart("23:59:30", "2026-11-24T00:00:30Z"), Some(60.0));
    }

    #[test]
    fn what_is_no_time_is_refused_with_examples() {
        for text in ["", "yesterday", "25:00", "2026-13-01T00:00:00Z", "10", "2026-11-24"] {
            let error = text.parse::<At>().unwrap_err();
            assert!(error.contains("10:02:11"), "{text}: {error}");
        }
    }
}
