//! A deterministic maker of packet captures: keep-alive HTTP/1.1 with CORS preflights, and, by
//! choice, packets out of order, repeated or missing. The same seed gives the same bytes.

#![allow(unreachable_pub, dead_code, clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::VecDeque;
use std::io::{self, Write};

/// What to make.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    /// Seed of everything that varies.
    pub seed: u64,
    /// Size of the capture to stop at, bytes.
    pub bytes: u64,
    /// Connections open at once.
    pub connections: usize,
    /// Packets shown later than they were sent, in percent.
    pub reordered: u64,
    /// Packets shown a second time, in percent.
    pub repeated: u64,
    /// Packets that the capture lost, in percent.
    pub lost: u64,
    /// Largest response body, bytes.
    pub largest_body: u64,
    /// Most microseconds between two packets.
    pub gap_micros: u64,
    /// What the requests are.
    pub mix: Mix,
}

/// What the requests of a capture are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mix {
    /// Unrelated requests of one shape, preflights without a request among them: food for readers.
    Unrelated,
    /// What a site does all day: most requests pass, each preflight is followed by its request, two
    /// in a hundred fail and three are open because nothing shows whether credentials were included.
    Site,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            seed: 1,
            bytes: 1 << 20,
            connections: 48,
            reordered: 0,
            repeated: 0,
            lost: 0,
            largest_body: 60_000,
            gap_micros: 20,
            mix: Mix::Unrelated,
        }
    }
}

/// What went into a capture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Made {
    pub bytes: u64,
    pub packets: u64,
    pub connections: u64,
    pub requests: u64,
    pub preflights: u64,
}

/// A small generator of numbers (xorshift64*).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit.max(1)
    }

    fn percent(&mut self, percent: u64) -> bool {
        percent > 0 && self.below(100) < percent
    }
}

const SEGMENT: usize = 1448;

/// One connection and the packets it still has to show.
struct Connection {
    client: [u8; 4],
    server: [u8; 4],
    port: u16,
    client_seq: u32,
    server_seq: u32,
    exchanges: u64,
    queue: VecDeque<Vec<u8>>,
}

const FIN: u8 = 1;
const SYN: u8 = 2;
const ACK: u8 = 16;

impl Connection {
    fn open(number: u64, dice: &mut Dice) -> Self {
        let low = number.to_be_bytes();
        let mut new = Self {
            client: [10, low[5], low[6], low[7]],
            server: [192, 0, 2, 1 + u8::try_from(dice.below(8)).unwrap()],
            port: 1024 + u16::try_from(number % 60_000).unwrap(),
            client_seq: u32::try_from(dice.below(1 << 32)).unwrap(),
            server_seq: u32::try_from(dice.below(1 << 32)).unwrap(),
            exchanges: 1 + dice.below(12),
            queue: VecDeque::new(),
        };
        new.send(true, SYN, b"");
        new.send(false, SYN | ACK, b"");
        new.send(true, ACK, b"");
        new
    }

    fn send(&mut self, from_client: bool, flags: u8, payload: &[u8]) {
        let (seq, ack) =
            if from_client { (self.client_seq, self.server_seq) } else { (self.server_seq, self.client_seq) };
        let ack = if flags & ACK == 0 { 0 } else { ack };
        let (from, to) = if from_client { (self.client, self.server) } else { (self.server, self.client) };
        let (source, destination) = if from_client { (self.port, 80) } else { (80, self.port) };
        self.queue.push_back(frame(from, to, source, destination, seq, ack, flags, payload));
        let used = u32::try_from(payload.len()).unwrap() + u32::from(flags & (SYN | FIN) != 0);
        let counter = if from_client { &mut self.client_seq } else { &mut self.server_seq };
        *counter = counter.wrapping_add(used);
    }

    /// Queues the packets of one request, with its preflight where it has one; how many were preflights.
    fn exchange(&mut self, number: u64, recipe: &Recipe, dice: &mut Dice) -> (u64, u64) {
        match recipe.mix {
            Mix::Unrelated => {
                let preflight = dice.below(4) == 0;
                let path = format!("/v1/items/{number}?page={}", dice.below(100));
                let (method, extra) = match (preflight, dice.below(3)) {
                    (true, _) => ("OPTIONS", ASKS),
                    (false, 0) => ("PUT", UNSAFE),
                    (false, _) => ("GET", CORS),
                };
                let status = if preflight { "204 No Content" } else { "200 OK" };
                self.message(number, &Asked { method, path: &path, extra }, status, ALLOWS, recipe, dice);
                (1, u64::from(preflight))
            }
            Mix::Site => self.visit(number, recipe, dice),
        }
    }

