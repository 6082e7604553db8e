//! What a support engineer does, key by key.

use crate::held::done;
use crate::support::{keys, sample, screen, settle, state, type_in};
use std::time::Duration;
use whycors::tui::export::ExportFormat;
use whycors::tui::feed::{Update, feed};
use whycors::tui::state::{Overlay, Reading, Screen, State, Tab};
use whycors::tui::theme::Look;
use whycors::tui::update::{Effect, Told, told, update};
use whycors::tui::{action::Action, write};

fn numbers(state: &State) -> Vec<u32> {
    (0..state.index.shown().len()).filter_map(|row| Some(state.row(row)?.number)).collect()
}

#[test]
fn the_worst_finding_stands_first_and_is_selected() {
    let state = state("busy-clear", (80, 24));
    assert_eq!(numbers(&state)[..2], [3, 13]);
    assert_eq!(state.selected().map(|finding| finding.number), Some(3));
}

#[test]
fn arrows_and_letters_move_and_stop_at_the_ends() {
    let mut state = state("busy-clear", (80, 24));
    keys(&mut state, "Down j j Up k");
    assert_eq!(state.cursor.at, 1);
    keys(&mut state, "G j Down");
    assert_eq!(state.cursor.at, 14);
    assert!(state.cursor.top > 0);
    keys(&mut state, "g k");
    assert_eq!((state.cursor.at, state.cursor.top), (0, 0));
    keys(&mut state, "C-d");
    assert!(state.cursor.at > 0);
    keys(&mut state, "C-u PgDn End");
    assert_eq!(state.cursor.at, 14);
}

#[test]
fn a_filter_narrows_while_it_is_typed_and_escape_goes_back() {
    let mut state = state("busy-clear", (80, 24));
    keys(&mut state, "/");
    type_in(&mut state, "#13");
    assert_eq!(numbers(&state), [13]);
    keys(&mut state, "Esc");
    assert_eq!(numbers(&state).len(), 15);
    keys(&mut state, "/");
    type_in(&mut state, "#3");
    keys(&mut state, "Enter F");
    assert_eq!(numbers(&state).len(), 15);
    keys(&mut state, "F");
    assert_eq!(numbers(&state), [3]);
    keys(&mut state, "/ Backspace");
    type_in(&mut state, "13");
    assert_eq!(numbers(&state), [13]);
    keys(&mut state, "Enter Esc");
    assert_eq!((numbers(&state).len(), state.index.text.as_str()), (15, ""));
}

#[test]
fn q_in_a_filter_is_a_letter() {
    let mut state = state("busy-clear", (80, 24));
    assert_eq!(keys(&mut state, "/ q"), Effect::None);
    assert_eq!(state.index.text, "q");
    assert_eq!(keys(&mut state, "C-c"), Effect::Quit);
}

#[test]
fn escape_undoes_one_level_and_never_quits() {
    let mut state = state("busy-clear", (80, 24));
    keys(&mut state, "/ o Enter Enter ?");
    assert!(matches!(state.overlay, Overlay::Help { .. }));
    keys(&mut state, "Esc");
    assert_eq!(state.overlay, Overlay::None);
    assert!(matches!(state.screen, Screen::Detail { .. }));
    keys(&mut state, "Esc");
    assert_eq!(state.screen, Screen::List);
    keys(&mut state, "Esc");
    assert!(state.index.text.is_empty());
    assert_eq!(keys(&mut state, "Esc Esc"), Effect::None);
    assert_eq!(keys(&mut state, "q"), Effect::Quit);
}

#[test]
fn next_and_previous_work_from_any_screen() {
    let mut state = state("busy-clear", (80, 24));
    keys(&mut state, "n");
    assert_eq!((state.cursor.at, state.screen), (1, Screen::List));
    keys(&mut state, "Enter Tab n n N");
    assert_eq!((state.cursor.at, state.screen), (2, Screen::Detail { tab: Tab::Evidence, scroll: 0 }));
    keys(&mut state, "r n");
    assert_eq!((state.cursor.at, state.screen), (3, Screen::Detail { tab: Tab::Exchange, scroll: 0 }));
}

#[test]
fn a_cause_opens_its_rows() {
    let mut state = state("busy-clear", (80, 24));
    keys(&mut state, "c j");
    let first = state.selected_row().map(|row| row.number);
    keys(&mut state, "Enter");
    assert_eq!(state.screen, Screen::List);
    assert_eq!(numbers(&state), [first.expect("a group is selected")]);
    assert!(screen(&state).contains("filter: one cause"));
    keys(&mut state, "Esc");
    assert_eq!(numbers(&state).len(), 15);
}

