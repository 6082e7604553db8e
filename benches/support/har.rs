//! A deterministic generator of HAR files: same plan, same bytes.

use std::io::{self, Write};

/// What to generate.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Size to reach, bytes.
    pub bytes: u64,
    /// Size of response bodies; 0 leaves bodies out.
    pub body: usize,
    /// Every how many entries a preflight fails; 0 means never.
    pub failing_every: u64,
    /// Seed of everything that varies.
    pub seed: u64,
}

/// xorshift64*: good enough to vary sizes and texts, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }
}

/// Writes a HAR in the shape of DevTools; returns the number of entries.
pub fn generate(plan: Plan, out: &mut impl Write) -> io::Result<u64> {
    let mut random = Random(plan.seed | 1);
    let bodies = Bodies::new(plan.body, &mut random);
    let mut written = 0_u64;
    let mut entries = 0_u64;
    let head = concat!(
        r#"{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"#,
        r#""pages":[{"startedDateTime":"2026-11-24T02:00:00.000Z","id":"page_1","title":"https://app.shop.test/","pageTimings":{}}],"#,
        "\"entries\":[\n"
    );
    out.write_all(head.as_bytes())?;
    while written < plan.bytes {
        let fails = plan.failing_every > 0 && entries % plan.failing_every == plan.failing_every - 1;
        let comma = if entries == 0 { "" } else { ",\n" };
        let text = if fails { failing_pair(entries, &mut random) } else { plain(entries, &mut random, &bodies) };
        out.write_all(comma.as_bytes())?;
        out.write_all(text.as_bytes())?;
        written += (comma.len() + text.len()) as u64;
        entries += if fails { 2 } else { 1 };
    }
    out.write_all(b"\n]}}\n")?;
    Ok(entries)
}

/// Three kinds of body as JSON string contents: escaped script, base64, plain text.
struct Bodies([String; 3]);

impl Bodies {
    fn new(size: usize, random: &mut Random) -> Self {
        let mut script = String::new();
        let mut base64 = String::new();
        let mut text = String::new();
        while script.len() < size {
            script.push_str(&format!(
                "function f{}(a){{\\n  return \\\"v{}\\\" + a;\\n}}\\n",
                random.below(1000),
                random.below(100_000)
            ));
        }
        while base64.len() < size {
            let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            base64.push(char::from(alphabet[(random.next() >> 20) as usize % 64]));
        }
        while text.len() < size {
            text.push_str("{'id': 4711, 'name': 'Anna', 'items': [1, 2, 3]}, ");
        }
        Self([script, base64, text])
    }
}

fn stamp(entries: u64) -> String {
    let (minutes, seconds, millis) = (entries / 60_000 % 60, entries / 1000 % 60, entries % 1000);
    format!("2026-11-24T02:{minutes:02}:{seconds:02}.{millis:03}Z")
}

const AGENT: &str = r#"{"name":"user-agent","value":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"}"#;

