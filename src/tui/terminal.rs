//! The terminal taken and given back.
//!
//! Owns raw mode, the alternate screen and the panic hook. The terminal is restored on every way
//! out: return, error, panic of the thread that draws.

use ratatui::crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use ratatui::crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use ratatui::crossterm::{cursor, execute};
use std::io::{self, Write, stdout};
use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the terminal is ours at the moment.
static TAKEN: AtomicBool = AtomicBool::new(false);

type Hook = dyn Fn(&panic::PanicHookInfo<'_>) + Send + Sync + 'static;

/// Holds the terminal while it lives.
pub struct Guard {
    previous: Arc<Hook>,
}

impl Guard {
    /// Takes the terminal.
    pub fn enter() -> io::Result<Self> {
        let previous: Arc<Hook> = Arc::from(panic::take_hook());
        let ours = Arc::clone(&previous);
        let owner = std::thread::current().id();
        panic::set_hook(Box::new(move |info| {
            // Another thread's panic must not write over the screen; its silence is noticed.
            if std::thread::current().id() == owner {
                let _ = give_back();
                ours(info);
            }
        }));
        let guard = Self { previous };
        take()?;
        Ok(guard)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = give_back();
        // The hook cannot be changed while panicking.
        if !std::thread::panicking() {
            let previous = Arc::clone(&self.previous);
            panic::set_hook(Box::new(move |info| previous(info)));
        }
    }
}

/// Raw mode and the alternate screen. Without mouse capture the wheel arrives as arrow keys.
pub(super) fn take() -> io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::Relaxed);
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)?;
    stdout().write_all(b"\x1b[?1007h")?;
    stdout().flush()
}

/// Takes the terminal of a process that was stopped: the shell has set its own modes meanwhile.
#[cfg(unix)]
pub(super) fn retake() -> io::Result<()> {
    disable_raw_mode()?;
    take()
}

/// As it was before [`take`]. Does nothing the second time: leaving the alternate screen once more
/// would put the cursor back over what was written since.
pub(super) fn give_back() -> io::Result<()> {
    if !TAKEN.swap(false, Ordering::Relaxed) {
        return Ok(());
    }
    let written = stdout().write_all(b"\x1b[?1007l");
    let left = execute!(stdout(), DisableMouseCapture, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
    disable_raw_mode()?;
    written.and(left)
}

/// Captures the mouse, or lets it go.
pub(super) fn mouse(on: bool) -> io::Result<()> {
    if on { execute!(stdout(), EnableMouseCapture) } else { execute!(stdout(), DisableMouseCapture) }
}

/// Longest text sent by OSC 52: what terminals commonly accept, in base64 characters.
const LONGEST_COPY: usize = 100_000;

/// The sequence that puts a text into the terminal's clipboard; None when it is too long.
///
/// There is no answer to it: whether the terminal obeyed is not known.
pub fn osc52(text: &str) -> Option<String> {
    use base64::Engine as _;
    let encoded = base64::engine::general_purpose::STANDARD.encode(text);
    (encoded.len() <= LONGEST_COPY).then(|| format!("\x1b]52;c;{encoded}\x07"))
}

/// Stops this process until the shell continues it.
#[cfg(unix)]
pub(super) fn stop() -> io::Result<()> {
    signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)
}

/// Windows has no such thing.
#[cfg(not(unix))]
pub(super) fn stop() -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "this system cannot suspend a program"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clipboard_sequence_holds_the_text_in_base64() {
        assert_eq!(osc52("fix").as_deref(), Some("\u{1b}]52;c;Zml4\u{7}"));
    }

    #[test]
    fn a_text_that_terminals_refuse_is_not_sent() {
        assert!(osc52(&"x".repeat(75_000)).is_some());
        assert!(osc52(&"x".repeat(75_001)).is_none());
    }
}
