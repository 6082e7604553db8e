//! Help and man page as people see them: a changed flag is a visible difference here.

use clap::CommandFactory;
use whycors::cli::{Args, Generate, generate};

#[test]
fn short_help_fits_one_screen() {
    let help = Args::command().term_width(100).render_help().to_string();
    assert!(help.lines().count() <= 40, "{help}");
    insta::assert_snapshot!("help-short", help);
}

#[test]
fn long_help_reads_as_its_snapshot() {
    insta::assert_snapshot!("help-long", Args::command().term_width(100).render_long_help().to_string());
}

#[test]
fn the_man_page_reads_as_its_snapshot() {
    let mut out = Vec::new();
    generate(Generate::Man, &mut out).expect("a vector takes every byte");
    insta::assert_snapshot!("man", String::from_utf8(out).expect("the page is UTF-8"));
}
