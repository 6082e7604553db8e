//! Any size and any actions: nothing panics, the selection stays in range.

use crate::support::{buffer, keys, settle, state};
use proptest::prelude::*;
use whycors::tui::action::{Action, TABLE};
use whycors::tui::state::{Screen, State};
use whycors::tui::update::update;

#[test]
fn every_screen_draws_at_every_size() {
    let screens =
        ["", "Tab \\", "Enter", "Enter 2", "Enter 3", "Enter 4", "Enter 5", "c", "r", "i", "?", "/ a", "y", "e", "e m"];
    let widths = [0, 1, 2, 9, 39, 40, 41, 60, 79, 80, 99, 100, 120, 139, 140, 200];
    let heights = [0, 1, 2, 7, 8, 9, 11, 12, 15, 16, 17, 24, 40, 60];
    for sample in ["busy-clear", "hostile", "nothing-to-judge"] {
        for pressed in screens {
            let mut state = state(sample, (80, 24));
            keys(&mut state, pressed);
            for width in widths {
                for height in heights {
                    update(&mut state, Action::Resize(width, height));
                    buffer(&state);
                }
            }
        }
    }
}

#[test]
fn a_buffer_smaller_than_the_last_known_size_does_not_panic() {
    let mut state = state("busy-clear", (200, 60));
    keys(&mut state, "?");
    for size in [(0, 0), (1, 1), (50, 10)] {
        let mut terminal =
            ratatui::Terminal::new(ratatui::backend::TestBackend::new(size.0, size.1)).expect("a test backend");
        terminal.draw(|frame| whycors::tui::view::draw(&state, frame)).expect("draws");
    }
}

fn actions() -> impl Strategy<Value = Action> {
    let listed: Vec<Action> = TABLE.iter().flat_map(|binding| binding.keys).map(|(_, action)| *action).collect();
    prop_oneof![
        8 => prop::sample::select(listed),
        2 => prop::char::range(' ', '~').prop_map(Action::Type),
        1 => (0u16..210, 0u16..70).prop_map(|(width, height)| Action::Resize(width, height)),
        1 => (0u16..210, 0u16..70).prop_map(|(x, y)| Action::Click(x, y)),
    ]
}

fn in_range(state: &State) {
    let shown = state.index.shown().len();
    assert!(state.cursor.at < shown.max(1), "{} of {shown}", state.cursor.at);
    assert!(state.cursor.top <= state.cursor.at);
    if let Screen::Groups(cursor) = state.screen {
        assert!(cursor.at < state.groups.list.len().max(1));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn random_actions_never_panic_and_the_selection_stays_in_range(actions in prop::collection::vec(actions(), 0..60)) {
        let mut state = state("busy-clear", (80, 24));
        for action in actions {
            update(&mut state, action);
            settle(&mut state);
            in_range(&state);
            buffer(&state);
        }
    }
}
