//! Configuration texts: the table's templates filled with one pair's values, and the two proxies
//! whose directives need more care than a template.

use super::{Change, Fix, Who};
use crate::cors::Stage;
use crate::diagnosis::cause::Scene;
use crate::diagnosis::proof::{self, Edit};
use crate::diagnosis::stack::{Stack, by_id};
use crate::diagnosis::{Cause, StackHit, quote};
use std::collections::HashSet;

/// How a list is written, by what stands after its placeholder's name: see the table of stacks.
const LISTS: [&str; 5] = ["", " ", "'", "\"", "<"];

/// What a configuration has to say.
#[derive(Debug, Clone)]
pub(super) struct Values {
    pub(super) origin: String,
    pub(super) path: String,
    pub(super) host: String,
    pub(super) methods: Vec<String>,
    pub(super) headers: Vec<String>,
    pub(super) credentials: bool,
}

impl Values {
    /// The pair's own values, with what the server lists already.
    pub(super) fn of(scene: &Scene<'_>, include: bool) -> Self {
        let url = url::Url::parse(&scene.pair.url).ok();
        let listed = |name: &str| {
            let value = scene.header(name).unwrap_or_default();
            proof::tokens(&value).into_iter().filter(|item| item != "*").take(proof::KEPT).collect::<Vec<_>>()
        };
        let (mut methods, mut headers) =
            (listed("access-control-allow-methods"), listed("access-control-allow-headers"));
        if !methods.iter().any(|item| *item == *scene.pair.method) {
            methods.push(scene.pair.method.to_string());
        }
        let known: HashSet<String> = headers.iter().map(|name| name.to_ascii_lowercase()).collect();
        headers.extend(
            scene.pair.unsafe_headers.iter().filter(|name| !known.contains(&name.to_ascii_lowercase())).cloned(),
        );
        Self {
            origin: scene.pair.origin.to_string(),
            path: url.as_ref().map_or_else(|| "/".to_owned(), |url| url.path().to_owned()),
            host: url.as_ref().and_then(|url| url.host_str()).unwrap_or_default().to_owned(),
            methods,
            headers,
            credentials: include,
        }
    }

    fn value(&self, key: &str) -> Option<String> {
        let element =
            |item: &String| format!("<add {}=\"{item}\" />", if key.starts_with('m') { "method" } else { "header" });
        let list = |items: &[String], mark: &str| match mark {
            "" => items.join(","),
            " " => items.join(" "),
            "<" => items.iter().map(element).collect(),
            mark => items.iter().map(|item| format!("{mark}{item}{mark}")).collect::<Vec<_>>().join(", "),
        };
        Some(match key {
            "origin" => self.origin.clone(),
            "host" => self.host.clone(),
            "path" => self.path.clone(),
            "verbs " => self.methods.join(" ").to_ascii_lowercase(),
            "route" => self.path.trim_start_matches('/').to_owned(),
            _ => match (key.strip_prefix("methods"), key.strip_prefix("headers")) {
                (Some(mark), _) if LISTS.contains(&mark) => list(&self.methods, mark),
                (_, Some(mark)) if LISTS.contains(&mark) => list(&self.headers, mark),
                _ => return None,
            },
        })
    }
}

/// Fills a template of the stack table. Braces that are no placeholder stay as they are.
pub(super) fn fill(template: &str, values: &Values) -> String {
    let mut out = String::with_capacity(template.len() * 2);
    let mut rest = template;
    // Whether the optional part being read is wanted.
    let mut wanted = true;
    let mut inside = false;
    while !rest.is_empty() {
        if !inside && let Some(after) = rest.strip_prefix("[[h:") {
            (rest, inside, wanted) = (after, true, !values.headers.is_empty());
        } else if !inside && let Some(after) = rest.strip_prefix("[[c:") {
            (rest, inside, wanted) = (after, true, values.credentials);
        } else if inside && let Some(after) = rest.strip_prefix("]]").filter(|after| !after.starts_with(']')) {
            (rest, inside, wanted) = (after, false, true);
        } else if let Some((key, after)) = rest.strip_prefix('{').and_then(|after| after.split_once('}'))
            && let Some(value) = values.value(key)
        {
            if wanted {
                out.push_str(&value);
            }
            rest = after;
        } else {
            let mut chars = rest.chars();
            if let Some(c) = chars.next().filter(|_| wanted) {
                out.push(c);
            }
            rest = chars.as_str();
        }
    }
    out.trim_end().to_owned()
}

