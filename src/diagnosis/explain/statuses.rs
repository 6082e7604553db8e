//! HTTP statuses as they meet CORS, for `whycors explain 405`.
//!
//! Owns words only. Finding the cause of a recorded status is `causes::ask`'s business.

use crate::cors::Stage;

/// A status, or a class of them, as documentation shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusInfo {
    /// `405`, or `4xx` for those of the class that have no entry.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it means as the answer to a preflight.
    pub preflight: &'static str,
    /// Ids of causes behind it there, the likeliest first.
    pub preflight_causes: &'static [&'static str],
    /// What it means as the answer to the request itself.
    pub actual: &'static str,
    /// Ids of causes behind a CORS message there, the likeliest first.
    pub actual_causes: &'static [&'static str],
}

const READABLE: &str = "No CORS failure by itself: with Access-Control-Allow-Origin the page can read the status. \
                        Without it the browser reports CORS and hides the error.";
const HIDDEN: &[&str] = &["error-response-without-cors"];
const FOLLOWED: &str = "Is followed. Every answer on the way needs Access-Control-Allow-Origin, and a redirect from \
                        one foreign site to another makes the Origin null.";

const fn error(
    id: &'static str,
    name: &'static str,
    preflight: &'static str,
    preflight_causes: &'static [&'static str],
) -> StatusInfo {
    StatusInfo { id, name, preflight, preflight_causes, actual: READABLE, actual_causes: HIDDEN }
}

const fn redirect(id: &'static str, name: &'static str, preflight: &'static str) -> StatusInfo {
    StatusInfo {
        id,
        name,
        preflight,
        preflight_causes: &["preflight-redirect", "auth-before-cors"],
        actual: FOLLOWED,
        actual_causes: &["actual-redirect"],
    }
}

const fn success(id: &'static str, name: &'static str, preflight: &'static str) -> StatusInfo {
    StatusInfo {
        id,
        name,
        preflight,
        preflight_causes: &["options-without-cors", "origin-refused-by-server", "header-not-allowed", "html-200-page"],
        actual: "The server did its work. The page may not read the answer unless Access-Control-Allow-Origin is on it.",
        actual_causes: &["allow-origin-missing", "allow-origin-mismatch", "cdn-cached"],
    }
}

