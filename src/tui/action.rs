//! The one table of keys: input, footer, help and the README's list are read from it.
//!
//! Owns which key means what in which mode. What an action does is `update`.

use Action as A;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::fmt::Write as _;

/// What the user wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the table says what each one is")]
pub enum Action {
    Up,
    Down,
    PageUp,
    PageDown,
    HalfUp,
    HalfDown,
    First,
    Last,
    Open,
    Back,
    Next,
    Previous,
    NextTab,
    PreviousTab,
    Tab(u8),
    Maximise,
    ShiftLeft,
    ShiftRight,
    Filter,
    ToggleFilter,
    Sort,
    Reverse,
    Groups,
    Show,
    Copy,
    Export,
    Remarks,
    Inputs,
    Help,
    Mouse,
    Redraw,
    Suspend,
    Quit,
    Accept,
    Cancel,
    Yes,
    No,
    /// A character typed into a text, or the letter of a choice.
    Type(char),
    Erase,
    Delete,
    EraseWord,
    EraseAll,
    CursorLeft,
    CursorRight,
    CursorStart,
    CursorEnd,
    /// A click at column and row.
    Click(u16, u16),
    /// The terminal has this many columns and rows.
    Resize(u16, u16),
}

/// What the keys mean at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The list of findings.
    List,
    /// One finding.
    Detail,
    /// Findings by cause.
    Groups,
    /// Remarks or inputs.
    Page,
    /// The help.
    Help,
    /// A choice among a few.
    Choose,
    /// A question.
    Confirm,
    /// A text is being typed.
    Text,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 8] =
        [Self::List, Self::Detail, Self::Groups, Self::Page, Self::Help, Self::Choose, Self::Confirm, Self::Text];

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

const LIST: u16 = Mode::List.bit();
const DETAIL: u16 = Mode::Detail.bit();
const GROUPS: u16 = Mode::Groups.bit();
const PAGE: u16 = Mode::Page.bit();
const HELP: u16 = Mode::Help.bit();
const CHOOSE: u16 = Mode::Choose.bit();
const CONFIRM: u16 = Mode::Confirm.bit();
const TEXT: u16 = Mode::Text.bit();
const SCREENS: u16 = LIST | DETAIL | GROUPS | PAGE;
const READ: u16 = SCREENS | HELP;
const ANY: u16 = READ | CHOOSE | CONFIRM | TEXT;

/// A key press.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Press {
    /// The key.
    pub code: KeyCode,
    /// With Ctrl held.
    pub ctrl: bool,
}

/// One row of the table.
#[derive(Debug)]
pub struct Binding {
    /// The keys and what each one means.
    pub keys: &'static [(Press, Action)],
    /// The keys as people write them.
    pub label: &'static str,
    /// What they do, for help and README.
    pub help: &'static str,
    /// Name in the footer; empty when it never stands there.
    pub hint: &'static str,
    modes: u16,
    hinted: u16,
}

const fn ch(c: char) -> Press {
    Press { code: KeyCode::Char(c), ctrl: false }
}
const fn ctrl(c: char) -> Press {
    Press { code: KeyCode::Char(c), ctrl: true }
}
const fn key(code: KeyCode) -> Press {
    Press { code, ctrl: false }
}
const fn row(
    modes: u16,
    keys: &'static [(Press, Action)],
    label: &'static str,
    help: &'static str,
    hinted: u16,
    hint: &'static str,
) -> Binding {
    Binding { keys, label, help, hint, modes, hinted }
}

