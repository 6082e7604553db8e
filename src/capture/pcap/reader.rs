//! Files to batches: which packet belongs to which connection and which shard.
//!
//! Owns the order of files, link and IP decoding, fragments, tunnels, the flow table and QUIC
//! counts. Runs in one thread, ahead of the shards by one batch.

use super::batch::{Batch, Frame, Payload, TcpHeader};
use super::counts::{Counts, Loss};
use super::defrag::Defragmenter;
use super::file::{CaptureFile, Filled, Record};
use super::flows::{Departure, Flows, Glance, Key};
use super::framing::Packet;
use super::ip::{self, Datagram};
use super::link::{self, Network, NoPacket};
use super::quic;
use super::tunnel;
use crate::capture::{InputSummary, Limits, Progress, Remark};
use crate::exchange::CaptureTime;
use std::collections::{BTreeMap, HashSet, VecDeque};

/// What comes out of the files, in order.
pub(super) struct Reader {
    limits: Limits,
    current: Option<CaptureFile>,
    waiting: VecDeque<CaptureFile>,
    state: CaptureState,
    pub(super) counts: Counts,
    pub(super) summaries: Vec<(u32, InputSummary)>,
    pub(super) remarks: Vec<Remark>,
    progress: Progress,
    left: Vec<Departure>,
    dropped: BTreeMap<u32, u64>,
    fragments_dropped: BTreeMap<u32, u64>,
}

/// Where bytes of packets stand: in the window, or among the copied ones.
#[derive(Debug, Clone, Copy)]
struct Stand<'a> {
    bytes: &'a [u8],
    start: usize,
    copied: bool,
}

/// What belongs to one capture, be it one file or several that follow one another.
struct CaptureState {
    flows: Flows,
    fragments: Defragmenter,
    quic: HashSet<Key>,
    clock: Option<CaptureTime>,
}

impl CaptureState {
    fn new(limits: &Limits) -> Self {
        Self {
            flows: Flows::new(limits.flows, limits.flow_idle_seconds),
            fragments: Defragmenter::new(limits.fragments, limits.fragment_seconds),
            quic: HashSet::new(),
            clock: None,
        }
    }
}

impl Reader {
    /// Reads files in the order of their first packets.
    pub(super) fn new(mut files: Vec<CaptureFile>, limits: &Limits) -> Self {
        if files.len() > 1 {
            let mut timed: Vec<_> =
                files.drain(..).map(|mut file| (file.peek_first_time(limits.batch_bytes), file)).collect();
            timed.sort_by_key(|(first, file)| (*first, file.index));
            files = timed.into_iter().map(|(_, file)| file).collect();
        }
        Self {
            limits: limits.clone(),
            current: None,
            waiting: files.into(),
            state: CaptureState::new(limits),
            counts: Counts::new(limits.server_facts),
            summaries: Vec::new(),
            remarks: Vec::new(),
            progress: Progress::default(),
            left: Vec::new(),
            dropped: BTreeMap::new(),
            fragments_dropped: BTreeMap::new(),
        }
    }

    /// Inputs in the order they are read in.
    pub(super) fn order(&self) -> Vec<u32> {
        self.waiting.iter().map(|file| file.index).collect()
    }

    /// What is known of an input that was not read to its end because the reading was stopped.
    pub(super) fn unfinished(&self, input: u32) -> Option<InputSummary> {
        let mut open = self.current.iter().chain(&self.waiting);
        open.find(|file| file.index == input).map(CaptureFile::summary)
    }

    pub(super) fn progress(&self) -> Progress {
        self.progress
    }

