//! What an analysis found: judged pairs, of which findings are made one at a time.
//!
//! Owns the making of findings, their numbers, and the order in which secrets get their ordinals: that of the
//! numbers, the passes and the remarks behind them. A judged pair takes a quarter of the memory of its finding,
//! so whoever can do with one finding at a time holds no more.

use super::alike;
use super::select::Choice;
use crate::diagnosis::{Judged, ServerFacts, diagnose, nature};
use crate::pairing::{Mode, Pair, PairKind};
use crate::report::list_row::{Asked, ListRows};
use crate::report::mask::{Mark, Masker};
use crate::report::same::{self, Seen};
use crate::report::{Options, build, json, view, words};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

/// What an analysis found.
pub(super) struct Settled {
    /// The picture without its findings. What stands in it is not masked yet.
    pub(super) frame: view::Report,
    /// The number of each pair, ascending.
    numbers: Vec<u32>,
    judged: Vec<Judged>,
    facts: ServerFacts,
    /// How many alike pairs were counted beside a finding, by its number.
    counted: BTreeMap<u32, u64>,
    /// Which of them were asked for; None when all are.
    choice: Option<Choice>,
    same: HashMap<u32, Vec<u32>>,
    masker: RefCell<Masker>,
    /// Where the masker stood before findings that hold new secrets, once it has seen all of them.
    marks: Option<Vec<(usize, Mark)>>,
}

impl Settled {
    pub(super) fn new(
        frame: view::Report,
        numbers: Vec<u32>,
        judged: Vec<Judged>,
        facts: ServerFacts,
        counted: BTreeMap<u32, u64>,
    ) -> Self {
        let same = same::links(numbers.iter().zip(&judged).filter_map(|(number, judged)| seen(*number, judged)));
        let files = frame.inputs.iter().map(|input| input.path.as_str());
        let (masker, marks) = (RefCell::new(Masker::new().with_files(files)), None);
        Self { frame, numbers, judged, facts, counted, choice: None, same, masker, marks }
    }

    /// The judged pairs, in order of number.
    pub(super) fn judged(&self) -> &[Judged] {
        &self.judged
    }

    /// From now on only these findings are shown; everything is counted all the same.
    pub(super) fn choose(&mut self, choice: Choice) {
        self.choice = Some(choice);
    }

    /// The pair at this place.
    pub(super) fn pair(&self, at: usize) -> Option<&Pair> {
        self.judged.get(at).map(|judged| &judged.pair)
    }

    /// The places of the findings that may be shown.
    fn places(&self) -> impl Iterator<Item = usize> {
        (0..self.judged.len()).filter(|at| self.is_chosen(*at))
    }

    fn is_chosen(&self, at: usize) -> bool {
        self.choice.as_ref().is_none_or(|choice| choice.holds(at))
    }

    /// Whether the finding at a place is to be shown.
    pub(super) fn shows(&self, at: usize, finding: &view::Finding, options: &Options) -> bool {
        let row = |pair| ListRows::default().row(finding, &Asked::of_pair(pair));
        self.pair(at).is_some_and(|pair| options.shows(finding, || row(pair)))
    }

    /// The number of the pair at this place.
    fn number(&self, at: usize) -> u32 {
        self.numbers.get(at).copied().unwrap_or_default()
    }

    /// A finding as it is shown. Until all were learnt they are to be asked for in order, each once.
    pub(super) fn finding(&self, at: usize) -> Option<view::Finding> {
        let judged = self.judged.get(at)?;
        let (number, diagnosis) = (self.number(at), diagnose(judged, &self.facts));
        let mut masker = self.masker.borrow_mut();
        if let Some(marks) = &self.marks {
            let before = marks.partition_point(|(from, _)| *from <= at);
            masker.resume(before.checked_sub(1).and_then(|before| marks.get(before)).map(|(_, mark)| mark));
        }
        let mut finding = build::shown(number, judged, &diagnosis, &mut masker);
        finding.same_as = self.same.get(&number).cloned().unwrap_or_default();
        if let Some(choice) = &self.choice {
            choice.edit(at, &mut finding);
        }
        Some(finding)
    }

    /// Shows the masker every finding in order, so that they may be made in any.
    fn learn(&mut self, mut see: impl FnMut(&Self, usize, view::Finding)) {
        let mut marks: Vec<(usize, Mark)> = Vec::new();
        let mut distinct = None;
        for at in 0..self.judged.len() {
            if let Some(mark) = self.masker.borrow().mark(distinct) {
                distinct = Some(mark.distinct());
                marks.push((at, mark));
            }
            if let Some(finding) = self.finding(at) {
                see(self, at, finding);
            }
        }
        self.marks = Some(marks);
    }

    /// The same, and counts every pair. What was chosen is seen.
    pub(super) fn learn_and_count(&mut self, all: bool, mut see: impl FnMut(&Self, usize, view::Finding)) {
        let mut counted = Vec::with_capacity(self.judged.len());
        self.learn(|settled, at, finding| {
            counted.push(view::Counted::of(&finding));
            if settled.is_chosen(at) {
                see(settled, at, finding);
            }
        });
        let judged = std::mem::take(&mut self.judged);
        for (at, (judged, counted)) in judged.iter().zip(counted).enumerate() {
            self.count(self.number(at), judged, counted, all);
        }
        self.judged = judged;
        self.mask_frame();
    }