/// Every key, in the order of help and footer.
#[rustfmt::skip]
pub const TABLE: &[Binding] = &[
    row(READ | CHOOSE, &[(key(KeyCode::Up), A::Up), (key(KeyCode::Down), A::Down)], "↑ ↓", "move, or scroll the pane with the focus", READ | CHOOSE, "move"),
    row(READ, &[(ch('k'), A::Up), (ch('j'), A::Down)], "k j", "up, down", 0, ""),
    row(READ, &[(ch('g'), A::First), (ch('G'), A::Last), (key(KeyCode::Home), A::First), (key(KeyCode::End), A::Last)], "g G Home End", "first, last", 0, ""),
    row(READ, &[(key(KeyCode::PageUp), A::PageUp), (key(KeyCode::PageDown), A::PageDown), (ctrl('b'), A::PageUp), (ctrl('f'), A::PageDown)], "PgUp PgDn Ctrl-b Ctrl-f", "a page up, down", 0, ""),
    row(READ, &[(ctrl('u'), A::HalfUp), (ctrl('d'), A::HalfDown)], "Ctrl-u Ctrl-d", "half a page up, down", 0, ""),
    row(LIST | GROUPS, &[(key(KeyCode::Enter), A::Open), (ch('l'), A::Open), (key(KeyCode::Right), A::Open)], "Enter l →", "open the finding, or the rows of a cause", LIST | GROUPS, "open"),
    row(READ, &[(key(KeyCode::Esc), A::Back), (ch('h'), A::Back), (key(KeyCode::Left), A::Back)], "Esc h ←", "back one level; in the list: stop reading, then clear the filter", DETAIL | GROUPS | PAGE | HELP, "back"),
    row(SCREENS, &[(ch('n'), A::Next), (ch('N'), A::Previous)], "n N", "next, previous finding, from any screen", DETAIL, "next"),
    row(LIST | DETAIL, &[(key(KeyCode::Tab), A::NextTab), (key(KeyCode::BackTab), A::PreviousTab)], "Tab Shift-Tab", "other pane, or next and previous tab", DETAIL, "tabs"),
    row(DETAIL, &[(ch('1'), A::Tab(0)), (ch('2'), A::Tab(1)), (ch('3'), A::Tab(2)), (ch('4'), A::Tab(3)), (ch('5'), A::Tab(4))], "1 … 5", "a tab: exchange, evidence, steps, fix, console", 0, ""),
    row(LIST, &[(ch('\\'), A::Maximise)], "\\", "only the pane with the focus, and both again", 0, ""),
    row(LIST | GROUPS, &[(ch('<'), A::ShiftLeft), (ch('>'), A::ShiftRight)], "< >", "scroll long requests sideways", 0, ""),
    row(SCREENS, &[(ch('/'), A::Filter)], "/", "filter while typing: words, #3, cause:auth host:api -party:third", LIST | GROUPS, "filter"),
    row(SCREENS, &[(ch('F'), A::ToggleFilter)], "F", "filter off and on again", 0, ""),
    row(LIST, &[(ch('s'), A::Sort), (ch('S'), A::Reverse)], "s S", "sort by the next column; the other way round", LIST, "sort"),
    row(SCREENS, &[(ch('c'), A::Groups)], "c", "by cause: one fix mends many rows", LIST, "causes"),
    row(LIST | GROUPS, &[(ch('a'), A::Show)], "a", "failing and undecided, failing, undecided, all", GROUPS, "show"),
    row(LIST | DETAIL | GROUPS, &[(ch('y'), A::Copy)], "y", "copy the fix, Markdown or curl line to the terminal's clipboard (OSC 52)", LIST | DETAIL | GROUPS, "copy"),
    row(SCREENS, &[(ch('e'), A::Export)], "e", "export what is shown: Markdown, JSON, HTML, curl lines, fixes", LIST | DETAIL | GROUPS, "export"),
    row(SCREENS, &[(ch('r'), A::Remarks)], "r", "remarks", PAGE, "remarks"),
    row(SCREENS, &[(ch('i'), A::Inputs)], "i", "inputs and counts", PAGE, "inputs"),
    row(READ, &[(ch('m'), A::Mouse)], "m", "mouse on and off (off leaves text selection to the terminal)", 0, ""),
    row(READ, &[(ctrl('l'), A::Redraw)], "Ctrl-l", "draw the screen anew", 0, ""),
    row(ANY, &[(ctrl('z'), A::Suspend)], "Ctrl-z", "suspend; fg comes back", 0, ""),
    row(READ, &[(ch('?'), A::Help), (key(KeyCode::F(1)), A::Help)], "? F1", "this help", SCREENS, "help"),
    row(READ, &[(ch('q'), A::Quit)], "q", "quit; never asks", READ, "quit"),
    row(ANY, &[(ctrl('c'), A::Quit)], "Ctrl-c", "quit from anywhere", 0, ""),
    row(TEXT | CHOOSE, &[(key(KeyCode::Enter), A::Accept)], "Enter", "in a text or choice: take it", TEXT | CHOOSE, "take"),
    row(TEXT | CHOOSE, &[(key(KeyCode::Esc), A::Cancel)], "Esc", "in a text or choice: as it was before", TEXT | CHOOSE, "cancel"),
    row(CONFIRM, &[(ch('y'), A::Yes), (ch('n'), A::No), (key(KeyCode::Esc), A::No)], "y n Esc", "answer a question", CONFIRM, "yes, no"),
    row(TEXT, &[(key(KeyCode::Left), A::CursorLeft), (key(KeyCode::Right), A::CursorRight), (key(KeyCode::Home), A::CursorStart), (key(KeyCode::End), A::CursorEnd), (ctrl('a'), A::CursorStart), (ctrl('e'), A::CursorEnd)], "← → Home End Ctrl-a Ctrl-e", "in a text: move the cursor", 0, ""),
    row(TEXT, &[(key(KeyCode::Backspace), A::Erase), (key(KeyCode::Delete), A::Delete), (ctrl('h'), A::Erase), (ctrl('w'), A::EraseWord), (ctrl('u'), A::EraseAll)], "Backspace Del Ctrl-h Ctrl-w Ctrl-u", "in a text: erase a character, a word, everything", TEXT, "erase"),
];

impl Binding {
    /// Whether the row holds in a mode.
    pub fn holds(&self, mode: Mode) -> bool {
        self.modes & mode.bit() != 0
    }

