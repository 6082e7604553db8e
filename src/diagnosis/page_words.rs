//! Words that the pages and reason phrases of servers are made of.
//!
//! A body may hold anything: a key, a name, a trace. Only what is made of these words is quoted.
//! Owns the vocabulary; recognises no server.

/// Lower-case words, sorted.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "a", "able", "about", "accept", "acceptable", "accepted", "access", "accessdenied", "account", "action",
    "activity", "address", "administrator", "after", "again", "akamai", "all", "allow", "allowed", "allowedorigin",
    "already", "also", "amazon", "an", "and", "another", "any", "apache", "api", "apikey", "app", "appears",
    "application", "are", "as", "at", "attempt", "audience", "auth", "authenticate", "authenticated",
    "authentication", "authoritative", "authority", "authorization", "authorized", "authorizer", "automated",
    "available", "aws", "azure", "backend", "background", "bad", "banned", "based", "be", "bearer", "because", "been",
    "before", "behavior", "being", "blocked", "body", "bot", "both", "browser", "bucket", "but", "by", "bytes",
    "cache", "cachemgr", "caddy", "call", "called", "came", "can", "cannot", "captcha", "caused", "causes",
    "certificate", "cfg", "challenge", "check", "checking", "choices", "claim", "claims", "client", "close",
    "cloudflare", "cloudfront", "code", "configuration", "configure", "configured", "conflict", "connect",
    "connection", "contact", "content", "continue", "control", "cookie", "cookies", "cors", "corsresponse", "could",
    "couldn", "create", "created", "credential", "credentials", "cross", "csrf", "css", "current", "data", "database",
    "date", "day", "debug", "default", "delete", "denied", "deny", "dependency", "description", "detail", "details",
    "detected", "did", "different", "disabled", "disallowed", "disconnect", "do", "document", "documentation", "does",
    "doesn", "domain", "don", "done", "down", "due", "during", "early", "edge", "either", "empty", "enabled",
    "encountered", "endpoint", "enough", "entity", "envoy", "equal", "error", "errors", "event", "exceeded",
    "exception", "exist", "exists", "expectation", "expected", "expired", "explicit", "expose", "express", "extended",
    "fail", "failed", "failure", "false", "fastify", "fault", "field", "fields", "file", "fine", "firewall", "flask",
    "flight", "following", "for", "forbidden", "form", "format", "found", "frequency", "from", "fulfil", "fulfilling",
    "full", "function", "gateway", "generated", "get", "given", "go", "gone", "google", "got", "guru", "had",
    "handle", "handled", "handler", "hapi", "haproxy", "has", "hasn", "have", "haven", "having", "he", "head",
    "header", "headers", "hello", "help", "here", "hints", "home", "host", "hour", "html", "http", "https", "human",
    "id", "identifier", "identity", "if", "iis", "im", "image", "immediately", "imperva", "implemented", "in",
    "incapsula", "incident", "index", "information", "informational", "instance", "insufficient", "internal", "into",
    "invalid", "invocation", "ip", "is", "isn", "issue", "issuer", "istio", "it", "its", "itself", "javascript",
    "jetty", "json", "jwt", "key", "keycloak", "kong", "lambda", "large", "later", "left", "legal", "length", "level",
    "limit", "limits", "line", "link", "list", "ll", "load", "locked", "log", "logged", "logging", "login", "logs",
    "long", "loop", "lost", "made", "maintenance", "make", "malformed", "many", "matched", "matching", "maybe",
    "media", "meditation", "message", "meth", "method", "methods", "microsoft", "middleware", "minute", "minutes",
    "misdirected", "missing", "modified", "module", "moved", "multi", "multipart", "multiple", "must", "name", "need",
    "needed", "needs", "negotiates", "neither", "network", "never", "new", "next", "nginx", "no", "node", "non",
    "none", "nosniff", "not", "nothing", "now", "null", "number", "object", "occurred", "of", "off", "ok", "on",
    "once", "one", "only", "open", "openresty", "operation", "option", "options", "or", "oracle", "origin",
    "original", "origins", "other", "our", "out", "over", "owner", "page", "parameter", "parse", "parses", "partial",
    "passed", "patch", "path", "payload", "payment", "per", "performance", "permanent", "permanently", "permission",
    "permissions", "permitted", "php", "plain", "please", "point", "policy", "port", "portal", "post", "pre",
    "precondition", "preflight", "prevented", "problem", "processed", "processing", "propfind", "protected",
    "protocol", "protocols", "provide", "provided", "proxy", "public", "purge", "put", "quota", "range", "rate",
    "ray", "re", "read", "readable", "reason", "reasons", "received", "redirect", "redirecting", "ref", "reference",
    "refused", "rejected", "related", "reload", "remote", "removed", "renders", "replied", "report", "reported",
    "representation", "request", "requested", "requests", "require", "required", "requires", "requiring", "reset",
    "resource", "responding", "response", "responses", "result", "retrieving", "retry", "return", "returned", "right",
    "robot", "root", "route", "router", "rule", "s", "satisfiable", "scheme", "scope", "scopes", "search", "second",
    "seconds", "secure", "security", "see", "seems", "send", "sent", "serif", "server", "service", "session", "set",
    "should", "show", "sign", "signature", "signed", "site", "size", "so", "some", "something", "source", "spec",
    "specified", "spring", "squid", "start", "started", "status", "stop", "stopped", "storage", "store",
    "subscription", "such", "sucuri", "supplied", "support", "supported", "sure", "suspicious", "switching", "syntax",
    "system", "t", "target", "teapot", "temporarily", "temporary", "text", "than", "that", "the", "their", "them",
    "then", "there", "these", "they", "this", "those", "through", "time", "timed", "timeout", "to", "token", "tomcat",
    "too", "trace", "traefik", "traffic", "transport", "tried", "trouble", "true", "try", "trying", "type", "unable",
    "unauthorized", "unavailable", "under", "understand", "unexpected", "unhandled", "unknown", "unprocessable",
    "unreachable", "unsatisfiable", "unsupported", "until", "up", "update", "upgrade", "upgraded", "upstream", "uri",
    "url", "urlencoded", "use", "used", "user", "using", "valid", "value", "variant", "variants", "varies", "varnish",
    "ve", "verification", "verify", "version", "via", "view", "violation", "waf", "was", "wasn", "way", "we", "web",
    "website", "welcome", "were", "what", "when", "where", "which", "while", "white", "who", "will", "willing",
    "with", "within", "without", "won", "work", "working", "world", "would", "writable", "write", "writeable",
    "wrong", "www", "x", "xml", "yet", "you", "your",
];

