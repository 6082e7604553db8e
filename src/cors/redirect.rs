//! HTTP-redirect fetch: what the next hop of a redirected request looks like.
//!
//! Owns <https://fetch.spec.whatwg.org/#concept-http-redirect-fetch> as far as CORS goes: method,
//! serialised origin and credentials in the URL. Each hop's own checks are made elsewhere.

use crate::exchange::{Origin, origin_of_url};

/// One hop of a request, before its redirect.
#[derive(Debug, Clone, Copy)]
pub struct Hop<'a> {
    /// The origin of the page that made the request (never tainted).
    pub initiator: &'a Origin,
    /// The byte-serialised request origin of this hop.
    pub origin: &'a Origin,
    /// The hop's URL, absolute.
    pub url: &'a str,
    /// The hop's method.
    pub method: &'a str,
}

/// The next hop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextHop {
    /// Absolute URL, without fragment.
    pub url: String,
    /// Method.
    pub method: String,
    /// The byte-serialised request origin; `null` once tainted.
    pub origin: Origin,
    /// Whether `Content-*` headers went with the body.
    pub drops_body: bool,
    /// Whether `Authorization` is removed.
    pub drops_authorization: bool,
    /// Whether the new URL is cross-origin to the initiator or an earlier hop was.
    pub cross_origin: bool,
}

/// Why a redirect is not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedirectError {
    /// `Location` is missing: the response is not a redirect.
    NoLocation,
    /// `Location` is no URL, or not of an HTTP(S) scheme.
    BadLocation,
    /// `Location` has a user name or password.
    Credentials {
        /// The location.
        location: String,
    },
}

/// The hop that a redirect with this status and `Location` leads to.
///
/// # Errors
/// When the standard answers with a network error, or the response is no redirect.
pub fn next_hop(hop: &Hop<'_>, status: u16, location: Option<&str>) -> Result<NextHop, RedirectError> {
    // 3. Let locationURL be internalResponse's location URL given request's current URL's fragment.
    // 4. If locationURL is null, then return response.
    let location = location.ok_or(RedirectError::NoLocation)?;
    // 5. If locationURL is failure, then return a network error.
    let current = url::Url::parse(hop.url).map_err(|_| RedirectError::BadLocation)?;
    let mut next = current.join(location).map_err(|_| RedirectError::BadLocation)?;
    // 6. If locationURL's scheme is not an HTTP(S) scheme, then return a network error.
    if !matches!(next.scheme(), "http" | "https") {
        return Err(RedirectError::BadLocation);
    }
    let current_origin = origin_of_url(current.as_str()).unwrap_or_else(Origin::null);
    let next_origin = origin_of_url(next.as_str()).unwrap_or_else(Origin::null);
    let has_credentials = !next.username().is_empty() || next.password().is_some_and(|password| !password.is_empty());
    let was_cross_origin = *hop.initiator != current_origin || hop.origin != hop.initiator;
    let is_cross_origin = hop.initiator.is_null() || *hop.initiator != next_origin;
    // 9. If request's mode is "cors", locationURL includes credentials, and request's origin is not
    //    same origin with locationURL's origin, then return a network error.
    // 10. If request's response tainting is "cors" and locationURL includes credentials, then return a network error.
    if has_credentials && (is_cross_origin || was_cross_origin) {
        return Err(RedirectError::Credentials { location: next.to_string() });
    }
    // 12. If status is 301 or 302 and request's method is `POST`, or 303 and the method is not `GET` or `HEAD` …
    let to_get = match status {
        301 | 302 => hop.method == "POST",
        303 => !matches!(hop.method, "GET" | "HEAD"),
        _ => false,
    };
    // Redirect-taint: url's origin is not same origin with lastURL's origin and request's origin is not
    // same origin with lastURL's origin.
    let crosses = current_origin != next_origin;
    let tainted = hop.origin != hop.initiator || (crosses && *hop.initiator != current_origin);
    next.set_fragment(None);
    Ok(NextHop {
        url: next.into(),
        method: if to_get { "GET".to_owned() } else { hop.method.to_owned() },
        origin: if tainted { Origin::null() } else { hop.initiator.clone() },
        drops_body: to_get,
        // 13. If request's current URL's origin is not same origin with locationURL's origin, then delete
        //     each CORS non-wildcard request-header name.
        drops_authorization: crosses,
        cross_origin: was_cross_origin || is_cross_origin,
    })
}
