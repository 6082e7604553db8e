//! Packet captures to exchanges: files, links, IP, TCP, and the streams' protocols.
//!
//! ```text
//!  file ─▶ framing ─▶ link ─▶ ip ─▶ flows ─┬▶ shard 0: reassembly ─▶ channel ─▶ http, tls
//!          (reader, one thread, a batch     ├▶ …
//!           ahead of the shards)            └▶ shard 63
//! ```
//!
//! The reader fills batch N + 1 while the shards digest batch N. A connection always lands in the
//! same shard, chosen by a fixed hash of its endpoints, so that nothing is shared, nothing is
//! locked, and the result does not depend on the number of threads.

mod batch;
mod channel;
mod counts;
mod defrag;
mod file;
mod flows;
mod framing;
mod ip;
mod link;
mod live;
mod proxy_protocol;
mod quic;
mod reader;
pub mod reassembly;
mod secure;
mod shard;
mod tunnel;
mod unread;
mod wire;
mod wireless;

pub use wire::WIRE;

use super::{InputSummary, Limits, Opened, Remark, Sink, Source};
use crate::exchange::{Exchange, Place};
use crate::tls::KeyLog;
use batch::Batch;
use channel::Bounds;
use counts::Counts;
use file::CaptureFile;
use flows::SHARDS;
use rayon::prelude::*;
use reader::Reader;
use shard::{Shard, ShardBounds};

/// Reads packet captures to their end and hands everything to `sink`.
///
/// Files whose time ranges follow one another are one capture (`tcpdump -C` and `-G` write such):
/// connections go on across the boundary, places keep their file. Others are read one by one. The
/// summaries come in the order of `files`.
pub fn read(files: Vec<(Source, Opened)>, keys: KeyLog, limits: &Limits, sink: &mut dyn Sink) -> Vec<InputSummary> {
    let inputs: Vec<u32> = files.iter().map(|(source, _)| source.index).collect();
    let files = files.into_iter().map(|(source, opened)| CaptureFile::new(&source, opened, limits)).collect();
    let reader = Reader::new(files, limits);
    let mut pipeline = Pipeline::new(reader, keys, limits);
    pipeline.run(sink);
    pipeline.finish(&inputs, sink)
}

struct Pipeline {
    reader: Reader,
    shards: Vec<Shard>,
    bounds: ShardBounds,
    keys: KeyLog,
    counts: Counts,
    /// Inputs in the order they are read in.
    order: Vec<u32>,
    broken_keys: Vec<(u32, u64)>,
}

impl Pipeline {
    fn new(reader: Reader, keys: KeyLog, limits: &Limits) -> Self {
        let share = |total: usize| total.div_ceil(SHARDS);
        let bounds = ShardBounds {
            channel: Bounds { http: limits.into(), tls: limits.into(), nesting: limits.tunnel_depth },
            out_of_order: limits.out_of_order_bytes,
            out_of_order_total: share(limits.out_of_order_total),
            unfinished_total: share(limits.unfinished_total),
            names: limits.server_facts,
        };
        let order = reader.order();
        let counts = Counts::new(limits.server_facts);
        Self { reader, shards: Vec::new(), bounds, keys, counts, order, broken_keys: Vec::new() }
    }

    fn run(&mut self, sink: &mut dyn Sink) {
        self.renew_shards();
        let mut ready = Batch::new();
        let mut spare = Batch::new();
        let mut more = self.reader.fill(&mut ready);
        while more {
            self.take_keys(&ready);
            let (shards, keys, reader) = (&mut self.shards, &self.keys, &mut self.reader);
            let progress = reader.progress();
            // The next file may belong to another capture: its packets wait until this one is over.
            let ((), next) = rayon::join(
                || {
                    let work = shards.par_iter_mut().zip(ready.bins.par_iter());
                    work.for_each(|(shard, bin)| shard.ingest(bin, &ready, keys));
                },
                || reader.fill(&mut spare),
            );
            more = next;
            if ready.ends_capture {
                let clock = ready.clock;
                self.shards.par_iter_mut().for_each(|shard| shard.finish(clock, keys));
            }
            let exchanges = self.collect();
            sink.progress(progress);
            let stop = sink.exchanges(exchanges).is_break();
            if ready.ends_capture {
                self.renew_shards();
            }
            if stop {
                break;
            }
            std::mem::swap(&mut ready, &mut spare);
        }
    }

