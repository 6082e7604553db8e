//! CORS packages of applications: what each allows by itself, and how its lists are extended.
//!
//! One request is no picture of an application. A package that is put in names the page and leaves
//! to its defaults what they cover; one that is there gets one more item in the list that is there.

mod known;

use super::Change;
use super::config::Values;
use crate::diagnosis::Cause;
use crate::diagnosis::cause::{self, Difference, Scene};
use crate::diagnosis::proof;
use crate::paste::{FieldName, Language, PlainMethod, Quote, Text, Value, fill, says_path};
use known::PACKAGES;
use std::collections::HashSet;

/// Request headers that a package allows when its settings name none.
enum Own {
    /// Whatever the preflight asks for.
    Asked,
    /// These (lower case).
    Names(&'static [&'static str]),
}

/// A setting that holds a list: the text before its items and after them.
struct List(&'static str, &'static str);

struct Package {
    /// The stack's id.
    stack: &'static str,
    /// The stack's name.
    name: &'static str,
    /// Around the settings of a package that is put in.
    install: (&'static str, &'static str),
    /// Around the settings of one that is there.
    there: (&'static str, &'static str),
    between: &'static str,
    language: Language,
    quote: Quote,
    origins: List,
    methods: List,
    headers: List,
    credentials: &'static str,
    own_methods: &'static [&'static str],
    own_headers: Own,
    /// Refuses methods that are not on its list also where browsers would not ask.
    checks_method: bool,
    /// Names of the own lists, to be written in front of more items; else the items are spelled out.
    own_lists: Option<OwnLists>,
}

struct OwnLists {
    import: &'static str,
    methods: &'static str,
    headers: &'static str,
}

/// What stands for the items that are in a list already.
const THERE: &str = "…";

impl Package {
    /// A list's setting; `first` stands before the items as it is.
    fn list(&self, List(before, after): &List, first: Option<Text>, items: &[impl Value]) -> Text {
        let quoted = items.iter().map(|item| Text::new().quoted(self.language, self.quote, item));
        let all: Vec<Text> = first.into_iter().chain(quoted).collect();
        Text::from(*before).text(&Text::joined(&all, ", ")).lit(after)
    }

    fn whole(&self, (before, after): (&'static str, &'static str), settings: &[Text], values: &Values) -> Text {
        fill(before, self.language, &values.holes).text(&Text::joined(settings, self.between)).lit(after)
    }

    /// The package's own methods and more, which a setting of its own would replace.
    fn more_methods(&self, more: Vec<PlainMethod>) -> Vec<Text> {
        if let Some(own) = &self.own_lists {
            return vec![
                Text::from(own.import).lit(own.methods),
                self.list(&self.methods, Some(Text::from("*").lit(own.methods)), &more),
            ];
        }
        let own = self.own_methods.iter().filter_map(|method| PlainMethod::of(method).ok());
        vec![self.list(&self.methods, None, &own.chain(more).collect::<Vec<_>>())]
    }

    /// The same for request headers.
    fn more_headers(&self, more: &[FieldName]) -> Vec<Text> {
        match &self.own_lists {
            Some(own) => vec![
                Text::from(own.import).lit(own.headers),
                self.list(&self.headers, Some(Text::from("*").lit(own.headers)), more),
            ],
            // Starlette adds its own names to whatever is set.
            None => vec![self.list(&self.headers, None, more)],
        }
    }

    /// Settings of a package that is not there yet: the page, and what the defaults leave out.
    fn install(&self, values: &Values, around: (&'static str, &'static str)) -> Text {
        let holes = &values.holes;
        let mut settings = vec![self.list(&self.origins, None, std::slice::from_ref(&holes.origin))];
        let methods: Vec<PlainMethod> =
            holes.methods.iter().filter(|method| !self.own_methods.iter().any(|own| method.is(own))).cloned().collect();
        if !methods.is_empty() {
            settings.extend(self.more_methods(methods));
        }
        if let Own::Names(own) = self.own_headers {
            let known = |name: &FieldName| own.iter().any(|own| name.is(own));
            let headers: Vec<FieldName> = holes.headers.iter().filter(|name| !known(name)).cloned().collect();
            if !headers.is_empty() {
                settings.extend(self.more_headers(&headers));
            }
        }
        if holes.credentials {
            settings.push(Text::from(self.credentials));
        }
        self.whole(around, &settings, values)
    }

    /// Whether a list in a response is the package's own.
    fn is_own(&self, listed: &[String], is_methods: bool) -> bool {
        let same = |own: &[&str]| {
            own.len() == listed.len() && listed.iter().all(|item| own.iter().any(|own| own.eq_ignore_ascii_case(item)))
        };
        match &self.own_headers {
            _ if is_methods => same(self.own_methods),
            Own::Names(own) => same(own),
            Own::Asked => false,
        }
    }

