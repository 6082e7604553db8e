//! Several requests on one URL: which preflight was whose, by what the entries show of each other.

use crate::exchanges;

use exchanges::{BROWSER, Recorded, WIRE, browser, speaker, wire};
use whycors::exchange::{Exchange, FailureMark, Listing, NoResponse, Place, Recorder, Vantage};
use whycors::pairing::{Bounds, Mode, Pair, PairKind, Pairer};

const PAGE: &str = "https://app.example";
const API: &str = "https://api.example/v1/orders";

/// A proxy's file, whose entries last until their bodies are through.
static PROXY: Recorder = Recorder {
    id: "test-proxy",
    name: "a proxy",
    vantage: Vantage::Proxy,
    preflights: Listing::Always,
    failures: Listing::Sometimes,
    failure_mark: FailureMark::Text,
    duplicates: WIRE.duplicates,
    marks_delivery: false,
};

fn pairs(exchanges: Vec<Exchange>) -> Vec<Pair> {
    let mut pairer = Pairer::new(Bounds::default());
    for exchange in exchanges {
        pairer.add(exchange);
    }
    pairer.finish();
    pairer.settled()
}

fn index(exchange: &Exchange) -> u32 {
    match exchange.place {
        Place::Entry { index, .. } => index,
        Place::Frame { stream, .. } => stream,
    }
}

/// Request and preflight of every pair that has both, by their indices, in order of the request.
fn together(exchanges: Vec<Exchange>) -> Vec<(u32, u32)> {
    let both = |pair: &Pair| Some((index(pair.actual()?), index(pair.preflight()?.exchange())));
    let mut found: Vec<_> = pairs(exchanges).iter().filter_map(both).collect();
    found.sort_unstable();
    found
}

/// A request that was refused, as a page's file lists it.
fn refused(at_index: u32, names: &[&str], at: i64, took: u64) -> Exchange {
    let actual = browser(at_index).actual("PUT", API, PAGE, names).provisional();
    actual.at(at).took(took).failed(NoResponse::Blocked).build()
}

fn preflight(at_index: u32, names: &str, at: i64, took: u64) -> Recorded {
    browser(at_index).preflight("PUT", API, PAGE, names).at(at).took(took)
}

fn delivered(at_index: u32, names: &[&str], at: i64, took: u64) -> Exchange {
    browser(at_index).actual("PUT", API, PAGE, names).at(at).took(took).status(200).allow(PAGE).build()
}

#[test]
fn names_decide_before_times() {
    // The preflights come in the reverse order of their requests.
    let found = together(vec![
        refused(0, &["x-a"], 0, 100),
        refused(1, &["x-a", "x-b"], 2, 100),
        refused(2, &["x-b"], 4, 100),
        preflight(3, "x-b", 5, 50).status(204).allow(PAGE).build(),
        preflight(4, "x-a,x-b", 6, 50).status(204).allow(PAGE).build(),
        preflight(5, "x-a", 7, 50).status(204).allow(PAGE).build(),
    ]);
    assert_eq!(found, [(0, 5), (1, 4), (2, 3)]);
}

#[test]
fn names_decide_in_both_directions() {
    // Nothing is asked for the first: only what the second shows besides tells them apart.
    let found = together(vec![
        delivered(0, &[], 0, 200),
        delivered(1, &["x-a"], 2, 200),
        preflight(2, "x-a", 3, 60).status(204).allow(PAGE).methods("PUT").build(),
        preflight(3, "", 4, 60).status(204).allow(PAGE).methods("PUT").build(),
    ]);
    assert_eq!(found, [(0, 3), (1, 2)]);
}

#[test]
fn a_preflight_that_died_belongs_to_the_request_with_its_error() {
    let failed = |at_index, at, error: &str| {
        let mut exchange = refused(at_index, &[], at, 40);
        exchange.note.error = Some(speaker(error));
        exchange
    };
    let mut died = preflight(2, "", 5, 20).failed(NoResponse::TlsFailure).build();
    died.note.error = Some(speaker("net::ERR_SSL_PROTOCOL_ERROR"));
    let found = together(vec![
        failed(0, 0, "net::ERR_FAILED"),
        failed(1, 1, "net::ERR_SSL_PROTOCOL_ERROR"),
        died,
        preflight(3, "", 6, 20).status(405).build(),
    ]);
    assert_eq!(found, [(0, 3), (1, 2)]);
}

#[test]
fn an_error_of_the_network_shows_that_the_preflight_was_accepted() {
    let mut reset = refused(0, &[], 0, 60);
    reset.note.error = Some(speaker("net::ERR_CONNECTION_RESET"));
    let found = together(vec![
        reset,
        refused(1, &[], 1, 60),
        preflight(2, "", 3, 20).status(405).build(),
        preflight(3, "", 4, 20).status(204).allow(PAGE).methods("PUT").build(),
    ]);
    assert_eq!(found, [(0, 3), (1, 2)]);
}

