//! Text from a capture made harmless for the place where it is shown.
//!
//! A capture is hostile: a header value may hold escape sequences that drive a terminal, bidi
//! controls that reverse what is read, markup, or table separators. Owns the escaping for
//! terminals, HTML and Markdown, and display widths. Masking of secrets is [`super::mask`].

use std::borrow::Cow;
use std::fmt::Write as _;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Whether a character is a control or draws nothing: never to be written as it is.
///
/// C0, DEL and C1 controls, bidi controls and isolates, zero-width and invisible formatting
/// characters, fillers, line and paragraph separators, variation selectors, tags.
pub fn is_hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// One line for a terminal: hidden characters become visible escapes (`\x1b`, `\n`, `\u{202e}`).
///
/// Borrows when there is nothing to replace, which is nearly always.
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if !is_hidden(c) => out.push(c),
            c if u32::from(c) < 0x100 => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
        }
    }
    Cow::Owned(out)
}

/// The lines of a text that may span lines by contract, each made harmless.
pub fn lines(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    text.trim_end_matches('\n').split('\n').map(|text| line(text.strip_suffix('\r').unwrap_or(text)))
}

/// Columns that a harmless line takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Cuts a line to `columns`, the last of which shows that something is missing.
pub fn truncate<'a>(text: &'a str, columns: usize, ellipsis: &str) -> Cow<'a, str> {
    // Summing characters may count more than the terminal does (joined emoji), never less.
    let total: usize = text.chars().map(|c| c.width().unwrap_or(0)).sum();
    if total <= columns {
        return Cow::Borrowed(text);
    }
    let room = columns.saturating_sub(width(ellipsis));
    let mut taken = 0usize;
    let mut out = String::new();
    for c in text.chars() {
        taken = taken.saturating_add(c.width().unwrap_or(0));
        if taken > room {
            break;
        }
        out.push(c);
    }
    if width(ellipsis) <= columns {
        out.push_str(ellipsis);
    }
    Cow::Owned(out)
}

/// Cuts or fills a line to exactly `columns`.
pub fn pad(text: &str, columns: usize, ellipsis: &str) -> String {
    let mut out = truncate(text, columns, ellipsis).into_owned();
    let missing = columns.saturating_sub(width(&out));
    out.extend(std::iter::repeat_n(' ', missing));
    out
}

/// HTML text or attribute value: markup escaped, hidden characters visible. Newlines stay where
/// the element keeps them, so that a list of lines reads as one.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (index, text) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        for c in line(text).chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                c => out.push(c),
            }
        }
    }
    out
}

/// Markdown prose on one line: nothing in it is markup, a mention, a link or a table cell's end.
///
/// Addresses, mentions and references (`@team`, `#12`, `!3`) become code: a ticket system would turn
/// them into links and notify people, and it looks for them after escapes are resolved.
pub fn markdown(text: &str) -> String {
    let text = line(text);
    let mut out = String::with_capacity(text.len() + 16);
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        let (before, core, after) = if live(word) { bare(word) } else { (word, "", "") };
        escape_markdown(&mut out, before);
        if !core.is_empty() {
            out.push_str(&markdown_code(core));
        }
        escape_markdown(&mut out, after);
    }
    out
}

/// Whether a ticket system would make something of a word.
fn live(word: &str) -> bool {
    let mut before = ' ';
    let reference = word.chars().any(|c| {
        let sigil = matches!(before, '@' | '#' | '!' | '~' | '$' | '%' | '&');
        before = c;
        sigil && c.is_alphanumeric()
    });
    reference || word.contains("://") || word.contains("www.")
}

/// Punctuation around an address, which is not part of it.
fn bare(word: &str) -> (&str, &str, &str) {
    let core = word.trim_start_matches(['(', '"', '\'', '[']);
    let before = word.get(..word.len() - core.len()).unwrap_or_default();
    let trimmed = core.trim_end_matches([')', '"', '\'', ']', '.', ',', ':', ';']);
    (before, trimmed, core.get(trimmed.len()..).unwrap_or_default())
}

fn escape_markdown(out: &mut String, text: &str) {
    for (index, c) in text.chars().enumerate() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' => out.push_str("&#124;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '#' | '+' | '-' | '=' if index == 0 => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
}

/// Markdown for a table cell, where a bar ends the cell even inside code.
///
/// Takes what [`markdown`] or [`markdown_code`] wrote. Lines are kept apart.
pub fn markdown_cell(markdown: &str) -> String {
    markdown.replace('|', "\\|").replace('\n', "<br>")
}