    /// Fills a batch; false when there is nothing more to read at all.
    pub(super) fn fill(&mut self, batch: &mut Batch) -> bool {
        batch.clear();
        let Some(mut file) = self.current.take().or_else(|| self.waiting.pop_front()) else { return false };
        let filled = file.fill(batch, self.limits.batch_bytes);
        batch.keys_may_follow = file.may_hold_keys();
        while let Some(record) = file.next(batch) {
            match record {
                Record::Packet { packet, frame } => self.packet(&packet, frame, file.index, batch),
                Record::KeyLog(range) => batch.keys.extend(batch.window.get(range).map(<[u8]>::to_vec)),
            }
        }
        batch.clock = self.state.clock;
        self.progress = file.progress();
        if filled == Filled::End || file.is_over() {
            self.close(file, batch);
        } else {
            self.current = Some(file);
        }
        true
    }

    /// A file is read; decides whether the next one goes on where it ends.
    fn close(&mut self, mut file: CaptureFile, batch: &mut Batch) {
        self.remarks.extend(file.take_remarks());
        self.summaries.push((file.index, file.summary()));
        let follows = self.waiting.front().is_some_and(|next| match (file.last, next.peeked) {
            (Some(last), Some(first)) => first >= last,
            _ => false,
        });
        self.account(file.index);
        if !follows {
            batch.ends_capture = true;
            self.state.fragments.finish();
            self.account(file.index);
            self.state = CaptureState::new(&self.limits);
        }
    }

    /// Books what the tables dropped to the input that was being read.
    fn account(&mut self, input: u32) {
        let flows = std::mem::take(&mut self.state.flows.dropped);
        let fragments = std::mem::take(&mut self.state.fragments.dropped);
        if flows > 0 {
            *self.dropped.entry(input).or_default() += flows;
        }
        if fragments > 0 {
            *self.fragments_dropped.entry(input).or_default() += fragments;
        }
    }

    /// Remarks about the tables.
    pub(super) fn table_remarks(&self) -> Vec<Remark> {
        let mut out = Vec::new();
        for (input, count) in &self.dropped {
            let text = format!(
                "{} no longer followed, because more than {} were open at once",
                super::counts::plural(*count, "connection"),
                self.limits.flows
            );
            out.push(Remark {
                fault: None,
                id: "flows-dropped",
                input: *input,
                count: *count,
                text,
                places: Vec::new(),
            });
        }
        for (input, count) in &self.fragments_dropped {
            let text =
                format!("{} could not be put together from fragments", super::counts::plural(*count, "IP datagram"));
            out.push(Remark {
                fault: None,
                id: "fragments-dropped",
                input: *input,
                count: *count,
                text,
                places: Vec::new(),
            });
        }
        out
    }

    fn packet(&mut self, packet: &Packet, number: u64, input: u32, batch: &mut Batch) {
        let frame = Frame { input, number, time: packet.time };
        self.state.clock = self.state.clock.max(packet.time);
        if packet.data.is_empty() {
            self.counts.lose(Loss::PacketsEmpty, 0, frame.place());
            return;
        }
        let captured = u32::try_from(packet.data.len()).unwrap_or(u32::MAX);
        if packet.original > captured {
            self.counts.lose(Loss::PacketsCut, u64::from(packet.original - captured), frame.place());
        }
        // The window is only read while the bins are written.
        let window = std::mem::take(&mut batch.window);
        let bytes = window.get(packet.data.clone()).unwrap_or_default();
        self.layers(packet.link, bytes, packet.data.start, frame, batch);
        batch.window = window;
    }

    fn layers(&mut self, link: u16, bytes: &[u8], start: usize, frame: Frame, batch: &mut Batch) {
        let stand = Stand { bytes, start, copied: false };
        self.tunnels(link::decode(link, bytes), stand, self.limits.tunnel_depth, frame, batch);
    }