    /// One more item in each list that the change touches, and what that is in words.
    fn extend(&self, scene: &Scene<'_>, cause: &Cause, change: &Change, values: &Values) -> Option<(String, Text)> {
        let (mut settings, mut words) = (Vec::new(), Vec::new());
        let mut there = false;
        let changed =
            |header: &str| change.set.iter().find(|(name, _)| name == header).map(|(_, value)| value.as_str());
        if changed("access-control-allow-origin").is_some() {
            let listed = is_listed(cause);
            there |= listed;
            let first = listed.then(|| Text::from(THERE));
            settings.push(self.list(&self.origins, first, std::slice::from_ref(&values.holes.origin)));
            words.push(match cause {
                _ if listed => format!("add {} to its list of origins", values.origin),
                Cause::WildcardWithCredentials { .. } => {
                    format!("name {} and every other site that calls it instead of *", values.origin)
                }
                _ => format!("have {} in its list of origins", values.origin),
            });
        }
        if changed("access-control-allow-credentials").is_some() {
            settings.push(Text::from(self.credentials));
            words.push("allow credentials".to_owned());
        }
        for (header, list, what) in [
            ("access-control-allow-methods", &self.methods, "methods"),
            ("access-control-allow-headers", &self.headers, "headers"),
        ] {
            let is_methods = what == "methods";
            let mut present = proof::tokens(&scene.header(header).unwrap_or_default());
            let mut wanted = changed(header).map(proof::tokens).unwrap_or_default();
            if is_methods && self.checks_method && wanted.iter().all(|method| **method != *scene.pair.method) {
                wanted.push(scene.pair.method.to_string());
            }
            // A layer that leaves the page out may leave out its lists as well: its own are in use then.
            if present.is_empty() && matches!(cause, Cause::OriginRefusedByServer) {
                match (&self.own_headers, is_methods) {
                    (_, true) => present.extend(self.own_methods.iter().map(|method| (*method).to_owned())),
                    (Own::Names(own), false) => present.extend(own.iter().map(|name| (*name).to_owned())),
                    (Own::Asked, false) => wanted.clear(),
                }
            }
            let known: HashSet<String> = present.iter().map(|item| compared(item, is_methods)).collect();
            let plain: fn(&str) -> bool = if is_methods { proof::is_method } else { proof::is_name };
            wanted.retain(|item| !known.contains(&compared(item, is_methods)) && plain(item));
            if wanted.is_empty() {
                continue;
            }
            words.push(format!("add {} to its list of {what}", cause::list(&wanted)));
            // The default list is in no settings file.
            let is_own = self.is_own(&present, is_methods);
            there |= !is_own && !present.is_empty();
            let first = (!present.is_empty()).then(|| Text::from(THERE));
            if is_methods {
                let wanted: Vec<PlainMethod> = wanted.iter().filter_map(|item| PlainMethod::of(item).ok()).collect();
                settings.extend(if is_own { self.more_methods(wanted) } else { vec![self.list(list, first, &wanted)] });
            } else {
                let wanted: Vec<FieldName> = wanted.iter().filter_map(|item| FieldName::of(item).ok()).collect();
                settings.extend(if is_own {
                    self.more_headers(&wanted)
                } else {
                    vec![self.list(list, first, &wanted)]
                });
            }
        }
        (!settings.is_empty()).then(|| {
            let stands = if there { format!(" ({THERE} stands for what is in it)") } else { String::new() };
            let title = format!("{}: {}{stands}", self.name, cause::list(&words));
            (title, self.whole(self.there, &settings, values))
        })
    }
}

/// Methods are compared to the letter, header names without regard to case.
fn compared(item: &str, is_method: bool) -> String {
    if is_method { item.to_owned() } else { item.to_ascii_lowercase() }
}

/// Whether the server compares with a list (or a fixed value that serves another site), so that
/// other pages lose what they have if the value is replaced.
pub(super) fn is_listed(cause: &Cause) -> bool {
    match cause {
        Cause::OriginRefusedByServer => true,
        Cause::AllowOriginMismatch { difference, .. } => {
            matches!(difference, Difference::Host | Difference::Port | Difference::Scheme)
        }
        _ => false,
    }
}

/// Settings of a stack with a package of its own.
pub(super) struct Settings {
    /// Where the stack's own title does not say it.
    pub(super) title: Option<String>,
    /// What to paste.
    pub(super) text: Text,
    /// Whether the path is in it.
    pub(super) says_path: bool,
}

