//! The writers, one file a family of languages. Each gives `None` for what its language cannot hold.

pub(super) mod code;
pub(super) mod config;
pub(super) mod data;
pub(super) mod shell;

use std::fmt::Write as _;

/// A value as a regular expression that fits it alone, in the dialect that PCRE, RE2 and Python's `re` share.
///
/// Quotes and control characters become `\xHH`, so that the expression can stand between any quotes.
pub(super) fn regex(raw: &str) -> Option<String> {
    let mut out = String::with_capacity(raw.len() + 8);
    for c in raw.chars() {
        match c {
            c if c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '~' | ':') => out.push(c),
            '\'' | '"' | '`' | '$' | '%' | '#' | '{' | '}' | ' ' => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c if c.is_ascii_graphic() => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_ascii() => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            _ => return None,
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::language::{Language, Quote};
    use proptest::prelude::*;

    /// What people tried: ends of literals, placeholders, substitutions, comments, new lines, formats.
    pub(in crate::paste) const ATTACKS: &[&str] = &[
        "'",
        "\"",
        "`",
        "\\",
        "\\'",
        "\\\"",
        "\\\\'",
        "$",
        "$(id)",
        "`id`",
        "${IFS}",
        "$http_cookie",
        "#{`id`}",
        "#$x",
        "{env.HOME}",
        "{{7*7}}",
        "{",
        "}",
        "%{HTTP:Cookie}e",
        "%s",
        "%n",
        "%[env(HOME)]",
        "%27",
        "<",
        ">",
        "&",
        "]]>",
        "</origin>",
        "<!--",
        "-->",
        "\n",
        "\r\n",
        "\r",
        "\t",
        "\0",
        "\u{1b}[2J",
        "\u{7f}",
        "\u{85}",
        "\u{2028}",
        "\u{202e}",
        "\u{e9}",
        "\u{1f600}",
        "\\u0022",
        "\\u000a",
        "\\x27",
        "*",
        "~.*",
        "!",
        "!!",
        "; id",
        "| id",
        "&& id",
        "#",
        " # x",
        "//",
        "/*",
        "*/",
        "-o",
        "@/etc/passwd",
        "EOF",
        "<<EOF",
        ": x",
        "- x",
        "y",
        "NO",
        "null",
        "0x1f",
        "",
        " ",
        "', process.exit(1), '",
        "\"; import os; os.system('id'); \"",
        "'; system('id'); '",
        "\"}]; return; {\"",
        "\" + req.http.Cookie + \"",
        "x\" always; add_header Y \"z",
        "expr=%{HTTP_COOKIE}",
        "=id",
        "^a b",
        "(e:'id':)",
    ];

    #[test]
    fn no_writer_lets_an_attack_end_its_literal() {
        let mut tried = 0;
        for language in Language::ALL {
            for quote in [Quote::Single, Quote::Double, Quote::Raw] {
                let mark = if quote == Quote::Single { '\'' } else { '"' };
                for attack in ATTACKS {
                    for raw in [(*attack).to_owned(), format!("https://{attack}"), format!("a{attack}b")] {
                        let Some(inside) = language.inside(quote, &raw) else { continue };
                        tried += 1;
                        assert!(
                            ends_nowhere(language, quote, mark, &inside),
                            "{language:?} {quote:?} {raw:?}: {inside}"
                        );
                        assert!(!inside.chars().any(char::is_control), "{language:?} {quote:?} {raw:?}: {inside:?}");
                    }
                }
            }
        }
        assert!(tried > 2_000, "{tried}");
    }

    /// Whether a reader of this language is still between the quotes at the end, written anew for the test.
    fn ends_nowhere(language: Language, quote: Quote, mark: char, inside: &str) -> bool {
        if language == Language::JsonInShell {
            let words = shlex::split(&format!("'\"{inside}\"'"));
            return words.is_some_and(|words| words.len() == 1 && serde_json::from_str::<String>(&words[0]).is_ok());
        }
        let escapes = !language.keeps_backslashes(quote) && !matches!(language, Language::Prose | Language::Xml);
        let mut chars = inside.chars();
        while let Some(c) = chars.next() {
            if c == '\\' && escapes {
                if chars.next().is_none() {
                    return false;
                }
            } else if c == mark {
                return false;
            }
        }
        quote != Quote::Raw || !inside.ends_with('\\') || inside.ends_with("\\\\")
    }

    #[test]
    fn placeholders_of_the_target_are_never_formed() {
        let forms: &[(Language, Quote, &[&str])] = &[
            (Language::Nginx, Quote::Double, &["$"]),
            (Language::Apache, Quote::Double, &["$"]),
            (Language::Caddy, Quote::Double, &["{", "}"]),
            (Language::Haproxy, Quote::Double, &["%"]),
            (Language::Properties, Quote::Bare, &["$"]),
            (Language::Prose, Quote::Bare, &["$", "{", "`"]),
        ];
        for (language, quote, marks) in forms {
            for attack in ATTACKS {
                let inside = language.inside(*quote, attack).unwrap_or_default();
                for mark in *marks {
                    assert!(!inside.contains(mark), "{language:?} {attack:?}: {inside}");
                }
            }
        }
        assert_eq!(Language::Yaml.inside(Quote::Double, "a\u{1f600}b").as_deref(), Some("a\\U0001f600b"));
        assert_eq!(Language::ApacheHeader.inside(Quote::Double, "%{x}e").as_deref(), Some("%%{x}e"));
        assert_eq!(Language::Ruby.inside(Quote::Double, "#{x}").as_deref(), Some("\\#{x}"));
        assert_eq!(Language::Php.inside(Quote::Double, "{$x}").as_deref(), Some("{\\$x}"));
        assert_eq!(Language::Haproxy.inside(Quote::Double, "$x").as_deref(), Some("\\$x"));
    }

    #[test]
    fn a_word_is_one_word() {
        for language in [Language::Nginx, Language::Apache, Language::Caddy, Language::Haproxy, Language::Yaml] {
            assert_eq!(language.word("https://a.b:1/c_d-e").as_deref(), Some("https://a.b:1/c_d-e"), "{language:?}");
            for attack in ATTACKS {
                let Some(word) = language.word(attack) else { continue };
                let bare = word.chars().all(|c| c.is_ascii_alphanumeric() || "/:._-,~".contains(c)) && !word.is_empty();
                assert!(
                    bare || (word.len() > 1 && word.starts_with('"') && word.ends_with('"')),
                    "{language:?}: {word}"
                );
            }
        }
        for word in ["NO", "y", "null", "0x1f", "1", "1e3", "-", "", "12:30", "true"] {
            assert!(Language::Yaml.word(word).unwrap().starts_with('"'), "{word}");
        }
    }

    #[test]
    fn a_regular_expression_fits_the_value_alone() {
        assert_eq!(super::regex("/v1/a.b").as_deref(), Some("/v1/a\\.b"));
        assert_eq!(super::regex("a|b(c)[d]^e*f+g?").as_deref(), Some("a\\|b\\(c\\)\\[d\\]\\^e\\*f\\+g\\?"));
        assert_eq!(super::regex("'\"$\\").as_deref(), Some("\\x27\\x22\\x24\\\\"));
    }

    proptest! {
        #[test]
        fn shells_read_back_what_was_written(raw in "\\PC{0,40}", json in "\\PC{0,40}") {
            if let Some(word) = Language::Shell.word(&raw) {
                prop_assert_eq!(shlex::split(&word), Some(vec![raw.clone()]));
            }
            if let Some(inside) = Language::Shell.inside(Quote::Double, &raw) {
                prop_assert_eq!(shlex::split(&format!("\"{inside}\"")), Some(vec![raw]));
            }
            let inside = Language::JsonInShell.inside(Quote::Double, &json).unwrap();
            let words = shlex::split(&format!("'\"{inside}\"'")).unwrap();
            prop_assert_eq!(serde_json::from_str::<String>(&words[0]).unwrap(), json);
        }

        #[test]
        fn json_and_yaml_scalars_read_back(raw in any::<String>()) {
            let json = Language::Json.inside(Quote::Double, &raw).unwrap();
            prop_assert_eq!(serde_json::from_str::<String>(&format!("\"{json}\"")).unwrap(), raw.clone());
            let yaml = Language::Yaml.inside(Quote::Double, &raw).unwrap();
            prop_assert!(yaml.is_ascii());
            if raw.chars().all(|c| c <= '\u{ffff}') {
                prop_assert_eq!(serde_json::from_str::<String>(&format!("\"{yaml}\"")).unwrap(), raw);
            }
        }

        #[test]
        fn xml_reads_back(raw in "[ -~\u{e9}\u{4e2d}]{0,40}") {
            let inside = Language::Xml.inside(Quote::Double, &raw).unwrap();
            prop_assert!(!inside.contains(['<', '>', '"', '\'']));
            let back = quick_xml::escape::unescape(&inside).unwrap();
            prop_assert_eq!(&*back, raw.as_str());
        }
    }
}
