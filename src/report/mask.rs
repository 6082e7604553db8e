//! The masker applied to a whole finding, so that no field can be forgotten at its source.
//!
//! Owns the walk over [`Finding`]: destructured field by field, so that a new field does not
//! compile until somebody decided whether it can hold a secret.

use super::build::Told;
use super::view::{
    AlsoView, Cause, Doubt, Engines, Evidence, Finding, Fix, LadderRow, Line, Passes, Remark, RuleView, Stack, Step,
    Verify,
};
use crate::diagnosis::Diagnosis;
use crate::paste::Mask;
use crate::secrets::headers::is_id;
use crate::secrets::{self, Kind, Replace as _};
pub use crate::secrets::{Mark, Masker};
use crate::secrets::{Prose, Roles};
use serde_json::Value;

impl Masker {
    /// Masks every string of a finding in place. Request ids stay, here and where texts repeat them. What was made as
    /// [`Prose`] is shown as such; of a finding without its diagnosis each text is searched.
    pub fn finding(&mut self, finding: &mut Finding, told: Option<&Told<'_>>) {
        let Finding {
            number: _,
            verdict: _,
            nature: _,
            stage: _,
            link: _,
            judged_as: _,
            origin,
            page,
            method,
            url,
            started,
            engines: _,
            credentials,
            preflight,
            actual,
            redirects,
            client,
            server,
            request_ids,
            rule,
            cause,
            doubt,
            also,
            evidence,
            stack,
            fixes,
            console: Engines { chromium, firefox, webkit },
            verify,
            works,
            called_by,
            same_as: _,
            headline,
            headline_roles,
            answer: _,
            lines,
            steps,
            ladder,
            party: _,
            log,
        } = finding;
        self.begin(request_ids.values().filter(|id| is_id(id)).cloned().collect());
        // Ids, and what this program writes by itself, hold nothing of the capture.
        let mut urls = vec![url, origin];
        urls.extend(page);
        urls.extend(redirects.iter_mut().map(|hop| &mut hop.url));
        urls.extend(works.iter_mut().map(|works| &mut works.url));
        urls.extend(called_by.iter_mut().map(|by| &mut by.url));
        for url in urls {
            // Text after the address, if any, is scanned too: these fields come from a capture.
            let masked = self.own_url(url);
            *url = self.text(&masked);
        }
        // Of a finding with its diagnosis is known what was captured; the texts of one that was read back are searched.
        let (diagnosis, title_of_cause) = (told.map(|told| told.diagnosis), told.and_then(|told| told.title.as_ref()));
        let [in_chromium, in_firefox, in_webkit] =
            told.map_or([None; 3], |told| told.console.each_ref().map(Option::as_ref));
        let mut texts = Texts { searched: told.is_none(), ..Texts::default() };
        texts.add([method]);
        texts.say_in_roles([(headline, headline_roles)], diagnosis.map(|told| &told.headline));
        texts.own([&mut credentials.mode, &mut credentials.because]);
        for (text, said) in [(chromium, in_chromium), (firefox, in_firefox), (webkit, in_webkit)] {
            texts.say(text, said);
        }
        texts.say(log, diagnosis.and_then(|told| told.log.as_ref()));
        texts.add([started, client, server].into_iter().flatten());
        texts.add(preflight.iter_mut().filter_map(|preflight| preflight.started.as_mut()));
        texts.add(actual.iter_mut().filter_map(|actual| actual.error.as_mut()));
        for function in called_by.iter_mut().filter_map(|by| by.function.as_mut()) {
            *function = secrets::name(function, self);
        }
        texts.add(works.iter_mut().map(|works| &mut works.method));
        texts.add(redirects.iter_mut().map(|hop| &mut hop.method));
        if let Some(RuleView { chromium, firefox, webkit, parameter, step }) = rule {
            let _ = (chromium, firefox, step);
            texts.add([webkit, parameter].into_iter().flatten());
        }
        texts.say(
            also.iter_mut().map(|AlsoView { rule: _, text }| text),
            each(diagnosis, |told| &told.also).map(|(_, words)| words),
        );
        let because = stack.iter_mut().map(|Stack { id: _, name: _, because, named: _, is_line: _ }| because);
        texts.say(because, each(diagnosis, |told| &told.stack).map(|hit| &hit.because));
        // A command in parts has no line yet: it is masked and written below. The line of a finding that was read
        // back is text like any other.
        for Verify { curl, expect, command: _ } in verify.iter_mut() {
            texts.add([curl]);
            texts.say([expect], diagnosis.and_then(|told| told.verify.as_ref()).map(|verify| &verify.expect));
        }
        for Doubt { id: _, title, text, ask, command: _, is_headline: _ } in doubt.iter_mut() {
            texts.own([title]);
            texts.say([text], diagnosis.and_then(|told| told.doubt_text.as_ref()));
            texts.own([ask]);
        }
        texts.say(
            lines.iter_mut().map(|Line { label: _, text }| text),
            each(diagnosis, |told| &told.lines).map(|line| &line.text),
        );
        texts.own(steps.iter_mut().map(|Step { on: _, step: _, says, outcome: _ }| says));
        let mut rows = told.into_iter().flat_map(|told| &told.ladder);
        for LadderRow { kind: _, text, place: _, time, mark: _ } in ladder.iter_mut() {
            texts.say([text], rows.next());
            texts.own(time);
        }
        texts.say(
            evidence.iter_mut().map(|Evidence { side: _, what, place: _ }| what),
            each(diagnosis, |told| &told.evidence).map(|evidence| &evidence.what),
        );
        if let Some(Cause { id: _, title, text, brief, detail, certainty: _, candidates }) = cause {
            self.json(detail, None);
            texts.say([title], title_of_cause);
            texts.say([text], diagnosis.map(|told| &told.text));
            texts.say([brief], diagnosis.map(|told| &told.brief));
            texts.say(candidates, each(diagnosis, |told| &told.candidates));
        }
        for (at, fix) in fixes.iter_mut().enumerate() {
            // What is pasted is made of validated values, in which nothing is secret: a mask would break it.
            let Fix {
                stack: _,
                who: _,
                title,
                text: _,
                do_not,
                changes: _,
                proven: _,
                why_not_proven: _,
                proof,
                alternative_to: _,
                title_roles,
                proof_roles,
            } = fix;
            let prose = diagnosis.and_then(|told| told.fixes.get(at)).map(|fix| [&fix.title, &fix.proof]);
            texts.say_in_roles([(title, title_roles), (proof, proof_roles)], prose.into_iter().flatten());
            texts.own(do_not);
        }
        texts.add(request_ids.values_mut().filter(|id| !is_id(id)));
        for Shown { text, prose, roles } in texts.all {
            match (prose, roles) {
                (Some(prose), Some(roles)) => (*text, *roles) = self.show_roles(prose),
                (Some(prose), None) => *text = self.show(prose),
                (None, _) => {
                    if let Some(masked) = self.masked(text) {
                        *text = masked;
                    }
                }
            }
        }
        self.commands(verify, doubt.as_mut());
        self.end();
    }

