//! Secrets in running text: addresses, `name=value`, `"name": "value"`, header lines, loose tokens.
//!
//! One pass, linear in the text: what a step looks at and does not consume is counted against a
//! budget proportional to the text. When a hostile text has used it up, what could be a value is
//! replaced without a second look. Addresses, and paths that begin with a slash, go to the walker
//! over addresses.

use super::url::{self, url};
use super::{Kind, Replace, decode, headers, names, shapes};

/// Authentication schemes after which credentials stand.
const SCHEMES: &[&str] =
    &["bearer", "basic", "digest", "token", "negotiate", "ntlm", "apikey", "hawk", "oauth", "aws4-hmac-sha256", "dpop"];

/// Running text with every secret in it replaced; everything else stays as it is.
pub fn text(text: &str, by: &mut dyn Replace) -> String {
    Scanner { by, foreign: false }.scan(text)
}

/// The same of a text that is no sentence of this program, in which a word behind a telling name and a
/// colon is its value.
pub(super) fn foreign(text: &str, by: &mut dyn Replace) -> String {
    Scanner { by, foreign: true }.scan(text)
}

struct Scanner<'r> {
    by: &'r mut dyn Replace,
    foreign: bool,
}

impl Scanner<'_> {
    fn scan(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut before = '\n';
        let mut budget = text.len().saturating_mul(4).saturating_add(4096);
        while let Some(c) = rest.chars().next() {
            if c == '/' && starts_path(before, rest) {
                let path = address(rest);
                if self.by.stays(path) {
                    out.push_str(path);
                } else {
                    out.push_str(&url(path, self.by));
                }
                before = path.chars().next_back().unwrap_or(before);
                rest = rest.get(path.len()..).unwrap_or_default();
                continue;
            }
            if !body(c) {
                out.push(c);
                before = c;
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
                continue;
            }
            let run_end = rest.bytes().position(|byte| !body(char::from(byte))).unwrap_or(rest.len());
            let (run, after) = rest.split_at(run_end);
            let holds_content =
                || after.starts_with(':') && ["data", "javascript"].iter().any(|known| run.eq_ignore_ascii_case(known));
            let used = if (after.starts_with("://") && url::is_scheme(run))
                || (holds_content() && after.chars().nth(1).is_some_and(|c| !c.is_whitespace()))
            {
                let address = address(rest);
                out.push_str(&url(address, self.by));
                address.len()
            } else {
                self.run(&mut out, run, after, before, &mut budget)
            };
            // Every branch consumes at least the run; a run is never empty.
            let used = used.max(run.len());
            before = rest.get(..used).and_then(|used| used.chars().next_back()).unwrap_or(before);
            rest = rest.get(used..).unwrap_or_default();
        }
        out
    }

    /// A run of body characters that starts no address. Returns the bytes consumed of run and what
    /// follows it.
    fn run(&mut self, out: &mut String, run: &str, after: &str, before: char, budget: &mut usize) -> usize {
        if matches!(before, '?' | '&')
            && let Some(value) = after.strip_prefix('=')
        {
            let end =
                value.find(|c: char| ends_address(c) || matches!(c, '&' | '#' | ')' | ',')).unwrap_or(value.len());
            let used = run.len().saturating_add(1).saturating_add(end);
            let whole = format!("{run}={}", value.get(..end).unwrap_or_default());
            url::parameter(&whole, out, self.by);
            return used;
        }
        if let Some(used) = self.field(out, run, after, before, budget) {
            return used;
        }
        // `api.shop.example/v1/orders`: an address without its scheme.
        if is_host(run) {
            if after.starts_with('/') && before != '/' && before != '@' {
                let whole = address(after);
                let masked = url(&format!("//{run}{whole}"), self.by);
                out.push_str(masked.strip_prefix("//").unwrap_or(&masked));
                return run.len().saturating_add(whole.len());
            }
            out.push_str(run);
            return run.len();
        }
        // The value of a scheme outside a header line: `Bearer abc…`.
        if is_scheme(run)
            && let Some(value) = after.strip_prefix(' ')
        {
            let end = value.find(|c: char| !(body(c) || matches!(c, '/' | '='))).unwrap_or(value.len());
            let value = value.get(..end).unwrap_or_default().trim_end_matches('.');
            // `Basic realm=…` is a challenge, `Basic dXNlcg==` a credential.
            if credential(value) && !value.trim_end_matches('=').contains('=') {
                out.push_str(run);
                out.push(' ');
                out.push_str(&self.by.replace(Kind::Token, value));
                return run.len() + 1 + value.len();
            }
        }
        if let Some(domain) = after.strip_prefix('@') {
            let end =
                domain.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))).unwrap_or(domain.len());
            let domain = domain.get(..end).unwrap_or_default().trim_end_matches('.');
            if shapes::is_email(run, domain) {
                let address = format!("{run}@{domain}");
                out.push_str(&self.by.replace(Kind::Email, &address));
                return address.len();
            }
        }
        // Standard base64 holds slashes and ends in `=`: all of it is one value.
        let wide = after.bytes().take(*budget).take_while(|b| body(char::from(*b)) || matches!(b, b'/' | b'=')).count();
        *budget -= wide;
        let tail = after.get(..wide).unwrap_or_default();
        if !tail.is_empty() && before != '/' && shapes::is_base64_joined(run, tail) {
            let secret = format!("{run}{tail}");
            out.push_str(&self.by.replace(Kind::Token, &secret));
            return secret.len();
        }
        // A sentence ends in a point that belongs to no token.
        let core = run.trim_end_matches('.');
        let header = core.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("x-")) && shapes::is_opaque(core);
        if (shapes::is_token(core) || header) && !self.by.stays(core) {
            out.push_str(&self.by.replace(if before == '/' { Kind::Id } else { Kind::Token }, core));
            out.push_str(run.get(core.len()..).unwrap_or_default());
        } else {
            out.push_str(run);
        }
        run.len()
    }

    /// `name=value`, `name: value`, `"name": "value"`. None when this is no field or no secret.
    fn field(&mut self, out: &mut String, run: &str, after: &str, before: char, budget: &mut usize) -> Option<usize> {
        let separator = separator(after)?;
        let value_at = separator.len;
        let rest = after.get(value_at..)?;
        if headers::is_request_id(run) {
            let end = rest.find(['\n', '"', ',', ' ']).unwrap_or(rest.len());
            out.push_str(run);
            out.push_str(after.get(..value_at + end)?);
            return Some(run.len() + value_at + end);
        }
        let named = names::named(run)?;
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let inner = rest.get(quote.map_or(0, char::len_utf8)..)?;
        // Credentials run to the end of the line behind a scheme; a sentence about authorization
        // goes on with a word that is none.
        let scheme_follows = inner.split(' ').next().is_some_and(is_scheme);
        let whole_line = (named.kind == Kind::Cookie && cookie_pair(inner)) || (authorization(run) && scheme_follows);
        let end = match quote {
            Some(quote) => inner.find([quote, '\n']),
            None if whole_line => inner.find(['\n', '"', '\'', ')']),
            None => inner.find(|c: char| {
                c.is_whitespace() || matches!(c, '&' | ';' | ',' | '"' | '\'' | ')' | ']' | '}' | '<' | '>' | '`' | '#')
            }),
        };
        let value = inner.get(..end.unwrap_or(inner.len()))?;
        // The scheme of credentials is no secret and explains much.
        let (scheme, secret) = match value.split_once(' ') {
            Some((scheme, secret)) if is_scheme(scheme) => (Some(scheme), secret),
            _ => (None, value),
        };
        let in_query = matches!(before, '?' | '&' | ';' | '#');
        let is_secret = match separator.sign {
            _ if self.foreign => !secret.is_empty(),
            '=' if separator.spaced => credential(secret),
            '=' => named.anywhere || in_query || secret.len() >= 6,
            _ if scheme.is_some() => credential(secret),
            _ if quote.is_some() => named.anywhere,
            _ if named.kind == Kind::Cookie => cookie_pair(secret),
            _ => named.anywhere && credential(secret),
        };
        if (!is_secret && *budget >= value.len()) || names::is_blank(secret) || self.by.stays(secret) {
            *budget = budget.saturating_sub(value.len());
            return None;
        }
        out.push_str(run);
        out.push_str(after.get(..value_at)?);
        out.extend(quote);
        if let Some(scheme) = scheme {
            out.push_str(scheme);
            out.push(' ');
        }
        out.push_str(&self.by.replace(named.kind, &decode(secret)));
        Some(run.len() + value_at + quote.map_or(0, char::len_utf8) + value.len())
    }
}