/// Statuses, and behind those of each class the class itself.
pub const STATUSES: &[StatusInfo] = &[
    success("200", "OK", "A good status for a preflight. What may still fail is its headers."),
    success("204", "No Content", "The usual answer to a preflight. What may still fail is its headers."),
    success("2xx", "success", "A good status for a preflight. What may still fail is its headers."),
    redirect(
        "301",
        "Moved Permanently",
        "Browsers follow no redirect of a preflight. Mostly from http to https, to the path with or without a slash \
         at its end, or to another host: the page should call the final URL.",
    ),
    redirect(
        "302",
        "Found",
        "Browsers follow no redirect of a preflight. Mostly to a login page: a preflight carries neither cookie nor \
         token, so OPTIONS must be answered before the login check.",
    ),
    redirect("303", "See Other", "Browsers follow no redirect of a preflight."),
    StatusInfo {
        id: "304",
        name: "Not Modified",
        preflight: "No success to a browser, which wants 200 to 299.",
        preflight_causes: &["preflight-bad-status"],
        actual: "To the browser's own revalidation it needs no CORS headers: the browser judges the answer that it had \
                 stored, with the headers that the 304 brings. A script that sets If-None-Match itself gets the 304, \
                 which then needs Access-Control-Allow-Origin as any other answer does.",
        actual_causes: &["allow-origin-missing", "cdn-cached"],
    },
    redirect(
        "307",
        "Temporary Redirect",
        "Browsers follow no redirect of a preflight. \"307 Internal Redirect\" in Chrome never was on the network: the \
         browser knows that the host wants https (HSTS), and the page should call it so.",
    ),
    redirect(
        "308",
        "Permanent Redirect",
        "Browsers follow no redirect of a preflight. Mostly to https or to the path with or without a slash at its end.",
    ),
    redirect("3xx", "redirection", "Browsers follow no redirect of a preflight, not even on the same host."),
    error(
        "400",
        "Bad Request",
        "The URL's handler took OPTIONS for the request and missed a body or a parameter, or the server's CORS layer \
         refused the origin, the method or a header.",
        &["no-options-handler", "origin-refused-by-server", "preflight-bad-status"],
    ),
    error(
        "401",
        "Unauthorized",
        "The login check looked at the preflight, which never carries a token or cookie: no user could pass it. \
         OPTIONS must be answered before it.",
        &["auth-before-cors"],
    ),
    error(
        "403",
        "Forbidden",
        "A login check, a CORS layer that does not know the origin, or a firewall: the headers and the body of the \
         answer tell which.",
        &["auth-before-cors", "origin-refused-by-server", "waf-block", "no-options-handler"],
    ),
    error(
        "404",
        "Not Found",
        "No route for OPTIONS at this URL, though perhaps for the method the page wants; or the URL is wrong.",
        &["no-options-handler"],
    ),
    error(
        "405",
        "Method Not Allowed",
        "The URL exists and nothing answers OPTIONS there: CORS is not switched on for it.",
        &["no-options-handler"],
    ),
    error(
        "407",
        "Proxy Authentication Required",
        "A proxy of the user's network answered, not the API.",
        &["network-proxy"],
    ),
    error(
        "415",
        "Unsupported Media Type",
        "The URL's handler took OPTIONS for the request and missed a body.",
        &["no-options-handler"],
    ),
    error(
        "429",
        "Too Many Requests",
        "A rate limit counts preflights. Exempt OPTIONS, and let browsers keep the answer with Access-Control-Max-Age.",
        &["preflight-rate-limited", "waf-block"],
    ),
    error(
        "4xx",
        "client error",
        "A preflight wants 200 to 299, whatever its headers.",
        &["preflight-bad-status", "no-options-handler", "auth-before-cors"],
    ),
    error(
        "500",
        "Internal Server Error",
        "The server failed while it handled OPTIONS: its log says why.",
        &["preflight-server-error"],
    ),
    error("501", "Not Implemented", "The server does not know OPTIONS here.", &["no-options-handler"]),
    error(
        "502",
        "Bad Gateway",
        "The proxy in front answered, because the application behind it is down or broke off.",
        &["upstream-down"],
    ),
    error(
        "503",
        "Service Unavailable",
        "The application is down, starting or overloaded, or a proxy in front says so.",
        &["upstream-down"],
    ),
    error(
        "504",
        "Gateway Timeout",
        "The proxy in front answered, because the application behind it was too slow.",
        &["upstream-down"],
    ),
    error(
        "5xx",
        "server error",
        "The server, or a proxy in front of it, failed while it handled OPTIONS.",
        &["preflight-server-error", "upstream-down"],
    ),
];

impl StatusInfo {
    /// The entry of a status: its own, else that of its class. None for 1xx and for what is no
    /// status.
    pub fn of(status: u16) -> Option<&'static Self> {
        // An answer that a CDN could not get from the server behind it.
        let status = if (520..=527).contains(&status) { 502 } else { status };
        let class = format!("{}xx", status / 100);
        Self::by_id(&status.to_string()).or_else(|| Self::by_id(&class))
    }

    /// The entry of this id.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        STATUSES.iter().find(|info| info.id == id)
    }

    /// Whether a preflight may have it.
    pub fn is_success(&self) -> bool {
        self.id.starts_with('2')
    }
}

/// A status that a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) info: &'static StatusInfo,
    /// None for a class.
    pub(super) status: Option<u16>,
    pub(super) stage: Option<Stage>,
    pub(super) url: Option<String>,
}

