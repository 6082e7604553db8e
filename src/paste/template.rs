//! Configuration texts with holes: `app.use(cors({ origin: ['{origin}'] }))`.
//!
//! Owns which holes there are, and where in the text one stands: between which quotes, or as a word of
//! its own. The language's writer fills it accordingly. Holes are `{origin}`, `{path}`, `{path~}` (a
//! regular expression that fits the path), `{route}` (the path without its first slash), `{methods}` and
//! `{headers}` (comma lists), the same with `'`, `"` or a blank appended for quoted items and blank lists
//! (`{methods'}`, `{headers"}`, `{methods }`) or `<` and `>` for elements of XML, `{verbs }` for methods in lower
//! case, and parts that are left out when there is nothing to say: `[[h:…]]` without unsafe headers, `[[c:…]]` without
//! credentials, `[[n:…]]` with them.

use super::language::{Language, Quote};
use super::text::Text;
use super::value::{FieldName, PlainMethod, PlainPath, Raw, SerializedOrigin};

/// What the holes are filled with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holes {
    /// The page's origin.
    pub origin: SerializedOrigin,
    /// The path, or what stands for it.
    pub path: PlainPath,
    /// Methods to allow.
    pub methods: Vec<PlainMethod>,
    /// Request headers to allow.
    pub headers: Vec<FieldName>,
    /// Whether credentials are allowed.
    pub credentials: bool,
}

/// How the items of a list are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Items {
    /// One value, commas between.
    Commas,
    /// Words with blanks between.
    Blanks,
    /// Literals with these quotes.
    Quoted(Quote),
    /// `<add method="…" />`.
    Attributes,
    /// `<method>…</method>`.
    Elements,
}

/// A hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hole {
    Origin,
    Path,
    Pattern,
    Route,
    Verbs,
    Methods(Items),
    Headers(Items),
}

impl Hole {
    fn of(key: &str) -> Option<Self> {
        let items = |mark: &str| {
            Some(match mark {
                "" => Items::Commas,
                " " => Items::Blanks,
                "'" => Items::Quoted(Quote::Single),
                "\"" => Items::Quoted(Quote::Double),
                "<" => Items::Attributes,
                ">" => Items::Elements,
                _ => return None,
            })
        };
        Some(match key {
            "origin" => Self::Origin,
            "path" => Self::Path,
            "path~" => Self::Pattern,
            "route" => Self::Route,
            "verbs " => Self::Verbs,
            _ => match (key.strip_prefix("methods"), key.strip_prefix("headers")) {
                (Some(mark), _) => Self::Methods(items(mark)?),
                (_, Some(mark)) => Self::Headers(items(mark)?),
                _ => return None,
            },
        })
    }

    /// What the language writes between these quotes.
    fn written(self, language: Language, quote: Quote, holes: &Holes) -> Option<String> {
        let one = |raw: &str| match quote {
            Quote::Bare => language.word(raw),
            _ => language.inside(quote, raw),
        };
        match self {
            Self::Origin => one(holes.origin.raw()),
            Self::Path => one(holes.path.raw()),
            Self::Route => one(holes.path.route().raw()),
            Self::Pattern => language.pattern(quote, holes.path.raw()),
            Self::Verbs => {
                let lower: Vec<PlainMethod> = holes.methods.iter().map(PlainMethod::lower).collect();
                list(&lower, Items::Blanks, "method", language, quote)
            }
            Self::Methods(items) => list(&holes.methods, items, "method", language, quote),
            Self::Headers(items) => list(&holes.headers, items, "header", language, quote),
        }
    }
}

fn list(all: &[impl Raw], items: Items, one: &str, language: Language, quote: Quote) -> Option<String> {
    let each = |write: &dyn Fn(&str) -> Option<String>, between: &str| {
        let written: Option<Vec<String>> = all.iter().map(|item| write(item.raw())).collect();
        written.map(|written| written.join(between))
    };
    let inside = || each(&|item| language.inside(quote, item), ",");
    match items {
        Items::Commas if quote == Quote::Bare => language.word(&each(&|item| Some(item.to_owned()), ",")?),
        Items::Commas => inside(),
        // Items with quotes of their own stand in no quotes.
        _ if quote != Quote::Bare => None,
        Items::Blanks => each(&|item| language.word(item), " "),
        Items::Quoted(own) => each(&|item| language.quoted(own, item), ", "),
        Items::Attributes | Items::Elements if language != Language::Xml => None,
        Items::Attributes => {
            each(&|item| Some(format!("<add {one}=\"{}\" />", language.inside(Quote::Double, item)?)), "")
        }
        Items::Elements => each(&|item| Some(format!("<{one}>{}</{one}>", language.word(item)?)), ""),
    }
}

/// Between which quotes a template's reader stands.
struct Reader {
    language: Language,
    quote: Quote,
    escaped: bool,
    /// The last two characters, for the `r` before a quote.
    before: [char; 2],
}

