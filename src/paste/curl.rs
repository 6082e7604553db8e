//! A curl line as typed parts, rendered last: a report masks its URL and values before they are quoted.
//!
//! Owns curl's own traps (globbing, values from files, options) and the names of shell variables that
//! stand for secrets. Does not decide what is sent.

use super::compose::{HeaderValue, Words};
use super::language::Language;
use super::text::Text;
use super::value::{FieldName, PlainMethod, Refused};

/// An absolute http or https URL, as a parser serialises it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url(url::Url);

impl Url {
    /// Parses a URL.
    pub fn of(text: &str) -> Result<Self, Refused> {
        let url = url::Url::parse(text).map_err(|_| Refused::Url)?;
        if matches!(url.scheme(), "http" | "https") && url.has_host() { Ok(Self(url)) } else { Err(Refused::Url) }
    }
}

/// Who takes secrets out of a URL and of a value.
pub trait Mask {
    /// A URL without secrets.
    fn url(&mut self, url: &str) -> String;
    /// A value without secrets.
    fn value(&mut self, value: &str) -> String;
}

/// How the method is said.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Method {
    /// GET, which curl sends by itself.
    Get,
    /// HEAD, after whose answer curl must not wait for a body.
    Head,
    Options,
    Named(PlainMethod),
}

/// A header to send.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Header {
    /// Name and value of our own choice.
    Own(&'static str, HeaderValue),
    /// A recorded line.
    Recorded(FieldName, HeaderValue),
    /// A line whose value the reader has to put into a shell variable.
    Variable(FieldName),
    /// `Authorization: Bearer $TOKEN`.
    Token(FieldName),
    /// `Cookie: $COOKIE`.
    Cookie,
}

/// A curl command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Curl {
    options: &'static str,
    method: Method,
    url: Url,
    headers: Vec<Header>,
    body: Option<&'static str>,
    filter: Option<&'static str>,
}

impl Curl {
    /// A GET with these options of curl.
    pub fn new(options: &'static str, url: Url) -> Self {
        Self { options, method: Method::Get, url, headers: Vec::new(), body: None, filter: None }
    }

    /// With this method; curl's own ways for GET and HEAD.
    #[must_use]
    pub fn method(mut self, method: &PlainMethod) -> Self {
        self.method = if method.is("GET") {
            Method::Get
        } else if method.is("HEAD") {
            Method::Head
        } else {
            Method::Named(method.clone())
        };
        self
    }

    /// With `OPTIONS`.
    #[must_use]
    pub fn options_method(mut self) -> Self {
        self.method = Method::Options;
        self
    }

    /// With this method, named whatever it is.
    #[must_use]
    pub fn named_method(mut self, method: &PlainMethod) -> Self {
        self.method = Method::Named(method.clone());
        self
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: HeaderValue) -> Self {
        self.headers.push(Header::Own(name, value));
        self
    }

    /// With a recorded header; a value that cannot be typed becomes a variable.
    #[must_use]
    pub fn recorded(mut self, name: &FieldName, value: &[u8]) -> Self {
        self.headers.push(match HeaderValue::recorded(value) {
            Some(value) => Header::Recorded(name.title_case(), value),
            None => Header::Variable(name.title_case()),
        });
        self
    }

    /// With a header whose value is a secret, or unknown.
    #[must_use]
    pub fn variable(mut self, name: &FieldName) -> Self {
        self.headers.push(Header::Variable(name.title_case()));
        self
    }

    /// With `Authorization`; a scheme that is no plain word becomes `Bearer`.
    #[must_use]
    pub fn authorization(mut self, scheme: Option<&str>) -> Self {
        let scheme = scheme.and_then(|scheme| FieldName::of(scheme).ok()).or_else(|| FieldName::of("Bearer").ok());
        self.headers.extend(scheme.map(Header::Token));
        self
    }

    /// With `Cookie`.
    #[must_use]
    pub fn cookie(mut self) -> Self {
        self.headers.push(Header::Cookie);
        self
    }

    /// With a body from this file of the reader's.
    #[must_use]
    pub fn body(mut self, file: &'static str) -> Self {
        self.body = Some(file);
        self
    }

    /// Whose output goes through this.
    #[must_use]
    pub fn filter(mut self, command: &'static str) -> Self {
        self.filter = Some(command);
        self
    }

    /// The same without secrets in URL and values; `None` when what is left is no URL.
    #[must_use]
    pub fn masked(mut self, mask: &mut impl Mask) -> Option<Self> {
        self.url = Url::of(&mask.url(self.url.0.as_str())).ok()?;
        for header in &mut self.headers {
            if let Header::Recorded(name, value) = header {
                let shown = value.masked(|text| mask.value(text));
                *header =
                    shown.map_or_else(|| Header::Variable(name.clone()), |value| Header::Recorded(name.clone(), value));
            }
        }
        Some(self)
    }

    /// The line.
    pub fn line(&self) -> Text {
        let mut line = Text::from("curl ").lit(self.options);
        // Brackets and braces of a URL are ranges and lists for curl.
        if self.url.0.as_str().contains(['[', ']', '{', '}']) {
            line = line.lit(" -g");
        }
        line = match &self.method {
            Method::Get => line,
            Method::Head => line.lit(" -I"),
            Method::Options => line.lit(" -X OPTIONS"),
            Method::Named(method) => line.lit(" -X ").word(Language::Shell, method),
        };
        let url = Words::made(self.url.0.as_str().to_owned());
        line = line.lit(" ").word(Language::Shell, &url);
        for header in &self.headers {
            line = line.lit(" -H ").text(&header.written());
        }
        if let Some(file) = self.body {
            line = line.lit(" -d @").lit(file);
        }
        if let Some(command) = self.filter {
            line = line.lit(" | ").lit(command);
        }
        line
    }
}

