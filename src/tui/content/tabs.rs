//! The tabs of a finding beside the ladder: evidence, steps, fix, console.
//!
//! Owns their order and headings.

use super::Page;
use crate::report::view::{Engine, Finding, StepOutcome, Verdict};
use crate::report::words;
use crate::tui::doc::{self, Doc, Row};
use crate::tui::theme::{self, Ink};

/// What the label rests on, and whose software answered.
pub(super) fn evidence(finding: &Finding, page: Page<'_>) -> Doc {
    let Page { columns, look, inputs } = page;
    let mut doc = Doc::new();
    super::cause(&mut doc, finding, page);
    let mut last = None;
    for piece in &finding.evidence {
        let at = (piece.side.as_str(), words::place(piece.place, inputs));
        if last.as_ref() != Some(&at) {
            doc::heading(&mut doc, &format!("{}, {}", at.0.replace('-', " "), at.1));
            last = Some(at);
        }
        doc::indented(&mut doc, 3, Ink::Plain, &piece.what, columns, look);
    }
    if !finding.stack.is_empty() {
        doc::heading(&mut doc, "server software, outermost first");
        for layer in &finding.stack {
            let text = format!("{}: {}", words::layer(layer), layer.because);
            doc::indented(&mut doc, 3, Ink::Plain, &text, columns, look);
        }
    }
    doc::heading(&mut doc, "this request");
    let mut line = |label: &str, text: &str| {
        if !text.is_empty() {
            doc::labelled(&mut doc, label, Ink::Plain, text, columns, look);
        }
    };
    line("url", &finding.url);
    line("origin", &finding.origin);
    line("started", finding.started.as_deref().unwrap_or_default());
    line("client", finding.client.as_deref().unwrap_or_default());
    line("server", finding.server.as_deref().unwrap_or_default());
    let credentials = &finding.credentials;
    if !credentials.mode.is_empty() {
        line("cookies", &format!("credentials mode {}: {}", credentials.mode, credentials.because));
    }
    if let Some(error) = finding.actual.as_ref().and_then(|actual| actual.error.as_deref()) {
        line("error", error);
    }
    if let Some(by) = &finding.called_by {
        let at = by.line.map(|line| format!(":{line}")).unwrap_or_default();
        let function = by.function.as_deref().map(|name| format!(" in {name}")).unwrap_or_default();
        line("script", &format!("{}{at}{function}", by.url));
    }
    for (name, value) in &finding.request_ids {
        line(name, value);
    }
    line("log", finding.log.as_deref().unwrap_or_default());
    if !finding.same_as.is_empty() {
        let numbers: Vec<String> = finding.same_as.iter().map(|number| format!("#{number}")).collect();
        line("same as", &numbers.join(", "));
    }
    doc
}

