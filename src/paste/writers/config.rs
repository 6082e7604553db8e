//! Words and quoted values of server configurations, and plain lines.
//!
//! Several of these have no escape for what they expand (nginx's `$`, Caddy's `{…}`): there the value
//! is refused.

use std::fmt::Write as _;

/// Whether a text is a word of its own in all of them.
pub(in crate::paste) fn is_word(raw: &str) -> bool {
    raw.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_'))
        && raw.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | ':' | '.' | '_' | '-' | '~'))
}

/// Printable ASCII without `refused`, with `\` before what is `escaped`.
fn written(raw: &str, refused: &str, escaped: &str) -> Option<String> {
    let mut out = String::with_capacity(raw.len() + 4);
    for c in raw.chars() {
        if !matches!(c, ' '..='~') || refused.contains(c) {
            return None;
        }
        if escaped.contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    Some(out)
}

/// nginx: variables stand in quotes as well; `~` first makes a pattern of a map's entry.
pub(in crate::paste) fn nginx(raw: &str) -> Option<String> {
    if raw.starts_with('~') { None } else { written(raw, "$", "\\\"") }
}

/// Apache: `${NAME}` is read everywhere, `expr=` first makes an expression of a header's value.
pub(in crate::paste) fn apache(raw: &str) -> Option<String> {
    if raw.starts_with("expr=") { None } else { written(raw, "$", "\\\"") }
}

/// The value of Apache's `Header`, which is read twice: formats after `%`, and backslashes once more (`\n` is a new line).
pub(in crate::paste) fn apache_header(raw: &str) -> Option<String> {
    if raw.contains('\\') { None } else { apache(raw).map(|word| word.replace('%', "%%")) }
}

/// Caddy: a backslash escapes nothing but a quote there, so none may stand before one.
pub(in crate::paste) fn caddy(raw: &str) -> Option<String> {
    written(raw, "{}\\*", "\"")
}

/// HAProxy: environment variables in double quotes, formats after `%`.
pub(in crate::paste) fn haproxy(raw: &str) -> Option<String> {
    written(raw, "%", "\\\"$")
}

/// VCL: strings without any escape.
pub(in crate::paste) fn vcl(raw: &str) -> Option<String> {
    written(raw, "\"", "")
}

/// The value of a header line, which ends with the line.
pub(in crate::paste) fn line(raw: &str) -> Option<String> {
    written(raw, "", "")
}

/// A field of a form, and words: nothing that is a mark of any language.
pub(in crate::paste) fn prose(raw: &str) -> Option<String> {
    written(raw, "$`{}\\\"'<>|;&*", "")
}

/// The value of a `name = value` line: `${…}` is read by most frameworks.
pub(in crate::paste) fn properties(raw: &str) -> Option<String> {
    let mut out = String::with_capacity(raw.len() + 4);
    for c in raw.chars() {
        match c {
            '$' => return None,
            '\\' => out.push_str("\\\\"),
            ' ' if out.is_empty() => out.push_str("\\ "),
            ' '..='~' => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_escape_is_refused() {
        for (written, raw) in [
            (nginx("$http_cookie"), "nginx"),
            (nginx("~.*"), "nginx's map"),
            (nginx("a\nb"), "nginx's line"),
            (apache("${HOME}"), "Apache"),
            (apache("expr=%{HTTP_COOKIE}"), "Apache's expression"),
            (apache_header("a\\nb"), "a header's new line"),
            (caddy("{env.HOME}"), "Caddy"),
            (caddy("a\\"), "Caddy's backslash"),
            (haproxy("%[env(HOME)]"), "HAProxy"),
            (vcl("a\" + req.http.Cookie + \""), "VCL"),
            (line("a\r\nSet-Cookie: b"), "header line"),
            (prose("$(id)"), "prose"),
            (properties("${x}"), "properties"),
        ] {
            assert_eq!(written, None, "{raw}");
        }
    }

    #[test]
    fn what_has_an_escape_is_escaped() {
        assert_eq!(nginx("a\"b\\").as_deref(), Some("a\\\"b\\\\"));
        assert_eq!(apache("a\"b\\").as_deref(), Some("a\\\"b\\\\"));
        assert_eq!(caddy("a\"b").as_deref(), Some("a\\\"b"));
        assert_eq!(haproxy("a\"b$c").as_deref(), Some("a\\\"b\\$c"));
        assert_eq!(properties(" a\\b\nc").as_deref(), Some("\\ a\\\\b\\u000ac"));
    }
}
