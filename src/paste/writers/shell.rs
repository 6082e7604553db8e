//! Words of a POSIX shell, by the crate `shlex`.

/// One word; control characters are refused, since a terminal acts on them before the shell does.
pub(in crate::paste) fn word(raw: &str) -> Option<String> {
    if raw.chars().any(char::is_control) {
        return None;
    }
    shlex::try_quote(raw).ok().map(std::borrow::Cow::into_owned)
}

/// Between double quotes, where `$`, a backtick, `\` and `"` mean something. `!` calls up history in an
/// interactive shell, and no escape hides it there.
pub(in crate::paste) fn inside_double(raw: &str) -> Option<String> {
    if raw.contains('!') || raw.chars().any(char::is_control) {
        return None;
    }
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars() {
        if matches!(c, '$' | '`' | '\\' | '"') {
            out.push('\\');
        }
        out.push(c);
    }
    Some(out)
}

/// Between single quotes: one in the text ends them, is escaped, and opens them again.
pub(in crate::paste) fn inside_single(text: &str) -> String {
    text.replace('\'', "'\\''")
}