#[test]
fn one_fix_on_two_servers_is_one_cause() {
    let mut state = state("two-tabs", (80, 24));
    keys(&mut state, "c");
    assert_eq!(state.groups.list.iter().map(whycors::report::order::Group::count).collect::<Vec<_>>(), [5]);
    assert!(screen(&state).contains(".shop.test and others"));
    keys(&mut state, "Enter");
    assert_eq!(numbers(&state), [1, 2, 3, 4, 5]);
}

/// Number and count of each group, as the text report lists them: `  ✗ #3 2x POST …`.
fn listed(text: &str) -> Vec<(u32, usize)> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("  ✗ #").or_else(|| line.strip_prefix("  ? #")));
    lines
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let number = words.next()?.parse().ok()?;
            let count = words.next()?.strip_suffix('x').and_then(|count| count.parse().ok()).unwrap_or(1);
            Some((number, count))
        })
        .collect()
}

#[test]
fn the_text_report_and_the_screen_have_the_same_groups_in_the_same_order() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports");
    let mut compared = 0;
    for name in std::fs::read_dir(folder).expect("reports").map(|entry| entry.expect("a file").path()) {
        let name = name.file_stem().expect("a name").to_string_lossy().into_owned();
        let mut text = Vec::new();
        let options = whycors::report::Options::default();
        whycors::report::text::write(&sample(&name), &options, &mut text).expect("written");
        let expected = listed(&String::from_utf8(text).expect("text"));
        let mut state = state(&name, (80, 24));
        keys(&mut state, "c");
        let shown = state.groups.list.iter().map(|group| (state.findings.rows()[group.first()].number, group.count()));
        let shown: Vec<(u32, usize)> = shown.collect();
        if expected.is_empty() {
            // So few answers need no list in the text.
            assert!(shown.len() <= 3, "{name}: {shown:?}");
        } else {
            assert_eq!(shown, expected, "{name}");
            compared += 1;
        }
    }
    assert!(compared > 0);
}

#[test]
fn sorting_keeps_the_chosen_finding_selected() {
    let mut state = state("busy-clear", (80, 24));
    keys(&mut state, "j j");
    let chosen = state.selected().map(|finding| finding.number);
    for _ in 0..6 {
        keys(&mut state, "s");
        assert_eq!(state.selected().map(|finding| finding.number), chosen);
        keys(&mut state, "S");
        assert_eq!(state.selected().map(|finding| finding.number), chosen);
    }
    keys(&mut state, "s");
    assert!(numbers(&state).is_sorted());
}

#[test]
fn passes_are_shown_on_demand() {
    let mut state = state("cr-ok", (80, 24));
    assert!(numbers(&state).is_empty());
    keys(&mut state, "a a a");
    assert_eq!(numbers(&state).len(), 2);
    keys(&mut state, "a");
    assert!(numbers(&state).is_empty());
}

#[test]
fn copying_says_what_was_done_and_no_more() {
    let mut state = state("st-405-bare", (80, 24));
    let Effect::Copy { what, text } = keys(&mut state, "y f") else { panic!("no copy") };
    assert_eq!(what, "fix");
    assert!(text.contains("Access-Control-Allow-Origin: https://app.shop.test"), "{text}");
    told(&mut state, Told::Sent { what, bytes: text.len() });
    assert!(screen(&state).contains("fix sent to the terminal's clipboard (OSC 52"));
    let Effect::Copy { text, .. } = keys(&mut state, "y c") else { panic!("no copy") };
    assert!(text.starts_with("curl "), "{text}");
    let Effect::Copy { text, .. } = keys(&mut state, "y m") else { panic!("no copy") };
    assert!(text.contains("no-options-handler"), "{text}");
    assert_eq!(keys(&mut state, "y Down Esc"), Effect::None);
}

#[test]
fn what_is_not_there_cannot_be_copied() {
    let mut report = sample("busy-clear");
    report.findings.iter_mut().for_each(|finding| finding.verify = None);
    let mut state = State::new(Look::default(), (80, 24));
    feed(&mut state, done(report), Duration::ZERO);
    settle(&mut state);
    assert_eq!(keys(&mut state, "y c"), Effect::None);
    assert!(screen(&state).contains("this finding has no curl line"));
}

#[test]
fn an_export_holds_what_is_shown_and_asks_before_it_overwrites() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.json").to_string_lossy().into_owned();
    let mut state = state("busy-clear", (80, 24));
    keys(&mut state, "/ # 1 3 Enter e j C-u");
    type_in(&mut state, &path);
    let Effect::Write { format, path, overwrite } = keys(&mut state, "Enter") else { panic!("no export") };
    assert_eq!((format, overwrite), (ExportFormat::Json, false));
    let outcome = write(&state, format, path.clone(), overwrite);
    assert_eq!(outcome, Told::Written { path: path.clone(), findings: 1 });
    let text = std::fs::read_to_string(&path).expect("written");
    let report: whycors::report::view::Report = serde_json::from_str(&text).expect("a report");
    assert_eq!(report.findings.iter().map(|finding| finding.number).collect::<Vec<_>>(), [13]);
    let outcome = write(&state, format, path.clone(), false);
    told(&mut state, outcome);
    assert!(screen(&state).contains("the file exists"));
    assert_eq!(keys(&mut state, "n"), Effect::None);
    assert!(matches!(state.overlay, Overlay::Path { .. }));
    told(&mut state, Told::Exists { format, path: path.clone() });
    assert_eq!(keys(&mut state, "y"), Effect::Write { format, path, overwrite: true });
}

