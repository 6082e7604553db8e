//! CORS packages of applications: what each allows by itself, and how its lists are extended.
//!
//! One request is no picture of an application. A package that is put in names the page and leaves
//! to its defaults what they cover; one that is there gets one more item in the list that is there.

use super::need::{Kind, Listed, Need};
use crate::paste::{
    ALLOW_CREDENTIALS, ALLOW_ORIGIN, FieldName, Holes, Language, PlainMethod, Quote, Text, Value, fill,
};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use std::collections::HashSet;

/// Request headers that a package allows when its settings name none.
#[derive(Debug, Clone, Copy)]
pub(super) enum Own {
    /// Whatever the preflight asks for.
    Asked,
    /// These (lower case).
    Names(&'static [&'static str]),
}

/// A setting that holds a list: the text before its items and after them.
#[derive(Debug, Clone, Copy)]
pub(super) struct List(pub(super) &'static str, pub(super) &'static str);

/// The settings of a product's CORS package.
#[derive(Debug, Clone, Copy)]
pub struct CorsPackage {
    /// The product as titles name it.
    pub(super) name: &'static str,
    /// Around the settings of a package that is put in.
    pub(super) install: (&'static str, &'static str),
    /// Around the settings of one that is there.
    pub(super) there: (&'static str, &'static str),
    pub(super) between: &'static str,
    pub(super) language: Language,
    pub(super) quote: Quote,
    pub(super) origins: List,
    pub(super) methods: List,
    pub(super) headers: List,
    pub(super) credentials: &'static str,
    pub(super) own_methods: &'static [&'static str],
    pub(super) own_headers: Own,
    /// Refuses methods that are not on its list also where browsers would not ask.
    pub(super) checks_method: bool,
    /// Names of the own lists, to be written in front of more items; else the items are spelled out.
    pub(super) own_lists: Option<OwnLists>,
}

/// Names under which a package exports what it allows by itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct OwnLists {
    pub(super) import: &'static str,
    pub(super) methods: &'static str,
    pub(super) headers: &'static str,
}

/// What stands for the items that are in a list already.
pub(super) const THERE: &str = "…";

impl CorsPackage {
    /// A list's setting; `first` stands before the items as it is.
    fn list(&self, List(before, after): &List, first: Option<Text>, items: &[impl Value]) -> Text {
        let quoted = items.iter().map(|item| Text::new().quoted(self.language, self.quote, item));
        let all: Vec<Text> = first.into_iter().chain(quoted).collect();
        Text::from(*before).text(&Text::joined(&all, ", ")).lit(after)
    }

    fn whole(&self, (before, after): (&'static str, &'static str), settings: &[Text], holes: &Holes) -> Text {
        fill(before, self.language, holes).text(&Text::joined(settings, self.between)).lit(after)
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
            // Such a package adds its own names to whatever is set.
            None => vec![self.list(&self.headers, None, more)],
        }
    }

    /// Settings of a package that is not there yet: the page, and what the defaults leave out.
    fn put_in(&self, holes: &Holes, around: (&'static str, &'static str)) -> Text {
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
        self.whole(around, &settings, holes)
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

    /// One more item in each list that has to change, and what that is in words.
    fn extend(&self, need: &Need<'_>) -> Option<(Prose, Text)> {
        let (mut settings, mut words) = (Vec::new(), Vec::new());
        let mut there = false;
        if need.sets(ALLOW_ORIGIN) {
            let listed = need.serves_others();
            there |= listed;
            let first = listed.then(|| Text::from(THERE));
            settings.push(self.list(&self.origins, first, std::slice::from_ref(&need.holes.origin)));
            words.push(match need.kind {
                _ if listed => prose!("add {} to its list of origins", need.page()),
                Kind::Wildcard => prose!("name {} and every other site that calls it instead of *", need.page()),
                _ => prose!("have {} in its list of origins", need.page()),
            });
        }
        if need.sets(ALLOW_CREDENTIALS) {
            settings.push(Text::from(self.credentials));
            words.push("allow credentials".into());
        }
        for (listed, list, what) in
            [(&need.methods, &self.methods, "methods"), (&need.headers, &self.headers, "headers")]
        {
            let is_methods = what == "methods";
            let Listed { mut present, mut wanted } = listed.clone();
            if is_methods && self.checks_method && wanted.iter().all(|method| method != need.method) {
                wanted.push(need.method.to_owned());
            }
            // A layer that leaves the page out may leave out its lists as well: its own are in use then.
            if present.is_empty() && need.kind == Kind::NotListed {
                match (&self.own_headers, is_methods) {
                    (_, true) => present.extend(self.own_methods.iter().map(|method| (*method).to_owned())),
                    (Own::Names(own), false) => present.extend(own.iter().map(|name| (*name).to_owned())),
                    (Own::Asked, false) => wanted.clear(),
                }
            }
            let known: HashSet<String> = present.iter().map(|item| compared(item, is_methods)).collect();
            wanted.retain(|item| !known.contains(&compared(item, is_methods)));
            if wanted.is_empty() {
                continue;
            }
            words.push(prose!("add {} to its list of {}", Prose::listed(wanted.iter().map(Captured::text)), what));
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
            let stands = if there { prose!(" ({} stands for what is in it)", THERE) } else { Prose::new() };
            let title = prose!("{}: {}{}", self.name, Prose::listed(words), stands);
            (title, self.whole(self.there, &settings, &need.holes))
        })
    }

    /// What to paste, with a title where the product's own does not say it: more in a package that answers already,
    /// or the package put in, with `around` in place of the usual text.
    pub(super) fn settings(
        &self,
        need: &Need<'_>,
        around: Option<(&'static str, &'static str)>,
    ) -> (Option<Prose>, Text) {
        let answers = |name: &[u8]| name.to_ascii_lowercase().starts_with(b"access-control-");
        let there = need.kind == Kind::NotListed || need.answered().iter().any(|line| answers(line.name));
        let extended = (there && !matches!(need.kind, Kind::Repeated { .. })).then(|| self.extend(need)).flatten();
        match extended {
            Some((title, text)) => (Some(title), text),
            None => (None, self.put_in(&need.holes, around.unwrap_or(self.install))),
        }
    }
}

/// Methods are compared to the letter, header names without regard to case.
fn compared(item: &str, is_method: bool) -> String {
    if is_method { item.to_owned() } else { item.to_ascii_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paste::{PlainPath, SerializedOrigin};
    use crate::stacks::by_id;

    fn installed(stack: &str, method: &str, headers: &[&str], credentials: bool) -> String {
        let holes = Holes {
            origin: SerializedOrigin::of("https://app.shop.test").unwrap(),
            path: PlainPath::of("/v1/orders"),
            methods: vec![PlainMethod::of(method).unwrap()],
            headers: headers.iter().map(|name| FieldName::of(name).unwrap()).collect(),
            credentials,
        };
        let package = by_id(stack).unwrap().settings.unwrap();
        package.put_in(&holes, package.install).to_string()
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