#[test]
fn a_preflight_lies_inside_the_time_of_its_request() {
    let found = together(vec![
        refused(0, &[], 0, 100),
        refused(1, &[], 1, 20),
        preflight(2, "", 2, 90).status(500).build(),
        preflight(3, "", 3, 15).status(404).build(),
    ]);
    assert_eq!(found, [(0, 2), (1, 3)]);
}

#[test]
fn of_equal_requests_the_order_is_kept() {
    let mut capture = Vec::new();
    for number in 0..5_u32 {
        let at = i64::from(number);
        capture.push(refused(number, &["x-a"], at, 100));
        capture.push(preflight(10 + number, "x-a", at + 5, 60).status(405).build());
    }
    assert_eq!(together(capture), [(0, 10), (1, 11), (2, 12), (3, 13), (4, 14)]);
    // Recorders count in milliseconds: what starts in the same one keeps the order of the file.
    let capture = (0..4_u32).flat_map(|number| {
        [refused(number, &["x-a"], i64::from(number), 100), preflight(10 + number, "x-a", 8, 60).status(405).build()]
    });
    assert_eq!(together(capture.collect()), [(0, 10), (1, 11), (2, 12), (3, 13)]);
}

#[test]
fn a_request_that_starts_inside_its_preflights_time_is_its() {
    for recorder in [&BROWSER, &PROXY] {
        let new = |index| Recorded::new(recorder, index);
        let mut capture = Vec::new();
        for number in 0..3_u32 {
            let at = i64::from(number) * 1000;
            let preflight = new(2 * number).preflight("PUT", API, PAGE, "").at(at).took(250).status(204);
            capture.push(preflight.allow(PAGE).methods("PUT").build());
            let actual = new(2 * number + 1).actual("PUT", API, PAGE, &[]).at(at + 140).took(50).status(200);
            capture.push(actual.allow(PAGE).build());
        }
        assert_eq!(together(capture), [(1, 0), (3, 2), (5, 4)], "{}", recorder.name);
    }
    // On the wire the answer to the preflight comes first.
    let capture = vec![
        wire(0).preflight("PUT", API, PAGE, "").at(0).took(250).status(204).allow(PAGE).methods("PUT").build(),
        wire(1).actual("PUT", API, PAGE, &[]).at(140).took(50).status(200).allow(PAGE).build(),
    ];
    assert_eq!(together(capture), []);
}

#[test]
fn a_request_without_origin_pairs_by_the_rest() {
    for recorder in [&BROWSER, &PROXY] {
        let new = |index| Recorded::new(recorder, index);
        let asked = new(0).preflight("POST", API, PAGE, "content-type").at(0).took(60).status(204).allow("*").build();
        let request = |referer: &str| {
            let mut actual = new(1).actual("POST", API, PAGE, &["content-type"]).at(-1).took(50).status(200).build();
            let kept = [("referer", referer), ("content-type", "application/json")];
            actual.request.headers = whycors::exchange::Headers::from_pairs(kept);
            actual
        };
        assert_eq!(together(vec![asked.clone(), request("https://app.example/")]), [(1, 0)], "{}", recorder.name);
        assert_eq!(together(vec![asked, request("https://other.example/")]), [], "{}", recorder.name);
        // Alone it may have been anything: nothing tells that it crossed origins.
        assert_eq!(pairs(vec![request("https://app.example/")]).len(), 0, "{}", recorder.name);
    }
}

#[test]
fn what_needs_no_preflight_is_simple_whatever_else_is_asked_on_its_url() {
    let mut capture = vec![browser(0).actual("GET", API, PAGE, &[]).at(0).took(40).status(200).allow(PAGE).build()];
    capture.push(
        browser(1).actual("GET", API, PAGE, &[]).provisional().at(1).took(40).failed(NoResponse::Blocked).build(),
    );
    capture.push(browser(2).preflight("GET", API, PAGE, "x-a").at(2).took(20).status(405).build());
    let found = pairs(capture);
    let simple = found.iter().filter(|pair| matches!(pair.kind, PairKind::Simple { .. })).count();
    assert_eq!((simple, found.len()), (2, 3));
}

#[test]
fn a_sandboxed_frame_or_a_frame_of_another_site_is_not_excluded_by_the_page() {
    let of_page = |at_index, at| {
        let mut actual = refused(at_index, &[], at, 40);
        actual.request.headers = whycors::exchange::Headers::new();
        actual.request.headers.mark_incomplete();
        actual.note.page = Some("https://app.example/index".into());
        actual
    };
    for origin in ["null", "https://frame.example"] {
        let asked = browser(1).preflight("PUT", API, origin, "").at(2).took(20).status(405).build();
        assert_eq!(together(vec![of_page(0, 0), asked]), [(0, 1)], "{origin}");
    }
}

#[test]
fn ten_thousand_requests_on_one_url_are_paired_in_order_and_in_time() {
    let mut capture = Vec::new();
    for number in 0..5000_u32 {
        let at = i64::from(number);
        capture.push(delivered(2 * number, &["x-a"], at, 100));
        let asked = preflight(2 * number + 1, "x-a", at + 1, 50).status(204).allow(PAGE).methods("PUT");
        capture.push(asked.build());
    }
    let begun = std::time::Instant::now();
    let found = together(capture);
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    assert_eq!(found.len(), 5000);
    assert!(found.iter().all(|(request, preflight)| request + 1 == *preflight), "{:?}", found.get(..9));
}