impl Reader {
    fn read(&mut self, c: char) {
        if self.escaped {
            self.escaped = false;
        } else if self.quote != Quote::Bare && c == '\\' && !self.language.keeps_backslashes(self.quote) {
            self.escaped = true;
        } else {
            let single = matches!(
                self.language,
                Language::Shell
                    | Language::JavaScript
                    | Language::Python
                    | Language::Php
                    | Language::Ruby
                    | Language::Prose
            );
            self.quote = match (self.quote, c) {
                (Quote::Bare, '"') if self.language == Language::Python && self.is_raw() => Quote::Raw,
                (Quote::Bare, '"') if !matches!(self.language, Language::Properties | Language::Header) => {
                    Quote::Double
                }
                (Quote::Bare, '\'') if single => Quote::Single,
                (Quote::Double | Quote::Raw, '"') | (Quote::Single, '\'') => Quote::Bare,
                (quote, _) => quote,
            };
        }
        self.before = [self.before[1], c];
    }

    fn is_raw(&self) -> bool {
        self.before[1] == 'r' && !self.before[0].is_ascii_alphanumeric()
    }
}

/// Whether a template says the path.
pub fn says_path(template: &str) -> bool {
    ["{path}", "{path~}", "{route}"].iter().any(|hole| template.contains(hole))
}

/// Fills a template. Braces that are no hole stay as they are.
pub fn fill(template: &'static str, language: Language, holes: &Holes) -> Text {
    let mut out = Text::new();
    let mut reader = Reader { language, quote: Quote::Bare, escaped: false, before: [' '; 2] };
    let mut rest = template;
    // Whether the optional part being read is wanted.
    let mut wanted = true;
    let mut inside = false;
    while !rest.is_empty() {
        if !inside && let Some(after) = rest.strip_prefix("[[h:") {
            (rest, inside, wanted) = (after, true, !holes.headers.is_empty());
        } else if !inside && let Some(after) = rest.strip_prefix("[[c:") {
            (rest, inside, wanted) = (after, true, holes.credentials);
        } else if !inside && let Some(after) = rest.strip_prefix("[[n:") {
            (rest, inside, wanted) = (after, true, !holes.credentials);
        } else if inside && let Some(after) = rest.strip_prefix("]]").filter(|after| !after.starts_with(']')) {
            (rest, inside, wanted) = (after, false, true);
        } else if let Some((key, after)) = rest.strip_prefix('{').and_then(|after| after.split_once('}'))
            && let Some(hole) = Hole::of(key)
        {
            if wanted {
                out.put(hole.written(language, reader.quote, holes));
            }
            rest = after;
        } else {
            let mut chars = rest.chars();
            if let Some(c) = chars.next() {
                reader.read(c);
                if wanted {
                    out.append(rest.get(..c.len_utf8()).unwrap_or_default());
                }
            }
            rest = chars.as_str();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holes() -> Holes {
        Holes {
            origin: SerializedOrigin::of("https://app.shop.test").unwrap(),
            path: PlainPath::of("/v1/a.b"),
            methods: vec![PlainMethod::of("GET").unwrap(), PlainMethod::of("PUT").unwrap()],
            headers: vec![FieldName::of("x-a").unwrap()],
            credentials: false,
        }
    }

    #[test]
    fn a_hole_is_filled_by_the_place_where_it_stands() {
        let filled = |template, language| fill(template, language, &holes()).as_str().to_owned();
        assert_eq!(
            filled("a['{origin}', {methods'}]", Language::JavaScript),
            "a['https://app.shop.test', 'GET', 'PUT']"
        );
        assert_eq!(filled("f(\"a\\\"{methods}\")", Language::Python), "f(\"a\\\"GET,PUT\")");
        assert_eq!(filled("{r\"{path~}\"}", Language::Python), "{r\"/v1/a\\.b\"}");
        assert_eq!(filled("x = \"{path~}\"", Language::JavaScript), "x = \"/v1/a\\\\.b\"");
        assert_eq!(filled("\"^{path~}(\\?|$)\"", Language::Vcl), "\"^/v1/a\\.b(\\?|$)\"");
        assert_eq!(
            filled("<a b=\"{origin}\">{methods<}</a>", Language::Xml),
            "<a b=\"https://app.shop.test\"><add method=\"GET\" /><add method=\"PUT\" /></a>"
        );
        assert_eq!(filled("%i[{verbs }]", Language::Ruby), "%i[get put]");
        assert_eq!(
            filled("x '[\"{origin}\",{methods\"}]'", Language::JsonInShell),
            "x '[\"https://app.shop.test\",\"GET\", \"PUT\"]'"
        );
    }

    #[test]
    fn a_hole_where_the_language_holds_nothing_leaves_no_text() {
        for (template, language) in [
            ("f({origin})", Language::JavaScript),
            ("[{methods }]", Language::Java),
            ("\"{methods\"}\"", Language::Json),
            ("{path~}", Language::Vcl),
            ("{methods<}", Language::Json),
        ] {
            assert!(fill(template, language, &holes()).is_empty(), "{template}");
        }
    }

    #[test]
    fn parts_with_nothing_to_say_are_left_out() {
        let template = "a[[h: h={headers}]][[c: c]][[n: n]] {b}";
        assert_eq!(fill(template, Language::Properties, &holes()).as_str(), "a h=x-a n {b}");
        let other = Holes { headers: Vec::new(), credentials: true, ..holes() };
        assert_eq!(fill(template, Language::Properties, &other).as_str(), "a c {b}");
    }
}
