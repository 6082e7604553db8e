//! The README tells the truth: its commands print what stands there, its tables are the program's.
//!
//! `UPDATE=1 cargo test --test program readme::` rewrites both; read the difference before you commit it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test file")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use whycors::capture::har::dialects;
use whycors::cli::EXIT_CODES;
use whycors::diagnosis::causes::{CAUSES, Title};
use whycors::stacks::{self, Checked};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> PathBuf {
    root().join("README.md")
}

/// Runs one `$ whycors …` line as a shell would, in the project's folder.
fn run(command: &str) -> String {
    let output = Command::new("sh")
        .args(["-c", &command.replacen("whycors", "\"$WHYCORS\"", 1)])
        .env("WHYCORS", env!("CARGO_BIN_EXE_whycors"))
        .env("NO_COLOR", "1")
        .current_dir(root())
        .output()
        .unwrap();
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    text
}

fn causes() -> String {
    let mut table = String::from("| cause | in a list | proven by |\n|---|---|---|\n");
    for cause in CAUSES {
        let titles: Vec<String> = cause.titles.iter().map(Title::pattern).collect();
        writeln!(table, "| `{}` | {} | {} |", cause.id, titles.join(" · "), cause.proven_by).unwrap();
    }
    table
}

/// Server software by what its row was checked against.
fn stacks() -> String {
    let rows = |is: fn(&Checked) -> bool| {
        let names = stacks::all()
            .filter(|row| is(&row.checked))
            .map(|row| if row.title.is_empty() { format!("*{}*", row.name) } else { row.name.to_owned() });
        names.collect::<Vec<_>>().join(", ")
    };
    let mut table = String::from("| checked against | recognised |\n|---|---|\n");
    for (basis, is) in [
        ("a real server", (|basis| *basis == Checked::Server) as fn(&Checked) -> bool),
        ("its source code", |basis| matches!(basis, Checked::Source(_))),
        ("the vendor's documentation", |basis| matches!(basis, Checked::Documentation(_))),
        ("answers in public transcripts", |basis| matches!(basis, Checked::Seen(_))),
    ] {
        writeln!(table, "| {basis} | {} |", rows(is)).unwrap();
    }
    table
}

fn exit_codes() -> String {
    let mut table = String::from("| code | means |\n|---|---|\n");
    for (exit, means) in EXIT_CODES {
        writeln!(table, "| {} | {means} |", exit.code()).unwrap();
    }
    table
}

/// The README with every command's output and every table made anew.
fn fresh(text: &str) -> String {
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if let Some(command) = line.strip_prefix("$ whycors") {
            while lines.peek().is_some_and(|next| !next.starts_with("```") && !next.starts_with("$ ")) {
                lines.next();
            }
            out.push_str(run(&format!("whycors{command}")).trim_end());
            out.push('\n');
        }
        let table = match line {
            "<!-- causes -->" => causes(),
            "<!-- recorders -->" => dialects::table_markdown(),
            "<!-- stacks -->" => stacks(),
            "<!-- exit codes -->" => exit_codes(),
            "<!-- keys -->" => whycors::tui::keys_markdown(),
            _ => continue,
        };
        while lines.peek().is_some_and(|next| *next != "<!-- end -->") {
            lines.next();
        }
        out.push_str(&table);
    }
    out
}

#[test]
fn commands_print_what_the_readme_shows_and_tables_are_the_programs() {
    let text = std::fs::read_to_string(readme()).unwrap();
    let fresh = fresh(&text);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(readme(), &fresh).unwrap();
        return;
    }
    for (number, (stands, should)) in text.lines().zip(fresh.lines()).enumerate() {
        assert_eq!(stands, should, "README.md line {}", number + 1);
    }
    assert_eq!(text.lines().count(), fresh.lines().count());
}

#[test]
fn every_file_the_readme_links_to_exists() {
    let text = std::fs::read_to_string(readme()).unwrap();
    let mut seen = 0;
    for piece in text.split("](").skip(1) {
        let target = piece.split(')').next().unwrap_or_default();
        if target.starts_with('#') || target.contains("://") {
            continue;
        }
        seen += 1;
        assert!(root().join(target).exists(), "{target}");
    }
    assert!(seen > 0);
}
