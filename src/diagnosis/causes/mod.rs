//! Causes: why the server (or the network, or the browser) answered so.
//!
//! One file a cause, which owns all that is said of it: documentation, payload, titles, headline, fixes. `told` is what
//! such a file has to tell, `ask` holds the questions that recognise a cause. A new cause is a file, its two lines here
//! and one arm of a question.

mod actual_redirect;
mod allow_credentials_invalid;
mod allow_credentials_missing;
mod allow_headers_invalid;
mod allow_methods_invalid;
mod allow_origin_invalid;
mod allow_origin_mismatch;
mod allow_origin_missing;
mod allow_origin_multiple;
mod ask;
mod auth_before_cors;
mod blocked_before_network;
mod blocked_by_extension;
mod cdn_cached;
mod connection_closed;
mod connection_reset;
mod error_response_without_cors;
mod header_not_allowed;
mod html_200_page;
mod invalid_http;
mod method_not_allowed;
mod network_error;
mod network_proxy;
mod no_answer;
mod no_options_handler;
mod options_without_cors;
mod origin_refused_by_server;
mod preflight_bad_status;
mod preflight_rate_limited;
mod preflight_redirect;
mod preflight_server_error;
mod preflight_timeout;
mod request_aborted;
mod resource_policy;
mod response_cut;
mod server_unreachable;
mod tls_failure;
mod told;
mod too_many_redirects;
mod upstream_down;
mod waf_block;
mod wildcard_with_credentials;

pub use told::{CauseInfo, TITLE_COLUMNS, Title};

pub(super) use ask::{Found, find};
pub(super) use told::{Story, Told};

use crate::secrets::Prose;
use told::{Say, net_error};

use super::fix::{self, Wants};
use super::scene::Scene;
use super::terms::Fix;
use super::verify::{Check, Verify};
use super::{Certainty, Nature};
use serde_json::Value;

/// Makes [`Cause`] and [`CAUSES`] of the list of causes.
macro_rules! causes {
    ($($module:ident::$name:ident,)+) => {
        $(pub use $module::$name;)+

        /// The root cause of a failing pair. Ids are public and stable.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Cause {
            $(#[doc = concat!("See [`", stringify!($name), "`].")] $name($name),)+
        }

        $(impl From<$name> for Cause {
            fn from(cause: $name) -> Self {
                Self::$name(cause)
            }
        })+

        /// The documentation of every cause, in the order in which documentation lists them.
        pub const CAUSES: &[&CauseInfo] = &[$(&$module::DOC),+];

        impl Cause {
            /// What its file tells.
            pub(super) fn told(&self) -> &dyn Told {
                match self {
                    $(Self::$name(cause) => cause,)+
                }
            }
        }
    };
}

causes! {
    server_unreachable::ServerUnreachable,
    connection_reset::ConnectionReset,
    connection_closed::ConnectionClosed,
    preflight_timeout::PreflightTimeout,
    tls_failure::TlsFailure,
    invalid_http::InvalidHttp,
    network_error::NetworkError,
    response_cut::ResponseCut,
    request_aborted::RequestAborted,
    no_answer::NoAnswer,
    blocked_before_network::BlockedBeforeNetwork,
    blocked_by_extension::BlockedByExtension,
    resource_policy::ResourcePolicy,
    network_proxy::NetworkProxy,
    waf_block::WafBlock,
    cdn_cached::CdnCached,
    origin_refused_by_server::OriginRefusedByServer,
    auth_before_cors::AuthBeforeCors,
    preflight_redirect::PreflightRedirect,
    actual_redirect::ActualRedirect,
    too_many_redirects::TooManyRedirects,
    no_options_handler::NoOptionsHandler,
    preflight_rate_limited::PreflightRateLimited,
    upstream_down::UpstreamDown,
    preflight_server_error::PreflightServerError,
    preflight_bad_status::PreflightBadStatus,
    options_without_cors::OptionsWithoutCors,
    html_200_page::Html200Page,
    error_response_without_cors::ErrorResponseWithoutCors,
    allow_origin_missing::AllowOriginMissing,
    allow_origin_multiple::AllowOriginMultiple,
    allow_origin_mismatch::AllowOriginMismatch,
    allow_origin_invalid::AllowOriginInvalid,
    wildcard_with_credentials::WildcardWithCredentials,
    allow_credentials_missing::AllowCredentialsMissing,
    allow_credentials_invalid::AllowCredentialsInvalid,
    allow_methods_invalid::AllowMethodsInvalid,
    allow_headers_invalid::AllowHeadersInvalid,
    method_not_allowed::MethodNotAllowed,
    header_not_allowed::HeaderNotAllowed,
}

