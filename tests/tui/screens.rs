//! Every screen and state at three sizes, as text; selection, marks and NO_COLOR as styles.

use crate::held::done;
use crate::support::{SIZES, buffer, keys, sample, screen, settle, state, type_in};
use ratatui::style::Color;
use std::time::Duration;
use whycors::report::view::{Fix, Input, Remark};
use whycors::tui::feed::{Update, feed};
use whycors::tui::state::{Reading, State};
use whycors::tui::theme::Look;

/// Snapshots a screen at every size.
fn shown(name: &str, make: impl Fn((u16, u16)) -> State) {
    for size in SIZES {
        let state = make(size);
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../snapshots/tui");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), screen(&state)));
    }
}

fn after(sample: &str, pressed: &str) -> impl Fn((u16, u16)) -> State {
    let (sample, pressed) = (sample.to_owned(), pressed.to_owned());
    move |size| {
        let mut state = state(&sample, size);
        keys(&mut state, &pressed);
        state
    }
}

#[test]
fn the_list_and_why() {
    shown("list", after("busy-clear", ""));
    shown("list-one", after("st-405-bare", ""));
    shown("list-undecided", after("nw-hang-abort", ""));
    shown("list-two-inputs", after("two-inputs", "j"));
    shown("list-maximised-why", after("ng-dup", "Tab \\"));
    shown("list-shifted", after("busy-clear", "s s S >"));
}

#[test]
fn one_finding_tab_by_tab() {
    shown("detail-exchange", after("ng-dup", "Enter"));
    shown("detail-redirect", after("ac-redirect-cross", "Enter"));
    shown("detail-evidence", after("ng-dup", "Enter Tab"));
    shown("detail-steps", after("ng-dup", "Enter 3"));
    shown("detail-fix", after("st-405-bare", "Enter 4"));
    shown("detail-console", after("ng-dup", "Enter BackTab"));
}

#[test]
fn by_cause_remarks_inputs_and_help() {
    shown("groups", after("busy-clear", "c"));
    shown("remarks", after("busy-clear", "r"));
    shown("inputs", after("two-inputs", "i"));
    shown("help", after("busy-clear", "?"));
    shown("help-end", after("busy-clear", "? G"));
}

#[test]
fn filter_choices_and_questions() {
    shown("filter", |size| {
        let mut state = state("busy-clear", size);
        keys(&mut state, "/");
        type_in(&mut state, "method:post host:plain");
        state
    });
    shown("filter-nothing", |size| {
        let mut state = state("busy-clear", size);
        keys(&mut state, "/");
        type_in(&mut state, "cuase:none");
        keys(&mut state, "Enter");
        state
    });
    shown("copy", after("busy-clear", "y"));
    shown("export", after("busy-clear", "e Down"));
    shown("export-path", after("busy-clear", "e m"));
    shown("overwrite", |size| {
        let mut state = state("busy-clear", size);
        whycors::tui::update::told(
            &mut state,
            whycors::tui::update::Told::Exists {
                format: whycors::tui::export::ExportFormat::Markdown,
                path: "whycors.md".to_owned(),
            },
        );
        state
    });
}

fn loading(size: (u16, u16), rows: usize) -> State {
    let mut state = State::new(Look { ascii: false, color: true }, size);
    let progress = |read| Update::Progress {
        input: 0,
        name: "edge.pcapng".to_owned(),
        read,
        size: Some(10_000_000_000),
        exchanges: 5_210,
    };
    feed(&mut state, progress(0), Duration::ZERO);
    feed(&mut state, progress(4_300_000_000), Duration::from_secs(2));
    state.report.inputs = vec![Input { path: "edge.pcapng".to_owned(), ..Input::default() }];
    let findings = sample("busy-clear").findings.into_iter().take(rows).collect();
    feed(&mut state, Update::Findings(findings), Duration::from_secs(2));
    settle(&mut state);
    state
}

#[test]
fn loading_without_and_with_rows() {
    shown("loading", |size| loading(size, 0));
    shown("loading-rows", |size| loading(size, 9));
    shown("loading-stopping", |size| {
        let mut state = loading(size, 9);
        assert_eq!(keys(&mut state, "Esc"), whycors::tui::update::Effect::StopReading);
        state
    });
}

#[test]
fn nothing_failed_nothing_to_judge_and_damage() {
    shown("clean", after("cr-ok", ""));
    shown("nothing-to-judge", after("nothing-to-judge", ""));
    shown("damaged", |size| {
        let mut report = sample("cr-ok");
        report.remarks.push(Remark {
            fault: None,
            words: None,
            id: "har-cut-off".to_owned(),
            count: 1,
            text: "cr-ok.har is cut off at byte 81,234; its 8 complete entries were read".to_owned(),
            places: Vec::new(),
        });
        let mut state = State::new(Look { ascii: false, color: true }, size);
        feed(&mut state, done(report), Duration::ZERO);
        settle(&mut state);
        state
    });
    shown("failed", |size| {
        let mut state = loading(size, 3);
        state.reading = Reading::Failed("edge.pcapng: permission denied".to_owned());
        settle(&mut state);
        state
    });
}

#[test]
fn inputs_while_reading_count_what_was_read_and_claim_nothing_else() {
    shown("loading-inputs", |size| {
        let mut state = loading(size, 9);
        keys(&mut state, "i");
        state
    });
}