fn plain(entries: u64, random: &mut Random, bodies: &Bodies) -> String {
    let kind = random.below(3) as usize;
    let content = match (&bodies.0[kind], kind) {
        (body, _) if body.is_empty() => r#"{"size":1200,"mimeType":"application/json"}"#.to_owned(),
        (body, 1) => format!(r#"{{"size":{},"mimeType":"image/png","text":"{body}","encoding":"base64"}}"#, body.len()),
        (body, _) => format!(r#"{{"size":{},"mimeType":"text/javascript","text":"{body}"}}"#, body.len()),
    };
    let (time, id, wait) = (stamp(entries), random.below(1_000_000), random.below(400));
    format!(
        concat!(
            r#"{{"_initiator":{{"type":"script","stack":{{"callFrames":[{{"functionName":"load","scriptId":"7","url":"https://app.shop.test/a.js","lineNumber":12,"columnNumber":18}}]}}}},"#,
            r#""_priority":"High","_resourceType":"fetch","cache":{{}},"connection":"443","request":{{"method":"GET","url":"https://cdn.shop.test/v1/items/{}?page={}","httpVersion":"http/2.0","#,
            r#""headers":[{{"name":":authority","value":"cdn.shop.test"}},{{"name":":method","value":"GET"}},{{"name":"accept","value":"*/*"}},{{"name":"accept-encoding","value":"gzip, deflate, br, zstd"}},"#,
            r#"{{"name":"accept-language","value":"en-US,en;q=0.9"}},{{"name":"origin","value":"https://app.shop.test"}},{{"name":"referer","value":"https://app.shop.test/"}},"#,
            r#"{{"name":"sec-fetch-dest","value":"empty"}},{{"name":"sec-fetch-mode","value":"cors"}},{{"name":"sec-fetch-site","value":"same-site"}},{}],"queryString":[{{"name":"page","value":"{}"}}],"cookies":[],"headersSize":-1,"bodySize":0}},"#,
            r#""response":{{"status":200,"statusText":"","httpVersion":"http/2.0","headers":[{{"name":"access-control-allow-origin","value":"https://app.shop.test"}},{{"name":"cache-control","value":"max-age=60"}},"#,
            r#"{{"name":"content-type","value":"application/json"}},{{"name":"date","value":"Tue, 24 Nov 2026 02:00:00 GMT"}},{{"name":"vary","value":"Origin"}},{{"name":"x-request-id","value":"{:016x}"}}],"#,
            r#""cookies":[],"content":{},"redirectURL":"","headersSize":-1,"bodySize":-1,"_transferSize":1300,"_error":null,"_fetchedViaServiceWorker":false}},"#,
            r#""serverIPAddress":"203.0.113.7","startedDateTime":"{}","time":{},"timings":{{"blocked":1.5,"dns":-1,"ssl":-1,"connect":-1,"send":0.3,"wait":{},"receive":0.4}},"_connectionId":"{}","pageref":"page_1"}}"#
        ),
        id,
        id % 50,
        AGENT,
        id % 50,
        random.next(),
        content,
        time,
        wait + 2,
        wait,
        id % 900
    )
}

/// A request that its preflight blocked, and the preflight.
fn failing_pair(entries: u64, random: &mut Random) -> String {
    let (first, second) = (stamp(entries), stamp(entries + 1));
    let id = random.below(500);
    format!(
        concat!(
            r#"{{"_initiator":{{"type":"other"}},"_priority":"High","_resourceType":"fetch","cache":{{}},"request":{{"method":"POST","url":"https://api.shop.test/v1/orders/{}","httpVersion":"","#,
            r#""headers":[{{"name":"Content-Type","value":"application/json"}},{{"name":"Referer","value":"https://app.shop.test/"}}],"queryString":[],"cookies":[],"headersSize":-1,"bodySize":22}},"#,
            r#""response":{{"status":0,"statusText":"","httpVersion":"","headers":[],"cookies":[],"content":{{"size":0,"mimeType":"x-unknown"}},"redirectURL":"","_transferSize":0,"_error":"net::ERR_FAILED"}},"#,
            r#""serverIPAddress":"","startedDateTime":"{}","time":9,"timings":{{}},"pageref":"page_1"}},"#,
            "\n",
            r#"{{"_initiator":{{"type":"preflight","url":"https://app.shop.test/a.js"}},"_priority":"High","_resourceType":"preflight","cache":{{}},"connection":"443","request":{{"method":"OPTIONS","url":"https://api.shop.test/v1/orders/{}","httpVersion":"http/2.0","#,
            r#""headers":[{{"name":"access-control-request-headers","value":"content-type"}},{{"name":"access-control-request-method","value":"POST"}},{{"name":"origin","value":"https://app.shop.test"}},{}],"queryString":[],"cookies":[],"headersSize":-1,"bodySize":0}},"#,
            r#""response":{{"status":405,"statusText":"","httpVersion":"http/2.0","headers":[{{"name":"allow","value":"GET, POST"}},{{"name":"server","value":"nginx/1.22.1"}}],"cookies":[],"content":{{"size":0,"mimeType":"x-unknown"}},"redirectURL":"","_transferSize":120,"_error":null}},"#,
            r#""serverIPAddress":"203.0.113.9","startedDateTime":"{}","time":5,"timings":{{}},"_connectionId":"9","pageref":"page_1"}}"#
        ),
        id, first, id, AGENT, second
    )
}