pub use actual_redirect::ActualRedirectKind;
pub use allow_origin_mismatch::Difference;
pub use blocked_before_network::Blocked;
pub use header_not_allowed::HeaderKind;
pub use preflight_redirect::RedirectKind;
pub use tls_failure::TlsFault;
pub use wildcard_with_credentials::Wildcard;

/// The documentation of the cause with this id.
pub fn doc(id: &str) -> Option<&'static CauseInfo> {
    CAUSES.iter().copied().find(|doc| doc.id == id)
}

impl Cause {
    /// Every id, in the order of [`CAUSES`].
    pub fn all_ids() -> impl Iterator<Item = &'static str> {
        CAUSES.iter().map(|doc| doc.id)
    }

    /// Stable id.
    pub fn id(&self) -> &'static str {
        self.doc().id
    }

    /// Its documentation.
    pub fn doc(&self) -> &'static CauseInfo {
        self.told().doc()
    }

    /// Title for lists, at most [`TITLE_COLUMNS`] columns.
    pub fn title(&self) -> Prose {
        self.told().title()
    }

    /// One sentence on what happened.
    pub(super) fn headline(&self, scene: &Scene<'_>, certainty: Certainty) -> Prose {
        net_error(scene, self.told())
            .map_or_else(|| self.told().headline(&Say { scene, certainty }), told::NetErrorWords::headline)
    }

    /// What it gives for its fixes.
    pub(super) fn wants(&self, scene: &Scene<'_>) -> Wants<'_> {
        let (told, host) = (self.told(), fix::host(&scene.pair.url));
        let by_error = net_error(scene, told).map(|error| vec![Fix::network(error.who, error.fix(&host))]);
        Wants {
            actions: by_error.unwrap_or_else(|| told.fixes(scene, &host)),
            headers_help: told.headers_help(scene),
            purpose: told.purpose(),
            do_not: told.do_not(),
            alternatives: told.alternatives(scene),
        }
    }

    /// A command that checks one of these fixes; none where a value of the pair may not stand in one.
    pub(super) fn verify(&self, scene: &Scene<'_>, fixes: &[Fix]) -> Option<Verify> {
        let told = self.told();
        // Run elsewhere, a command proves nothing of the user's own computer or network.
        if net_error(scene, told).is_some_and(|error| error.users_side) {
            return None;
        }
        told.verify(&Check::of(scene, fixes)?)
    }

    /// What kind of fault it is.
    pub fn nature(&self) -> Nature {
        self.told().nature()
    }

    /// Its payload for JSON.
    pub fn detail(&self) -> Value {
        self.told().detail()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_name_their_files() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diagnosis/causes");
        for (index, doc) in CAUSES.iter().enumerate() {
            assert!(CAUSES.iter().skip(index + 1).all(|other| other.id != doc.id), "{} stands twice", doc.id);
            assert!(folder.join(format!("{}.rs", doc.id.replace('-', "_"))).is_file(), "{} has no file", doc.id);
        }
    }

    #[test]
    fn every_cause_is_documented() {
        for doc in CAUSES {
            assert!(!doc.titles.is_empty() && !doc.proven_by.is_empty(), "{}", doc.id);
            assert!(doc.explanation.ends_with('.'), "{}", doc.id);
            assert!(!doc.fix.is_empty() && !doc.fix.ends_with('.') && !doc.do_not.ends_with('.'), "{}", doc.id);
        }
    }
}
