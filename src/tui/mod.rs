//! The terminal UI: find, understand, copy the answer.
//!
//! `Event → Action → update(State) → Effect`, then `view(State)`. Everything but this module and
//! [`terminal`] is pure. Owns the event loop and carries out effects; it shows a report and
//! judges nothing.

pub mod action;
pub mod choice;
pub mod content;
pub mod doc;
pub mod export;
pub mod feed;
pub mod geometry;
pub mod groups;
pub mod index;
mod overlay;
pub mod state;
pub mod store;
pub mod terminal;
pub mod theme;
pub mod typing;
pub mod update;
pub mod view;

pub use action::keys_markdown;
pub use feed::Update;

use crate::report::view::Tool;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{self, Event as Input, KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;
use state::{Reading, State};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Stdout, Write, stdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};
use update::{Effect, Told};

/// How the UI looks and starts.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// ASCII symbols only.
    pub ascii: bool,
    /// Colours besides bold, dim and reverse.
    pub color: bool,
    /// The filter to start with.
    pub filter: Option<String>,
    /// Show passes, too.
    pub all: bool,
    /// The program, for exports made before the final picture.
    pub tool: Tool,
}

/// What wakes the loop.
enum Event {
    Input(Input),
    News(Update),
    /// The analysis sends nothing any more.
    Silence,
    /// The process was continued, or is asked to end or stop.
    #[cfg_attr(not(unix), allow(dead_code, reason = "there are no such signals elsewhere"))]
    Signal(i32),
}

/// Shortest time between two frames.
const FRAME: Duration = Duration::from_millis(33);
/// How long to work on a list before looking for keys again.
const WORK: Duration = Duration::from_millis(8);
/// Findings looked at between two looks at the clock.
const SLICE: usize = 512;
/// Events that may wait: few, so that a key is never behind much news.
const WAITING: usize = 4;

/// Shows an analysis until the user quits.
///
/// `stop` is set when the user asks to stop reading, and on quitting. The result is whether the final
/// picture had arrived.
pub fn run(updates: Receiver<Update>, stop: Arc<AtomicBool>, options: Options) -> io::Result<bool> {
    let (sender, events) = sync_channel(WAITING);
    let guard = terminal::Guard::enter()?;
    let mut terminal = Terminal::new(CrosstermBackend::new(stdout()))?;
    let size = terminal.size()?;
    terminal.resize(Rect::new(0, 0, size.width, size.height))?;
    let look = theme::Look { ascii: options.ascii, color: options.color };
    let mut state = State::new(look, (size.width, size.height));
    state.report.tool = options.tool;
    state.report.schema_version = crate::report::view::SCHEMA_VERSION;
    if options.all {
        state.index.show = choice::Show::All;
    }
    if let Some(filter) = &options.filter {
        state.index.set_filter(filter);
    }
    listen(sender, updates)?;
    let mut program = Loop { state, terminal, stop, started: Instant::now() };
    let result = program.turn(&events);
    program.stop.store(true, Ordering::Relaxed);
    drop(guard);
    result?;
    Ok(program.state.reading == Reading::Done)
}

/// Starts the threads that wait for keys, news and signals. They end with the process or when
/// nobody listens any more.
fn listen(sender: SyncSender<Event>, updates: Receiver<Update>) -> io::Result<()> {
    #[cfg(unix)]
    {
        use signal_hook::consts::{SIGCONT, SIGHUP, SIGTERM};
        let mut signals = signal_hook::iterator::Signals::new([SIGCONT, SIGHUP, SIGTERM])?;
        let sender = sender.clone();
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for signal in &mut signals {
                if sender.send(Event::Signal(signal)).is_err() {
                    break;
                }
            }
        })?;
    }
    let keys = sender.clone();
    thread::Builder::new().name("keys".to_owned()).spawn(move || {
        while let Ok(input) = event::read() {
            if keys.send(Event::Input(input)).is_err() {
                break;
            }
        }
    })?;
    thread::Builder::new().name("news".to_owned()).spawn(move || {
        for news in updates {
            if sender.send(Event::News(news)).is_err() {
                return;
            }
        }
        let _ = sender.send(Event::Silence);
    })?;
    Ok(())
}

struct Loop {
    state: State,
    terminal: Terminal<CrosstermBackend<Stdout>>,
    stop: Arc<AtomicBool>,
    started: Instant,
}