#[test]
fn every_export_format_writes_something_or_says_that_there_is_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let written = state("two-tabs", (80, 24));
    for format in ExportFormat::ALL {
        let path = folder.path().join(format.file()).to_string_lossy().into_owned();
        assert_eq!(write(&written, format, path.clone(), false), Told::Written { path: path.clone(), findings: 5 });
        assert!(std::fs::metadata(&path).expect("written").len() > 100, "{}", format.name());
    }
    let mut report = sample("two-tabs");
    report.findings.iter_mut().for_each(|finding| finding.fixes.clear());
    let mut without = State::new(Look::default(), (80, 24));
    feed(&mut without, done(report), Duration::ZERO);
    settle(&mut without);
    let path = folder.path().join("none.txt").to_string_lossy().into_owned();
    let Told::Failed(text) = write(&without, ExportFormat::Fix, path.clone(), false) else { panic!("written") };
    assert_eq!(text, "no fixes to write: none of the findings shown has one");
    assert!(!std::path::Path::new(&path).exists());
}

#[test]
fn an_error_of_the_file_system_is_shown() {
    let mut state = state("busy-clear", (80, 24));
    let outcome = write(&state, ExportFormat::Html, "/no/such/folder/x.html".to_owned(), false);
    assert!(matches!(outcome, Told::Failed(_)));
    told(&mut state, outcome);
    assert!(screen(&state).contains("/no/such/folder/x.html: "));
}

#[test]
fn rows_appear_while_reading_and_may_be_replaced() {
    let report = sample("busy-clear");
    let mut state = State::new(Look::default(), (80, 24));
    let (first, rest) = report.findings.split_at(5);
    feed(&mut state, Update::Findings(first.to_vec()), Duration::ZERO);
    settle(&mut state);
    assert_eq!(numbers(&state).len(), 5);
    keys(&mut state, "j");
    let chosen = state.selected().map(|finding| finding.number);
    feed(&mut state, Update::Findings(rest.to_vec()), Duration::ZERO);
    settle(&mut state);
    assert_eq!(numbers(&state).len(), 15);
    assert_eq!(state.selected().map(|finding| finding.number), chosen);
    let mut changed = first[0].clone();
    changed.headline = "settled otherwise".to_owned();
    changed.verdict = whycors::report::view::Verdict::Undecided;
    let before = state.tally;
    feed(&mut state, Update::Findings(vec![changed]), Duration::ZERO);
    settle(&mut state);
    assert_eq!(state.findings.finding(0).expect("it is held").headline, "settled otherwise");
    assert_eq!((state.tally.failed, state.tally.undecided), (before.failed - 1, before.undecided + 1));
    feed(&mut state, done(report), Duration::ZERO);
    settle(&mut state);
    assert_eq!((numbers(&state).len(), &state.reading), (15, &Reading::Done));
    assert_eq!(state.selected().map(|finding| finding.number), chosen);
}

#[test]
fn tab_gives_the_focus_to_why_which_then_scrolls() {
    let mut state = state("st-405-bare", (80, 18));
    keys(&mut state, "Tab j j");
    assert_eq!((state.cursor.at, state.why_scroll), (0, 2));
    keys(&mut state, "G G G");
    let end = state.why_scroll;
    keys(&mut state, "j k");
    assert_eq!(state.why_scroll, end - 1);
    keys(&mut state, "Esc");
    assert_eq!(state.focus, whycors::tui::state::Pane::List);
}

#[test]
fn a_click_selects_and_a_second_one_opens() {
    let mut state = state("busy-clear", (80, 24));
    assert_eq!(keys(&mut state, "m"), Effect::Mouse(true));
    update(&mut state, Action::Click(10, 5));
    assert_eq!(state.cursor.at, 2);
    update(&mut state, Action::Click(10, 5));
    assert!(matches!(state.screen, Screen::Detail { .. }));
}

#[test]
fn suspending_is_an_effect() {
    let mut state = state("busy-clear", (80, 24));
    assert_eq!(keys(&mut state, "C-z"), Effect::Suspend);
    assert_eq!(keys(&mut state, "C-l"), Effect::Redraw);
}

#[test]
fn the_readme_lists_the_keys_of_the_table() {
    let Ok(readme) = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")) else { return };
    if readme.contains("| Keys |") {
        assert!(readme.contains(&whycors::tui::keys_markdown()), "README's keys are not those of the table");
    }
}
