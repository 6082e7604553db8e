#![allow(clippy::unwrap_used, clippy::panic, reason = "a test file")]

//! Data flows one way: no module may use one to its right.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module with the modules it may use besides itself.
const MAY_USE: &[(&str, &[&str])] = &[
    ("secrets", &[]),
    ("exchange", &["secrets"]),
    ("paste", &["secrets", "exchange"]),
    ("http", &["exchange"]),
    ("tls", &["exchange"]),
    ("capture", &["secrets", "exchange", "http", "tls"]),
    ("cors", &["exchange"]),
    ("pairing", &["exchange", "cors"]),
    ("browsers", &["secrets", "cors"]),
    ("stacks", &["secrets", "exchange", "paste", "cors"]),
    ("diagnosis", &["secrets", "exchange", "paste", "cors", "pairing", "browsers", "stacks"]),
    ("report", &["secrets", "exchange", "paste", "cors", "pairing", "browsers", "diagnosis"]),
    ("tui", &["paste", "report"]),
    ("cli", &["secrets", "exchange", "cors", "pairing", "diagnosis", "report"]),
    ("run", &["secrets", "exchange", "http", "tls", "capture", "cors", "pairing", "diagnosis", "report", "tui", "cli"]),
];

pub(crate) fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Top module of a file: `src/http/h1/mod.rs` and `src/http.rs` are `http`.
fn module_of(path: &Path, root: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap();
    relative.components().next().unwrap().as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

/// The module that a file is: `src/http/h1/mod.rs` is `http::h1`, `src/http.rs` is `http`.
fn path_of(file: &Path, root: &Path) -> Vec<String> {
    let relative = file.strip_prefix(root).unwrap().with_extension("");
    let mut path: Vec<String> = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if path.last().is_some_and(|last| last == "mod") {
        path.pop();
    }
    path
}

/// What a source names by `super::super::`, from the top of the crate on: such names may leave their room.
fn names_above(source: &str, module: &[String]) -> Vec<String> {
    let code = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let mut found = Vec::new();
    for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
        let mut rest = line;
        while let Some(at) = rest.find("super::") {
            let chain = &rest[at..];
            let ups = chain.split("super::").take_while(|piece| piece.is_empty()).count().max(1);
            // `split` yields one empty piece before each leading `super::`.
            let after = &chain["super::".len() * ups..];
            if ups >= module.len() {
                let name: String =
                    after.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':')).collect();
                found.push(name);
            }
            rest = after;
        }
    }
    found
}

/// What a source names of this crate, tests left out: `capture::Limits`, `exchange::Exchange` …
fn names(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let mut found = Vec::new();
    for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + 7..];
            let path: String = rest.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':')).collect();
            let rest = &rest[path.len()..];
            if let Some(list) = rest.strip_prefix('{').filter(|_| path.ends_with("::")) {
                let list = list.split('}').next().unwrap_or_default();
                found.extend(list.split(',').map(|item| format!("{path}{}", item.trim())));
            } else if path.is_empty() {
                let list = rest.trim_start_matches('{').split('}').next().unwrap_or_default();
                found.extend(list.split(',').map(|item| item.trim().to_owned()));
            } else {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn imports_never_point_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let allowed: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut wrong = Vec::new();
    for path in files {
        let module = module_of(&path, &root);
        if matches!(&*module, "lib" | "main") || path.ends_with("tests.rs") {
            continue;
        }
        let may_use = allowed.get(&*module).unwrap_or_else(|| panic!("{module} has no place in the order"));
        let source = fs::read_to_string(&path).unwrap();
        // Inside an inline module `super::` climbs less: what is no room is meant from there.
        let above = names_above(&source, &path_of(&path, &root)).into_iter();
        let above = above.filter(|name| allowed.contains_key(name.split("::").next().unwrap_or_default()));
        for name in names(&source).into_iter().chain(above) {
            let top = name.split("::").next().unwrap_or_default();
            let fine = top.is_empty()
                || top == module
                || may_use.iter().any(|used| *used == top || name.starts_with(used) && used.contains("::"));
            if !fine {
                wrong.push(format!("{}: {name}", path.strip_prefix(&root).unwrap().display()));
            }
        }
    }
    assert!(wrong.is_empty(), "imports that point right:\n{}", wrong.join("\n"));
}

#[test]
fn a_room_uses_only_rooms_before_it_so_there_is_no_circle() {
    for (at, (room, uses)) in MAY_USE.iter().enumerate() {
        for used in *uses {
            let known = MAY_USE[..at].iter().any(|(before, _)| before == used);
            assert!(known, "{room} may use {used}, which does not stand before it");
        }
    }
}

#[test]
fn names_that_climb_out_of_their_room_are_seen() {
    let module = ["diagnosis".to_owned(), "console".to_owned()];
    assert_eq!(names_above("super::super::pairing::Preflight::exchange", &module), ["pairing::Preflight::exchange"]);
    assert_eq!(names_above("use super::quote;", &module), Vec::<String>::new());
    assert_eq!(names_above("use super::cors::Rule;", &module[..1]), ["cors::Rule"]);
}

#[test]
fn the_reader_of_imports_sees_lists_and_single_names() {
    assert_eq!(names("use crate::exchange::{Exchange, Place};"), ["exchange::Exchange", "exchange::Place"]);
    assert_eq!(names("    let x = crate::cors::max_age();"), ["cors::max_age"]);
    assert_eq!(names("// use crate::tui::State;"), Vec::<String>::new());
}