    /// One step of a visitor of the site.
    fn visit(&mut self, number: u64, recipe: &Recipe, dice: &mut Dice) -> (u64, u64) {
        let kind = dice.below(100);
        let path = match kind {
            0..25 => format!("/assets/{number}.js"),
            _ => format!("/v1/items/{number}?page={}", dice.below(100)),
        };
        let get = |extra| Asked { method: "GET", path: &path, extra };
        let put = Asked { method: "PUT", path: &path, extra: UNSAFE };
        let preflight = Asked { method: "OPTIONS", path: &path, extra: ASKS };
        match kind {
            0..25 => self.message(number, &get("Sec-Fetch-Site: same-origin\r\n"), "200 OK", "", recipe, dice),
            25..60 => self.message(number, &get(WITH_COOKIE), "200 OK", ALLOWS_CREDENTIALS, recipe, dice),
            60..75 => self.message(number, &get(CORS), "200 OK", "Access-Control-Allow-Origin: *\r\n", recipe, dice),
            75..95 => {
                self.message(number, &preflight, "204 No Content", ALLOWS_CREDENTIALS, recipe, dice);
                self.message(number, &put, "200 OK", ALLOWS_CREDENTIALS, recipe, dice);
                return (2, 1);
            }
            95 => {
                self.message(number, &preflight, "405 Method Not Allowed", "Allow: GET, POST\r\n", recipe, dice);
                return (1, 1);
            }
            96 => {
                self.message(number, &get(WITH_COOKIE), "500 Internal Server Error", "", recipe, dice);
            }
            _ => self.message(number, &get(CORS), "200 OK", ALLOWS, recipe, dice),
        }
        (1, 0)
    }