/// Characters of names and tokens.
fn body(c: char) -> bool {
    usize::try_from(u32::from(c)).ok().and_then(|at| BODY.get(at)).is_some_and(|body| *body)
}

/// The same of every ASCII character: asked of each byte of each sentence.
const BODY: [bool; 128] = {
    let mut table = [false; 128];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'~' | b'%' | b'+' | b'-');
        byte += 1;
    }
    table
};

/// Whether a run is the name of a host: labels of lower-case letters, digits and hyphens, and a top-level
/// domain that is in use.
fn is_host(run: &str) -> bool {
    const TOP: &[&str] = &[
        "app",
        "at",
        "au",
        "br",
        "ca",
        "ch",
        "cloud",
        "cn",
        "co",
        "com",
        "de",
        "dev",
        "edu",
        "es",
        "eu",
        "example",
        "fi",
        "fr",
        "gov",
        "in",
        "info",
        "internal",
        "io",
        "it",
        "jp",
        "lan",
        "local",
        "localhost",
        "me",
        "mx",
        "net",
        "nl",
        "no",
        "nz",
        "org",
        "pl",
        "pt",
        "ru",
        "se",
        "test",
        "tr",
        "tv",
        "uk",
        "us",
    ];
    let Some((rest, top)) = run.rsplit_once('.') else { return false };
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    TOP.binary_search(&top).is_ok() && run.len() <= 253 && rest.split('.').all(label)
}

