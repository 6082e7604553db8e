//! The whole program to JSON: CPU seconds, peak memory, and how many times tshark's or jq's time that is.
//!
//! `cargo bench --bench whole -- [small] [alone] [keep]`: `small` leaves the gigabyte inputs out, `alone` the other
//! programs, `keep` keeps the inputs. Each figure is the median of three runs with one thread, page cache warm.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::format_push_string,
    clippy::print_literal,
    missing_docs,
    unreachable_pub,
    dead_code,
    reason = "a measuring program, not part of the library"
)]

mod support;
#[path = "../tests/support/synthetic.rs"]
mod synthetic;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use support::har::{Plan, generate};
use support::process::{Cost, run_other};
use synthetic::{Mix, Recipe};

/// An input and the program that is asked the same of it.
struct Input {
    name: &'static str,
    path: PathBuf,
    made: String,
    beside: Option<(&'static str, &'static [&'static str])>,
}

const TSHARK: &[&str] = &[
    "-n",
    "-o",
    "tcp.reassemble_out_of_order:TRUE",
    "-Y",
    "http",
    "-T",
    "fields",
    "-e",
    "http.request.method",
    "-e",
    "http.host",
    "-e",
    "http.request.uri",
    "-e",
    "http.response.code",
    "-e",
    "http.response.line",
    "-r",
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let flag = |name: &str| arguments.iter().any(|argument| argument == name);
    println!(
        "{:<32} {:>8} {:>9} {:>9} {:>9}   {}",
        "input", "CPU s", "s per GB", "peak MiB", "findings", "beside it, same file"
    );
    for input in inputs(flag("small")) {
        println!("# {}: {}", input.name, input.made);
        let cost = median(&input.path);
        let bytes = std::fs::metadata(&input.path).unwrap().len() as f64;
        let beside = match input.beside.filter(|_| !flag("alone")) {
            None => String::new(),
            Some((program, arguments)) => match run_other(program, arguments, &input.path) {
                Some(other) => format!(
                    "{program} {:.1} s, {:.0} MiB: {:.0} times the CPU",
                    other.cpu.unwrap_or_default(),
                    other.peak.unwrap_or_default(),
                    other.cpu.unwrap_or_default() / cost.cpu.unwrap_or(f64::NAN)
                ),
                None => format!("{program} is not installed, or failed"),
            },
        };
        println!(
            "{:<32} {:>8.2} {:>9.2} {:>9.0} {:>9}   {beside}",
            input.name,
            cost.cpu.unwrap_or(f64::NAN),
            cost.cpu.unwrap_or(f64::NAN) / bytes * 1e9,
            cost.peak.unwrap_or(f64::NAN),
            findings(&input.path)
        );
        if !flag("keep") {
            std::fs::remove_file(&input.path).unwrap();
        }
    }
}

/// The median by CPU time of three runs.
fn median(path: &Path) -> Cost {
    let arguments = ["--format", "json", "--threads", "1"];
    let mut runs: Vec<Cost> = (0..3).filter_map(|_| run_any(&arguments, path)).collect();
    runs.sort_by(|a, b| a.cpu.unwrap_or_default().total_cmp(&b.cpu.unwrap_or_default()));
    runs.get(runs.len() / 2).copied().unwrap_or_default()
}

fn run_any(arguments: &[&str], path: &Path) -> Option<Cost> {
    support::process::run(env!("CARGO_BIN_EXE_whycors"), arguments, path).map(|(cost, _)| cost)
}

/// Failing and undecided requests, by the program's own count.
fn findings(path: &Path) -> String {
    let output =
        std::process::Command::new(env!("CARGO_BIN_EXE_whycors")).args(["--format", "ndjson"]).arg(path).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let last: serde_json::Value =
        text.lines().last().and_then(|line| serde_json::from_str(line).ok()).unwrap_or_default();
    let count = |name: &str| last["summary"][name].as_u64().unwrap_or_default();
    (count("failed") + count("undecided")).to_string()
}

fn inputs(small: bool) -> impl Iterator<Item = Input> {
    let pcaps: &[(&str, u64)] =
        &[("pcap, HTTP/1.1, 200 MB", 200), ("pcap, HTTP/1.1, 2 GB", 2000), ("pcap, HTTP/1.1, 4 GB", 4000)];
    let hars: &[(&str, u64, usize)] = &[
        ("HAR with bodies, 200 MB", 200, 30_000),
        ("HAR with bodies, 1 GB", 1000, 30_000),
        ("HAR, headers only, 200 MB", 200, 0),
    ];
    let pcaps = pcaps.iter().filter(move |(_, size)| !small || *size <= 200).map(|(name, size)| pcap(name, *size));
    let hars = hars
        .iter()
        .filter(move |(_, size, _)| !small || *size <= 200)
        .map(|(name, size, body)| har(name, *size, *body));
    pcaps.chain(hars)
}

fn pcap(name: &'static str, megabytes: u64) -> Input {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("whole-{megabytes}.pcap"));
    let recipe = Recipe {
        bytes: megabytes * 1_000_000,
        reordered: 2,
        repeated: 1,
        mix: Mix::Site,
        gap_micros: 300,
        ..Recipe::default()
    };
    let mut out = BufWriter::new(File::create(&path).unwrap());
    let made = synthetic::write(&recipe, &mut out).unwrap();
    out.flush().unwrap();
    let made = format!("{} packets, {} connections, {} requests", made.packets, made.connections, made.requests);
    // tshark takes minutes for the large ones and answers nothing new.
    Input { name, path, made, beside: (megabytes <= 200).then_some(("tshark", TSHARK)) }
}

fn har(name: &'static str, megabytes: u64, body: usize) -> Input {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("whole-{megabytes}-{body}.har"));
    let plan = Plan { bytes: megabytes * 1_000_000, body, failing_every: 50, seed: 1 };
    let entries = generate(plan, &mut BufWriter::new(File::create(&path).unwrap())).unwrap();
    let beside: Option<(_, &[&str])> = (megabytes <= 200).then_some(("jq", &[".log.entries|length"]));
    Input { name, path, made: format!("{entries} entries"), beside }
}