/// The longest number that is quoted: a status.
const DIGITS: usize = 3;

/// A text of these words as it is; of another one the first sentences that hold no other words, with
/// `…` where the rest was left out.
pub(super) fn known(text: &str) -> String {
    if text.split(|c: char| !c.is_alphanumeric()).all(is_known) {
        return text.to_owned();
    }
    let mut out = String::new();
    for sentence in text.split_inclusive(ends_sentence).take(64) {
        let bare = sentence.trim_matches(|c: char| c.is_whitespace() || (ends_sentence(c) && c != '.'));
        let mut words = bare.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).peekable();
        if words.peek().is_none() {
            continue;
        }
        let says = bare.chars().any(char::is_alphabetic)
            && (words.clone().nth(1).is_some() || bare.starts_with(char::is_uppercase));
        if !says || !words.all(is_known) {
            if out.is_empty() {
                continue;
            }
            out.push_str(" …");
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(bare);
    }
    out
}

fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | ';' | ':' | ',' | '"' | '{' | '}' | '[' | ']' | '<' | '>' | '(' | ')' | '|' | '\n')
}

fn is_known(word: &str) -> bool {
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        return word.len() <= DIGITS;
    }
    word.len() <= 24 && WORDS.binary_search(&word.to_ascii_lowercase().as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_sorted() {
        assert!(WORDS.is_sorted());
    }

    #[test]
    fn every_registered_reason_phrase_is_quoted() {
        for phrase in [
            "Continue",
            "Switching Protocols",
            "Early Hints",
            "OK",
            "Created",
            "Accepted",
            "Non-Authoritative Information",
            "No Content",
            "Reset Content",
            "Partial Content",
            "Multi-Status",
            "Already Reported",
            "IM Used",
            "Multiple Choices",
            "Moved Permanently",
            "Found",
            "See Other",
            "Not Modified",
            "Use Proxy",
            "Temporary Redirect",
            "Permanent Redirect",
            "Bad Request",
            "Unauthorized",
            "Payment Required",
            "Forbidden",
            "Not Found",
            "Method Not Allowed",
            "Not Acceptable",
            "Proxy Authentication Required",
            "Request Timeout",
            "Conflict",
            "Gone",
            "Length Required",
            "Precondition Failed",
            "Content Too Large",
            "URI Too Long",
            "Unsupported Media Type",
            "Range Not Satisfiable",
            "Expectation Failed",
            "Misdirected Request",
            "Unprocessable Content",
            "Locked",
            "Failed Dependency",
            "Too Early",
            "Upgrade Required",
            "Precondition Required",
            "Too Many Requests",
            "Request Header Fields Too Large",
            "Unavailable For Legal Reasons",
            "Internal Server Error",
            "Not Implemented",
            "Bad Gateway",
            "Service Unavailable",
            "Gateway Timeout",
            "HTTP Version Not Supported",
            "Variant Also Negotiates",
            "Insufficient Storage",
            "Loop Detected",
            "Network Authentication Required",
        ] {
            assert_eq!(known(phrase), phrase);
        }
    }

    #[test]
    fn what_servers_say_is_quoted_and_what_stands_beside_it_is_not() {
        for said in ["Method Not Allowed", "404 page not found", "You don't have permission to access this resource."] {
            assert_eq!(known(said), said);
        }
        assert_eq!(
            known("{\"detail\":\"Authentication credentials were not provided.\"}"),
            "{\"detail\":\"Authentication credentials were not provided.\"}"
        );
        assert_eq!(known("Forbidden. The key aJbK3439y2qycYv4P6Kf is not valid. Try again."), "Forbidden. \u{2026}");
        assert_eq!(known("for jane doe, denied"), "");
        assert_eq!(known("{\"error\":{\"code\":\"x9q2\",\"message\":\"Access denied\"}}"), "Access denied");
        assert_eq!(known("code 739102"), "");
        assert_eq!(known(""), "");
    }
}
