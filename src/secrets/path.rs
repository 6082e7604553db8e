//! Segments of a path: what may be shown, by place and by shape.
//!
//! What follows `/reset/` or `/hooks/` is a secret however short and plain, unless it is a word of
//! routes. Elsewhere words, short numbers and versions stay. Owns the lists; replaces nothing.

use super::{Kind, shapes};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Longest number that is shown where no place tells.
const DIGITS: usize = 7;

/// What the segments before say of the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Place {
    /// Nothing.
    #[default]
    Open,
    /// What follows may identify somebody or be handed out once: shown only if it is a plain word.
    Personal,
    /// Everything that follows is a secret, but for words of routes.
    Handed,
}

/// Segments behind which a secret stands.
#[rustfmt::skip]
const HANDED: &[&str] = &[
    "accesskey", "activate", "activation", "apikey", "apikeys", "bot", "claim", "code", "confirm", "confirmation",
    "hook", "hooks", "incoming", "invitation", "invitations", "invite", "invites", "join", "jwt", "key", "magic",
    "magic-link", "magiclink", "one-time", "onetime", "otp", "otps", "passcode", "password", "passwords", "pin",
    "pins", "pwd", "recover", "recovery", "redeem", "reset", "reset-password", "resetpassword", "secret", "secrets",
    "share", "shared", "sid", "sig", "signature", "signed", "token", "tokens", "totp", "unlock", "unsubscribe",
    "verification", "verify", "verify-email", "voucher", "vouchers", "webhook", "webhooks",
];

/// Words that make a compound such a place: `password-reset`, `verify_email`, `accessToken`.
#[rustfmt::skip]
const HANDED_WORDS: &[&str] = &[
    "accesskey", "activate", "activation", "apikey", "confirm", "confirmation", "credential", "credentials", "hook",
    "hooks", "invitation", "invitations", "invite", "invites", "jwt", "licence", "license", "magic", "otp", "otps",
    "passcode", "passwd", "password", "passwords", "pin", "recover", "recovery", "redeem", "reset", "resets",
    "secret", "secrets", "signed", "token", "tokens", "unlock", "unsubscribe", "verification", "verify", "voucher",
    "vouchers", "webhook", "webhooks",
];

/// Segments behind which a person or a session stands.
#[rustfmt::skip]
const PERSONAL: &[&str] = &[
    "accept", "account", "accounts", "auth", "callback", "cancel-subscription", "card", "cards", "client", "clients",
    "codes", "contact", "contacts", "customer", "customers", "device", "devices", "email", "emails", "keys", "l",
    "link", "links", "login", "member", "members", "oauth", "opt-out", "optout", "patient", "patients", "pay",
    "person", "persons", "phone", "phones", "private", "profile", "profiles", "restore", "s", "services", "session",
    "sessions", "shares", "signin", "sso", "subscriber", "subscribers", "ticket", "tickets", "u", "user", "username",
    "users", "validate",
];