/// Words that may stand before a status.
const BEFORE: &[&str] =
    &["http", "https", "http/1.0", "http/1.1", "http/2", "http/3", "status", "code", "error", "response"];
/// A status, its name, and a word or two on where: more is a sentence.
const MOST_WORDS: usize = 8;

/// `405`, `HTTP 405`, `status code: 405`, `4xx`, `405 Method Not Allowed`, `preflight 401`, and
/// Chrome's `GET https://api.example/ 404 (Not Found)`.
pub(super) fn lookup(text: &str) -> Option<Named> {
    let mut words = text.split(' ').filter(|word| !word.is_empty()).take(MOST_WORDS + 1);
    if words.clone().count() > MOST_WORDS {
        return None;
    }
    let mut stage = None;
    let mut url = None;
    loop {
        let word = words.next()?;
        let bare = word.trim_end_matches([':', ',', '.', ')']).trim_start_matches('(').to_ascii_lowercase();
        if word.contains("://") {
            url = Some(word.to_owned());
        } else if matches!(bare.as_str(), "preflight" | "options") {
            stage = Some(Stage::Preflight);
        } else if let Some(class) = bare.strip_suffix("xx").filter(|class| class.len() == 1) {
            let info = StatusInfo::by_id(&format!("{class}xx"))?;
            return Some(Named { info, status: None, stage, url });
        } else if bare.len() == 3 && bare.bytes().all(|byte| byte.is_ascii_digit()) {
            let status = bare.parse().ok()?;
            let after = words.any(|word| matches!(word.to_ascii_lowercase().as_str(), "preflight" | "options"));
            let stage = stage.or(after.then_some(Stage::Preflight));
            return Some(Named { info: StatusInfo::of(status)?, status: Some(status), stage, url });
        } else if !BEFORE.contains(&bare.as_str()) && !is_method(word) {
            return None;
        }
    }
}

fn is_method(word: &str) -> bool {
    matches!(word, "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::causes::doc;

    #[test]
    fn every_cause_exists_and_a_class_stands_behind_its_statuses() {
        for entry in STATUSES {
            assert!(
                entry.preflight_causes.iter().chain(entry.actual_causes).all(|id| doc(id).is_some()),
                "{}",
                entry.id
            );
            assert!(entry.preflight.ends_with('.') && entry.actual.ends_with('.'), "{}", entry.id);
        }
        let ids: Vec<&str> = STATUSES.iter().map(|entry| entry.id).collect();
        assert!(ids.is_sorted(), "{ids:?}");
        let id = |status| StatusInfo::of(status).map(|entry| entry.id);
        assert_eq!(
            [id(405), id(418), id(522), id(599), id(206), id(101), id(600), id(0)],
            [Some("405"), Some("4xx"), Some("502"), Some("5xx"), Some("2xx"), None, None, None]
        );
    }

    #[test]
    fn statuses_are_found_in_the_usual_ways_of_writing_them() {
        let of = |text| lookup(text).map(|named| (named.info.id, named.status, named.stage));
        for text in ["405", "HTTP 405", "HTTP/1.1 405 Method Not Allowed", "status code: 405", "Status: 405", "(405)"] {
            assert_eq!(of(text), Some(("405", Some(405), None)), "{text}");
        }
        assert_eq!(of("OPTIONS 401"), Some(("401", Some(401), Some(Stage::Preflight))));
        assert_eq!(of("403 on preflight"), Some(("403", Some(403), Some(Stage::Preflight))));
        assert_eq!((of("4xx"), of("3XX")), (Some(("4xx", None, None)), Some(("3xx", None, None))));
        let console = lookup("GET https://api.example/ 404 (Not Found)").unwrap();
        assert_eq!((console.info.id, console.url.as_deref()), ("404", Some("https://api.example/")));
        for text in ["", "4050", "99", "000", "700", "x 405", "9xx", "we see 405 all the time since this morning, why"]
        {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