/// Whether a slash begins a path: `OPTIONS /v1/orders`, `"/v1/orders"`, but not `text/html`, `*/*`,
/// `</html>` or a comment.
fn starts_path(before: char, rest: &str) -> bool {
    let opens = before.is_whitespace() || matches!(before, '"' | '\'' | '`' | '(' | '[' | '=' | ',' | '‘' | '“' | ':');
    opens && rest.chars().nth(1).is_some_and(body)
}

/// The address at the beginning of a text, without the punctuation of the sentence around it.
fn address(rest: &str) -> &str {
    // Quotes within braces are those of JSON in a query.
    let mut braces = 0_usize;
    let end = rest.find(|c: char| {
        match c {
            '{' => braces += 1,
            '}' => braces = braces.saturating_sub(1),
            _ => {}
        }
        ends_address(c) && (braces == 0 || c.is_whitespace())
    });
    let end = end.unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default().trim_end_matches(['.', ',', ':', ';', ')', ']', '}', '!'])
}

fn ends_address(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '‘' | '’' | '“' | '”')
}

fn authorization(run: &str) -> bool {
    run.eq_ignore_ascii_case("authorization") || run.eq_ignore_ascii_case("proxy-authorization")
}

fn is_scheme(word: &str) -> bool {
    SCHEMES.iter().any(|scheme| scheme.eq_ignore_ascii_case(word))
}

/// Whether a text begins as a cookie does: `name=`.
fn cookie_pair(text: &str) -> bool {
    let name = text.find(|c: char| !(body(c) || matches!(c, '!' | '#' | '$' | '&' | '*' | '^' | '|')));
    name.is_some_and(|at| at > 0 && text.get(at..).is_some_and(|rest| rest.starts_with('=')))
}

/// Whether a value behind a colon is a credential rather than the next word of a sentence.
fn credential(value: &str) -> bool {
    let mixed = value.bytes().any(|b| b.is_ascii_digit())
        || (value.bytes().skip(1).any(|b| b.is_ascii_uppercase()) && value.bytes().any(|b| b.is_ascii_lowercase()));
    value.len() >= 6 && mixed && !value.starts_with(['$', '('])
}

struct Separator {
    sign: char,
    /// A blank stands before the sign, as in a sentence.
    spaced: bool,
    /// Bytes up to the value.
    len: usize,
}

/// What stands between a name and its value: closing brackets and quotes, then `=` or `:`.
fn separator(after: &str) -> Option<Separator> {
    let mut len = 0usize;
    let mut sign = None;
    let mut spaced = false;
    for c in after.chars().take(6) {
        match (sign, c) {
            (None, ']' | '"' | '\'') | (_, '\\' | ' ') => {}
            (None, '=' | ':') => sign = Some(c),
            (None, _) => return None,
            (Some(_), _) => break,
        }
        spaced |= sign.is_none() && c == ' ';
        len += c.len_utf8();
    }
    Some(Separator { sign: sign?, spaced, len })
}

#[cfg(test)]
mod tests {

    fn text(text: &str) -> String {
        crate::secrets::Masker::new().text(text)
    }

