//! One invocation: which format, where it goes, what is said on standard error, which exit code.
//!
//! Owns the edge of the program. Everything that is analysed happens in [`super`].

use super::message::Message;
use super::ordered::{Beside, Ordered};
use super::settled::Settled;
use super::{Event, Outcome, Request};
use crate::capture::{Limits, Source};
use crate::cli::{self, Args, Command, Environment, Exit, Format, Stop};
use crate::cors::Engine;
use crate::report::{self, Options, sanitize, view};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Runs the program with these arguments, the first of which is its name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match cli::parse(arguments) {
        Ok(args) => args,
        Err(Stop::Said(text)) => return print(&text, Exit::Nothing),
        Err(Stop::Usage(line)) => {
            complain(&line);
            return Exit::Trouble.into();
        }
    };
    match run(&args) {
        Ok(exit) => exit.into(),
        Err(error) if is_broken_pipe(&error) => Exit::Nothing.into(),
        Err(error) => {
            complain(&format!("{error:#}"));
            Exit::Trouble.into()
        }
    }
}

fn run(args: &Args) -> anyhow::Result<Exit> {
    if let Some(what) = args.generate {
        let mut out = io::stdout().lock();
        cli::generate(what, &mut out)?;
        return Ok(Exit::Nothing);
    }
    let environment = Environment::of_process();
    match &args.command {
        Some(Command::Explain { what, look }) => {
            super::explain::explain(&what.join(" "), environment.style(look, false))
        }
        Some(Command::Redact { input, output }) => redact(input, output),
        None => analysis(args, &environment),
    }
}

fn redact(input: &Path, output: &Path) -> anyhow::Result<Exit> {
    let source = Source { index: 0, path: input.to_string_lossy().into_owned() };
    let redacted = crate::capture::har::redact::redact(&source, output, &Limits::default())?;
    let kinds: Vec<String> = redacted.counts.iter().map(|(kind, count)| format!("{kind} ({count})")).collect();
    let masked =
        if kinds.is_empty() { "nothing had to be masked".to_owned() } else { format!("masked {}", kinds.join(", ")) };
    let mut said = format!("{}: {} entries, {masked}", output.display(), redacted.entries);
    if redacted.left_out > 0 {
        let (entries, were) = if redacted.left_out == 1 { ("entry", "was") } else { ("entries", "were") };
        let _ = write!(said, "; {} {entries} could not be read and {were} left out", redacted.left_out);
    }
    if redacted.too_many_secrets {
        said.push_str(
            "; more secrets than can be remembered, so not all were looked for elsewhere than where they stood",
        );
    }
    if let Some(trouble) = &redacted.trouble {
        let _ = write!(said, "; {}", trouble.text);
    }
    complain(&said);
    Ok(Exit::Nothing)
}

fn analysis(args: &Args, environment: &Environment) -> anyhow::Result<Exit> {
    let to_file = args.output.is_some();
    let format = environment.format(args.format, to_file).map_err(anyhow::Error::msg)?;
    if let Some(threads) = args.threads {
        // Fails only when a pool exists already, which is then used.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads)).build_global();
    }
    let request = Request {
        sources: args
            .files
            .iter()
            .zip(0..)
            .map(|(path, index)| Source { index, path: path.to_string_lossy().into_owned() })
            .collect(),
        keylogs: args.keylog.clone(),
        limits: Limits::default(),
        engine: args.browser.engine().map(|engine| match engine {
            view::Engine::Chromium => Engine::Chromium,
            view::Engine::Firefox => Engine::Firefox,
            view::Engine::Webkit => Engine::WebKit,
        }),
        all: args.all,
        message: None,
        live: matches!(format, Format::Tui | Format::Ndjson),
    };
    let message = Message::read(args)?;
    let request = match &message {
        Some(message) => {
            Request { engine: request.engine.or_else(|| message.engine()), message: Some(message.clone()), ..request }
        }
        None => request,
    };
    let options = Options { style: environment.style(&args.look, to_file), all: args.all, filter: args.filter.clone() };
    let stop = Arc::new(AtomicBool::new(false));
    stop_on_interrupt(&stop);
    let outcome = match format {
        Format::Ndjson => ndjson(request, &options, args, message.as_ref(), &stop)?,
        Format::Tui => super::interactive::show(&request, &options, message, args.at, &stop)?,
        Format::Json => {
            let (mut settled, errors) = settled(&request, message.as_ref(), args, &stop);
            let mut out = writer(args.output.as_deref())?;
            let written = settled.write_json(request.all, &options, &mut out).and_then(|()| out.flush());
            or_closed(written.map_err(Into::into))?;
            Outcome { report: settled.frame, errors }
        }
        Format::Text | Format::Markdown | Format::Html => {
            let (settled, errors) = settled(&request, message.as_ref(), args, &stop);
            let beside = if format == Format::Text { Beside::Lines } else { Beside::Nothing };
            let ordered = Ordered::reported(settled, request.all, &options, beside);
            or_closed(write(format, &ordered, &options, args.output.as_deref()))?;
            Outcome { report: ordered.into_frame(), errors }
        }
    };
    for error in &outcome.errors {
        complain(error);
    }
    if format != Format::Tui && stop.load(Ordering::Relaxed) {
        complain("interrupted: this is what was found until then");
        return Ok(Exit::Interrupted);
    }
    Ok(Exit::of(&outcome.report.summary, !outcome.errors.is_empty(), args.strict))
}