/// Fixes in the words of the recognised software, innermost application first, at most two.
pub(super) fn for_stacks(
    scene: &Scene<'_>,
    cause: &Cause,
    stack: &[StackHit],
    change: &Change,
    include: bool,
) -> Vec<(Fix, Vec<Edit>)> {
    let values = Values::of(scene, include);
    let known: Vec<&'static Stack> = stack.iter().filter_map(|hit| by_id(hit.id)).collect();
    let mut fixes: Vec<(Fix, Vec<Edit>)> = known
        .iter()
        .rev()
        .filter(|stack| known.iter().all(|other| !other.built_on.contains(&stack.id)))
        .filter_map(|stack| match stack.id {
            // Their list stands in a map or a condition that the answer does not show: a fixed origin beside it
            // would shut the other sites out.
            "nginx" | "apache" if matches!(cause, Cause::OriginRefusedByServer) => None,
            "nginx" => Some(nginx(scene, cause, &values, change)),
            "apache" => Some(apache(scene, cause, &values, change)),
            _ if stack.config.is_empty() => None,
            _ => Some(from_table(stack, cause, &values, change)),
        })
        .collect();
    fixes.dedup_by(|a, b| a.0.stack == b.0.stack);
    fixes.truncate(2);
    fixes
}

fn blank(stack: &'static str, who: Who, change: &Change) -> Fix {
    Fix {
        stack,
        who,
        title: String::new(),
        text: String::new(),
        do_not: None,
        changes: vec![change.clone()],
        proven: Vec::new(),
        why_not_proven: None,
        proof: String::new(),
        alternative_to: None,
    }
}

fn from_table(stack: &'static Stack, cause: &Cause, values: &Values, change: &Change) -> (Fix, Vec<Edit>) {
    let mut fix = blank(stack.id, stack.who, change);
    fix.title = match (stack.id, cause) {
        ("flask", Cause::AuthBeforeCors { .. }) => {
            "Flask: let OPTIONS pass before the token is looked at, and allow the page".to_owned()
        }
        ("flask", Cause::PreflightBadStatus { status }) => {
            format!("Flask: let OPTIONS pass before the check that answers {status}, and allow the page")
        }
        ("express", Cause::OriginRefusedByServer) => {
            "Express: add the page to the origin list of the cors package; what stands in the list already, stays"
                .to_owned()
        }
        ("express", Cause::AllowOriginMultiple { .. }) => {
            "Express: keep one of the two, the cors package or the header set by hand (or by the proxy)".to_owned()
        }
        // These settings hold for the whole application, and this pair knows of one request only.
        ("express" | "django" | "starlette", _) => {
            format!("{} (extend lists that are there: other routes may need more)", stack.title)
        }
        _ => stack.title.to_owned(),
    };
    fix.text = fill(stack.config, values);
    // flask-cors answers no preflight that a check before the request refuses.
    if stack.id == "flask" && matches!(cause, Cause::AuthBeforeCors { .. } | Cause::PreflightBadStatus { .. }) {
        fix.text = format!(
            "if request.method == \"OPTIONS\": return current_app.make_default_options_response()\n{}",
            fix.text
        );
    }
    fix.do_not = (!stack.do_not.is_empty()).then(|| stack.do_not.to_owned());
    (fix, proof::as_set(change))
}

/// nginx: `add_header` appends, never replaces, and counts for listed statuses only without `always`.
fn nginx(scene: &Scene<'_>, cause: &Cause, values: &Values, change: &Change) -> (Fix, Vec<Edit>) {
    let mut fix = blank("nginx", Who::Proxy, change);
    let add = |name: &str, value: &str| format!("add_header {} {} always;", quote::title_case(name), nginx_word(value));
    let present = |name: &str| scene.headers().is_some_and(|headers| headers.has(name));
    if matches!(cause, Cause::AllowOriginMultiple { .. }) {
        "nginx, beside the add_header line, unless the application stops sending it:".clone_into(&mut fix.title);
        "proxy_hide_header Access-Control-Allow-Origin;".clone_into(&mut fix.text);
        fix.do_not = Some("add a third line: add_header appends and never replaces".to_owned());
        return (fix, proof::as_append(change, true));
    }
    if matches!(cause, Cause::ErrorResponseWithoutCors { .. }) {
        "nginx, in the add_header line that is there (without \"always\" it is left out of errors):"
            .clone_into(&mut fix.title);
        fix.text = change.set.iter().map(|(name, value)| add(name, value)).collect::<Vec<_>>().join("\n");
        return (fix, proof::as_append(change, false));
    }
    let lines: Vec<String> = change.set.iter().map(|(name, value)| add(name, value)).collect();
    let hides: Vec<String> = change
        .set
        .iter()
        .filter(|(name, _)| present(name))
        .map(|(name, _)| format!("proxy_hide_header {};", quote::title_case(name)))
        .collect();
    if change.on == Stage::Preflight && (change.status.is_some() || hides.is_empty()) {
        fix.title = format!("nginx: answer OPTIONS in the location of {}", values.path);
        let mut text = vec!["if ($request_method = OPTIONS) {".to_owned()];
        text.extend(full_lines(values).iter().map(|(name, value)| format!("    {}", add(name, value))));
        text.extend(["    return 204;".to_owned(), "}".to_owned()]);
        text.push(add("access-control-allow-origin", &values.origin));
        if values.credentials {
            text.push(add("access-control-allow-credentials", "true"));
        }
        text.push("proxy_hide_header Access-Control-Allow-Origin;  # if the application sends it too".to_owned());
        fix.text = text.join("\n");
    } else {
        "nginx, in place of the add_header lines of these names:".clone_into(&mut fix.title);
        fix.text = hides.into_iter().chain(lines).collect::<Vec<_>>().join("\n");
    }
    fix.do_not =
        Some("leave add_header lines one level up: a location with an add_header of its own inherits none".to_owned());
    (fix, proof::as_append(change, true))
}

