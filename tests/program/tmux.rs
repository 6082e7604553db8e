//! The terminal UI in a real terminal: tmux, a shell, keys, resizing, suspending, a panic.
//!
//! One session drives `whycors` on a recorded HAR. For the rest the program under test is this
//! test binary itself, run inside tmux as [`as_a_program`]: its report is a sample, it can read
//! without end, and it can panic. Every wait polls the screen.
#![cfg(unix)]
#![allow(clippy::panic, clippy::print_stderr, reason = "a test file")]

use crate::held::done;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};
use whycors::report::view::Report;
use whycors::tui::{self, Options, Update};

const PATIENCE: Duration = Duration::from_secs(20);

fn sample() -> Report {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reports/two-tabs.json");
    let text = std::fs::read_to_string(path).expect("the sample is checked in");
    serde_json::from_str(&text).expect("the sample is a report")
}

/// What runs inside tmux: the UI over a sample, or a panic on top of the taken terminal.
#[test]
#[ignore = "is run by the other tests of this file, inside tmux"]
fn as_a_program() {
    let what = std::env::var("WHYCORS_TMUX").unwrap_or_default();
    if what == "panic" {
        let _guard = tui::terminal::Guard::enter().expect("a terminal");
        panic!("on purpose");
    }
    let (sender, updates) = channel();
    let report = sample();
    if what == "endless" {
        let (first, _) = report.findings.split_at(1);
        sender.send(Update::Findings(first.to_vec())).expect("somebody listens");
        let progress =
            Update::Progress { input: 0, name: "endless.har".into(), read: 1, size: Some(100), exchanges: 9 };
        sender.send(progress).expect("somebody listens");
    } else {
        sender.send(done(report.clone())).expect("somebody listens");
    }
    let stop = Arc::new(AtomicBool::new(false));
    if what == "endless" {
        let stop = Arc::clone(&stop);
        std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(5));
            }
            let _ = sender.send(done(report));
        });
    }
    let options = Options { color: true, ..Options::default() };
    let arrived = tui::run(updates, stop, options).expect("a terminal");
    assert!(arrived, "the final picture had arrived");
}

/// A tmux server of its own with a shell in it.
struct Tmux {
    socket: String,
}

impl Tmux {
    /// None, with a message, where tmux is missing.
    fn start(columns: u16, rows: u16) -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        if Command::new("tmux").arg("-V").output().is_err() {
            eprintln!("skipped: tmux is not installed, so nothing was tested here");
            return None;
        }
        let socket = format!("whycors-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let tmux = Self { socket };
        let (columns, rows) = (columns.to_string(), rows.to_string());
        let shell = ["env", "PS1=ready$ ", "ENV=", "TERM=screen-256color", "LC_ALL=C.UTF-8", "sh", "-i"];
        let start = ["-f", "/dev/null", "-u", "new-session", "-d", "-x", &columns, "-y", &rows, "--"];
        let output = tmux.run(&[&start[..], &shell[..]].concat());
        assert!(output.status.success(), "{output:?}");
        tmux.run(&["set-option", "-s", "set-clipboard", "on"]);
        tmux.wait("ready$");
        Some(tmux)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new("tmux").args(["-L", &self.socket]).args(arguments).output().expect("tmux runs")
    }

    fn text(&self, arguments: &[&str]) -> String {
        String::from_utf8_lossy(&self.run(arguments).stdout).into_owned()
    }

    fn screen(&self) -> String {
        self.text(&["capture-pane", "-p"])
    }

    /// Keys by tmux's names.
    fn keys(&self, names: &[&str]) {
        self.run(&[&["send-keys"][..], names].concat());
    }

    fn type_in(&self, text: &str) {
        self.run(&["send-keys", "-l", text]);
    }

    /// Types a command that runs this test binary as a program.
    fn program(&self, what: &str) {
        let binary = std::env::current_exe().expect("this program");
        let command = format!(
            "clear; WHYCORS_TMUX={what} RUST_BACKTRACE=0 '{}' --ignored --exact tmux::as_a_program --nocapture -q",
            binary.display()
        );
        self.type_in(&command);
        self.keys(&["Enter"]);
    }

    fn until(&self, what: &str, holds: impl Fn(&str) -> bool) -> String {
        let begun = Instant::now();
        loop {
            let screen = self.screen();
            if holds(&screen) {
                return screen;
            }
            assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}; the screen is\n{screen}");
            std::thread::sleep(Duration::from_millis(15));
        }
    }

    fn wait(&self, text: &str) -> String {
        self.until(text, |screen| screen.contains(text))
    }

    fn wait_gone(&self, text: &str) -> String {
        self.until(&format!("the end of {text}"), |screen| !screen.contains(text))
    }

    /// The shell is back, its screen is the ordinary one, and it takes commands.
    fn shell_works(&self) {
        self.until("the shell's prompt", |screen| screen.trim_end().ends_with("ready$"));
        assert_eq!(self.text(&["display-message", "-p", "#{alternate_on} #{cursor_flag}"]).trim(), "0 1");
        self.type_in("echo shell-$((40 + 2))");
        self.keys(&["Enter"]);
        self.wait("shell-42");
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        self.run(&["kill-server"]);
    }
}