    /// How many of the requests are one event that several inputs saw, in words.
    pub(super) fn seen_again(&self) -> Option<String> {
        let none: &[u32] = &[];
        let same = |at| self.same.get(&self.number(at)).map_or(none, Vec::as_slice);
        words::seen_again(self.places().map(|at| (self.number(at), same(at))))
    }

    /// Counts every pair, and says how many are alike.
    pub(super) fn count_all(&mut self, all: bool) {
        let judged = std::mem::take(&mut self.judged);
        for (at, judged) in judged.iter().enumerate() {
            self.count(self.number(at), judged, counted(judged, &self.facts), all);
        }
        self.judged = judged;
    }

    fn count(&mut self, number: u32, judged: &Judged, counted: view::Counted, all: bool) {
        if !all && counted.verdict == view::Verdict::Pass {
            return;
        }
        self.frame.summary.add(counted, 1);
        if let Some(count) = self.counted.get(&number) {
            self.frame.summary.add(counted, *count);
            self.frame.remarks.push(alike::remark(number, judged, *count));
        }
    }

    /// Masks what stands beside the findings; they come first.
    fn mask_frame(&mut self) {
        let masker = self.masker.get_mut();
        masker.resume(None);
        if let Some(passes) = &mut self.frame.summary.passes {
            masker.passes(passes);
        }
        for remark in &mut self.frame.remarks {
            masker.remark(remark);
        }
    }

    /// The whole picture.
    pub(super) fn whole(mut self, all: bool) -> view::Report {
        let mut findings = Vec::with_capacity(self.judged.len());
        self.learn_and_count(all, |_, _, finding| findings.push(finding));
        self.frame.findings = findings;
        self.frame
    }

    /// Writes the report as JSON, one finding at a time.
    pub(super) fn write_json(&mut self, all: bool, options: &Options, out: &mut dyn Write) -> io::Result<()> {
        self.count_all(all);
        let mut passes = self.frame.summary.passes.clone();
        if let Some(passes) = &mut passes {
            let files = self.frame.inputs.iter().map(|input| input.path.as_str());
            Masker::new().with_files(files).passes(passes);
        }
        let before = passes != self.frame.summary.passes;
        if before || self.choice.is_some() {
            self.learn(|_, _, _| ());
        }
        if before {
            // They stand before the findings, whose secrets are numbered first.
            self.masker.get_mut().resume(None);
            if let Some(passes) = &mut self.frame.summary.passes {
                self.masker.get_mut().passes(passes);
            }
        }
        let shown = |at| self.finding(at).filter(|finding| self.shows(at, finding, options));
        let findings = self.places().filter_map(shown);
        let remarks = || {
            let mut remarks = self.frame.remarks.clone();
            let mut masker = self.masker.borrow_mut();
            masker.resume(None);
            for remark in &mut remarks {
                masker.remark(remark);
            }
            remarks
        };
        json::write_streamed(&self.frame, findings, remarks, out)
    }

    /// Writes the findings and the last line of NDJSON.
    pub(super) fn write_lines(
        &mut self,
        all: bool,
        options: &Options,
        mut lines: json::Lines<impl Write>,
    ) -> io::Result<()> {
        if self.choice.is_some() {
            self.learn(|_, _, _| ());
        }
        let mut written = Ok(());
        for at in self.places() {
            let Some(finding) = self.finding(at).filter(|_| written.is_ok()) else { break };
            if self.shows(at, &finding, options) {
                written = lines.finding(&finding);
            }
        }
        // Whether somebody reads on or not: the exit code tells of all.
        self.count_all(all);
        written?;
        self.mask_frame();
        lines.finish(&self.frame.inputs, &self.frame.summary, &self.frame.remarks)
    }
}

/// What the summary counts of a pair.
fn counted(judged: &Judged, facts: &ServerFacts) -> view::Counted {
    let pair = &judged.pair;
    let status = pair.actual().and_then(|actual| actual.head()).map_or(0, |response| response.status);
    view::Counted {
        verdict: build::verdict(&judged.verdict),
        nature: build::nature(nature(judged, facts)),
        readable_error: status >= 400,
        reused: matches!(pair.kind, PairKind::Cached { .. }),
        with_credentials: pair.credentials.mode == Mode::Include,
    }
}

/// What makes a pair the same event as one of another input.
fn seen(number: u32, judged: &Judged) -> Option<Seen<'_>> {
    let pair = &judged.pair;
    Some(Seen {
        number,
        input: pair.representative().place.input(),
        nanos: i128::from(build::started(pair)?.nanos().div_euclid(1_000_000)) * 1_000_000,
        origin: pair.origin.as_str(),
        method: &pair.method,
        url: &pair.url,
        rule: build::chromium_rule(judged),
    })
}