/// Settings for a stack with a package of its own.
pub(super) fn settings(
    stack: &str,
    scene: &Scene<'_>,
    cause: &Cause,
    change: &Change,
    values: &Values,
) -> Option<Settings> {
    let package = PACKAGES.iter().find(|package| package.stack == stack)?;
    // The package's manual shows an origin function that throws; its callback takes a plain no as well.
    if stack == "express"
        && matches!(cause, Cause::PreflightServerError { .. })
        && scene.said("not allowed by cors").is_some()
    {
        let title = format!(
            "Express: the origin function of cors answers with an error; let it answer no, and add {} to what it allows",
            values.origin
        );
        let text = Text::from("cors({ origin: (origin, done) => done(null, [").lit(THERE).lit(", ");
        let text = text.quoted(package.language, package.quote, &values.holes.origin);
        return Some(Settings { title: Some(title), text: text.lit("].includes(origin)) })"), says_path: false });
    }
    let there = matches!(cause, Cause::OriginRefusedByServer)
        || scene.headers().is_some_and(|headers| {
            headers.iter().any(|line| line.name.to_ascii_lowercase().starts_with(b"access-control-"))
        });
    let extended = (there && !matches!(cause, Cause::AllowOriginMultiple { .. }))
        .then(|| package.extend(scene, cause, change, values))
        .flatten();
    let around = match cause {
        // Starlette makes the page of an unhandled error outside every add_middleware.
        Cause::ErrorResponseWithoutCors { .. } if stack == "starlette" => ("app = CORSMiddleware(app, ", ")"),
        _ => package.install,
    };
    let (title, text) =
        extended.map_or_else(|| (None, package.install(values, around)), |(title, text)| (Some(title), text));
    Some(Settings { title, text, says_path: says_path(package.install.0) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::cause::Wildcard;
    use crate::paste::{Holes, PlainPath, SerializedOrigin};

    #[test]
    fn a_value_that_serves_other_pages_is_a_list_and_a_misspelt_one_is_not() {
        let mismatch = |difference| Cause::AllowOriginMismatch { value: "https://app.shop.test/".into(), difference };
        for difference in [Difference::Host, Difference::Port, Difference::Scheme] {
            assert!(is_listed(&mismatch(difference)), "{difference:?}");
        }
        for difference in [
            Difference::DefaultPort,
            Difference::Slash,
            Difference::Case,
            Difference::Path,
            Difference::Null,
            Difference::Pattern,
        ] {
            assert!(!is_listed(&mismatch(difference)), "{difference:?}");
        }
        assert!(is_listed(&Cause::OriginRefusedByServer));
        assert!(!is_listed(&Cause::WildcardWithCredentials { on: Wildcard::Origin }));
    }

    fn installed(stack: &str, method: &str, headers: &[&str], credentials: bool) -> String {
        let values = Values {
            holes: Holes {
                origin: SerializedOrigin::of("https://app.shop.test").unwrap(),
                path: PlainPath::of("/v1/orders"),
                methods: vec![PlainMethod::of(method).unwrap()],
                headers: headers.iter().map(|name| FieldName::of(name).unwrap()).collect(),
                credentials,
            },
            origin: "https://app.shop.test".into(),
            path: "/v1/orders".into(),
        };
        let package = PACKAGES.iter().find(|package| package.stack == stack).unwrap();
        package.install(&values, package.install).to_string()
    }

    #[test]
    fn what_a_packages_defaults_cover_is_left_out() {
        let usual = ["authorization", "content-type"];
        assert_eq!(
            installed("express", "DELETE", &["x-tenant"], true),
            "app.use(cors({ origin: ['https://app.shop.test'], credentials: true }))"
        );
        assert_eq!(
            installed("flask", "PUT", &usual, false),
            "CORS(app, resources={r\"/v1/orders\": {\"origins\": [\"https://app.shop.test\"]}})"
        );
        assert_eq!(
            installed("django", "PUT", &usual, false),
            "MIDDLEWARE = [\"corsheaders.middleware.CorsMiddleware\", ...]  # first\n\
             CORS_ALLOWED_ORIGINS = [\"https://app.shop.test\"]"
        );
    }

    #[test]
    fn what_the_defaults_leave_out_is_added_to_them() {
        assert_eq!(
            installed("fastify", "PUT", &["content-type"], false),
            "await fastify.register(require('@fastify/cors'), { origin: ['https://app.shop.test'], methods: ['GET', \
             'HEAD', 'POST', 'PUT'] })"
        );
        assert_eq!(
            installed("starlette", "PUT", &["content-type", "x-tenant"], false),
            "app.add_middleware(CORSMiddleware, allow_origins=[\"https://app.shop.test\"], allow_methods=[\"GET\", \
             \"PUT\"], allow_headers=[\"x-tenant\"])"
        );
        assert_eq!(
            installed("django", "PURGE", &["content-type", "x-tenant"], false).lines().skip(2).collect::<Vec<_>>(),
            [
                "from corsheaders.defaults import default_methods",
                "CORS_ALLOW_METHODS = [*default_methods, \"PURGE\"]",
                "from corsheaders.defaults import default_headers",
                "CORS_ALLOW_HEADERS = [*default_headers, \"x-tenant\"]"
            ]
        );
    }
}
