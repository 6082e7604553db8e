//! Every cell of the TLS matrix, read end to end, gives the exchanges that tshark shows.
//!
//! `tests/lab/tls_matrix.py` recorded the captures and wrote the table.

#![allow(clippy::unwrap_used, reason = "tests say what went wrong by stopping")]

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use whycors::capture::{Limits, Progress, Remark, Sink, Source, input, pcap};
use whycors::exchange::{Exchange, Place};
use whycors::tls::KeyLog;

#[derive(Default)]
struct Collected {
    exchanges: Vec<Exchange>,
    remarks: Vec<String>,
}

impl Sink for Collected {
    fn exchanges(&mut self, batch: Vec<Exchange>) -> ControlFlow<()> {
        self.exchanges.extend(batch);
        ControlFlow::Continue(())
    }

    fn remark(&mut self, remark: Remark) {
        self.remarks.push(format!("{} {}", remark.id, remark.text));
    }

    fn progress(&mut self, _: Progress) {}
}

fn captures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/captures/tls")
}

/// cell → lines of stream, method, path and status.
fn table() -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(captures().join("tshark.tsv")).unwrap();
    let mut cells: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let (cell, row) = line.split_once('\t').unwrap();
        cells.entry(cell.to_owned()).or_default().push(row.replace('\t', " "));
    }
    cells
}

fn read(cell: &str, limits: &Limits) -> Collected {
    let mut log = KeyLog::new(&limits.into());
    if let Ok(text) = fs::read(captures().join(format!("{cell}.keys"))) {
        assert_eq!(log.add(&text).count, 0, "{cell}");
    }
    let source = Source { index: 0, path: captures().join(format!("{cell}.pcap")).to_string_lossy().into_owned() };
    let opened = input::open(&source, limits).unwrap();
    let mut collected = Collected::default();
    pcap::read(vec![(source, opened)], log, limits, &mut collected);
    collected
}

fn row(exchange: &Exchange) -> (Place, String) {
    let Place::Frame { stream, .. } = exchange.place else { unreachable!() };
    let path = exchange.request.url.splitn(4, '/').last().unwrap_or_default();
    let status = exchange.response.as_ref().map_or_else(|why| format!("{why:?}"), |head| head.status.to_string());
    (exchange.place, format!("{stream} {} /{path} {status}", exchange.request.method))
}

#[test]
fn every_cell_of_the_matrix_gives_the_exchanges_that_tshark_shows() {
    let limits = Limits::default();
    let mut wrong = Vec::new();
    let cells = table();
    assert!(cells.len() >= 52, "{} cells", cells.len());
    for (cell, expected) in &cells {
        let collected = read(cell, &limits);
        let mut rows: Vec<_> = collected.exchanges.iter().map(row).collect();
        rows.sort();
        let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
        if rows != *expected || !collected.remarks.is_empty() {
            wrong.push(format!(
                "{cell}\n  expected {expected:?}\n  found    {rows:?}\n  remarks  {:?}",
                collected.remarks
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cells differ:\n{}", wrong.len(), cells.len(), wrong.join("\n"));
}