/// A GET of Chromium to another site over https.
fn get() -> Recorded {
    wire(0).actual("GET", API, PAGE, &[]).tls().at(0).took(10).status(200)
}

fn mode(exchange: Recorded) -> Mode {
    pairs(vec![exchange.build()]).remove(0).credentials.mode
}

#[test]
fn the_request_itself_may_show_the_mode() {
    let chrome = |version: &str| format!("Mozilla/5.0 AppleWebKit/537.36 Chrome/{version}.0.0.0 Safari/537.36");
    let cross = |request: Recorded, version: &str| {
        request
            .header_in("sec-fetch-site", "cross-site")
            .header_in("sec-fetch-mode", "cors")
            .header_in("user-agent", &chrome(version))
    };
    assert_eq!(mode(get().header_in("sec-fetch-storage-access", "none")), Mode::Include);
    assert_eq!(mode(cross(get(), "156")), Mode::NotInclude);
    // Where it says nothing: an older Chromium, another engine, in the clear, the page's own site, no Sec-Fetch-Site.
    assert_eq!(mode(cross(get(), "132")), Mode::Unknown);
    let firefox = get().header_in("user-agent", "Mozilla/5.0 (X11; rv:153.0) Gecko/20100101 Firefox/153.0");
    let firefox = firefox.header_in("sec-fetch-site", "cross-site").header_in("sec-fetch-mode", "cors");
    assert_eq!(mode(firefox), Mode::Unknown);
    let clear = wire(0).actual("GET", "http://api.example/x", "http://app.test", &[]).at(0).took(1).status(200);
    assert_eq!(mode(cross(clear, "156")), Mode::Unknown);
    let own = wire(0).actual("GET", "https://api.shop.example/x", "https://app.shop.example", &[]).tls();
    assert_eq!(mode(cross(own.at(0).took(1).status(200), "156")), Mode::Unknown);
    assert_eq!(mode(get().header_in("user-agent", &chrome("156"))), Mode::Unknown);
    let opaque = wire(0).actual("GET", API, "null", &[]).tls().at(0).took(1).status(200);
    assert_eq!(mode(cross(opaque, "156")), Mode::Unknown);
    // Fonts are asked for without, beacons with.
    assert_eq!(mode(get().header_in("sec-fetch-dest", "font")), Mode::NotInclude);
    assert_eq!(mode(get().header_in("cookie", "sid=1")), Mode::Include);
}

#[test]
fn clients_that_are_no_browser_and_extensions_are_not_bound() {
    let counted = |exchange: Exchange| {
        let mut pairer = Pairer::new(Bounds::default());
        pairer.add(exchange);
        pairer.finish();
        (pairer.settled().len(), pairer.counts().not_judged.keys().copied().collect::<Vec<_>>())
    };
    for agent in ["okhttp/4.12.0", "PostmanRuntime/7.39.0", "insomnia/9.3.0", "Shop/7 CFNetwork/1494 Darwin/23.4.0"] {
        assert_eq!(counted(get().header_in("user-agent", agent).build()), (0, vec!["no-browser"]), "{agent}");
    }
    // One that makes preflights plays a browser.
    let program = |request: Recorded| request.header_in("user-agent", "okhttp/4.12.0");
    let asked = program(wire(0).preflight("PUT", API, PAGE, "")).at(0).took(5).status(204).allow("*").methods("PUT");
    let sent = program(wire(1).actual("PUT", API, PAGE, &[])).at(6).took(5).status(200).allow("*").build();
    assert_eq!(together(vec![asked.build(), sent]), [(1, 0)]);
    let extension = "chrome-extension://abcdefghijklmnop";
    let of = |recorder: &'static Recorder| {
        Recorded::new(recorder, 0).actual("GET", API, extension, &[]).tls().at(0).took(1).status(200)
    };
    assert_eq!(counted(of(&WIRE).build()), (0, vec!["browser-extension"]));
    // One that the browser refused was bound, and so is one that a preflight was made for.
    let mut refused = of(&BROWSER).build();
    refused.note.error = Some(speaker("net::ERR_FAILED"));
    assert_eq!(counted(refused), (1, vec![]));
    let asked =
        wire(0).preflight("PUT", API, extension, "").at(0).took(5).status(204).allow("*").methods("PUT").build();
    let sent = wire(1).actual("PUT", API, extension, &[]).at(6).took(5).status(200).allow("*").build();
    assert_eq!(together(vec![asked, sent]), [(1, 0)]);
}

#[test]
fn names_that_chrome_adds_itself_need_no_preflight() {
    let names = ["x-browser-channel", "x-browser-copyright", "x-browser-validation", "x-browser-year", "x-client-data"];
    let found = pairs(vec![browser(0).actual("GET", API, PAGE, &names).at(0).took(1).status(200).allow("*").build()]);
    assert!(matches!(found[0].kind, PairKind::Simple { .. }), "{found:?}");
}
