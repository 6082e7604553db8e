//! What a frame and a key cost with 1,000 and with 100,000 findings, as a ratio.
//!
//! Run with `cargo bench --bench tui`. A frame must not cost more with more findings; a key is
//! answered when its frame is drawn, while filtering and sorting go on in slices, whose longest
//! one bounds what a key may have to wait for.

#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a measuring program, not part of the library"
)]

#[path = "../tests/support/held.rs"]
mod held;

use held::done;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::time::{Duration, Instant};
use whycors::report::view::{Cause, Finding, Report, Summary, Verdict};
use whycors::tui::action::Action;
use whycors::tui::feed::{feed, work};
use whycors::tui::state::State;
use whycors::tui::theme::Look;
use whycors::tui::update::update;
use whycors::tui::view;

/// Findings of one slice, as in the event loop.
const SLICE: usize = 512;
const REPEAT: u32 = 200;

fn findings(count: u32) -> Vec<Finding> {
    (1..=count)
        .map(|number| Finding {
            number,
            verdict: if number % 7 == 0 { Verdict::Undecided } else { Verdict::Fail },
            origin: "https://app.shop.example".to_owned(),
            method: ["GET", "POST", "PUT", "DELETE"][number as usize % 4].to_owned(),
            url: format!("https://api-{}.shop.example/v1/orders/{number}?page={}", number % 13, number % 101),
            started: Some(format!(
                "2026-11-24T10:{:02}:{:02}.{:03}Z",
                number / 60_000 % 60,
                number / 1_000 % 60,
                number % 1_000
            )),
            headline: "The server does not accept OPTIONS on this URL, so the browser sent nothing.".to_owned(),
            cause: Some(Cause {
                id: "no-options-handler".to_owned(),
                title: format!("OPTIONS not handled ({})", 400 + number % 20),
                ..Cause::default()
            }),
            ..Finding::default()
        })
        .collect()
}

struct Bench {
    state: State,
    terminal: Terminal<TestBackend>,
}

impl Bench {
    fn new(count: u32) -> Self {
        let mut state = State::new(Look { ascii: false, color: true }, (120, 36));
        let summary = Summary { failed: u64::from(count), ..Summary::default() };
        let report = Report { findings: findings(count), summary, ..Report::default() };
        feed(&mut state, done(report), Duration::ZERO);
        let mut bench = Self { state, terminal: Terminal::new(TestBackend::new(120, 36)).expect("a test backend") };
        bench.settle();
        bench
    }

    fn frame(&mut self) {
        self.terminal.draw(|frame| view::draw(&self.state, frame)).expect("a test backend draws");
    }

    /// Everything left to do: the whole time and the longest slice.
    fn settle(&mut self) -> (Duration, Duration) {
        let (begun, mut longest) = (Instant::now(), Duration::ZERO);
        while self.state.busy() {
            let slice = Instant::now();
            work(&mut self.state, SLICE);
            longest = longest.max(slice.elapsed());
        }
        (begun.elapsed(), longest)
    }

    /// Median time of a frame.
    fn frames(&mut self) -> Duration {
        let times = (0..REPEAT).map(|_| {
            let begun = Instant::now();
            self.frame();
            begun.elapsed()
        });
        median(times.collect())
    }

    /// Median and longest time from a key to its frame.
    fn keys(&mut self, actions: &[Action]) -> (Duration, Duration) {
        let mut times = Vec::new();
        for action in actions.iter().cycle().take(REPEAT as usize) {
            let begun = Instant::now();
            update(&mut self.state, *action);
            self.frame();
            times.push(begun.elapsed());
        }
        let longest = times.iter().max().copied().unwrap_or_default();
        (median(times), longest)
    }
}

/// The median: other programs on the machine do not move it.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

fn main() {
    let mut frames = Vec::new();
    println!(
        "{:>9}  {:>9}  {:>9} {:>9}  {:>11} {:>9}  {:>9} {:>9}",
        "findings", "frame", "move", "longest", "filter char", "slice", "sort", "slice"
    );
    for count in [1_000, 100_000] {
        let mut bench = Bench::new(count);
        let frame = bench.frames();
        let (moved, longest) = bench.keys(&[Action::Down, Action::PageDown, Action::Last, Action::Up, Action::First]);
        update(&mut bench.state, Action::Filter);
        let (mut filtering, mut slice) = (Duration::ZERO, Duration::ZERO);
        let text = "api-7 post";
        for c in text.chars() {
            let begun = Instant::now();
            update(&mut bench.state, Action::Type(c));
            bench.frame();
            let answered = begun.elapsed();
            let (all, longest) = bench.settle();
            filtering += answered + all;
            slice = slice.max(longest).max(answered);
        }
        let filtering = filtering / u32::try_from(text.len()).expect("short");
        update(&mut bench.state, Action::EraseAll);
        update(&mut bench.state, Action::Accept);
        bench.settle();
        let (mut sorting, mut sort_slice) = (Duration::ZERO, Duration::ZERO);
        for _ in 0..6 {
            update(&mut bench.state, Action::Sort);
            let (all, longest) = bench.settle();
            sorting = sorting.max(all);
            sort_slice = sort_slice.max(longest);
        }
        println!(
            "{count:>9}  {:>6.3} ms  {:>6.3} ms {:>6.3} ms  {:>8.2} ms {:>6.2} ms  {:>6.1} ms {:>6.2} ms",
            ms(frame),
            ms(moved),
            ms(longest),
            ms(filtering),
            ms(slice),
            ms(sorting),
            ms(sort_slice)
        );
        frames.push(ms(frame));
    }
    if let [few, many] = frames[..] {
        println!("a frame with 100,000 findings costs {:.2} of one with 1,000", many / few);
    }
}
