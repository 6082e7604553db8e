//! Configuration texts: the table's templates filled with one pair's values.

use super::{Change, Fix, Who, package, proxies};
use crate::diagnosis::cause::Scene;
use crate::diagnosis::proof::{self, Edit};
use crate::diagnosis::stack::{Stack, by_id};
use crate::diagnosis::verify::Pasteable;
use crate::diagnosis::{Cause, StackHit};
use crate::paste::{FieldName, Holes, PlainMethod, PlainPath, Text, fill, says_path};
use crate::secrets::is_open_path;
use std::collections::HashSet;

/// What a configuration has to say.
#[derive(Debug, Clone)]
pub(super) struct Values {
    /// What texts are filled with.
    pub(super) holes: Holes,
    /// The origin as titles show it.
    pub(super) origin: String,
    /// The path as titles show it.
    pub(super) path: String,
}

impl Values {
    /// The pair's own values, with what the server lists already.
    pub(super) fn of(scene: &Scene<'_>, include: bool, pasteable: &Pasteable<'_>) -> Self {
        let listed = |name: &str| {
            let value = scene.header(name).unwrap_or_default();
            proof::tokens(&value).into_iter().filter(|item| item != "*").take(proof::KEPT).collect::<Vec<_>>()
        };
        let mut methods: Vec<PlainMethod> =
            listed("access-control-allow-methods").iter().filter_map(|item| PlainMethod::of(item).ok()).collect();
        let mut headers: Vec<FieldName> =
            listed("access-control-allow-headers").iter().filter_map(|item| FieldName::of(item).ok()).collect();
        if !methods.contains(&pasteable.method) {
            methods.push(pasteable.method.clone());
        }
        let known: HashSet<FieldName> = headers.iter().map(FieldName::lower).collect();
        headers.extend(pasteable.names.iter().filter(|name| !known.contains(&name.lower())).cloned());
        let path = super::path(&scene.pair.url);
        Self {
            holes: Holes {
                origin: pasteable.origin.clone(),
                // A path with a secret in it is no more to be pasted than one with marks.
                path: PlainPath::of(if is_open_path(&path) { &path } else { "" }),
                methods,
                headers,
                credentials: include,
            },
            origin: scene.pair.origin.to_string(),
            path,
        }
    }

    /// What a title adds where a word of ours stands for the path.
    pub(super) fn placeholder(&self) -> String {
        if self.holes.path.is_plain() {
            return String::new();
        }
        format!("; {} stands for {}, written as this software wants it", PlainPath::PLACEHOLDER, self.path)
    }
}

/// Fixes in the words of the recognised software, innermost application first, at most two.
pub(super) fn for_stacks(
    scene: &Scene<'_>,
    cause: &Cause,
    stack: &[StackHit],
    change: &Change,
    include: bool,
    pasteable: &Pasteable<'_>,
) -> Vec<(Fix, Vec<Edit>)> {
    let values = Values::of(scene, include, pasteable);
    let known: Vec<&'static Stack> = stack.iter().filter_map(|hit| by_id(hit.id)).collect();
    let mut fixes: Vec<(Fix, Vec<Edit>)> = known
        .iter()
        .rev()
        .filter(|stack| known.iter().all(|other| !other.built_on.contains(&stack.id)))
        .filter_map(|stack| match stack.id {
            // Their list stands in a map or a condition that the answer does not show: a fixed origin beside it
            // would shut the other sites out.
            "nginx" | "apache" if matches!(cause, Cause::OriginRefusedByServer) => None,
            "nginx" => Some(proxies::nginx(scene, cause, &values, change)),
            "apache" => Some(proxies::apache(scene, cause, &values, change)),
            _ if stack.config.is_empty() => None,
            _ => Some(from_table(stack, scene, cause, &values, change)),
        })
        .collect();
    // A value that a language cannot hold leaves no text.
    fixes.retain(|(fix, _)| !fix.text.is_empty());
    fixes.dedup_by(|a, b| a.0.stack == b.0.stack);
    fixes.truncate(2);
    fixes
}

pub(super) fn blank(stack: &'static str, who: Who, change: &Change) -> Fix {
    Fix {
        stack,
        who,
        title: String::new(),
        text: Text::new(),
        do_not: None,
        changes: vec![change.clone()],
        proven: Vec::new(),
        why_not_proven: None,
        proof: String::new(),
        alternative_to: None,
    }
}

