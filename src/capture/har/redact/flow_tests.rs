//! The copy as a file: new, private, sound, the same when made again.

use super::tests::{HAR, redacted};
use super::*;
use serde_json::{Value, json};

#[test]
fn a_redacted_file_is_new_private_and_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("in.har"), folder.path().join("out.har"));
    std::fs::write(&from, HAR).unwrap();
    let source = Source { index: 0, path: from.to_str().unwrap().to_owned() };
    redact(&source, &to, &Limits::default()).unwrap();
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&to).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    let again = redact(&source, &to, &Limits::default()).unwrap_err();
    assert!(again.to_string().contains("exists; name another"), "{again}");
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "just text").unwrap();
    let nowhere = folder.path().join("none.har");
    let source = Source { index: 0, path: text.to_str().unwrap().to_owned() };
    assert!(redact(&source, &nowhere, &Limits::default()).is_err() && !nowhere.exists());
}

#[test]
fn a_damaged_har_becomes_a_sound_one() {
    let (text, done) = redacted(&format!("{},{{\"request\":{{\"url\":\"x", &HAR[..HAR.len() - 3]));
    assert!(serde_json::from_str::<Value>(&text).is_ok());
    assert_eq!(done.entries, 1);
}

#[test]
fn entries_that_cannot_be_kept_are_counted() {
    let (_, done) = redacted(
        r#"{"log":{"entries":[1,{"request":{"url":"https://a.test/"}},{"a" "b"},{"request":{"url":"https://a."#,
    );
    assert_eq!((done.entries, done.left_out), (1, 3));
}

#[test]
fn a_note_of_strangers_is_no_note() {
    let note = |comment: &str| {
        let har = json!({"log": {"creator": {"name": "Charles Proxy of Jane", "version": "4.5", "comment": comment}, "entries": [
            {"request": {"url": "https://a.test/"}}]}});
        let (text, _) = redacted(&har.to_string());
        serde_json::from_str::<Value>(&text).unwrap()["log"]["creator"].clone()
    };
    assert_eq!(
        note("redacted by whycors: cookies (2), bodies (1)")["comment"],
        "redacted by whycors: cookies (2), bodies (1)"
    );
    for comment in
        ["redacted by whycors: hunter2", "redacted by whycors: hunter2 (2)", "redacted by whycors: cookies (x)", "x"]
    {
        assert_eq!(note(comment)["comment"], "redacted by whycors: nothing to mask");
    }
    assert_eq!((note("")["name"].clone(), note("")["version"].clone()), (json!("Charles"), json!("4.5")));
}

#[test]
fn redacting_twice_gives_the_same_bytes() {
    let (once, _) = redacted(HAR);
    let (twice, done) = redacted(&once);
    assert_eq!(once, twice);
    assert_eq!(done.counts, Counts::new());
}

#[test]
fn many_secrets_with_a_common_beginning_are_all_found_again() {
    let token = |n: u32| format!("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI{n:08}X.c2ln");
    let entries: Vec<Value> = (0..2000)
        .map(|n| {
            json!({"request": {"method": "GET", "url": "https://a.test/x", "headers": [
                {"name": "Authorization", "value": format!("Bearer {}", token(n))},
                {"name": "User-Agent", "value": format!("UA {}", token(1999 - n))}]}})
        })
        .collect();
    let (text, done) = redacted(&json!({"log": {"entries": entries}}).to_string());
    assert!(!text.contains("eyJ"));
    assert_eq!((done.entries, done.too_many_secrets), (2000, false));
}