/// The steps of the standard with their outcome, and what each engine says.
pub(super) fn steps(finding: &Finding, page: Page<'_>) -> Doc {
    let Page { columns, look, .. } = page;
    let mut doc = Doc::new();
    let mut on = "";
    let widest = finding.steps.iter().map(|step| step.step.chars().count()).max().unwrap_or(0).min(36);
    for step in &finding.steps {
        if step.on != on {
            on = &step.on;
            doc::heading(&mut doc, &format!("on the {on} response"));
        }
        let (symbol, ink, note) = match step.outcome {
            StepOutcome::Passed => (look.pick("✓", "+"), Ink::Pass, ""),
            StepOutcome::Failed => (look.pick("✗", "x"), Ink::Fail, ""),
            StepOutcome::Unreadable => ("?", Ink::Doubt, " (not readable in this capture)"),
            StepOutcome::Skipped => (look.pick("–", "-"), Ink::Dim, " (not reached)"),
        };
        let head = Row::of(ink, &format!("   {symbol} ")).with(Ink::Plain, &step.step).pad_to(widest + 7);
        let indent = head.width();
        let ink = match step.outcome {
            StepOutcome::Failed => Ink::Strong,
            StepOutcome::Skipped => Ink::Dim,
            _ => Ink::Plain,
        };
        let text = format!("{}{note}", step.says);
        for (index, line) in doc::rows(&text, columns.saturating_sub(indent), look).into_iter().enumerate() {
            let row = if index == 0 { head.clone() } else { Row::default().pad_to(indent) };
            doc.push(row.with(ink, &line));
        }
    }
    if finding.steps.is_empty() {
        doc.push(Row::of(Ink::Dim, " no step of the standard was reached"));
    }
    doc::heading(&mut doc, "verdict by browser");
    for engine in Engine::ALL {
        let verdict = *finding.engines.get(*engine);
        let symbol = look.verdict(verdict);
        let rule = finding.rule.as_ref().and_then(|rule| match engine {
            Engine::Chromium => rule.chromium.as_deref(),
            Engine::Firefox => rule.firefox.as_deref(),
            Engine::Webkit => rule.webkit.as_deref(),
        });
        let rule = rule.filter(|_| verdict != Verdict::Pass).unwrap_or_default();
        let judged = if *engine == finding.judged_as { "  judged as" } else { "" };
        doc.push(
            Row::of(theme::ink(verdict), &format!("   {symbol} "))
                .with(Ink::Plain, words::browser(*engine))
                .pad_to(15)
                .with(Ink::Plain, rule)
                .with(Ink::Dim, judged),
        );
    }
    doc
}

/// What to change, by whom, how far it is proven, and how to check.
pub(super) fn fix(finding: &Finding, page: Page<'_>) -> Doc {
    let Page { columns, look, .. } = page;
    let mut doc = Doc::new();
    for fix in &finding.fixes {
        let or = if fix.alternative_to.is_some() { "or " } else { "" };
        doc::heading(&mut doc, &format!("{or}{}", fix.who));
        doc::indented(&mut doc, 3, Ink::Strong, &fix.title, columns, look);
        if !fix.text.is_empty() {
            doc::indented(&mut doc, 5, Ink::Plain, &fix.text, columns, look);
        }
        if let Some(text) = &fix.do_not {
            doc::labelled(&mut doc, "do not", Ink::Doubt, text, columns, look);
        }
        if !fix.proof.is_empty() {
            doc::labelled(&mut doc, "proof", Ink::Plain, &fix.proof, columns, look);
        } else if let Some(text) = &fix.why_not_proven {
            doc::labelled(&mut doc, "proof", Ink::Plain, &format!("none: {text}"), columns, look);
        }
    }
    if let Some(doubt) = &finding.doubt {
        doc::heading(&mut doc, "to decide it");
        doc::indented(&mut doc, 3, Ink::Plain, &doubt.text, columns, look);
        doc::indented(&mut doc, 3, Ink::Strong, &doubt.ask, columns, look);
    }
    if finding.fixes.is_empty() && finding.doubt.is_none() {
        doc.push(Row::of(Ink::Dim, " nothing to change is known"));
    }
    if let Some(verify) = &finding.verify {
        doc::heading(&mut doc, "verify");
        doc::indented(&mut doc, 3, Ink::Plain, &verify.curl, columns, look);
        if !verify.expect.is_empty() {
            doc::indented(&mut doc, 3, Ink::Dim, &format!("expect {}", verify.expect), columns, look);
        }
    }
    doc
}

/// What the console of each browser says.
pub(super) fn console(finding: &Finding, page: Page<'_>) -> Doc {
    let mut doc = Doc::new();
    for engine in Engine::ALL {
        let judged = if *engine == finding.judged_as { " (judged as)" } else { "" };
        doc::heading(&mut doc, &format!("{}{judged}", words::browser(*engine)));
        match finding.console.get(*engine) {
            Some(text) => doc::indented(&mut doc, 3, Ink::Plain, text, page.columns, page.look),
            None => doc.push(Row::of(Ink::Dim, "   says nothing about CORS here")),
        }
    }
    doc
}