#[test]
fn what_the_command_line_has_to_say_is_said_once_in_the_footer() {
    let mut report = sample("st-405-bare");
    let text = "the message names no reason of its own: all findings are shown";
    report.remarks.push(Remark {
        fault: None,
        words: None,
        id: "notice".to_owned(),
        count: 1,
        text: text.to_owned(),
        places: Vec::new(),
    });
    let mut state = State::new(Look { ascii: false, color: true }, (80, 24));
    feed(&mut state, done(report), Duration::ZERO);
    settle(&mut state);
    assert!(screen(&state).lines().last().is_some_and(|footer| footer.contains(text)));
    keys(&mut state, "j");
    assert!(!screen(&state).contains(text));
    keys(&mut state, "r");
    assert!(screen(&state).contains(text));
}

#[test]
fn hostile_text_is_shown_as_escapes() {
    shown("hostile", after("hostile", ""));
    shown("hostile-detail", after("hostile", "Enter"));
}

#[test]
fn ascii_screens_are_ascii() {
    for pressed in ["", "Enter", "Enter 3", "c", "?", "y", "r", "i"] {
        let mut state = state("busy-clear", (80, 24));
        state.look.ascii = true;
        keys(&mut state, pressed);
        let text = screen(&state);
        assert!(text.is_ascii(), "{pressed}: {text}");
    }
}

#[test]
fn titles_are_whole_and_times_are_shown_at_any_width_from_80_columns_on() {
    let titles: Vec<String> = sample("busy-clear").findings.iter().map(|it| it.title().to_owned()).collect();
    for width in 80..=240 {
        let state = state("busy-clear", (width, 50));
        let text = screen(&state);
        let rows: Vec<&str> = text.lines().skip(3).take(titles.len()).collect();
        assert!(text.lines().nth(2).is_some_and(|head| head.contains("TIME")), "{width}");
        for title in &titles {
            let row = rows.iter().find(|row| row.contains(title.as_str()));
            assert!(row.is_some_and(|row| row.contains("03:00:0")), "{title} at {width} columns:\n{text}");
        }
    }
}

#[test]
fn the_fix_of_a_cause_has_room_and_a_click_finds_its_line() {
    let title = "server of plain.shop.test: answer OPTIONS /v1/carts/9 with 204 and these lines";
    for width in [80, 100, 120, 179, 180, 220] {
        let mut report = sample("busy-clear");
        for finding in &mut report.findings {
            finding.fixes = vec![Fix { title: format!("{} {title}", finding.number), ..Fix::default() }];
        }
        let mut state = State::new(Look { ascii: false, color: true }, (width, 60));
        feed(&mut state, done(report), Duration::ZERO);
        keys(&mut state, "c");
        settle(&mut state);
        let text = screen(&state);
        for number in 1..=15 {
            let start: String = format!("{number} {title}").chars().take(60).collect();
            assert!(text.contains(&start), "{start} at {width} columns:\n{text}");
        }
        let row = u16::try_from(text.lines().position(|line| line.contains("method refused")).unwrap()).unwrap();
        whycors::tui::update::update(&mut state, whycors::tui::action::Action::Click(20, row + u16::from(width < 180)));
        assert_eq!(state.selected().map(|it| it.title().to_owned()).as_deref(), Some("method refused: DELETE"));
    }
}

#[test]
fn a_terminal_that_is_too_small_says_so() {
    let state = state("busy-clear", (39, 7));
    assert!(screen(&state).starts_with("terminal too small (need 40x8)"));
}

#[test]
fn the_selected_row_is_reversed_and_pointed_at() {
    let mut state = state("busy-clear", (80, 24));
    keys(&mut state, "j j");
    let buffer = buffer(&state);
    let reversed: Vec<u16> = (0..24)
        .filter(|y| (0..80).all(|x| buffer[(x, *y)].modifier.contains(ratatui::style::Modifier::REVERSED)))
        .collect();
    assert_eq!(reversed, [5]);
    assert_eq!(buffer[(1, 5)].symbol(), "▸");
}

#[test]
fn the_failing_line_of_the_ladder_is_marked_and_red() {
    let mut state = state("ng-dup", (80, 24));
    keys(&mut state, "Enter");
    let buffer = buffer(&state);
    let marked: Vec<u16> = (0..24).filter(|y| buffer[(1, *y)].symbol() == "✗").collect();
    assert_eq!(marked.len(), 2);
    for y in marked {
        assert_eq!(buffer[(1, y)].fg, Color::Red);
        assert_eq!(buffer[(10, y)].fg, Color::Red);
    }
}

#[test]
fn no_color_sets_no_colour_and_nothing_ever_sets_a_background() {
    for color in [true, false] {
        for pressed in ["", "Enter", "Enter 3", "c", "?", "y", "r", "i"] {
            let mut state = state("busy-clear", (120, 36));
            state.look.color = color;
            keys(&mut state, pressed);
            for cell in buffer(&state).content {
                assert_eq!(cell.bg, Color::Reset);
                if color {
                    let basic = [Color::Reset, Color::Red, Color::Green, Color::Yellow, Color::Cyan];
                    assert!(basic.contains(&cell.fg), "{:?}", cell.fg);
                } else {
                    assert_eq!(cell.fg, Color::Reset);
                }
            }
        }
    }
}

#[test]
fn styles_of_the_list_stay_as_they_are() {
    for color in [true, false] {
        let mut state = state("two-tabs", (80, 24));
        state.look.color = color;
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../snapshots/tui");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let name = if color { "styles-list" } else { "styles-list-no-color" };
        settings.bind(|| insta::assert_debug_snapshot!(name, buffer(&state)));
    }
}
