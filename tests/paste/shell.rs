//! Command lines run by bash, each in an empty folder, with every program replaced by one that writes
//! down how it was called.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What happened while a line ran.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    /// Programs and their arguments, in the order they were started.
    pub(crate) calls: Vec<Vec<String>>,
    /// Files that were there afterwards.
    pub(crate) files: Vec<String>,
}

/// Programs are functions here; a name that is none comes to `command_not_found_handle`, as PATH is empty.
/// A call is written at once: two programs of a pipe run at the same time.
const PRELUDE: &str = r#"
call() { printf '%s\0' C $# "$@" >>"$RECORD"; }
command_not_found_handle() { call "$@"; }
for name in curl grep aws az mc gcloud; do eval "$name() { call $name \"\$@\"; }"; done
shopt -s nullglob dotglob
PATH=
"#;

/// Every line by itself, the same in one go as a script whose lines see the history, as typed ones do.
pub(crate) fn run(folder: &Path, lines: &[String]) -> Option<Vec<Run>> {
    let script = r#"
while IFS= read -r -d '' line; do
    printf 'L\0' >>"$RECORD"
    ( eval "$line" ) </dev/null >/dev/null 2>&1
    for file in *; do printf 'F\0%s\0' "$file" >>"$RECORD"; /bin/rm -rf -- "./$file"; done
done
"#;
    let mut input = Vec::new();
    for line in lines {
        input.extend_from_slice(line.as_bytes());
        input.push(0);
    }
    records(folder, "each", &format!("{PRELUDE}{script}"), &input)
}

/// A whole file of lines, read as an interactive shell reads what is pasted.
pub(crate) fn paste(folder: &Path, text: &str) -> Option<Run> {
    let script = format!(
        "{PRELUDE}set -o history; set -o histexpand\nprintf 'L\\0' >>\"$RECORD\"\n{text}\nfor file in *; do printf 'F\\0%s\\0' \"$file\" >>\"$RECORD\"; done\n"
    );
    records(folder, "pasted", "", script.as_bytes()).and_then(|mut runs| runs.pop())
}

/// Runs a script, or standard input as one, in an empty folder.
fn records(folder: &Path, name: &str, script: &str, input: &[u8]) -> Option<Vec<Run>> {
    let (record, empty) = (folder.join(format!("{name}.record")), folder.join(name));
    let _ = std::fs::remove_file(&record);
    let _ = std::fs::remove_dir_all(&empty);
    std::fs::create_dir_all(&empty).unwrap();
    let mut bash = Command::new("bash");
    bash.args(["--norc", "--noprofile"]);
    if !script.is_empty() {
        bash.args(["-c", script]);
    }
    bash.env_clear().env("RECORD", &record).env("HOME", &empty).env("LC_ALL", "C.UTF-8").current_dir(&empty);
    let Ok(mut bash) = bash.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn() else {
        eprintln!("skipped: bash is not here");
        return None;
    };
    bash.stdin.take().unwrap().write_all(input).unwrap();
    bash.wait().unwrap();
    let bytes = std::fs::read(&record).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let mut fields = text.split('\0').map(ToOwned::to_owned);
    let mut runs: Vec<Run> = Vec::new();
    while let Some(field) = fields.next() {
        let run = runs.last_mut();
        match (&*field, run) {
            ("L", _) => runs.push(Run::default()),
            ("C", Some(run)) => {
                let count = fields.next().unwrap().parse().unwrap();
                run.calls.push(fields.by_ref().take(count).collect());
            }
            ("F", Some(run)) => run.files.extend(fields.next()),
            ("", _) => {}
            other => panic!("an odd record: {other:?}"),
        }
    }
    Some(runs)
}

/// Options of curl that these lines may have, and whether a value follows.
const OPTIONS: [(&str, bool); 11] = [
    ("-i", false),
    ("-si", false),
    ("-I", false),
    ("-v", false),
    ("-g", false),
    ("--globoff", false),
    ("-m", true),
    ("-X", true),
    ("-H", true),
    ("-d", true),
    ("--path-as-is", false),
];

/// What is wrong with how curl was called; None: nothing.
pub(crate) fn odd_call(call: &[String]) -> Option<String> {
    let plain = |text: &str, more: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    let mut values: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut urls = Vec::new();
    let mut arguments = call.iter().skip(1);
    while let Some(argument) = arguments.next() {
        if argument.chars().any(char::is_control) {
            return Some(format!("a control character in {argument:?}"));
        }
        match OPTIONS.iter().find(|(option, _)| option == argument) {
            Some((option, true)) => values.entry(option).or_default().push(arguments.next()?),
            Some((option, false)) => values.entry(option).or_default().push(""),
            None if argument.starts_with("https://") || argument.starts_with("http://") => urls.push(argument),
            None => return Some(format!("argument {argument:?}")),
        }
    }
    let [url] = urls.as_slice() else { return Some(format!("{} URLs", urls.len())) };
    if url.contains(['[', ']', '{', '}']) && !values.contains_key("-g") && !values.contains_key("--globoff") {
        return Some(format!("curl expands {url}"));
    }
    let of = |option: &str| values.get(option).cloned().unwrap_or_default();
    let odd = of("-X").into_iter().find(|value| !plain(value, ""));
    let odd = odd.or_else(|| of("-m").into_iter().find(|value| value.parse::<u32>().is_err()));
    let odd = odd.or_else(|| of("-d").into_iter().find(|value| !matches!(*value, "@body.json" | "@body.txt")));
    let odd = odd.or_else(|| {
        // A name and a semicolon: the header without a value.
        let header = |value: &&str| {
            let name = value.split_once(": ").map_or_else(|| value.strip_suffix(';'), |(name, _)| Some(name));
            name.is_some_and(|name| plain(name, "-_"))
        };
        of("-H").into_iter().find(|value| !header(value))
    });
    odd.map(|value| format!("value {value:?}"))
}