/// Words of routes: shown wherever they stand.
#[rustfmt::skip]
const ROUTES: &[&str] = &[
    "accept", "access_token", "account", "accounts", "activate", "activation", "active", "add", "admin", "all", "api",
    "app", "apps", "archive", "archived", "async", "auth", "authenticate", "authorization", "authorizations",
    "authorize", "available", "batch", "billing", "bitbucket", "build", "bulk", "callback", "callbacks", "cancel",
    "cart", "certs", "change", "check", "checkout", "clients", "close", "closed", "code", "codes", "complete",
    "completed", "config", "confirm", "confirmation", "continue", "count", "create", "csv", "current", "customer",
    "customers", "decline", "delete", "deploy", "details", "device", "disable", "disabled", "discord", "discovery",
    "done", "download", "downloads", "draft", "drafts", "edit", "email", "emails", "enable", "enabled", "error",
    "errors", "event", "events", "exchange", "expired", "export", "exports", "external", "failed", "failure", "file",
    "files", "find", "first", "forgot", "forgotten", "form", "forms", "generate", "github", "gitlab", "graphql",
    "group", "groups", "health", "history", "html", "image", "images", "import", "inactive", "index", "info", "init",
    "internal", "introspect", "introspection", "invalid", "invitation", "invitations", "invite", "invites", "invoice",
    "invoices", "invoke", "item", "items", "job", "jobs", "json", "jwks", "jwks.json", "key", "keys", "last",
    "latest", "limit", "limits", "link", "links", "list", "log", "login", "logout", "logs", "mailgun", "me",
    "message", "messages", "metadata", "metric", "metrics", "mobile", "new", "next", "notification", "notifications",
    "oauth", "oauth2", "open", "openid-configuration", "openid-connect", "option", "options", "order", "orders",
    "otp", "page", "pages", "password", "passwords", "payment", "payments", "paypal", "pdf", "pending", "permission",
    "permissions", "phone", "pin", "ping", "pins", "plan", "plans", "policies", "policy", "preview", "previous",
    "price", "prices", "private", "product", "products", "profile", "profiles", "protocol", "public", "publish",
    "published", "push", "query", "queue", "queues", "quota", "rate", "rates", "realms", "recovery", "redirect",
    "refresh", "register", "registration", "report", "reports", "request", "resend", "reset", "resets", "rest",
    "restore", "resume", "return", "revoke", "reward", "rewards", "role", "roles", "room", "rooms", "rotate", "rpc",
    "rule", "rules", "saml", "schema", "schemas", "scope", "scopes", "search", "secret", "secrets", "self", "send",
    "sendgrid", "session", "sessions", "settings", "share", "shared", "shopify", "sign", "signin", "signout",
    "signup", "slack", "sms", "soap", "sso", "start", "stats", "status", "step", "stripe", "subject", "subjects",
    "submit", "subscribe", "subscription", "subscriptions", "success", "summary", "sync", "task", "tasks", "team",
    "teams", "telegram", "test", "token", "tokens", "topic", "topics", "trace", "traces", "twilio", "unsubscribe",
    "update", "upload", "url", "urls", "usage", "user", "userinfo", "users", "v1", "v2", "v3", "valid", "validate",
    "verification", "verify", "web", "webhook", "webhooks", "well-known", "xml", "zapier",
];

/// In which lists a word stands.
#[derive(Debug, Clone, Copy, Default)]
struct Lists {
    route: bool,
    handed: bool,
    personal: bool,
}

/// The words of all lists: each segment is looked up once.
static KNOWN: LazyLock<HashMap<&'static str, Lists>> = LazyLock::new(|| {
    let mut known: HashMap<&str, Lists> = HashMap::new();
    for word in ROUTES {
        known.entry(word).or_default().route = true;
    }
    for word in HANDED {
        known.entry(word).or_default().handed = true;
    }
    for word in PERSONAL {
        known.entry(word).or_default().personal = true;
    }
    known
});

/// What a segment (decoded) is when it must not be shown, and the place of the next one.
pub(super) fn judge(place: Place, segment: &str) -> (Option<Kind>, Place) {
    let lower = segment.to_ascii_lowercase();
    let known = KNOWN.get(lower.as_str()).copied().unwrap_or_default();
    let route = known.route || is_version(&lower);
    let next = match () {
        () if known.handed || is_handed_compound(segment) => Place::Handed,
        () if place == Place::Handed => Place::Handed,
        () if known.personal => Place::Personal,
        () => Place::Open,
    };
    let open = route || segment.is_empty() || (place != Place::Handed && next != Place::Open);
    let kind = match place {
        _ if open => None,
        _ if segment.split_once('@').is_some_and(|(local, domain)| shapes::is_email(local, domain)) => {
            Some(Kind::Email)
        }
        Place::Handed => Some(Kind::Id),
        Place::Personal if segment.len() > 7 && segment.bytes().all(|byte| byte.is_ascii_digit()) => Some(Kind::Id),
        Place::Personal if segment.contains(|c: char| !c.is_alphanumeric() && c != '-') => Some(Kind::Id),
        Place::Personal | Place::Open => (!is_shown(segment)).then_some(Kind::Id),
    };
    (kind, next)
}