#[test]
fn a_session_filters_opens_copies_exports_resizes_and_leaves_the_shell_as_it_was() {
    let Some(tmux) = Tmux::start(80, 24) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    tmux.program("report");
    let screen = tmux.wait("1 of 5");
    assert!(screen.contains("▸  1"), "{screen}");

    tmux.keys(&["j"]);
    tmux.wait("2 of 5");
    tmux.keys(&["/"]);
    tmux.type_in("method:post");
    tmux.wait("3 of 5");
    tmux.keys(&["Enter"]);
    tmux.wait("filter: method:post");

    tmux.keys(&["Enter"]);
    let screen = tmux.wait("[exchange]");
    assert!(screen.contains("server gateway.shop.test"), "{screen}");
    tmux.keys(&["Tab"]);
    tmux.wait("[evidence]");
    tmux.keys(&["n"]);
    tmux.wait("2 of 3");
    tmux.keys(&["Escape"]);
    tmux.wait("WHY IT FAILED");

    tmux.keys(&["y"]);
    tmux.wait("─ copy ─");
    tmux.keys(&["c"]);
    tmux.wait("sent to the terminal's clipboard");
    assert!(tmux.text(&["show-buffer"]).starts_with("curl "), "tmux took the text as OSC 52");

    let path = folder.path().join("answer.md");
    for round in 0..2 {
        tmux.keys(&["e"]);
        tmux.wait("─ export 3 findings ─");
        tmux.keys(&["m"]);
        tmux.wait("Markdown to file");
        tmux.keys(&["C-u"]);
        tmux.type_in(&path.display().to_string());
        tmux.keys(&["Enter"]);
        if round == 0 {
            tmux.wait("3 findings written to");
        }
    }
    tmux.wait("the file exists");
    tmux.keys(&["y"]);
    tmux.wait("3 findings written to");
    assert!(std::fs::read_to_string(&path).expect("exported").contains("allow-origin-mismatch"));

    tmux.run(&["resize-window", "-x", "120", "-y", "36"]);
    tmux.until("two panes side by side", |screen| screen.lines().nth(3).is_some_and(|line| line.contains('│')));
    tmux.run(&["resize-window", "-x", "38", "-y", "6"]);
    tmux.wait("terminal too small");
    tmux.run(&["resize-window", "-x", "80", "-y", "24"]);
    tmux.wait("2 of 3");

    tmux.keys(&["q"]);
    tmux.shell_works();
    assert!(tmux.screen().contains("1 passed"), "the program ended well");
}

#[test]
fn whycors_opens_a_har_and_its_exit_code_says_that_something_failed() {
    let Some(tmux) = Tmux::start(120, 36) else { return };
    let har = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/captures/real/ng-dup/chrome.har.gz");
    tmux.type_in(&format!("clear; '{}' '{har}'; echo code-$?", env!("CARGO_BIN_EXE_whycors")));
    tmux.keys(&["Enter"]);
    let screen = tmux.wait("1 of 1 ");
    assert!(screen.contains("Allow-Origin sent twice"), "{screen}");
    tmux.keys(&["Enter"]);
    tmux.until("the failing line", |screen| {
        screen.lines().any(|line| line.starts_with(" ✗") && line.contains("access-control-allow-origin"))
    });
    tmux.keys(&["q"]);
    tmux.wait("code-1");
    tmux.shell_works();
}

#[test]
fn rows_appear_while_reading_and_escape_stops_it() {
    let Some(tmux) = Tmux::start(80, 24) else { return };
    tmux.program("endless");
    tmux.wait("1 of 1 ");
    tmux.wait("stop reading");
    tmux.keys(&["Escape"]);
    tmux.wait("1 of 5");
    tmux.wait_gone("stopping");
    tmux.keys(&["C-c"]);
    tmux.shell_works();
}

#[test]
fn suspending_gives_the_shell_back_and_fg_continues() {
    let Some(tmux) = Tmux::start(80, 24) else { return };
    tmux.program("report");
    tmux.wait("1 of 5");
    tmux.keys(&["C-z"]);
    tmux.shell_works();
    tmux.type_in("fg");
    tmux.keys(&["Enter"]);
    tmux.wait("1 of 5");
    tmux.keys(&["j"]);
    tmux.wait("2 of 5");
    tmux.keys(&["q"]);
    tmux.shell_works();
}

#[test]
fn the_terminal_is_restored_after_a_panic_and_the_message_can_be_read() {
    let Some(tmux) = Tmux::start(80, 24) else { return };
    tmux.program("panic");
    tmux.wait("on purpose");
    tmux.shell_works();
}

#[test]
fn the_terminal_is_restored_when_the_process_is_asked_to_end() {
    let Some(tmux) = Tmux::start(80, 24) else { return };
    tmux.program("report");
    tmux.wait("1 of 5");
    let shell = tmux.text(&["display-message", "-p", "#{pane_pid}"]);
    let killed = Command::new("pkill").args(["-TERM", "-P", shell.trim()]).output();
    if killed.is_err() {
        eprintln!("skipped: pkill is not installed, so nothing was tested here");
        return;
    }
    tmux.shell_works();
}