impl Header {
    fn written(&self) -> Text {
        let shell = |words: &Words| Text::new().word(Language::Shell, words);
        let named = |name: &FieldName, variable: Text| {
            let open = Text::from("\"").word(Language::Header, name).lit(": $");
            open.text(&variable).lit("\"")
        };
        match self {
            Self::Own(name, value) => shell(&Words::new(name).lit(": ").value(value)),
            // Without a value `Name:` would take curl's own line away, `Name;` sends it empty.
            Self::Recorded(name, value) if value.is_empty() => shell(&Words::default().value(name).lit(";")),
            Self::Recorded(name, value) => shell(&Words::default().value(name).lit(": ").value(value)),
            Self::Variable(name) => named(name, Text::new().word(Language::Header, &variable(name))),
            Self::Token(scheme) => Text::from("\"Authorization: ").word(Language::Header, scheme).lit(" $TOKEN\""),
            Self::Cookie => Text::from("\"Cookie: $COOKIE\""),
        }
    }
}

/// A shell variable's name for a header. One that does not begin with `X_` gets a beginning of ours: a header named
/// `Home` or `Aws-Secret-Access-Key` must not make the reader's shell send what it knows under that name.
fn variable(name: &FieldName) -> Words {
    let upper = name.shell_name();
    if upper.starts_with("X_") { Words::made(upper) } else { Words::made(format!("HEADER_{upper}")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(url: &str) -> String {
        Curl::new("-i", Url::of(url).unwrap()).line().as_str().to_owned()
    }

    #[test]
    fn urls_are_one_word_and_no_globs() {
        assert_eq!(line("https://api.shop.test/v1/orders"), "curl -i https://api.shop.test/v1/orders");
        assert_eq!(line("https://a.test/x?a=1&b=$(id)"), "curl -i 'https://a.test/x?a=1&b=$(id)'");
        assert_eq!(line("https://a.test/x?a[0]={b,c}"), "curl -i -g 'https://a.test/x?a[0]={b,c}'");
        assert_eq!(line("http://[::1]/"), "curl -i -g 'http://[::1]/'");
        for bad in ["file:///etc/passwd", "-o/etc/passwd", "@x", "scp://a/b", "data:,x", "//a/b", "", "https://"] {
            assert_eq!(Url::of(bad), Err(Refused::Url), "{bad}");
        }
    }

    #[test]
    fn secrets_are_variables_of_names_that_shells_do_not_know() {
        let name = |name| FieldName::of(name).unwrap();
        let curl = Curl::new("-i", Url::of("https://a.test/").unwrap())
            .variable(&name("x-api-key"))
            .variable(&name("aws-secret-access-key"))
            .variable(&name("1x"))
            .authorization(Some("Basic"))
            .authorization(Some("$(id)"))
            .cookie();
        assert_eq!(
            curl.line().as_str(),
            "curl -i https://a.test/ -H \"X-Api-Key: $X_API_KEY\" -H \"Aws-Secret-Access-Key: \
             $HEADER_AWS_SECRET_ACCESS_KEY\" -H \"1x: $HEADER_1X\" -H \"Authorization: Basic $TOKEN\" -H \
             \"Authorization: Bearer $TOKEN\" -H \"Cookie: $COOKIE\""
        );
    }

    #[test]
    fn recorded_values_are_single_words_or_variables() {
        let name = FieldName::of("x-a").unwrap();
        let with = |value: &[u8]| {
            let curl = Curl::new("-i", Url::of("https://a.test/").unwrap()).recorded(&name, value);
            curl.line().strip_prefix("curl -i https://a.test/ -H ").unwrap().to_owned()
        };
        assert_eq!(with(b"1"), "'X-A: 1'");
        assert_eq!(with(b"@/etc/passwd"), "'X-A: @/etc/passwd'");
        assert_eq!(with(b""), "'X-A;'");
        assert_eq!(with(b"a\nb"), "\"X-A: $X_A\"");
    }

    struct Nothing;

    impl Mask for Nothing {
        fn url(&mut self, url: &str) -> String {
            url.replace("secret", "token-1")
        }
        fn value(&mut self, value: &str) -> String {
            value.replace("secret", "token-1")
        }
    }

    #[test]
    fn masking_comes_before_quoting() {
        let curl = Curl::new("-i", Url::of("https://a.test/?t=secret").unwrap())
            .recorded(&FieldName::of("x-a").unwrap(), b"secret it's")
            .masked(&mut Nothing)
            .unwrap();
        assert_eq!(curl.line().as_str(), "curl -i 'https://a.test/?t=token-1' -H \"X-A: token-1 it's\"");
    }

    proptest! {
        #[test]
        fn a_line_has_as_many_words_as_parts(path in "\\PC{0,30}", query in "\\PC{0,30}", value in "[ -~]{0,30}") {
            let text = format!("https://a.test/{path}?{query}");
            let Ok(url) = Url::of(&text) else { return Ok(()) };
            let name = FieldName::of("x-a").unwrap();
            let line = Curl::new("-i", url.clone()).recorded(&name, value.as_bytes()).line();
            let words = shlex::split(&line).unwrap();
            let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| *word != "-g").collect();
            let sent = if value.is_empty() { "X-A;".to_owned() } else { format!("X-A: {value}") };
            prop_assert_eq!(words, ["curl", "-i", url.0.as_str(), "-H", &sent]);
        }
    }
}
