//! Segments of a path: what may be shown, by place and by shape.
//!
//! What follows `/reset/` or `/hooks/` is a secret however short and plain, unless it is a word of
//! routes. Elsewhere words, short numbers and versions stay. Owns the lists; replaces nothing.

use super::{Kind, shapes};

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
const HANDED: &[&str] = &[
    "accesskey",
    "activate",
    "activation",
    "apikey",
    "apikeys",
    "bot",
    "claim",
    "code",
    "confirm",
    "confirmation",
    "hook",
    "hooks",
    "incoming",
    "invitation",
    "invitations",
    "invite",
    "invites",
    "join",
    "jwt",
    "key",
    "magic",
    "magic-link",
    "magiclink",
    "one-time",
    "onetime",
    "otp",
    "otps",
    "passcode",
    "password",
    "passwords",
    "pin",
    "pins",
    "pwd",
    "recover",
    "recovery",
    "redeem",
    "reset",
    "reset-password",
    "resetpassword",
    "secret",
    "secrets",
    "share",
    "shared",
    "sid",
    "sig",
    "signature",
    "signed",
    "token",
    "tokens",
    "totp",
    "unlock",
    "unsubscribe",
    "verification",
    "verify",
    "verify-email",
    "voucher",
    "vouchers",
    "webhook",
    "webhooks",
];

/// Segments behind which a person or a session stands.
const PERSONAL: &[&str] = &[
    "accept",
    "account",
    "accounts",
    "auth",
    "callback",
    "cancel-subscription",
    "card",
    "cards",
    "client",
    "clients",
    "codes",
    "contact",
    "contacts",
    "customer",
    "customers",
    "device",
    "devices",
    "email",
    "emails",
    "keys",
    "l",
    "link",
    "links",
    "login",
    "member",
    "members",
    "oauth",
    "opt-out",
    "optout",
    "patient",
    "patients",
    "pay",
    "person",
    "persons",
    "phone",
    "phones",
    "private",
    "profile",
    "profiles",
    "restore",
    "s",
    "services",
    "session",
    "sessions",
    "shares",
    "signin",
    "sso",
    "subscriber",
    "subscribers",
    "ticket",
    "tickets",
    "u",
    "user",
    "username",
    "users",
    "validate",
];

/// Words of routes: shown wherever they stand.
const ROUTES: &[&str] = &[
    "access_token",
    "activate",
    "add",
    "admin",
    "all",
    "api",
    "auth",
    "authenticate",
    "authorize",
    "batch",
    "callback",
    "certs",
    "change",
    "check",
    "clients",
    "complete",
    "config",
    "confirm",
    "create",
    "delete",
    "details",
    "device",
    "edit",
    "email",
    "events",
    "exchange",
    "export",
    "find",
    "generate",
    "health",
    "history",
    "index",
    "info",
    "init",
    "introspect",
    "invoke",
    "jwks",
    "jwks.json",
    "latest",
    "list",
    "login",
    "logout",
    "me",
    "new",
    "oauth",
    "oauth2",
    "openid-configuration",
    "openid-connect",
    "password",
    "phone",
    "ping",
    "profile",
    "protocol",
    "public",
    "query",
    "realms",
    "refresh",
    "register",
    "request",
    "resend",
    "reset",
    "resume",
    "revoke",
    "rotate",
    "saml",
    "search",
    "self",
    "send",
    "session",
    "sessions",
    "settings",
    "sign",
    "signin",
    "signout",
    "signup",
    "sms",
    "sso",
    "start",
    "status",
    "submit",
    "test",
    "token",
    "tokens",
    "update",
    "upload",
    "user",
    "userinfo",
    "users",
    "validate",
    "verify",
    "webhook",
    "webhooks",
    "well-known",
];

/// What a segment (decoded) is when it must not be shown, and the place of the next one.
pub(super) fn judge(place: Place, segment: &str) -> (Option<Kind>, Place) {
    let lower = segment.to_ascii_lowercase();
    let route = ROUTES.binary_search(&lower.as_str()).is_ok() || is_version(&lower);
    let next = match () {
        () if HANDED.binary_search(&lower.as_str()).is_ok() => Place::Handed,
        () if place == Place::Handed => Place::Handed,
        () if PERSONAL.binary_search(&lower.as_str()).is_ok() => Place::Personal,
        () => Place::Open,
    };
    let known = route || segment.is_empty() || (place != Place::Handed && next != Place::Open);
    let kind = match place {
        _ if known => None,
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
        for list in [HANDED, PERSONAL, ROUTES] {
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