/// A reader that closed the pipe has read enough: `whycors FILE | head` still tells by its exit code
/// what was found.
fn or_closed(written: anyhow::Result<()>) -> anyhow::Result<()> {
    written.or_else(|error| if is_broken_pipe(&error) { Ok(()) } else { Err(error) })
}

fn write(format: Format, found: &Ordered, options: &Options, output: Option<&Path>) -> anyhow::Result<()> {
    let (frame, mut out) = (found.frame(), writer(output)?);
    match format {
        Format::Markdown => report::markdown::write_from(frame, found, options, &mut out)?,
        Format::Html => report::html::write_from(frame, found, options, &mut out)?,
        _ => report::text::write_from(frame, found, options, &mut out)?,
    }
    out.flush()?;
    Ok(())
}

/// What was found, and of it what the customer means; beside it the inputs that could not be read, one line each.
fn settled(request: &Request, message: Option<&Message>, args: &Args, stop: &AtomicBool) -> (Settled, Vec<String>) {
    let (mut settled, errors) = super::settle(request, stop, &mut progress());
    for notice in super::select::choose(&mut settled, message, args.at) {
        complain(&notice);
    }
    (settled, errors)
}

/// The first Ctrl-C ends the reading and keeps what was found; a second one ends the program.
#[cfg(unix)]
fn stop_on_interrupt(stop: &Arc<AtomicBool>) {
    use signal_hook::consts::SIGINT;
    // The order matters: the second signal finds the flag set by the first. Without a handler Ctrl-C just ends.
    let code = i32::from(Exit::Interrupted.code());
    let _ = signal_hook::flag::register_conditional_shutdown(SIGINT, code, Arc::clone(stop));
    let _ = signal_hook::flag::register(SIGINT, Arc::clone(stop));
}

/// Elsewhere Ctrl-C just ends the program.
#[cfg(not(unix))]
fn stop_on_interrupt(_: &Arc<AtomicBool>) {}

/// A header line, each finding as it is settled and once more if it changed, and a last line. Where
/// findings are chosen, all of them are known only at the end.
fn ndjson(
    mut request: Request,
    options: &Options,
    args: &Args,
    message: Option<&Message>,
    stop: &AtomicBool,
) -> anyhow::Result<Outcome> {
    request.live = message.is_none() && args.at.is_none() && options.filter.is_empty();
    let tool = view::Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
    let inputs: Vec<view::Input> = request
        .sources
        .iter()
        .map(|source| view::Input { path: source.path.clone(), ..view::Input::default() })
        .collect();
    let mut lines = report::json::Lines::start(writer(args.output.as_deref())?, &tool, &inputs)?;
    let mut trouble = None;
    let mut forward = progress();
    let mut listener = |event| match event {
        Event::Finding(finding) => {
            if let Err(error) = lines.finding(&finding) {
                trouble.get_or_insert(error);
                stop.store(true, Ordering::Relaxed);
            }
        }
        other => forward(other),
    };
    let (mut settled, errors) = super::settle(&request, stop, &mut listener);
    if trouble.as_ref().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
        // Nobody interrupted it: there was no reader any more.
        stop.store(false, Ordering::Relaxed);
    }
    for notice in super::select::choose(&mut settled, message, args.at) {
        complain(&notice);
    }
    let written = match trouble {
        None => settled.write_lines(request.all, options, lines),
        Some(error) => {
            settled.count_all(request.all);
            Err(error)
        }
    };
    or_closed(written.map_err(Into::into))?;
    Ok(Outcome { report: settled.frame, errors })
}

/// Says on a terminal's standard error how far a long read has come.
fn progress() -> impl FnMut(Event) {
    let terminal = io::stderr().is_terminal();
    let begun = Instant::now();
    let mut last: Option<Instant> = None;
    move |event| match event {
        Event::Progress(progress) if terminal => {
            let now = Instant::now();
            let due = last.map_or(begun + Duration::from_secs(1), |last| last + Duration::from_millis(200));
            if now >= due {
                last = Some(now);
                let megabytes = progress.read >> 20;
                let line = match progress.size.filter(|size| *size > 0) {
                    Some(size) if progress.read < size => {
                        format!("\rreading: {} %, {megabytes} MB ", progress.read.saturating_mul(100) / size)
                    }
                    Some(_) => "\r\x1b[K".to_owned(),
                    None => format!("\rreading: {megabytes} MB "),
                };
                let _ = io::stderr().write_all(line.as_bytes());
            }
        }
        Event::Notice(text) => complain(&text),
        _ => {}
    }
}

/// Standard output, or a new file (an existing one is replaced, as with any `--output`).
fn writer(output: Option<&Path>) -> anyhow::Result<BufWriter<Box<dyn Write>>> {
    let inner: Box<dyn Write> = match output {
        None => Box::new(io::stdout().lock()),
        Some(path) => {
            let file: File =
                OpenOptions::new().write(true).create(true).truncate(true).open(path).map_err(|error| {
                    anyhow::anyhow!("{}: cannot be written: {error}; choose another --output", path.display())
                })?;
            Box::new(file)
        }
    };
    Ok(BufWriter::new(inner))
}

fn print(text: &str, exit: Exit) -> ExitCode {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => exit.into(),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit.into(),
        Err(_) => Exit::Trouble.into(),
    }
}

/// One line on standard error.
pub(super) fn complain(line: &str) {
    let _ = writeln!(io::stderr(), "whycors: {}", sanitize::line(line));
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