    /// Queues the packets of one request and its answer.
    fn message(
        &mut self,
        number: u64,
        asked: &Asked<'_>,
        status: &str,
        allows: &str,
        recipe: &Recipe,
        dice: &mut Dice,
    ) {
        let Asked { method, path, extra } = asked;
        let body =
            if *method == "PUT" { vec![b'p'; 20 + usize::try_from(dice.below(900)).unwrap()] } else { Vec::new() };
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: api.shop.example\r\n{extra}{length}\
             User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r\n\
             Accept: */*\r\nAccept-Encoding: gzip, deflate\r\nAccept-Language: en-GB,en;q=0.9\r\nReferer: http://www.shop.example/\r\n\
             Connection: keep-alive\r\n\r\n"
        )
        .into_bytes();
        request.extend(body);
        let bodiless = status.starts_with("204");
        let response_body =
            if *method == "OPTIONS" { 0 } else { usize::try_from(dice.below(recipe.largest_body)).unwrap() };
        let mut response = format!(
            "HTTP/1.1 {status}\r\nServer: nginx/1.22.1\r\nDate: Tue, 24 Nov 2026 10:02:11 GMT\r\nContent-Type: application/json\r\n\
             {allows}X-Request-Id: {number:016x}\r\n"
        )
        .into_bytes();
        if bodiless {
            response.extend_from_slice(b"\r\n");
        } else {
            response.extend_from_slice(format!("Content-Length: {response_body}\r\n\r\n").as_bytes());
            response.extend(json(number, response_body));
        }
        for piece in request.chunks(SEGMENT) {
            self.send(true, ACK, piece);
        }
        self.send(false, ACK, b"");
        for (index, piece) in response.chunks(SEGMENT).enumerate() {
            self.send(false, ACK, piece);
            if index % 2 == 1 {
                self.send(true, ACK, b"");
            }
        }
    }

    fn close(&mut self) {
        self.send(true, FIN | ACK, b"");
        self.send(false, FIN | ACK, b"");
        self.send(true, ACK, b"");
    }
}

/// A request line and the header lines that make its kind.
struct Asked<'a> {
    method: &'a str,
    path: &'a str,
    extra: &'a str,
}

const CORS: &str = "Origin: http://www.shop.example\r\nSec-Fetch-Mode: cors\r\n";
const WITH_COOKIE: &str =
    "Origin: http://www.shop.example\r\nSec-Fetch-Mode: cors\r\nCookie: session=6b1f0c; theme=dark\r\n";
const ASKS: &str = "Origin: http://www.shop.example\r\nSec-Fetch-Mode: cors\r\n\
    Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: content-type,x-trace\r\n";
const UNSAFE: &str = "Origin: http://www.shop.example\r\nSec-Fetch-Mode: cors\r\n\
    Content-Type: application/json\r\nX-Trace: 00-4bf92f3577b34da6-01\r\n";
const ALLOWS: &str = "Access-Control-Allow-Origin: http://www.shop.example\r\nAccess-Control-Allow-Methods: GET, PUT\r\n\
    Access-Control-Allow-Headers: content-type, x-trace\r\nVary: Origin\r\n";
const ALLOWS_CREDENTIALS: &str = "Access-Control-Allow-Origin: http://www.shop.example\r\n\
    Access-Control-Allow-Credentials: true\r\nAccess-Control-Allow-Methods: GET, PUT\r\n\
    Access-Control-Allow-Headers: content-type, x-trace\r\nVary: Origin\r\n";

/// A JSON array of exactly this length.
fn json(number: u64, length: usize) -> Vec<u8> {
    let item =
        format!("{{\"id\":{number},\"name\":\"a thing with a name\",\"price\":12.5,\"tags\":[\"new\",\"sale\"]}},");
    let mut body = b"[".to_vec();
    while body.len() + item.len() + 1 < length {
        body.extend_from_slice(item.as_bytes());
    }
    if body.len() > 1 {
        body.pop();
    }
    body.resize(length.max(1) - 1, b' ');
    body.push(b']');
    body.truncate(length);
    body
}

/// An Ethernet frame with IPv4 and TCP. Checksums are left 0, as offloading does.
#[allow(clippy::too_many_arguments)]
pub fn frame(
    from: [u8; 4],
    to: [u8; 4],
    source: u16,
    destination: u16,
    seq: u32,
    ack: u32,
    flags: u8,
    payload: &[u8],
) -> Vec<u8> {
    let mut out = Vec::with_capacity(54 + payload.len());
    out.extend([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0]);
    let total = u16::try_from(40 + payload.len()).unwrap().to_be_bytes();
    out.extend([0x45, 0, total[0], total[1], 0, 0, 0x40, 0, 64, 6, 0, 0]);
    out.extend(from);
    out.extend(to);
    out.extend(source.to_be_bytes());
    out.extend(destination.to_be_bytes());
    out.extend(seq.to_be_bytes());
    out.extend(ack.to_be_bytes());
    out.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    out.extend_from_slice(payload);
    out
}

/// The header of a microsecond pcap of Ethernet frames.
pub fn pcap_header() -> Vec<u8> {
    let mut out = 0xa1b2_c3d4_u32.to_le_bytes().to_vec();
    out.extend([2, 0, 4, 0]);
    for word in [0_u32, 0, 262_144, 1] {
        out.extend(word.to_le_bytes());
    }
    out
}

/// One record of a pcap.
pub fn record(micros: u64, frame: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(16 + frame.len());
    let seconds = 1_795_000_000 + micros / 1_000_000;
    let length = u64::try_from(frame.len()).unwrap();
    for word in [seconds, micros % 1_000_000, length, length] {
        out.extend(u32::try_from(word).unwrap().to_le_bytes());
    }
    out.extend_from_slice(frame);
    out
}

/// Writes a capture.
pub fn write(recipe: &Recipe, out: &mut impl Write) -> io::Result<Made> {
    let mut dice = Dice::new(recipe.seed);
    let mut made = Made::default();
    let header = pcap_header();
    out.write_all(&header)?;
    made.bytes = header.len() as u64;
    let mut open: Vec<Connection> = Vec::new();
    // Packets that are shown later: the count of packets after which each is due.
    let mut late: VecDeque<(u64, Vec<u8>)> = VecDeque::new();
    let mut micros = 0;
    loop {
        while open.len() < recipe.connections && made.bytes < recipe.bytes {
            open.push(Connection::open(made.connections, &mut dice));
            made.connections += 1;
        }
        if open.is_empty() {
            break;
        }
        let chosen = usize::try_from(dice.below(open.len() as u64)).unwrap();
        let connection = &mut open[chosen];
        if connection.queue.is_empty() {
            if connection.exchanges == 0 {
                open.swap_remove(chosen);
                continue;
            }
            connection.exchanges -= 1;
            let (requests, preflights) = connection.exchange(made.requests, recipe, &mut dice);
            made.requests += requests;
            made.preflights += preflights;
            if connection.exchanges == 0 {
                connection.close();
            }
        }
        for _ in 0..=dice.below(12) {
            let Some(frame) = connection.queue.pop_front() else { break };
            micros += 1 + dice.below(recipe.gap_micros);
            if dice.percent(recipe.lost) {
                continue;
            }
            if dice.percent(recipe.repeated) {
                late.push_back((made.packets + 3 + dice.below(9), frame.clone()));
            }
            if dice.percent(recipe.reordered) {
                late.push_back((made.packets + 1 + dice.below(4), frame));
            } else {
                put(out, &mut made, micros, &frame)?;
            }
            while let Some(due) = late.iter().position(|(due, _)| *due <= made.packets) {
                let Some((_, frame)) = late.remove(due) else { break };
                micros += 1;
                put(out, &mut made, micros, &frame)?;
            }
        }
    }
    for (_, frame) in late {
        micros += 1;
        put(out, &mut made, micros, &frame)?;
    }
    Ok(made)
}

fn put(out: &mut impl Write, made: &mut Made, micros: u64, frame: &[u8]) -> io::Result<()> {
    let record = record(micros, frame);
    made.bytes += record.len() as u64;
    made.packets += 1;
    out.write_all(&record)
}