/// A Markdown code span that holds any one line, also one with backticks.
pub fn markdown_code(text: &str) -> String {
    let text = line(text);
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(text, '`') + 1);
    if text.starts_with('`') || text.ends_with('`') {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

/// A fenced Markdown block that holds any lines, also ones that look like a fence.
pub fn markdown_block(text: &str, language: &str) -> String {
    let fence = "`".repeat((longest_run(text, '`') + 1).max(3));
    let mut out = format!("{fence}{language}\n");
    for line in lines(text) {
        out.push_str(&line);
        out.push('\n');
    }
    out.push_str(&fence);
    out.push('\n');
    out
}

fn longest_run(text: &str, of: char) -> usize {
    let mut longest = 0usize;
    let mut run = 0usize;
    for c in text.chars() {
        run = if c == of { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn terminal_commands_become_visible() {
        assert_eq!(line("\u{1b}[31mred\u{1b}[0m"), "\\x1b[31mred\\x1b[0m");
        assert_eq!(line("\u{1b}]52;c;aGk=\u{7}"), "\\x1b]52;c;aGk=\\x07");
        assert_eq!(line("\u{1b}]8;;http://evil\u{1b}\\text"), "\\x1b]8;;http://evil\\x1b\\text");
        assert_eq!(line("\u{9b}2J\u{90}x\u{9c}\u{7f}"), "\\x9b2J\\x90x\\x9c\\x7f");
        assert_eq!(line("a\r\nfix: run this\tnow"), "a\\r\\nfix: run this\\tnow");
    }

    #[test]
    fn text_that_reads_backwards_or_is_invisible_becomes_visible() {
        assert_eq!(line("a\u{202e}gnp.exe\u{202c}"), "a\\u{202e}gnp.exe\\u{202c}");
        assert_eq!(line("\u{2066}x\u{2069}"), "\\u{2066}x\\u{2069}");
        assert_eq!(line("pay\u{200b}pal\u{feff}\u{e0041}"), "pay\\u{200b}pal\\u{feff}\\u{e0041}");
        assert_eq!(line("a\u{2028}b\u{ad}"), "a\\u{2028}b\\xad");
    }

    #[test]
    fn clean_text_is_borrowed_whatever_its_script() {
        for text in ["", "plain", "Zürich 東京 مرحبا", "‘Access-Control-Allow-Origin’ …"] {
            assert!(matches!(line(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn widths_count_columns_not_characters() {
        assert_eq!(truncate("abcdef", 4, "…"), "abc…");
        assert_eq!(truncate("abcd", 4, "…"), "abcd");
        assert_eq!(truncate("東京都庁", 5, "…"), "東京…");
        assert_eq!(pad("東京都庁", 6, "…"), "東京… ");
        assert_eq!(pad("ab", 4, "…"), "ab  ");
        assert_eq!(truncate("abc", 0, "…"), "");
        assert_eq!(truncate("abcdef", 5, "..."), "ab...");
    }

    #[test]
    fn markup_of_a_capture_is_text_in_html() {
        assert_eq!(html("<script>\"'&\u{1b}"), "&lt;script&gt;&quot;&#39;&amp;\\x1b");
    }

    #[test]
    fn markdown_of_a_capture_is_text() {
        assert_eq!(markdown("*a* | [x](y) `z` <b> @team"), "\\*a\\* &#124; \\[x\\](y) \\`z\\` &lt;b&gt; `@team`");
        assert_eq!(markdown("see #12, 100 % of $x & y"), "see `#12`, 100 % of `$x` &amp; y");
        assert_eq!(markdown("# not a heading\n- nor a list"), "\\# not a heading\\\\n- nor a list");
        assert_eq!(markdown("see (https://a.example/x_y)."), "see (`https://a.example/x_y`).");
    }

    #[test]
    fn code_spans_and_blocks_hold_backticks_and_bars() {
        assert_eq!(markdown_code("a`b``c"), "```a`b``c```");
        assert_eq!(markdown_code("`a`"), "`` `a` ``");
        assert_eq!(markdown_cell(&markdown_code("a|b")), "`a\\|b`");
        assert_eq!(markdown_block("x\n```\ny", ""), "````\nx\n```\ny\n````\n");
    }

    proptest! {
        #[test]
        fn nothing_hidden_survives_and_widths_hold(text in "\\PC{0,40}|.{0,40}", columns in 0usize..30) {
            let clean = line(&text);
            prop_assert!(!clean.chars().any(is_hidden));
            prop_assert!(width(&truncate(&clean, columns, "…")) <= columns);
            prop_assert_eq!(width(&pad(&clean, columns, "…")), columns);
            prop_assert!(!html(&text).contains('<'));
            prop_assert!(!markdown_cell(&markdown(&text)).replace("\\|", "").contains(['|', '\n']));
        }
    }
}
