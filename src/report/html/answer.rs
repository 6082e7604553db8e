//! The answer to one group as a section of the page.
//!
//! Owns its order, which is that of the text report, with evidence, ladder and steps added.

use super::{shown, shown_lines, symbol};
use crate::report::markdown::unknown;
use crate::report::order::Group;
use crate::report::sanitize;
use crate::report::shared::{RowWords, Shared};
use crate::report::source::Findings;
use crate::report::view::{Engine, Finding, Fix, LadderMark, Report, StepOutcome};
use crate::report::words;
use maud::{Markup, html};

/// Requests of a group that are listed one by one.
const MAX_ROWS: usize = 50;

pub(super) fn section(report: &Report, findings: &dyn Findings, group: &Group, shared: &Shared<'_>) -> Markup {
    let finding = shared.first();
    let number = finding.number;
    let headline = shared.headline();
    let unknown = unknown(shared);
    let of = if shared.several() { format!(" of #{number}") } else { String::new() };
    html! {
        section id={ "f" (number) } aria-labelledby={ "h" (number) } {
            "\n"
            h2 id={ "h" (number) } {
                span class="id" { (shown(&words::label(finding))) }
                span class=(finding.verdict.id()) {
                    (symbol(finding.verdict)) " #" (number) " " (words::nature(finding))
                }
                " "
                @if group.count() > 1 && !shared.several() {
                    (group.count()) " times "
                }
                (request(shared))
            }
            "\n"
            @if !headline.is_empty() {
                p { strong { (shown(&headline)) } } "\n"
            }
            (facts(report, findings, group, shared))
            (console(finding))
            @if let (Some(cause), Some(text)) = (&finding.cause, shared.cause()) {
                h3 { "Cause" } "\n"
                p { (words::certainty(cause.certainty)) ": " (shown(&text)) } "\n"
            }
            @if !finding.also.is_empty() {
                h3 { "Would fail next" } "\n"
                (items(&shared.also()))
            }
            (fixes(shared))
            @if let Some(verify) = &finding.verify {
                h3 { "How to verify" } "\n"
                pre { (shown(&verify.curl)) } "\n"
                @if !verify.expect.is_empty() {
                    p { "Expect " (shown(&verify.expect)) } "\n"
                }
            }
            @if !unknown.is_empty() {
                h3 { "What could not be known" } "\n"
                (items(&unknown))
            }
            @if let Some(doubt) = finding.doubt.as_ref().filter(|doubt| !doubt.ask.is_empty()) {
                h3 { "Please send" } "\n"
                pre { (shown_lines(&doubt.ask)) } "\n"
            }
            (evidence(report, finding, &of))
            (ladder(report, finding, &of))
            (steps(finding))
        }
        "\n"
    }
}

/// `POST` and the URL, or `5 requests to 2 servers`.
pub(super) fn request(shared: &Shared<'_>) -> Markup {
    match shared.request() {
        (method, Some(url)) => html! { (shown(&method)) " " code { (shown(url)) } },
        (requests, None) => shown(&requests),
    }
}

fn items<T: AsRef<str>>(texts: &[T]) -> Markup {
    html! {
        ul {
            "\n"
            @for text in texts {
                li { (shown(text.as_ref())) } "\n"
            }
        }
        "\n"
    }
}

/// Lines that are alternatives stay lines; a line's end alone is no line.
fn each(text: &str) -> Markup {
    let lines: Vec<_> = sanitize::lines(text).collect();
    shown_lines(&lines.join("\n"))
}

fn row(label: &str, cell: &Markup) -> Markup {
    html! { tr { th scope="row" { (shown(label)) } td { (cell) } } "\n" }
}

fn facts(report: &Report, findings: &dyn Findings, group: &Group, shared: &Shared<'_>) -> Markup {
    let finding = shared.first();
    let mark = if shared.several() { format!("#{}: ", finding.number) } else { String::new() };
    let place = |place| words::place(place, &report.inputs);
    let more = group.rows.len().saturating_sub(MAX_ROWS);
    html! {
        table {
            "\n"
            tbody {
                "\n"
                @for line in &finding.lines {
                    (row(&line.label, &html! {
                        @for (index, text) in shared.line(line).split('\n').enumerate() {
                            @if index > 0 { br; }
                            (shown(text))
                        }
                    }))
                }
                @for hop in words::untold_hops(finding) {
                    (row("redirected by", &shown(&format!("{} {} answered {} ({})", hop.method, hop.url, hop.status, place(hop.place)))))
                }
                @if let Some(rule) = shared.rule() {
                    (row("rule", &shown(&rule)))
                }
                @for stack in &finding.stack {
                    (row("server", &html! {
                        (shown(&format!("{}{}", shared.mark_of_stack(), words::layer(stack)))) ": " code { (shown(&stack.because)) }
                    }))
                }
                @if let Some(by) = shared.called_by() {
                    (row("called by", &html! {
                        (shown(&by.url))
                        @if let Some(line) = by.line { ", line " (line) }
                        @if let Some(function) = by.function.as_deref().filter(|function| !function.is_empty()) {
                            ", function " (shown(function))
                        }
                    }))
                }
                @if let Some(place) = words::location(finding, &report.inputs) {
                    (row("where", &shown(&format!("{mark}{place}"))))
                }
                @if let Some(log) = &finding.log {
                    (row("in the log", &shown(&format!("{mark}{log}"))))
                }
                @if let Some(works) = shared.works() {
                    (row("works", &shown(&format!("{} {} ({})", works.method, works.url, place(works.place)))))
                }
                @if let Some(same) = words::same_as(finding) {
                    (row("same as", &shown(&same)))
                }
                @if group.count() > 1 {
                    @for folded in group.rows.iter().take(MAX_ROWS) {
                        @if let Some(words) = RowWords::of(findings, folded, &report.inputs) {
                            (row(
                                &words::counted(folded.count(), "time", "times"),
                                &shown(&format!("{} {} ({})", words.method, words.url, words.details())),
                            ))
                        }
                    }
                    @if more > 0 {
                        (row("", &html! { "and " (more) " more" }))
                    }
                }
            }
            "\n"
        }
        "\n"
    }
}

