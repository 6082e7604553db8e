//! Reading packet captures: CPU seconds a gigabyte and peak memory, as ratios to floors.
//!
//! Run with `cargo bench --bench pcap [-- --size MB] [--keep]`. Each way of reading runs in a
//! process of its own, so that peak memory is its own.

#![allow(missing_docs, clippy::print_stdout, clippy::expect_used, clippy::cast_precision_loss)]

use etherparse::LaxSlicedPacket;
use pcap_parser::traits::PcapReaderIterator;
use pcap_parser::{LegacyPcapReader, PcapBlockOwned, PcapError};
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use whycors::capture::{self, Limits, Progress, Remark, Sink, Source};
use whycors::exchange::Exchange;
use whycors::tls::{self, KeyLog};

#[path = "../tests/support/synthetic.rs"]
mod synthetic;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, mode, path] = args.as_slice()
        && flag == "--run"
    {
        return child(mode, Path::new(path));
    }
    let value = |name: &str| args.iter().position(|arg| arg == name).and_then(|at| args.get(at + 1));
    let sizes: Vec<u64> = match value("--size").and_then(|size| size.parse().ok()) {
        Some(size) => vec![size],
        None => vec![200, 2000],
    };
    let folder = std::env::temp_dir().join("whycors-bench");
    std::fs::create_dir_all(&folder).expect("a folder for captures");
    println!("{:<34} {:>9} {:>9} {:>9} {:>10} {:>9}", "what", "wall s", "CPU s", "CPU s/GB", "peak MiB", "to floor");
    for megabytes in sizes {
        let path = capture_of(&folder, megabytes);
        let bytes = std::fs::metadata(&path).expect("the capture").len();
        let mut floor = None;
        for mode in ["read", "slice", "exchanges", "exchanges-1-thread"] {
            let cost = measure(mode, &path);
            report(&format!("{megabytes} MB: {mode}"), bytes, &cost, floor);
            if mode == "slice" {
                floor = Some(cost.cpu);
            }
        }
        if megabytes <= 200 {
            tshark(&path, bytes, floor);
        }
        if !args.iter().any(|arg| arg == "--keep") {
            drop(std::fs::remove_file(&path));
        }
    }
}

fn capture_of(folder: &Path, megabytes: u64) -> PathBuf {
    let path = folder.join(format!("mix-{megabytes}.pcap"));
    if !path.exists() {
        let recipe = synthetic::Recipe {
            bytes: megabytes * 1_000_000,
            reordered: 5,
            repeated: 2,
            lost: 1,
            ..synthetic::Recipe::default()
        };
        let mut out = BufWriter::new(File::create(&path).expect("the capture"));
        let made = synthetic::write(&recipe, &mut out).expect("written");
        out.flush().expect("written");
        println!(
            "# {megabytes} MB: {} packets, {} connections, {} requests",
            made.packets, made.connections, made.requests
        );
    }
    path
}

#[derive(Debug, Clone, Copy)]
struct Cost {
    wall: f64,
    cpu: f64,
    peak_mib: f64,
}

fn report(what: &str, bytes: u64, cost: &Cost, floor: Option<f64>) {
    #[allow(clippy::cast_precision_loss)]
    let gigabytes = bytes as f64 / 1e9;
    let ratio = floor.map_or(String::new(), |floor| format!("{:.2}", cost.cpu / floor));
    println!(
        "{what:<34} {:>9.3} {:>9.3} {:>9.3} {:>10.1} {ratio:>9}",
        cost.wall,
        cost.cpu,
        cost.cpu / gigabytes,
        cost.peak_mib
    );
}

/// Runs this program again in one mode; the child tells what it cost.
fn measure(mode: &str, path: &Path) -> Cost {
    let me = std::env::current_exe().expect("this program");
    let mut command = Command::new(me);
    command.args(["--run", mode]).arg(path).stdout(Stdio::piped());
    if mode == "exchanges-1-thread" {
        command.env("RAYON_NUM_THREADS", "1");
    }
    let begin = Instant::now();
    let output = command.output().expect("a child");
    let wall = begin.elapsed().as_secs_f64();
    let text = String::from_utf8_lossy(&output.stdout);
    let mut numbers = text.lines().last().unwrap_or_default().split(' ').filter_map(|word| word.parse::<f64>().ok());
    Cost { wall, cpu: numbers.next().unwrap_or(f64::NAN), peak_mib: numbers.next().unwrap_or(f64::NAN) }
}