    /// Writes the commands of a finding, their URLs and values masked before they are quoted.
    fn commands(&mut self, verify: &mut Option<Verify>, doubt: Option<&mut Doubt>) {
        if let Some(command) = verify.as_mut().and_then(|verify| verify.command.take()) {
            let line = command.masked(self).map(|command| command.line()).filter(|line| !line.is_empty());
            match (line, verify.as_mut()) {
                (Some(line), Some(verify)) => line.as_str().clone_into(&mut verify.curl),
                _ => *verify = None,
            }
        }
        if let Some(doubt) = doubt
            && let Some(command) = doubt.command.take().and_then(|command| command.masked(self))
        {
            doubt.ask.push_str(", or send the output of:\n");
            doubt.ask.push_str(&command.line());
        }
    }

    /// Masks what is said of the requests that passed.
    pub fn passes(&mut self, passes: &mut Passes) {
        let Passes { origins, servers, more: _, statuses: _, preflight: _, reused: _, credentials, errors } = passes;
        for origin in origins.iter_mut().chain(servers) {
            *origin = self.url(origin);
        }
        if let Some(credentials) = credentials {
            credentials.because = self.text(&credentials.because);
        }
        for error in errors {
            error.method = self.text(&error.method);
            error.url = self.url(&error.url);
        }
    }

    /// Masks the text of a remark.
    pub fn remark(&mut self, remark: &mut Remark) {
        remark.text = match remark.words.take() {
            Some(words) => self.show(&words),
            None => self.text(&remark.text),
        };
    }