/// Apache: `Header set` without `always` misses errors; `always` beside a proxied line makes two.
fn apache(scene: &Scene<'_>, cause: &Cause, values: &Values, change: &Change) -> (Fix, Vec<Edit>) {
    let mut fix = blank("apache", Who::Proxy, change);
    let set = |name: &str, value: &str| {
        let name = quote::title_case(name);
        format!("Header onsuccess unset {name}\nHeader always set {name} \"{}\"", value.replace('"', "\\\""))
    };
    if change.on == Stage::Preflight
        && (change.status.is_some()
            || !scene.headers().is_some_and(|headers| headers.has("access-control-allow-origin")))
    {
        fix.title = format!("Apache, in the virtual host: answer OPTIONS for {}", values.path);
        let mut text: Vec<String> = full_lines(values).iter().map(|(name, value)| set(name, value)).collect();
        // Without the path every OPTIONS of the host would be answered so.
        text.push(format!(
            "RewriteEngine On\nRewriteCond %{{REQUEST_METHOD}} =OPTIONS\nRewriteCond %{{REQUEST_URI}} \"={}\"\nRewriteRule ^ - [R=204,L]",
            values.path.replace('"', "%22")
        ));
        fix.text = text.join("\n");
        if matches!(cause, Cause::AuthBeforeCors { .. } | Cause::NoOptionsHandler { status: 403 }) {
            fix.text.push_str("\n# and authentication only where it is not OPTIONS: <LimitExcept OPTIONS> Require valid-user </LimitExcept>");
        }
    } else {
        "Apache, in place of the Header lines of these names:".clone_into(&mut fix.title);
        fix.text = change.set.iter().map(|(name, value)| set(name, value)).collect::<Vec<_>>().join("\n");
    }
    fix.do_not = Some(
        "\"Header add\", or \"always set\" without the unset: beside a line from behind that makes two".to_owned(),
    );
    (fix, proof::as_set(change))
}

/// Every line a preflight's answer needs.
fn full_lines(values: &Values) -> Vec<(&'static str, String)> {
    let mut lines = vec![("access-control-allow-origin", values.origin.clone())];
    if values.credentials {
        lines.push(("access-control-allow-credentials", "true".to_owned()));
    }
    lines.push(("access-control-allow-methods", values.methods.join(", ")));
    if !values.headers.is_empty() {
        lines.push(("access-control-allow-headers", values.headers.join(", ")));
    }
    lines
}

/// A value as nginx's configuration needs it.
fn nginx_word(value: &str) -> String {
    let bare = !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || "/:._-".contains(c));
    if bare { value.to_owned() } else { format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::stack::all;

    fn values(headers: &[&str], credentials: bool) -> Values {
        Values {
            origin: "https://app.shop.test".into(),
            path: "/v1/orders".into(),
            host: "api.shop.test".into(),
            methods: vec!["GET".into(), "PUT".into()],
            headers: headers.iter().map(|name| (*name).to_owned()).collect(),
            credentials,
        }
    }

    #[test]
    fn templates_leave_out_what_there_is_nothing_to_say_about() {
        let express = by_id("express").unwrap().config;
        assert_eq!(
            fill(express, &values(&[], false)),
            "app.use(cors({ origin: ['https://app.shop.test'], methods: ['GET', 'PUT'] }))"
        );
        assert_eq!(
            fill(express, &values(&["content-type"], true)),
            "app.use(cors({ origin: ['https://app.shop.test'], methods: ['GET', 'PUT'], allowedHeaders: \
             ['content-type'], credentials: true }))"
        );
    }

    #[test]
    fn every_template_fills_completely() {
        for stack in all() {
            for filled in [fill(stack.config, &values(&["x-a"], true)), fill(stack.config, &values(&[], false))] {
                for left in ["[[", "]]}", "{origin", "{methods", "{headers", "{path", "{verbs"] {
                    assert!(!filled.contains(left), "{}: {filled}", stack.id);
                }
            }
        }
    }
}