fn child(mode: &str, path: &Path) {
    match mode {
        "read" => read_only(path),
        "slice" => slice_only(path),
        _ => exchanges(path),
    }
    println!("{} {}", cpu_seconds("/proc/self/stat"), peak_mib());
}

/// User and system time of this process, in seconds (clock ticks are 1/100 s on Linux).
fn cpu_seconds(stat: &str) -> f64 {
    let text = std::fs::read_to_string(stat).unwrap_or_default();
    let after_name = text.rsplit(") ").next().unwrap_or_default();
    let ticks: f64 = after_name.split(' ').skip(11).take(2).filter_map(|word| word.parse::<f64>().ok()).sum();
    ticks / 100.0
}

fn peak_mib() -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(f64::NAN) / 1024.0
}

fn read_only(path: &Path) {
    let mut file = File::open(path).expect("the capture");
    let mut block = vec![0; 64 << 10];
    let mut total = 0;
    while let Ok(read @ 1..) = file.read(&mut block) {
        total += read;
    }
    println!("{total}");
}

fn slice_only(path: &Path) {
    let file = File::open(path).expect("the capture");
    let mut reader = LegacyPcapReader::new(1 << 20, file).expect("a pcap");
    let mut payload = 0;
    loop {
        match reader.next() {
            Ok((offset, block)) => {
                if let PcapBlockOwned::Legacy(packet) = block
                    && let Ok(sliced) = LaxSlicedPacket::from_ethernet(packet.data)
                    && let Some(etherparse::TransportSlice::Tcp(tcp)) = sliced.transport
                {
                    payload += tcp.payload().len();
                }
                reader.consume(offset);
            }
            Err(PcapError::Incomplete(_)) => drop(reader.refill()),
            Err(_) => break,
        }
    }
    println!("{payload}");
}

struct Counting(u64);

impl Sink for Counting {
    fn exchanges(&mut self, batch: Vec<Exchange>) -> ControlFlow<()> {
        self.0 += batch.len() as u64;
        ControlFlow::Continue(())
    }

    fn remark(&mut self, _: Remark) {}

    fn progress(&mut self, _: Progress) {}
}

fn exchanges(path: &Path) {
    let limits = Limits::default();
    let source = Source { index: 0, path: path.display().to_string() };
    let opened = capture::input::open(&source, &limits).expect("the capture");
    let mut sink = Counting(0);
    capture::pcap::read(vec![(source, opened)], KeyLog::new(&tls::Limits::default()), &limits, &mut sink);
    println!("{}", sink.0);
}

/// The same question put to tshark, when it is installed.
fn tshark(path: &Path, bytes: u64, floor: Option<f64>) {
    let fields = ["http.request.method", "http.host", "http.request.uri", "http.response.code", "http.response.line"];
    let mut command = Command::new("tshark");
    command.args(["-n", "-o", "tcp.reassemble_out_of_order:TRUE", "-Y", "http", "-T", "fields"]);
    for field in fields {
        command.args(["-e", field]);
    }
    command.arg("-r").arg(path).stdout(Stdio::null()).stderr(Stdio::null());
    let before = children_cpu();
    let begin = Instant::now();
    let Ok(status) = command.status() else {
        println!("# tshark is not installed");
        return;
    };
    let cost = Cost { wall: begin.elapsed().as_secs_f64(), cpu: children_cpu() - before, peak_mib: f64::NAN };
    report(&format!("tshark ({status})"), bytes, &cost, floor);
}

/// Time of children that were waited for.
fn children_cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit(") ").next().unwrap_or_default();
    let ticks: f64 = after_name.split(' ').skip(13).take(2).filter_map(|word| word.parse::<f64>().ok()).sum();
    ticks / 100.0
}