    fn json(&mut self, value: &mut Value, name: Option<&str>) {
        match value {
            Value::String(text) => {
                if name.is_some_and(secrets::is_telling) {
                    *text = self.replace(Kind::Token, text);
                } else if let Some(masked) = self.masked(text) {
                    *text = masked;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.json(item, name)),
            Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| self.json(value, Some(name))),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// The texts of a finding in the order in which their secrets are numbered, each with what it was made of.
#[derive(Default)]
struct Texts<'t> {
    all: Vec<Shown<'t>>,
    /// Whether nothing is known of where they come from.
    searched: bool,
}

/// One of them.
struct Shown<'t> {
    text: &'t mut String,
    prose: Option<&'t Prose>,
    /// Where it is said which of its parts have a role, once it is masked.
    roles: Option<&'t mut Roles>,
}

impl<'t> Texts<'t> {
    /// Texts that are searched whole.
    fn add(&mut self, texts: impl IntoIterator<Item = &'t mut String>) {
        self.all.extend(texts.into_iter().map(|text| Shown { text, prose: None, roles: None }));
    }

    /// Words of this program alone.
    fn own(&mut self, texts: impl IntoIterator<Item = &'t mut String>) {
        if self.searched {
            self.add(texts);
        }
    }

    /// Texts of which is known what was captured.
    fn say(&mut self, texts: impl IntoIterator<Item = &'t mut String>, prose: impl IntoIterator<Item = &'t Prose>) {
        let prose = prose.into_iter().map(Some).chain(std::iter::repeat(None));
        self.all.extend(texts.into_iter().zip(prose).map(|(text, prose)| Shown { text, prose, roles: None }));
    }

    /// The same, and which of their parts have a role.
    fn say_in_roles(
        &mut self,
        texts: impl IntoIterator<Item = (&'t mut String, &'t mut Roles)>,
        prose: impl IntoIterator<Item = &'t Prose>,
    ) {
        let prose = prose.into_iter().map(Some).chain(std::iter::repeat(None));
        let shown = texts.into_iter().zip(prose);
        self.all.extend(shown.map(|((text, roles), prose)| Shown { text, prose, roles: Some(roles) }));
    }
}

/// The items of a list of a diagnosis; none without one.
fn each<'t, T: 't>(
    told: Option<&'t Diagnosis>,
    list: impl Fn(&'t Diagnosis) -> &'t Vec<T>,
) -> impl Iterator<Item = &'t T> {
    told.into_iter().flat_map(list)
}

impl Mask for Masker {
    fn url(&mut self, url: &str) -> String {
        Self::url(self, url)
    }

    fn value(&mut self, value: &str) -> String {
        self.text(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::{SAMPLES, sample};
    use crate::report::view::ReadableError;
    use std::collections::BTreeMap;

    #[test]
    fn what_passed_is_masked_as_findings_are() {
        let mut passes = Passes {
            origins: vec!["https://app.example".to_owned()],
            errors: vec![ReadableError {
                status: 500,
                method: "GET".to_owned(),
                url: "https://api.example/x?access_token=hunter2hunter2".to_owned(),
                ..ReadableError::default()
            }],
            ..Passes::default()
        };
        Masker::new().passes(&mut passes);
        assert_eq!(passes.origins, ["https://app.example"]);
        assert_eq!(passes.errors[0].url, "https://api.example/x?access_token=token-1");
    }

    #[test]
    fn samples_without_secrets_are_left_as_they_are() {
        for name in SAMPLES.iter().filter(|name| **name != "hostile") {
            let report = sample(name);
            for finding in &report.findings {
                let mut masked = finding.clone();
                Masker::new().finding(&mut masked, None);
                assert_eq!(&masked, finding, "{name}");
            }
        }
    }

    #[test]
    fn a_request_id_stays_where_texts_repeat_it() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let mut finding = Finding {
            request_ids: BTreeMap::from([("x-trace".to_owned(), id.to_owned())]),
            log: Some(format!("POST /x, {id}")),
            headline: format!("other {}", id.replace('4', "5")),
            ..Finding::default()
        };
        Masker::new().finding(&mut finding, None);
        assert_eq!(finding.log.as_deref(), Some(&*format!("POST /x, {id}")));
        assert_eq!(finding.headline, "other token-1");
    }
}