impl Loop {
    fn turn(&mut self, events: &Receiver<Event>) -> io::Result<()> {
        let mut drawn: Option<Instant> = None;
        let mut changed = true;
        loop {
            let due = drawn.map_or(Duration::ZERO, |drawn| FRAME.saturating_sub(drawn.elapsed()));
            if changed && due.is_zero() {
                self.terminal.draw(|frame| view::draw(&self.state, frame))?;
                (drawn, changed) = (Some(Instant::now()), false);
            }
            // Without anything to do the thread sleeps until something happens.
            let event = if self.state.busy() {
                events.try_recv().map_err(|_| RecvTimeoutError::Timeout)
            } else if changed {
                events.recv_timeout(due)
            } else {
                events.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            match event {
                Ok(Event::Input(input)) => {
                    if self.input(input)? {
                        return Ok(());
                    }
                    // A key is answered at once, whatever the frame rate.
                    (drawn, changed) = (None, true);
                }
                Ok(Event::News(news)) => {
                    feed::feed(&mut self.state, news, self.started.elapsed());
                    changed = true;
                }
                Ok(Event::Silence) => {
                    if self.state.reading().is_some() {
                        self.state.reading = Reading::Failed("the analysis stopped without a result".to_owned());
                        changed = true;
                    }
                }
                Ok(Event::Signal(signal)) => {
                    if self.signal(signal)? {
                        return Ok(());
                    }
                    (drawn, changed) = (None, true);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            let begun = Instant::now();
            while self.state.busy() && begun.elapsed() < WORK {
                changed |= feed::work(&mut self.state, SLICE);
            }
        }
    }

    /// Handles what the terminal sent. True to leave.
    fn input(&mut self, input: Input) -> io::Result<bool> {
        let action = match input {
            Input::Key(key) => action::action(self.state.mode(), key),
            Input::Resize(width, height) => Some(action::Action::Resize(width, height)),
            Input::Mouse(mouse) => click(mouse),
            Input::Paste(text) => {
                // A paste is typing; outside of a text it would be a burst of commands.
                if self.state.mode() == action::Mode::Text {
                    for c in text.chars().take(1_024).filter(|c| !c.is_control()) {
                        update::update(&mut self.state, action::Action::Type(c));
                    }
                }
                None
            }
            Input::FocusGained | Input::FocusLost => None,
        };
        let Some(action) = action else { return Ok(false) };
        let effect = update::update(&mut self.state, action);
        self.carry_out(effect)
    }

    fn signal(&mut self, signal: i32) -> io::Result<bool> {
        #[cfg(unix)]
        if signal == signal_hook::consts::SIGCONT {
            terminal::retake()?;
            self.again()?;
            return Ok(false);
        }
        let _ = signal;
        Ok(true)
    }

    /// Draws every cell anew, at the size the terminal has now.
    fn again(&mut self) -> io::Result<()> {
        if self.state.mouse {
            terminal::mouse(true)?;
        }
        let size = self.terminal.size()?;
        // `clear` would ask for the cursor's position, whose answer the thread of the keys takes.
        self.terminal.resize(Rect::new(0, 0, size.width, size.height))?;
        update::update(&mut self.state, action::Action::Resize(size.width, size.height));
        Ok(())
    }

    fn carry_out(&mut self, effect: Effect) -> io::Result<bool> {
        let told = match effect {
            Effect::None => return Ok(false),
            Effect::Quit => return Ok(true),
            Effect::StopReading => {
                self.stop.store(true, Ordering::Relaxed);
                return Ok(false);
            }
            Effect::Suspend => {
                terminal::give_back()?;
                let stopped = terminal::stop();
                terminal::take()?;
                self.again()?;
                match stopped {
                    Ok(()) => return Ok(false),
                    Err(error) => Told::Failed(error.to_string()),
                }
            }
            Effect::Redraw => {
                self.again()?;
                return Ok(false);
            }
            Effect::Mouse(on) => {
                terminal::mouse(on)?;
                return Ok(false);
            }
            Effect::Copy { what, text } => match terminal::osc52(&text) {
                Some(sequence) => {
                    stdout().write_all(sequence.as_bytes())?;
                    stdout().flush()?;
                    Told::Sent { what, bytes: text.len() }
                }
                None => Told::Failed(format!("{what} is too long for a terminal's clipboard; e writes a file")),
            },
            Effect::Write { format, path, overwrite } => write(&self.state, format, path, overwrite),
        };
        update::told(&mut self.state, told);
        Ok(false)
    }
}

/// Writes what is shown to a file; one that exists is left alone unless it may be replaced.
pub fn write(state: &State, format: export::ExportFormat, path: String, overwrite: bool) -> Told {
    if !export::any(state, format) {
        return Told::Failed(format!("no {} to write: none of the findings shown has one", format.name()));
    }
    let opened =
        if overwrite { File::create(&path) } else { OpenOptions::new().write(true).create_new(true).open(&path) };
    let written = opened.and_then(|file| {
        let mut out = BufWriter::new(file);
        export::write(state, format, &mut out)?;
        out.flush()
    });
    match written {
        Ok(()) => Told::Written { path, findings: state.index.shown().len() },
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Told::Exists { format, path },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Told::Failed(format!("{path}: cannot be written: there is no such folder"))
        }
        Err(error) => Told::Failed(format!("{path}: cannot be written: {error}")),
    }
}

fn click(mouse: MouseEvent) -> Option<action::Action> {
    match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => Some(action::Action::Click(mouse.column, mouse.row)),
        MouseEventKind::ScrollUp => Some(action::Action::Up),
        MouseEventKind::ScrollDown => Some(action::Action::Down),
        _ => None,
    }
}

/// The action of a key in a state; for tests that press keys.
pub fn press(state: &mut State, key: KeyEvent) -> Effect {
    action::action(state.mode(), key).map_or(Effect::None, |action| update::update(state, action))
}
