//! Titles for lists: the table's patterns filled with one value, cut to their column.

use super::{ActualRedirectKind, Blocked, Cause, RedirectKind, TlsFault};
use crate::cors::Stage;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns a title may take.
pub const TITLE_COLUMNS: usize = 32;

impl Cause {
    /// Title for lists, at most [`TITLE_COLUMNS`] columns.
    pub fn title(&self) -> String {
        let status = |status: &u16| Some(status.to_string());
        let (index, value) = match self {
            Self::ServerUnreachable { dns } => (usize::from(*dns), None),
            Self::PreflightTimeout { stage } | Self::AllowOriginMissing { stage } => {
                (usize::from(*stage != Stage::Preflight), None)
            }
            Self::TlsFailure { fault } => (
                match fault {
                    TlsFault::Connection => 0,
                    TlsFault::ServerCertificate => 1,
                    TlsFault::ClientCertificate => 2,
                    TlsFault::BehindProxy => 3,
                },
                None,
            ),
            Self::BlockedBeforeNetwork { kind } => (
                match kind {
                    Blocked::Other => 0,
                    Blocked::MixedContent => 1,
                    Blocked::Csp => 2,
                    Blocked::LocalNetwork => 3,
                    Blocked::Mode => 4,
                },
                None,
            ),
            Self::WafBlock { by, .. } => (usize::from(by.is_some()), by.map(str::to_owned)),
            Self::CdnCached { made_for } => (usize::from(made_for.is_none()), None),
            Self::PreflightRedirect { kind, .. } => (
                match kind {
                    RedirectKind::Https => 0,
                    RedirectKind::Slash => 1,
                    RedirectKind::Host => 2,
                    RedirectKind::Path => 3,
                    RedirectKind::Http => 4,
                },
                None,
            ),
            Self::ActualRedirect { kind, .. } => (
                match kind {
                    ActualRedirectKind::Login => 0,
                    ActualRedirectKind::Https => 2,
                    _ => 1,
                },
                None,
            ),
            Self::PreflightBadStatus { status: 403 } => (1, Some("403".to_owned())),
            Self::NoOptionsHandler { status: value }
            | Self::AuthBeforeCors { status: value, .. }
            | Self::PreflightRateLimited { status: value }
            | Self::UpstreamDown { status: value }
            | Self::PreflightServerError { status: value }
            | Self::PreflightBadStatus { status: value }
            | Self::Html200Page { status: value }
            | Self::ErrorResponseWithoutCors { status: value } => (0, status(value)),
            Self::AllowOriginMultiple { lines, value } => {
                let list = match lines {
                    Some(lines) => *lines < 2,
                    // Joined by the exporter: two equal items are two lines, as nobody lists one twice.
                    None => value.split_once(',').is_none_or(|(first, second)| first.trim() != second.trim()),
                };
                (usize::from(list), None)
            }
            Self::AllowOriginMismatch { difference, .. } => (0, Some(difference.id().to_owned())),
            Self::MethodNotAllowed { method, .. } => (0, Some(method.clone())),
            Self::HeaderNotAllowed { names } => match names.as_slice() {
                [(name, _)] => (0, Some(name.clone())),
                names => (1, Some(names.len().to_string())),
            },
            _ => (0, None),
        };
        let pattern = self.info().and_then(|info| info.titles.get(index)).copied().unwrap_or(self.id());
        value.map_or_else(|| pattern.to_owned(), |value| fill(pattern, &value))
    }
}

/// Puts a value into a title, cutting the value (never the words) to fit.
fn fill(pattern: &str, value: &str) -> String {
    let Some(at) = placeholder(pattern) else { return pattern.to_owned() };
    let (before, after) = (pattern.get(..at).unwrap_or_default(), pattern.get(at + 1..).unwrap_or_default());
    let room = TITLE_COLUMNS.saturating_sub(before.width() + after.width());
    format!("{before}{}{after}", cut(value, room))
}

/// Where the placeholder stands: an `N` or `X` that is a word of its own.
fn placeholder(pattern: &str) -> Option<usize> {
    let bytes = pattern.as_bytes();
    let word = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    (0..bytes.len())
        .find(|at| matches!(bytes.get(*at), Some(b'N' | b'X')) && !word(at.checked_sub(1)) && !word(at.checked_add(1)))
}

/// At most `room` columns, with `…` where something was cut.
fn cut(value: &str, room: usize) -> String {
    if value.width() <= room {
        return value.to_owned();
    }
    let mut taken = String::new();
    let mut columns = 1;
    for c in value.chars() {
        columns += c.width().unwrap_or(0);
        if columns > room {
            break;
        }
        taken.push(c);
    }
    taken.push('…');
    taken
}

#[cfg(test)]
mod tests {
    use super::super::HeaderKind;
    use super::*;

    #[test]
    fn titles_fit_their_column_and_cut_only_the_value() {
        assert_eq!(Cause::NoOptionsHandler { status: 405 }.title(), "OPTIONS not handled (405)");
        assert_eq!(Cause::ErrorResponseWithoutCors { status: 500 }.title(), "API error 500 without CORS");
        let one = |name: &str| Cause::HeaderNotAllowed { names: vec![(name.to_owned(), HeaderKind::of(name))] };
        assert_eq!(one("x-requested-with").title(), "header refused: x-requested-with");
        assert_eq!(one("x-requested-with-more").title(), "header refused: x-requested-wit…");
        assert_eq!(one("x-requested-with-more").title().width(), TITLE_COLUMNS);
        let three =
            Cause::HeaderNotAllowed { names: ["a", "b", "c"].map(|name| (name.to_owned(), HeaderKind::Other)).into() };
        assert_eq!(three.title(), "3 headers refused");
        assert_eq!(Cause::WafBlock { status: 403, by: None }.title(), "refused by firewall or CDN");
    }
}
