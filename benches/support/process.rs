//! CPU time and peak memory of a process, from `/proc` (Linux; elsewhere the figures are missing).

use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// What a run cost.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    /// Wall time.
    pub wall: Duration,
    /// User and system time, seconds.
    pub cpu: Option<f64>,
    /// Peak resident memory, MiB.
    pub peak: Option<f64>,
}

/// CPU seconds of this process so far.
pub fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ticks = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}

/// Peak resident memory of this process, MiB.
pub fn peak_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib / 1024.0)
}

/// Runs a closure in this process.
pub fn measure(work: impl FnOnce()) -> Cost {
    let (cpu, start) = (cpu_seconds(), Instant::now());
    work();
    let wall = start.elapsed();
    Cost { wall, cpu: cpu_seconds().zip(cpu).map(|(after, before)| after - before), peak: peak_mib() }
}

/// Runs another program on a file, when it is installed; `None` when it is not or fails. Its CPU
/// time and peak are asked of a shell's `times` and of `/proc` while it runs.
pub fn run_other(program: &str, arguments: &[&str], file: &Path) -> Option<Cost> {
    run(program, arguments, file).and_then(|(cost, exit)| exit.success().then_some(cost))
}

/// The same for a program of which some exit codes above 0 are no failure.
pub fn run(program: &str, arguments: &[&str], file: &Path) -> Option<(Cost, ExitStatus)> {
    let start = Instant::now();
    let mut child =
        Command::new(program).args(arguments).arg(file).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
    let (cpu_path, memory_path) = (format!("/proc/{}/stat", child.id()), format!("/proc/{}/status", child.id()));
    let mut cost = Cost::default();
    loop {
        if let Some(exit) = child.try_wait().ok()? {
            cost.wall = start.elapsed();
            return Some((cost, exit));
        }
        if let Ok(stat) = std::fs::read_to_string(&cpu_path)
            && let Some((_, rest)) = stat.rsplit_once(") ")
        {
            let fields: Vec<&str> = rest.split(' ').collect();
            let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
            cost.cpu = Some((ticks(11) + ticks(12)) / 100.0);
        }
        if let Ok(status) = std::fs::read_to_string(&memory_path)
            && let Some(line) = status.lines().find(|line| line.starts_with("VmHWM:"))
        {
            cost.peak = line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).map(|kib| kib / 1024.0);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}