fn from_table(
    stack: &'static Stack,
    scene: &Scene<'_>,
    cause: &Cause,
    values: &Values,
    change: &Change,
) -> (Fix, Vec<Edit>) {
    let mut fix = blank(stack.id, stack.who, change);
    let own = package::settings(stack.id, scene, cause, change, values);
    let path = if own.as_ref().map_or_else(|| says_path(stack.config), |own| own.says_path) {
        values.placeholder()
    } else {
        String::new()
    };
    let (own_title, text) = own.map_or_else(
        || (None, fill(stack.config, stack.language, &values.holes).trimmed()),
        |own| (own.title, own.text),
    );
    fix.title = match (stack.id, cause) {
        ("flask", Cause::AuthBeforeCors { .. }) => {
            "Flask: let OPTIONS pass before the token is looked at, and allow the page".to_owned()
        }
        ("flask", Cause::PreflightBadStatus { status }) => {
            format!("Flask: let OPTIONS pass before the check that answers {status}, and allow the page")
        }
        ("s3", Cause::OriginRefusedByServer) => {
            format!("{}: one rule must fit the origin, the method and all headers; add it or complete the one that is there", stack.title)
        }
        (_, Cause::AllowOriginMultiple { .. }) => {
            let name = stack.title.split(':').next().unwrap_or(stack.name);
            let keep = "keep one of the two, these settings or the header set by hand (or by the proxy)";
            if super::repeats_the_page(scene, cause) {
                format!("{name}: {keep}")
            } else {
                format!("{name}: {keep}; the line that stays must read {}", values.origin)
            }
        }
        ("starlette", Cause::ErrorResponseWithoutCors { .. }) => {
            "FastAPI or Starlette: the page of an unhandled error is made outside every add_middleware; put CORSMiddleware around the whole application, in place of add_middleware".to_owned()
        }
        // These settings hold for the whole application, and this pair knows of one request only.
        _ => own_title.unwrap_or_else(|| {
            if package::is_listed(cause) {
                format!("{}; add {} to the list of origins that is there", stack.title, values.origin)
            } else {
                format!("{}; where that is there already, add to its lists", stack.title)
            }
        }),
    };
    fix.title.push_str(&path);
    fix.text = text;
    // flask-cors answers no preflight that a check before the request refuses.
    if stack.id == "flask" && matches!(cause, Cause::AuthBeforeCors { .. } | Cause::PreflightBadStatus { .. }) {
        fix.text = Text::from("if request.method == \"OPTIONS\": return current_app.make_default_options_response()\n")
            .text(&fix.text);
    }
    // Caddy looks at logins before it answers by itself.
    if stack.id == "caddy" && matches!(cause, Cause::AuthBeforeCors { .. }) {
        let matcher = "\n@login not method OPTIONS\n# and @login as the matcher of basic_auth or forward_auth";
        fix.text = std::mem::take(&mut fix.text).lit(matcher);
    }
    fix.do_not = (!stack.do_not.is_empty()).then(|| stack.do_not.to_owned());
    (fix, proof::as_set(change))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::stack::all;
    use crate::paste::SerializedOrigin;

    fn holes(headers: &[&str], credentials: bool) -> Holes {
        Holes {
            origin: SerializedOrigin::of("https://app.shop.test").unwrap(),
            path: PlainPath::of("/v1/orders"),
            methods: ["GET", "PUT"].map(|name| PlainMethod::of(name).unwrap()).to_vec(),
            headers: headers.iter().map(|name| FieldName::of(name).unwrap()).collect(),
            credentials,
        }
    }

    fn filled(id: &str, headers: &[&str], credentials: bool) -> String {
        let stack = by_id(id).unwrap();
        fill(stack.config, stack.language, &holes(headers, credentials)).trimmed().to_string()
    }

    #[test]
    fn templates_leave_out_what_there_is_nothing_to_say_about() {
        assert_eq!(
            filled("express", &[], false),
            "app.use(cors({ origin: ['https://app.shop.test'], methods: ['GET', 'PUT'] }))"
        );
        assert_eq!(
            filled("express", &["content-type"], true),
            "app.use(cors({ origin: ['https://app.shop.test'], methods: ['GET', 'PUT'], allowedHeaders: \
             ['content-type'], credentials: true }))"
        );
    }

    #[test]
    fn lists_become_what_each_product_reads() {
        let filled = |id: &str| filled(id, &["x-a"], false);
        assert_eq!(
            filled("iis"),
            "<cors enabled=\"true\">\n  <add origin=\"https://app.shop.test\">\n    <allowMethods><add method=\"GET\" />\
             <add method=\"PUT\" /></allowMethods>\n    <allowHeaders><add header=\"x-a\" /></allowHeaders>\n  </add>\n</cors>"
        );
        assert_eq!(
            filled("azure-api-management"),
            "<cors>\n  <allowed-origins><origin>https://app.shop.test</origin></allowed-origins>\n  <allowed-methods>\
             <method>GET</method><method>PUT</method></allowed-methods>\n  <allowed-headers><header>x-a</header>\
             </allowed-headers>\n</cors>"
        );
        assert!(filled("rails").contains("methods: %i[get put], headers: %w[x-a]\n"), "rack-cors compares lower case");
        assert!(filled("jetty").contains("allowCredentials = false"), "true is its default");
    }

    #[test]
    fn every_hole_of_every_template_is_known_and_stands_where_its_language_holds_it() {
        let mut templates = 0;
        for stack in all().filter(|stack| !stack.config.is_empty()) {
            templates += 1;
            for (headers, credentials) in [(&["x-a"][..], true), (&[], false)] {
                let filled = filled(stack.id, headers, credentials);
                // A hole that its language cannot hold empties the text.
                assert!(!filled.is_empty(), "{}", stack.id);
                for left in ["[[", "]]}", "{origin", "{methods", "{headers", "{path", "{route", "{verbs"] {
                    assert!(!filled.contains(left), "{}: {filled}", stack.id);
                }
                assert!(filled.contains("https://app.shop.test"), "{}: {filled}", stack.id);
            }
        }
        assert_eq!(templates, 45);
    }

    #[test]
    fn a_path_that_is_not_plain_is_a_word_of_ours() {
        for stack in all().filter(|stack| says_path(stack.config)) {
            let holes = Holes { path: PlainPath::of("/v1/$(id)"), ..holes(&["x-a"], true) };
            let filled = fill(stack.config, stack.language, &holes);
            assert!(filled.contains("PATH") && !filled.contains("$(id)"), "{}: {}", stack.id, filled.as_str());
        }
    }
}