    /// Whether the footer names it in a mode.
    pub fn hinted(&self, mode: Mode) -> bool {
        self.hinted & mode.bit() != 0
    }

    /// The keys as people write them, without characters that ASCII lacks.
    pub fn label_in(&self, ascii: bool) -> String {
        if !ascii {
            return self.label.to_owned();
        }
        let mut label = self.label.to_owned();
        for (symbol, name) in [("↑", "Up"), ("↓", "Down"), ("←", "Left"), ("→", "Right"), ("…", "-")] {
            label = label.replace(symbol, name);
        }
        label
    }

    /// The keys as the footer writes them: the first of each kind.
    pub fn short(&self, ascii: bool) -> String {
        match self.label_in(ascii).as_str() {
            "Enter l →" if !ascii => "↵".to_owned(),
            "y n Esc" => "y n".to_owned(),
            "↑ ↓" => "↑↓".to_owned(),
            "Up Down" => "Up/Down".to_owned(),
            "Tab Shift-Tab" => "Tab".to_owned(),
            "n N" => "n/N".to_owned(),
            label => label.split(' ').next().unwrap_or_default().to_owned(),
        }
    }
}

impl Action {
    /// Whether it needs a row of the list to work on.
    pub fn needs_rows(self) -> bool {
        matches!(self, Self::Up | Self::Down | Self::Open | Self::Sort | Self::Copy | Self::Export | Self::Groups)
    }

    /// Whether it is what is left to do when the list is empty.
    pub fn for_empty(self) -> bool {
        matches!(self, Self::Show | Self::Remarks | Self::Inputs)
    }
}

/// The action of a key in a mode.
pub fn action(mode: Mode, event: KeyEvent) -> Option<Action> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let press = Press { code: event.code, ctrl: event.modifiers.contains(KeyModifiers::CONTROL) };
    let plain = !event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SUPER);
    let listed = TABLE
        .iter()
        .filter(|binding| binding.holds(mode))
        .flat_map(|binding| binding.keys)
        .find(|(key, _)| *key == press && (press.ctrl || plain || !matches!(press.code, KeyCode::Char(_))))
        .map(|(_, action)| *action);
    match (listed, mode, press.code) {
        (None, Mode::Text | Mode::Choose, KeyCode::Char(c)) if plain => Some(Action::Type(c)),
        (listed, ..) => listed,
    }
}

/// The table for the README.
pub fn keys_markdown() -> String {
    let mut out = String::from("| Keys | What they do |\n|---|---|\n");
    for binding in TABLE {
        let keys: Vec<String> = binding.label.split(' ').map(|key| format!("`{key}`")).collect();
        let _ = writeln!(out, "| {} | {} |", keys.join(" ").replace("`…`", "…"), binding.help);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn event(press: Press) -> KeyEvent {
        KeyEvent::new(press.code, if press.ctrl { KeyModifiers::CONTROL } else { KeyModifiers::NONE })
    }

    #[test]
    fn every_listed_key_does_what_its_row_says_in_every_mode_of_the_row() {
        for binding in TABLE {
            for mode in Mode::ALL.into_iter().filter(|mode| binding.holds(*mode)) {
                for (press, wanted) in binding.keys {
                    assert_eq!(action(mode, event(*press)), Some(*wanted), "{} in {mode:?}", binding.label);
                }
            }
        }
    }

    #[test]
    fn no_key_has_two_meanings_in_one_mode() {
        for mode in Mode::ALL {
            let mut seen = HashSet::new();
            for (press, _) in TABLE.iter().filter(|binding| binding.holds(mode)).flat_map(|binding| binding.keys) {
                assert!(seen.insert(format!("{press:?}")), "{press:?} twice in {mode:?}");
            }
        }
    }

    #[test]
    fn the_footer_only_names_keys_that_work() {
        for binding in TABLE {
            for mode in Mode::ALL {
                assert!(!binding.hinted(mode) || binding.holds(mode), "{}", binding.label);
            }
            assert_eq!(binding.hint.is_empty(), binding.hinted == 0, "{}", binding.label);
        }
    }

    #[test]
    fn a_text_owns_every_letter() {
        for c in ['q', 'j', '?', 'y', '/', ' ', 'é'] {
            assert_eq!(action(Mode::Text, event(ch(c))), Some(Action::Type(c)));
        }
        assert_eq!(action(Mode::Text, event(ctrl('c'))), Some(Action::Quit));
    }

    #[test]
    fn releases_and_alt_letters_mean_nothing() {
        let mut release = event(ch('q'));
        release.kind = KeyEventKind::Release;
        assert_eq!(action(Mode::List, release), None);
        assert_eq!(action(Mode::List, KeyEvent::new(KeyCode::Char('q'), KeyModifiers::ALT)), None);
    }

    #[test]
    fn ascii_labels_are_ascii() {
        assert!(TABLE.iter().all(|binding| binding.label_in(true).is_ascii() && binding.short(true).is_ascii()));
    }
}
