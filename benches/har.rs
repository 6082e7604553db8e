//! Reading HARs: MB/s, CPU and peak memory by size, beside a plain read, jq and Python.
//!
//! `cargo bench --bench har -- [MB...] [--headers-only] [--alone]`; sizes default to 10 and 200. Each size is measured
//! in a process of its own, since peak memory of a process never goes down. `--alone` leaves the
//! other programs out.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::format_push_string,
    missing_docs,
    unreachable_pub,
    reason = "a measuring program, not part of the library"
)]

mod support;

use std::fs::File;
use std::io::{BufWriter, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::har::{Plan, generate};
use support::process::{Cost, measure, run_other};
use whycors::capture::{Limits, Progress, Remark, Sink, Source, har, input};
use whycors::exchange::Exchange;

#[derive(Default)]
struct Count {
    exchanges: u64,
    failing: u64,
}

impl Sink for Count {
    fn exchanges(&mut self, batch: Vec<Exchange>) -> ControlFlow<()> {
        self.exchanges += batch.len() as u64;
        self.failing += batch.iter().filter(|exchange| exchange.response.is_err()).count() as u64;
        ControlFlow::Continue(())
    }
    fn remark(&mut self, remark: Remark) {
        println!("  remark: {}", remark.text);
    }
    fn progress(&mut self, _: Progress) {}
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [mode, path] = arguments.as_slice()
        && mode == "--child"
    {
        return child(Path::new(path));
    }
    let flag = |name: &str| arguments.iter().any(|argument| argument == name);
    let mut sizes: Vec<u64> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![10, 200];
    }
    let body = if flag("--headers-only") { 0 } else { 30_000 };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    println!(
        "bodies of {body} bytes, every 50th entry a failing pair, seed 1; {} threads",
        rayon::current_num_threads()
    );
    for size in sizes {
        let path = folder.join(format!("bench-{size}-{body}.har"));
        let plan = Plan { bytes: size * 1_000_000, body, failing_every: 50, seed: 1 };
        let entries = generate(plan, &mut BufWriter::new(File::create(&path).unwrap())).unwrap();
        println!("{size} MB, {entries} entries");
        let status = Command::new(std::env::current_exe().unwrap()).arg("--child").arg(&path).status().unwrap();
        assert!(status.success());
        if !flag("--alone") {
            let script = "import json,sys; print(len(json.load(open(sys.argv[1]))['log']['entries']))";
            for (name, program, arguments) in
                [("jq", "jq", &[".log.entries|length"][..]), ("python json", "python3", &["-c", script])]
            {
                match run_other(program, arguments, &path) {
                    Some(cost) => show(name, &path, cost, None),
                    None => println!("  {name:<16} not installed, or failed"),
                }
            }
        }
        std::fs::remove_file(&path).unwrap();
    }
}

/// Measures one file in a process of its own: a plain read first, then the reader.
fn child(path: &Path) {
    let floor = measure(|| {
        let mut file = File::open(path).unwrap();
        let mut block = vec![0; 64 << 10];
        while file.read(&mut block).unwrap() > 0 {}
    });
    show("read 64 KiB", path, floor, None);
    let mut count = Count::default();
    let cost = measure(|| {
        let source = Source { index: 0, path: path.to_str().unwrap().to_owned() };
        let limits = Limits::default();
        let opened = input::open(&source, &limits).unwrap();
        har::read(opened, &source, &limits, &mut count).unwrap();
    });
    show("whycors reader", path, cost, Some(floor));
    println!("  {:<16} {} exchanges, {} without response", "", count.exchanges, count.failing);
}

fn show(name: &str, path: &Path, cost: Cost, floor: Option<Cost>) {
    let megabytes = std::fs::metadata(path).unwrap().len() as f64 / 1e6;
    let wall = cost.wall.as_secs_f64().max(1e-9);
    let cpu = cost.cpu.map_or("?".to_owned(), |cpu| format!("{:.2} CPU s/GB", cpu / megabytes * 1000.0));
    let peak = cost.peak.map_or("?".to_owned(), |peak| format!("{peak:.0} MiB"));
    let ratio =
        floor.map_or(String::new(), |floor| format!(", {:.1} x floor", wall / floor.wall.as_secs_f64().max(1e-9)));
    println!("  {name:<16} {:>8.3} s  {:>8.0} MB/s  {cpu:>15}  peak {peak:>9}{ratio}", wall, megabytes / wall);
}
