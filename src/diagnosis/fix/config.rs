//! Fixes in the words of the recognised software: what a product is asked, and what is made of its answer.
//!
//! Owns the need of one pair. Each product's configuration stands in its own file of `stacks`.

use super::{Change, Fix, Purpose, Who};
use crate::diagnosis::proof::{self, Edit};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::verify::Pasteable;
use crate::exchange::ResponseHead;
use crate::paste::{ALLOW_HEADERS, ALLOW_METHODS, CorsHeader, FieldName, Holes, PlainMethod, PlainPath};
use crate::secrets::is_open_path;
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use crate::stacks::{Effect, Kind, Layer, Listed, Need, Stack, StackHit, by_id};
use std::collections::HashSet;

/// What a pair needs of whatever software answers.
fn need<'a>(
    scene: &Scene<'a>,
    purpose: Purpose<'a>,
    change: &Change,
    response: &'a ResponseHead,
    include: bool,
    pasteable: &Pasteable<'_>,
) -> Need<'a> {
    let path = super::own_path(&scene.pair.url);
    Need {
        on: change.on,
        status: change.status,
        lines: CorsHeader::all(&change.set),
        methods: listed(scene, change, ALLOW_METHODS, proof::is_method),
        headers: listed(scene, change, ALLOW_HEADERS, proof::is_name),
        kind: kind(scene, purpose),
        answer: response,
        method: &scene.pair.method,
        holes: holes(scene, &path, include, pasteable),
        origin: scene.pair.origin.as_str(),
        path,
    }
}

/// A list of the answer, and what is to be on it.
fn listed(scene: &Scene<'_>, change: &Change, name: &str, plain: fn(&str) -> bool) -> Listed {
    let set = change.set.iter().find(|(set, _)| set == name);
    let mut wanted = set.map(|(_, value)| proof::tokens(value)).unwrap_or_default();
    wanted.retain(|item| plain(item));
    Listed { present: proof::tokens(&scene.header(name).unwrap_or_default()), wanted }
}

/// The pair's own values, with what the server lists already.
fn holes(scene: &Scene<'_>, path: &str, include: bool, pasteable: &Pasteable<'_>) -> Holes {
    let listed = |name: &str| {
        let value = scene.header(name).unwrap_or_default();
        proof::tokens(&value).into_iter().filter(|item| item != "*").take(proof::KEPT).collect::<Vec<_>>()
    };
    let mut methods: Vec<PlainMethod> =
        listed(ALLOW_METHODS).iter().filter_map(|item| PlainMethod::of(item).ok()).collect();
    let mut headers: Vec<FieldName> =
        listed(ALLOW_HEADERS).iter().filter_map(|item| FieldName::of(item).ok()).collect();
    if !methods.contains(&pasteable.method) {
        methods.push(pasteable.method.clone());
    }
    let known: HashSet<FieldName> = headers.iter().map(FieldName::lower).collect();
    headers.extend(pasteable.names.iter().filter(|name| !known.contains(&name.lower())).cloned());
    Holes {
        origin: pasteable.origin.clone(),
        // A path with a secret in it is no more to be pasted than one with marks.
        path: PlainPath::of(if is_open_path(path) { path } else { "" }),
        methods,
        headers,
        credentials: include,
    }
}

/// What a purpose is for a product.
fn kind<'a>(scene: &Scene<'_>, purpose: Purpose<'a>) -> Kind<'a> {
    match purpose {
        Purpose::OnList => Kind::NotListed,
        Purpose::InsteadOf { value, .. } if purpose.is_listed() => Kind::OtherSite(value),
        Purpose::OneLine { value, .. } => {
            Kind::Repeated { value, names_the_page: super::repeats_the_page(scene, purpose) }
        }
        Purpose::InsteadOfStar => Kind::Wildcard,
        Purpose::OnErrors { status } => Kind::BareError(status),
        Purpose::BeforeLogin => Kind::Login,
        Purpose::BeforeCheck { status } => Kind::Refused(status),
        Purpose::AfterCrash { .. } => Kind::Crash,
        Purpose::Lines
        | Purpose::AtFirewall
        | Purpose::InsteadOfPage
        | Purpose::InsteadOf { .. }
        | Purpose::AfterOther { .. } => Kind::Other,
    }
}