    /// Opens at most `depth` tunnels in each other.
    fn tunnels(
        &mut self,
        mut network: Result<Network<'_>, NoPacket>,
        stand: Stand<'_>,
        depth: usize,
        frame: Frame,
        batch: &mut Batch,
    ) {
        for left in (0..=depth).rev() {
            let datagram = match network.and_then(ip::decode) {
                Ok(datagram) => datagram,
                Err(NoPacket::Other) => return,
                Err(NoPacket::Cut) => return self.counts.lose(Loss::PacketsDamaged, 0, frame.place()),
                Err(NoPacket::Unread(kind)) => return self.counts.leave_unread(kind, frame.place()),
                Err(NoPacket::Unsupported(link)) => return self.counts.pass_over_link(link, frame.place()),
            };
            if let Some(part) = datagram.fragment {
                let Some(payload) = self.state.fragments.add(&datagram, part, frame.time) else { return };
                let stand = Stand { bytes: &payload, start: batch.copied.len(), copied: true };
                batch.copied.extend_from_slice(&payload);
                let whole = Datagram { payload: &payload, fragment: None, ..datagram };
                return match tunnel::inner(&whole) {
                    Some(inner) if left > 0 => self.tunnels(inner, stand, left - 1, frame, batch),
                    Some(_) => self.counts.lose(Loss::NestedPackets, 0, frame.place()),
                    None => self.transport(&whole, stand.start, true, frame, batch),
                };
            }
            let Some(inner) = tunnel::inner(&datagram) else {
                let offset = datagram.payload.as_ptr().addr().saturating_sub(stand.bytes.as_ptr().addr());
                return self.transport(&datagram, stand.start + offset, stand.copied, frame, batch);
            };
            network = inner;
        }
        self.counts.lose(Loss::NestedPackets, 0, frame.place());
    }

    /// `at` is where the datagram's payload stands: in the window, or among the copied ones.
    fn transport(&mut self, datagram: &Datagram<'_>, at: usize, copied: bool, frame: Frame, batch: &mut Batch) {
        match datagram.protocol {
            ip::TCP => self.tcp(datagram, at, copied, frame, batch),
            ip::UDP => self.udp(datagram, frame),
            _ => {}
        }
    }

    fn tcp(&mut self, datagram: &Datagram<'_>, at: usize, copied: bool, frame: Frame, batch: &mut Batch) {
        let Some(tcp) = TcpHeader::read(datagram.payload) else {
            return self.counts.lose(Loss::PacketsDamaged, 0, frame.place());
        };
        let present = datagram.payload.len();
        let len = present.saturating_sub(tcp.length);
        let whole = present + datagram.missing as usize;
        let cut = whole.saturating_sub(tcp.length).saturating_sub(len);
        let source = (datagram.source, tcp.source);
        let destination = (datagram.destination, tcp.destination);
        let (key, way) = Key::of(source, destination, datagram.domain);
        let glance =
            Glance { input: frame.input, time: frame.time, tcp, len: u32::try_from(len + cut).unwrap_or(u32::MAX) };
        let route = self.state.flows.route(key, way, glance, &mut self.left);
        for departure in self.left.drain(..) {
            batch.leave(departure, frame.time);
        }
        if route.goes_on {
            self.counts.lose(Loss::AfterReset, 0, frame.mark(route.stream).place);
            batch.leave(Departure { shard: route.shard, slot: route.slot }, frame.time);
        }
        if route.is_new || route.goes_on {
            batch.open(route, key.senders(), frame.mark(route.stream));
        }
        let at = at + tcp.length.min(present);
        let payload = Payload { at, len, cut: u32::try_from(cut).unwrap_or(0), copied };
        batch.packet(route, way, &tcp, payload, frame);
    }

    fn udp(&mut self, datagram: &Datagram<'_>, frame: Frame) {
        let Some((source, destination)) = quic::client_initial(datagram.payload) else { return };
        let (key, _) = Key::of((datagram.source, source), (datagram.destination, destination), datagram.domain);
        if self.state.quic.len() < self.limits.flows && self.state.quic.insert(key) {
            let server = std::net::SocketAddr::new(datagram.destination, destination);
            self.counts.add_quic(&server.to_string(), frame.input);
        }
    }
}
