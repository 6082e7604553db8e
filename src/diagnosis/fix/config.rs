//! Configuration texts: the table's templates filled with one pair's values.

use super::{Change, Fix, Who, package, proxies};
use crate::diagnosis::cause::Scene;
use crate::diagnosis::proof::{self, Edit};
use crate::diagnosis::stack::{Stack, by_id};
use crate::diagnosis::{Cause, StackHit};
use std::collections::HashSet;

/// How a list is written, by what stands after its placeholder's name: see the table of stacks.
const LISTS: [&str; 6] = ["", " ", "'", "\"", "<", ">"];

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
        let one = if key.starts_with('m') { "method" } else { "header" };
        let list = |items: &[String], mark: &str| match mark {
            "" => items.join(","),
            " " => items.join(" "),
            "<" => items.iter().map(|item| format!("<add {one}=\"{item}\" />")).collect::<Vec<_>>().concat(),
            ">" => items.iter().map(|item| format!("<{one}>{item}</{one}>")).collect::<Vec<_>>().concat(),
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
        } else if !inside && let Some(after) = rest.strip_prefix("[[n:") {
            (rest, inside, wanted) = (after, true, !values.credentials);
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
            "nginx" => Some(proxies::nginx(scene, cause, &values, change)),
            "apache" => Some(proxies::apache(scene, cause, &values, change)),
            _ if stack.config.is_empty() => None,
            _ => Some(from_table(stack, scene, cause, &values, change)),
        })
        .collect();
    fixes.dedup_by(|a, b| a.0.stack == b.0.stack);
    fixes.truncate(2);
    fixes
}

pub(super) fn blank(stack: &'static str, who: Who, change: &Change) -> Fix {
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

fn from_table(
    stack: &'static Stack,
    scene: &Scene<'_>,
    cause: &Cause,
    values: &Values,
    change: &Change,
) -> (Fix, Vec<Edit>) {
    let mut fix = blank(stack.id, stack.who, change);
    let (own_title, text) =
        package::settings(stack.id, scene, cause, change, values).unwrap_or_else(|| (None, fill(stack.config, values)));
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
    fix.text = text;
    // flask-cors answers no preflight that a check before the request refuses.
    if stack.id == "flask" && matches!(cause, Cause::AuthBeforeCors { .. } | Cause::PreflightBadStatus { .. }) {
        fix.text = format!(
            "if request.method == \"OPTIONS\": return current_app.make_default_options_response()\n{}",
            fix.text
        );
    }
    // Caddy looks at logins before it answers by itself.
    if stack.id == "caddy" && matches!(cause, Cause::AuthBeforeCors { .. }) {
        fix.text.push_str("\n@login not method OPTIONS\n# and @login as the matcher of basic_auth or forward_auth");
    }
    if stack.id == "starlette" && matches!(cause, Cause::ErrorResponseWithoutCors { .. }) {
        fix.text = fix.text.replacen("app.add_middleware(CORSMiddleware,", "app = CORSMiddleware(app,", 1);
    }
    fix.do_not = (!stack.do_not.is_empty()).then(|| stack.do_not.to_owned());
    (fix, proof::as_set(change))
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
    fn lists_become_what_each_product_reads() {
        let filled = |id: &str| fill(by_id(id).unwrap().config, &values(&["x-a"], false));
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