    #[test]
    fn credentials_in_header_lines_go_and_schemes_stay() {
        assert_eq!(text("-H 'Authorization: Bearer abc123def456'"), "-H 'Authorization: Bearer token-1'");
        assert_eq!(text("authorization: Basic dXNlcjpwYXNzd29yZA=="), "authorization: Basic token-1");
        assert_eq!(text("Cookie: a=1; session=xyz99\nnext"), "Cookie: cookie-1\nnext");
        assert_eq!(text("x-api-key: 9f8e7d6c"), "x-api-key: key-1");
        assert_eq!(text("the token was Bearer abc123def456."), "the token was Bearer token-1.");
    }

    #[test]
    fn placeholders_stay_as_they_are() {
        let line = "curl -H \"Authorization: Bearer $TOKEN\" -H 'Origin: https://a.example' -d @body.json";
        assert_eq!(text(line), line);
    }

    #[test]
    fn form_and_json_fields_are_masked() {
        assert_eq!(text("grant=x&password=hunter2&user=jane"), "grant=x&password=password-1&user=value-1");
        assert_eq!(text("{\"access_token\": \"abc\", \"n\": 1}"), "{\"access_token\": \"token-1\", \"n\": 1}");
        assert_eq!(text("user[password]=hunter22"), "user[password]=password-1");
        assert_eq!(text("/auth/cb?code=77&x=1"), "/auth/cb?code=code-1&x=1");
    }

    #[test]
    fn sentences_about_secrets_are_left_alone() {
        for sentence in [
            "asked POST with headers authorization, content-type",
            "with authorization: the preflight allowed both",
            "asked GET with header authorization: the preflight allowed it for this page (entry 6, 204)",
            "set-cookie: AUTH_SESSION_ID, KEYCLOAK_SESSION2 (names only)",
            "the same token = the same host",
            "(Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 405.",
            "access-control-allow-credentials: true",
            "Access-Control-Allow-Headers: authorization, x-api-key, x-csrf-token",
            "{\"message\":\"Missing Authentication Token\"}",
            "www-authenticate: Basic realm=\"shop\"",
            "A preflight never carries a token or cookie: no browser sends one",
            "PreflightMissingAllowOriginHeader at https://a.example/b",
        ] {
            assert_eq!(text(sentence), sentence);
        }
    }

    #[test]
    fn loose_tokens_and_addresses_go() {
        assert_eq!(text("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln, x"), "got token-1, x");
        assert_eq!(text("id 5f4dcc3b5aa765d61d8327deb882cf99."), "id token-1.");
        assert_eq!(text("mail jane.doe+x@shop.example now"), "mail email-1 now");
        assert_eq!(text("k Zm9v/YmFy+MTIzNDU2Nzg5MHF3ZXJ0eQ== end"), "k token-1 end");
        assert_eq!(text("https://a.example/p?sig=abc) and"), "https://a.example/p?sig=signature-1) and");
    }

    #[test]
    fn request_ids_stay_visible() {
        let line = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(text(line), line);
        assert_eq!(
            text("x-amz-cf-id: Zm9vYmFyMTIzNDU2Nzg5MHF3ZXJ0eQ=="),
            "x-amz-cf-id: Zm9vYmFyMTIzNDU2Nzg5MHF3ZXJ0eQ=="
        );
    }

    #[test]
    fn a_text_made_to_be_looked_at_again_and_again_is_scanned_in_one_pass() {
        for piece in ["a/", "a=", "authorization: bearer ", "token: ", "cookie: ", "a@", "key=a ", "Bearer a", "x://"] {
            let hostile = piece.repeat(40_000);
            assert!(!text(&hostile).is_empty(), "{piece}");
        }
    }

    #[test]
    fn addresses_encoded_in_addresses_are_looked_into_and_not_without_end() {
        let mut url = "https://a.example/?token=s3cr3tvalue".to_owned();
        for _ in 0..40 {
            let encoded =
                url.replace('%', "%25").replace(':', "%3A").replace('/', "%2F").replace('?', "%3F").replace('=', "%3D");
            url = format!("https://a.example/?u={encoded}");
        }
        assert!(!text(&url).contains("s3cr3tvalue"));
    }

    #[test]
    fn any_text_is_scanned_to_its_end() {
        for odd in ["", ":", "=", "a=", "token=", "token:", "://", "x://", "é=ü", "token=\"", "@", "a@", "Bearer ", "%"]
        {
            assert_eq!(text(odd), odd);
        }
    }
}