    /// Takes in key logs that the batch brought, before its packets are digested.
    fn take_keys(&mut self, batch: &Batch) {
        for text in &batch.keys {
            let broken = self.keys.add(text).count;
            if broken > 0 {
                self.broken_keys.push((self.reader.progress().input, broken));
            }
        }
    }

    fn renew_shards(&mut self) {
        for shard in self.shards.drain(..) {
            self.counts.merge(shard.counts);
        }
        self.shards = (0..SHARDS).map(|_| Shard::new(self.bounds.clone())).collect();
    }

    /// The exchanges of all shards, by the frame that completed the response head, else by the
    /// frame that settled them.
    fn collect(&mut self) -> Vec<Exchange> {
        let mut all: Vec<(Place, Exchange)> = self.shards.iter_mut().flat_map(Shard::take_exchanges).collect();
        for (_, exchange) in &all {
            *self.counts.exchanges.entry(exchange.place.input()).or_default() += 1;
        }
        let rank = |place: Place| self.order.iter().position(|input| *input == place.input());
        all.sort_by_cached_key(|(emitted, exchange)| {
            let place = exchange.response_place.unwrap_or(*emitted);
            (rank(place), place, rank(exchange.place), exchange.place)
        });
        all.into_iter().map(|(_, exchange)| exchange).collect()
    }

    fn finish(mut self, inputs: &[u32], sink: &mut dyn Sink) -> Vec<InputSummary> {
        self.renew_shards();
        let mut remarks = std::mem::take(&mut self.reader.remarks);
        remarks.extend(self.reader.table_remarks());
        self.counts.merge(std::mem::take(&mut self.reader.counts));
        remarks.extend(self.counts.remarks(!self.keys.is_empty()));
        remarks.extend(self.key_remarks());
        // One input after the other; within one, in the order of the lists above.
        remarks.sort_by_key(|remark| remark.input);
        for remark in remarks {
            sink.remark(remark);
        }
        let mut summaries = Vec::new();
        for input in inputs {
            let found = self.reader.summaries.iter().find(|(index, _)| index == input);
            let found = found.map(|(_, summary)| summary.clone()).or_else(|| self.reader.unfinished(*input));
            let mut summary = found.unwrap_or_default();
            summary.exchanges = self.counts.exchanges.get(input).copied().unwrap_or(0);
            summary.closed_tls = of_input(&self.counts.closed_tls, *input);
            summary.quic = of_input(&self.counts.quic, *input);
            summaries.push(summary);
        }
        summaries
    }

    fn key_remarks(&self) -> Vec<Remark> {
        let word = |(input, count): &(u32, u64)| {
            let text = format!("{} of the embedded key log cannot be read", counts::plural(*count, "line"));
            Remark { fault: None, id: "tls-keys-broken-lines", input: *input, count: *count, text, places: Vec::new() }
        };
        let mut all: Vec<Remark> = self.broken_keys.iter().map(word).collect();
        let count = self.keys.over_limit();
        if count > 0 {
            let text = format!("{} beyond the limit left out of the key log", counts::plural(count, "TLS secret"));
            let input = self.order.first().copied().unwrap_or_default();
            all.push(Remark { fault: None, id: "limit-reached", input, count, text, places: Vec::new() });
        }
        all
    }
}

fn of_input(map: &std::collections::BTreeMap<(u32, String), u64>, input: u32) -> Vec<(String, u64)> {
    map.iter().filter(|((index, _), _)| *index == input).map(|((_, name), count)| (name.clone(), *count)).collect()
}