/// The judged engine's sentence first, the others' behind it: a ticket may quote any of them.
fn console(finding: &Finding) -> Markup {
    let Some((first, sentence)) = words::console(finding) else { return Markup::default() };
    let others = Engine::ALL.iter().copied().filter(|engine| *engine != first);
    html! {
        h3 { "What the user saw (" (words::browser(first)) " console)" } "\n"
        pre { (each(sentence)) } "\n"
        @for (engine, sentence) in others.filter_map(|engine| Some((engine, finding.console.get(engine).as_ref()?))) {
            p class="soft" { (words::browser(engine)) " says:" } "\n"
            pre { (each(sentence)) } "\n"
        }
    }
}

/// One item a fix, with the ways that take its place in it.
fn fixes(shared: &Shared<'_>) -> Markup {
    let fixes: Vec<(usize, &Fix)> = shared.first().fixes.iter().enumerate().collect();
    html! {
        @if !fixes.is_empty() {
            h3 { "Fix" } "\n"
            ol {
                "\n"
                @for item in fixes.chunk_by(|_, (_, next)| next.alternative_to.is_some()) {
                    li {
                        @for (place, (index, fix)) in item.iter().enumerate() {
                            @if place == 0 {
                                (shown(&shared.fix(*index)))
                            } @else {
                                "\n" p { "or " (shown(&shared.fix(*index))) }
                            }
                            (fix_body(shared, *index, fix))
                        }
                    }
                    "\n"
                }
            }
            "\n"
        }
    }
}

fn fix_body(shared: &Shared<'_>, index: usize, fix: &Fix) -> Markup {
    let proof = shared.proof(index);
    html! {
        @if !fix.text.is_empty() {
            "\n" pre { (shown_lines(&fix.text)) }
        }
        @if let Some(do_not) = &fix.do_not {
            "\n" p { strong { "Do not" } " " (shown(do_not)) }
        }
        @if !proof.is_empty() {
            "\n" p class="soft" { "Proof: " (shown(&proof)) }
        }
    }
}

fn details(summary: &str, of: &str, content: &Markup) -> Markup {
    html! {
        details open {
            "\n" summary { (summary) (of) } "\n"
            (content)
        }
        "\n"
    }
}

fn evidence(report: &Report, finding: &Finding, of: &str) -> Markup {
    if finding.evidence.is_empty() {
        return Markup::default();
    }
    let list = html! {
        ul {
            "\n"
            @for evidence in &finding.evidence {
                li {
                    (shown(&evidence.side.replace('-', " "))) ", " (shown(&words::place(evidence.place, &report.inputs))) ": "
                    code { (shown(&evidence.what)) }
                }
                "\n"
            }
        }
        "\n"
    };
    details("Evidence", of, &list)
}

fn ladder(report: &Report, finding: &Finding, of: &str) -> Markup {
    if finding.ladder.is_empty() {
        return Markup::default();
    }
    let table = html! {
        table class="ladder" {
            "\n"
            tbody {
                "\n"
                @for row in &finding.ladder {
                    tr class=(row.kind.id()) {
                        td {
                            @match row.mark {
                                LadderMark::None => {}
                                LadderMark::Fail => { span class="fail" role="img" aria-label="failed" { "✗" } }
                                LadderMark::Warn => {
                                    span class="undecided" role="img" aria-label="would fail next" { "!" }
                                }
                            }
                        }
                        td { (shown(&row.text)) }
                        td { (shown(row.time.as_deref().unwrap_or_default())) }
                        td {
                            @if let Some(place) = row.place { (shown(&words::place(place, &report.inputs))) }
                        }
                    }
                    "\n"
                }
            }
            "\n"
        }
        "\n"
    };
    details("Exchange", of, &table)
}

fn steps(finding: &Finding) -> Markup {
    if finding.steps.is_empty() {
        return Markup::default();
    }
    let list = html! {
        ul {
            "\n"
            @for step in &finding.steps {
                @let (class, symbol) = match step.outcome {
                    StepOutcome::Passed => ("pass", "✓"),
                    StepOutcome::Failed => ("fail", "✗"),
                    StepOutcome::Unreadable => ("undecided", "?"),
                    StepOutcome::Skipped => ("soft", "–"),
                };
                li {
                    span class=(class) { (symbol) " " (step.outcome.id()) }
                    " " (shown(&step.on)) ", " (shown(&step.step)) ": " (shown(&step.says))
                }
                "\n"
            }
        }
        "\n"
    };
    details("Steps of the Fetch Standard", "", &list)
}