/// Fixes in the words of the recognised software, innermost application first, at most two.
pub(super) fn for_stacks(
    scene: &Scene<'_>,
    purpose: Purpose<'_>,
    stack: &[StackHit],
    change: &Change,
    response: &ResponseHead,
    include: bool,
    pasteable: &Pasteable<'_>,
) -> Vec<(Fix, Vec<Edit>)> {
    let known: Vec<&'static Stack> = stack.iter().filter_map(|hit| by_id(hit.id)).collect();
    if known.is_empty() {
        return Vec::new();
    }
    let need = need(scene, purpose, change, response, include, pasteable);
    let mut fixes: Vec<(Fix, Vec<Edit>)> = known
        .iter()
        .rev()
        .filter(|stack| known.iter().all(|other| !other.built_on.contains(&stack.id)))
        .filter_map(|stack| configured(stack, &need, change))
        .collect();
    // A value that a language cannot hold leaves no text.
    fixes.retain(|(fix, _)| !fix.text.is_empty());
    fixes.dedup_by(|a, b| a.0.stack == b.0.stack);
    fixes.truncate(2);
    fixes
}

/// A product's configuration as a fix, with what it does to the answer.
fn configured(stack: &Stack, need: &Need<'_>, change: &Change) -> Option<(Fix, Vec<Edit>)> {
    let configuration = (stack.configure)(stack, need)?;
    let mut title = configuration.title;
    if configuration.says_path && !need.holes.path.is_plain() {
        title = prose!(
            "{}; {} stands for {}, with what is masked here and as this software writes it",
            title,
            PlainPath::PLACEHOLDER,
            Captured::address(&*need.path)
        );
    }
    let fix = Fix {
        stack: stack.id,
        who: who(stack.layer),
        title,
        text: configuration.text,
        do_not: configuration.do_not,
        changes: vec![change.clone()],
        proven: Vec::new(),
        why_not_proven: None,
        proof: Prose::new(),
        alternative_to: None,
    };
    let edits = match configuration.effect {
        Effect::Sets => proof::as_set(change),
        Effect::Appends => proof::as_append(change, false),
        Effect::Replaces => proof::as_append(change, true),
    };
    Some((fix, edits))
}

/// Who configures a layer.
fn who(layer: Layer) -> Who {
    match layer {
        Layer::Cdn => Who::Cdn,
        Layer::Proxy => Who::Proxy,
        Layer::Application => Who::Application,
        Layer::Service => Who::Server,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paste::{SerializedOrigin, fill, says_path};
    use crate::stacks::{all, by_id};

    fn of(headers: &[&str], credentials: bool) -> Holes {
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
        fill(stack.config, stack.language, &of(headers, credentials)).trimmed().to_string()
    }

    #[test]
    fn templates_leave_out_what_there_is_nothing_to_say_about() {
        assert_eq!(
            filled("aspnet-core", &[], false),
            "app.UseCors(policy => policy.WithOrigins(\"https://app.shop.test\").WithMethods(\"GET\", \"PUT\"));"
        );
        assert_eq!(
            filled("aspnet-core", &["content-type"], true),
            "app.UseCors(policy => policy.WithOrigins(\"https://app.shop.test\").WithMethods(\"GET\", \"PUT\")\
             .WithHeaders(\"content-type\").AllowCredentials());"
        );
    }

    #[test]
    fn lists_become_what_each_product_reads() {
        let filled = |id: &str| filled(id, &["x-a"], false);
        assert_eq!(
            filled("iis"),
            "<cors enabled=\"true\">\n  <add origin=\"https://app.shop.test\">\n    <allowMethods><add method=\"GET\" \
             /><add method=\"PUT\" /></allowMethods>\n    <allowHeaders><add header=\"x-a\" /></allowHeaders>\n  \
             </add>\n</cors>"
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
        assert_eq!(templates, 39);
    }

    #[test]
    fn a_path_that_is_not_plain_is_a_word_of_ours() {
        for stack in all().filter(|stack| says_path(stack.config)) {
            let holes = Holes { path: PlainPath::of("/v1/$(id)"), ..of(&["x-a"], true) };
            let filled = fill(stack.config, stack.language, &holes);
            assert!(filled.contains("PATH") && !filled.contains("$(id)"), "{}: {}", stack.id, filled.as_str());
        }
    }
}