/// Whether one of a compound's words hands something out, or two of them together: `api-key`.
fn is_handed_compound(segment: &str) -> bool {
    if segment.len() > 48 {
        return false;
    }
    let words = super::names::words(segment);
    let known = |word: &str| HANDED_WORDS.binary_search(&word).is_ok();
    words.len() > 1
        && (words.iter().any(|word| known(word))
            || words.windows(2).any(|pair| known(&pair.concat()))
            || words.last().is_some_and(|last| matches!(last.as_str(), "key" | "code" | "link") && !is_version(last)))
}

/// A segment where no place tells.
fn is_shown(segment: &str) -> bool {
    !segment.contains('@') && shapes::is_plain(segment, DIGITS)
}

/// `v1`, `v2.1`, `1.0`.
fn is_version(segment: &str) -> bool {
    let number = segment.strip_prefix('v').unwrap_or(segment);
    (segment.len() > number.len() || segment.contains('.'))
        && segment.len() <= 6
        && number.split('.').all(|part| !part.is_empty() && part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(path: &str) -> String {
        let mut place = Place::Open;
        let segments: Vec<String> = path
            .split('/')
            .map(|segment| {
                let (kind, next) = judge(place, segment);
                place = next;
                kind.map_or_else(|| segment.to_owned(), |_| "?".to_owned())
            })
            .collect();
        segments.join("/")
    }

    #[test]
    fn lists_are_sorted() {
        for list in [HANDED, HANDED_WORDS, PERSONAL, ROUTES] {
            assert!(list.is_sorted(), "{:?}", list.windows(2).find(|pair| pair[0] > pair[1]));
        }
    }

    #[test]
    fn routes_stay() {
        for path in [
            "/v1/orders",
            "/v1/orders/8812/items",
            "/auth/realms/shop/protocol/openid-connect/token",
            "/oauth2/v1/authorize",
            "/api/v2.1/users/me",
            "/users/7/orders",
            "/auth/login",
            "/token/refresh",
            "/password/reset",
            "/",
            "",
            "/api/webhooks",
            "/share",
            "/graphql",
            "/api/webhooks/stripe",
            "/password/forgot",
            "/join/room",
            "/reports/20261124",
            "/wp-json/wp/v2/posts",
            "/realms/shop/.well-known/openid-configuration",
        ] {
            assert_eq!(shown(path), path);
        }
    }

    #[test]
    fn what_a_place_tells_goes_however_short() {
        assert_eq!(shown("/reset/hunter"), "/reset/?");
        assert_eq!(shown("/api/password/reset/MQ/abc-123"), "/api/password/reset/?/?");
        assert_eq!(shown("/hooks/catch/12/abc"), "/hooks/?/?/?");
        assert_eq!(shown("/services/T00000001/B00000001/XdWq8wz78g6M"), "/services/?/?/?");
        assert_eq!(shown("/otp/123456"), "/otp/?");
        for place in [
            "password-reset",
            "reset_password",
            "api-key",
            "accessToken",
            "verify_email",
            "share-link",
            "recovery-code",
        ] {
            assert_eq!(shown(&format!("/{place}/hunterbattery")), format!("/{place}/?"));
        }
        assert_eq!(shown("/bot110201543:AAHdqTcvCH1vGWJx/getMe"), "/?/getMe");
        assert_eq!(shown("/users/jane.doe/orders"), "/users/?/orders");
        assert_eq!(shown("/users/jane@shop.example"), "/users/?");
        assert_eq!(shown("/token/v1/login"), "/token/v1/login");
    }

    #[test]
    fn what_has_no_words_in_it_goes_wherever_it_stands() {
        assert_eq!(shown("/v1/users/123e4567-e89b-12d3-a456-426614174000/orders"), "/v1/users/?/orders");
        assert_eq!(shown("/d/8wz78g6M/x"), "/d/?/x");
        assert_eq!(shown("/orders/12345678"), "/orders/?");
    }
}
