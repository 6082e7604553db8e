#![allow(clippy::unwrap_used, reason = "a test file")]

//! One file a cause: what is said of a cause is not spread again over the files that use it.

use super::layering::sources;
use std::fs;
use std::path::Path;

#[test]
fn no_file_outside_the_room_matches_on_a_cause() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut files, mut read, mut wrong) = (Vec::new(), 0, Vec::new());
    sources(&root, &mut files);
    for path in files.iter().filter(|path| !path.starts_with(root.join("diagnosis/causes"))) {
        let source = fs::read_to_string(path).unwrap();
        read += 1;
        for (at, _) in source.match_indices("Cause::") {
            if source[at + "Cause::".len()..].starts_with(char::is_uppercase) {
                let line = source[..at].lines().count();
                wrong.push(format!("{}:{line}", path.strip_prefix(&root).unwrap().display()));
            }
        }
    }
    assert!(read > 100, "{read}");
    assert!(wrong.is_empty(), "ask the cause by a method of `Told` instead:\n{}", wrong.join("\n"));
}
