//! The target of a redirect, which the page can be told to call.

use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, NotProven, Who};
use crate::exchange::origin_of_url;
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};

/// Whether a redirect's target has the origin of the page.
pub(in crate::diagnosis::causes) fn is_pages_own(scene: &Scene<'_>, target: &str) -> bool {
    let page = scene.page();
    !page.is_null() && origin_of_url(target).as_ref() == Some(page)
}

/// A redirect's target as the page may call it: a page of https may not call http.
pub(in crate::diagnosis::causes) fn callable(scene: &Scene<'_>, target: &str) -> String {
    let secure = scene.page().as_str().starts_with("https://");
    if secure { target.replacen("http://", "https://", 1) } else { target.to_owned() }
}

/// The page calls the target itself; `otherwise` is what has to be done as well where that is another origin.
pub(in crate::diagnosis::causes) fn call_directly(
    scene: &Scene<'_>,
    location: &str,
    called: &str,
    otherwise: impl Into<Prose>,
) -> Fix {
    let fix = |more: Prose| {
        let title = prose!("page: call {} directly{}", Captured::address(called), more);
        Fix::action(Who::Page, NotProven::Redirect, title)
    };
    if !is_pages_own(scene, location) {
        return fix(otherwise.into());
    }
    Fix {
        proof: "none needed: CORS does not apply to a page's own origin".into(),
        ..fix(
            ": that is the page's own origin, so the call needs no preflight and no Access-Control-Allow-Origin".into()
        )
    }
}
