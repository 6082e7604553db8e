//! Pairing: every CORS request of a capture is in exactly one pair, whatever the order of arrival.

use crate::exchanges;

use exchanges::{Recorded, browser, wire};
use proptest::prelude::*;
use std::collections::BTreeMap;
use whycors::exchange::{Exchange, NoResponse, Place, Vantage};
use whycors::pairing::{Bounds, MissingPreflight, Mode, Pair, PairKind, Pairer};

pub(crate) const PAGE: &str = "https://app.example";
pub(crate) const API: &str = "https://api.example/v1/orders";

pub(crate) fn pairs(exchanges: Vec<Exchange>) -> Vec<Pair> {
    let mut pairer = Pairer::new(Bounds::default());
    for exchange in exchanges {
        pairer.add(exchange);
    }
    pairer.finish();
    pairer.settled()
}

fn kind(pair: &Pair) -> &'static str {
    match pair.kind {
        PairKind::Preflighted { .. } => "preflighted",
        PairKind::PreflightOnly { .. } => "preflight-only",
        PairKind::Cached { .. } => "cached",
        PairKind::Simple { .. } => "simple",
        PairKind::Unexplained { .. } => "unexplained",
    }
}

/// Index of every exchange of a pair.
fn members(pair: &Pair) -> Vec<Place> {
    let mut places = Vec::new();
    places.extend(pair.preflight().map(|preflight| preflight.exchange().place));
    places.extend(pair.actual().map(|actual| actual.place));
    places.extend(pair.inner_hops.iter().map(|hop| hop.place));
    places.extend(pair.repeats.iter().map(|repeat| repeat.place));
    places
}

#[test]
fn a_browsers_file_lists_the_actual_request_before_its_preflight() {
    let found = pairs(vec![
        browser(0).actual("POST", API, PAGE, &["content-type"]).at(100).took(40).status(200).allow(PAGE).build(),
        browser(1).preflight("POST", API, PAGE, "content-type").at(101).took(20).status(204).allow(PAGE).build(),
    ]);
    assert_eq!(found.iter().map(kind).collect::<Vec<_>>(), ["preflighted"]);
}

#[test]
fn on_the_wire_the_preflight_comes_first() {
    let found = pairs(vec![
        wire(0).preflight("PUT", API, PAGE, "").at(100).took(5).status(204).allow(PAGE).methods("PUT").build(),
        wire(1).actual("PUT", API, PAGE, &[]).at(106).took(5).status(200).allow(PAGE).build(),
    ]);
    assert_eq!(found.iter().map(kind).collect::<Vec<_>>(), ["preflighted"]);
}

#[test]
fn a_retry_without_the_header_is_another_pair() {
    // First with a custom header (refused), then without: a simple request.
    let found = pairs(vec![
        browser(0)
            .actual("GET", API, PAGE, &["x-trace"])
            .provisional()
            .at(0)
            .took(30)
            .failed(NoResponse::Blocked)
            .build(),
        browser(1).preflight("GET", API, PAGE, "x-trace").at(1).took(20).status(204).allow(PAGE).build(),
        browser(2).actual("GET", API, PAGE, &[]).at(50).took(20).status(200).build(),
    ]);
    let mut kinds: Vec<_> = found.iter().map(|pair| (kind(pair), members(pair).len())).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, [("preflighted", 2), ("simple", 1)]);
}

#[test]
fn parallel_requests_to_one_url_get_one_preflight_each() {
    let mut capture = Vec::new();
    for index in 0..4 {
        let at = i64::from(index);
        capture.push(browser(index * 2).actual("PUT", API, PAGE, &[]).at(at).took(60).status(200).allow(PAGE).build());
        capture.push(
            browser(index * 2 + 1)
                .preflight("PUT", API, PAGE, "")
                .at(at + 1)
                .took(20)
                .status(204)
                .allow(PAGE)
                .methods("PUT")
                .build(),
        );
    }
    let found = pairs(capture);
    assert_eq!(found.iter().map(kind).collect::<Vec<_>>(), ["preflighted"; 4]);
}

#[test]
fn a_later_request_within_max_age_is_covered_and_one_after_it_is_not() {
    let preflight =
        |index, at| wire(index).preflight("PUT", API, PAGE, "").at(at).took(1).status(204).allow(PAGE).methods("PUT");
    let put = |index, at| wire(index).actual("PUT", API, PAGE, &[]).at(at).took(1).status(200).allow(PAGE).build();
    let found = pairs(vec![
        preflight(0, 0).header("access-control-max-age", "20").build(),
        put(1, 2),
        put(2, 10_000),
        put(3, 60_000),
    ]);
    assert_eq!(found.iter().map(kind).collect::<Vec<_>>(), ["preflighted", "cached", "unexplained"]);
    // Without Max-Age a result is kept for five seconds.
    let found = pairs(vec![preflight(0, 0).build(), put(1, 2), put(2, 3_000), put(3, 9_000)]);
    assert_eq!(found.iter().map(kind).collect::<Vec<_>>(), ["preflighted", "cached", "unexplained"]);
}

#[test]
fn a_file_of_preflights_only_is_judged_on_its_own() {
    let found = pairs(
        (0..3)
            .map(|index| {
                browser(index)
                    .preflight("PUT", API, PAGE, "")
                    .at(i64::from(index) * 10)
                    .took(5)
                    .status(204)
                    .allow(PAGE)
                    .build()
            })
            .collect(),
    );
    assert_eq!(found.iter().map(kind).collect::<Vec<_>>(), ["preflight-only"; 3]);
}

#[test]
fn a_preflight_that_fails_on_the_wire_takes_no_later_request() {
    let found = pairs(vec![
        wire(0).preflight("PUT", API, PAGE, "").at(0).took(5).status(405).build(),
        wire(1).preflight("PUT", API, PAGE, "").at(1_000).took(5).status(204).allow(PAGE).methods("PUT").build(),
        wire(2).actual("PUT", API, PAGE, &[]).at(1_010).took(5).status(200).allow(PAGE).build(),
    ]);
    assert_eq!(found.iter().map(kind).collect::<Vec<_>>(), ["preflight-only", "preflighted"]);
}

#[test]
fn a_preflight_repeated_after_a_reset_belongs_to_the_same_request() {
    let found = pairs(vec![
        wire(0).preflight("POST", API, PAGE, "content-type").at(0).took(2).failed(NoResponse::Reset).build(),
        wire(1).preflight("POST", API, PAGE, "content-type").at(10).took(2).failed(NoResponse::Reset).build(),
    ]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].repeats.len(), 1);
}

#[test]
fn a_request_that_the_browser_sent_again_is_one_request_with_the_outcome_of_the_last_try() {
    let lost = |index, at, how| wire(index).actual("PUT", API, PAGE, &[]).at(at).took(2).failed(how);
    let found = pairs(vec![
        wire(0).preflight("PUT", API, PAGE, "").at(0).took(5).status(204).allow(PAGE).methods("PUT").build(),
        lost(1, 10, NoResponse::Closed).build(),
        lost(2, 20, NoResponse::Reset).build(),
        wire(3).actual("PUT", API, PAGE, &[]).at(30).took(5).status(200).allow(PAGE).build(),
    ]);
    assert_eq!(found.iter().map(kind).collect::<Vec<_>>(), ["preflighted"]);
    assert_eq!(found[0].actual().map(|actual| actual.place), Some(wire(3).build().place));
    assert_eq!(members(&found[0]).len(), 4);
}

#[test]
fn what_the_page_itself_asks_again_is_another_request() {
    let lost = |index, at| wire(index).actual("GET", API, PAGE, &[]).at(at).took(2).failed(NoResponse::Reset);
    let good = |index, at| wire(index).actual("GET", API, PAGE, &[]).at(at).took(2).status(200).allow(PAGE);
    // Later than a browser repeats, before the first was lost, with an answer to the first, by another page.
    for later in [
        vec![lost(0, 0).build(), good(1, 3_000).build()],
        vec![lost(0, 10).build(), good(1, 11).build()],
        vec![good(0, 0).build(), good(1, 10).build()],
        vec![lost(0, 0).build(), wire(1).actual("GET", API, "https://other.test", &[]).at(9).status(200).build()],
    ] {
        assert_eq!(pairs(later).len(), 2);
    }
    // With a preflight of its own the page asked.
    let lost = |index, at| wire(index).actual("PUT", API, PAGE, &[]).at(at).took(2).failed(NoResponse::Reset);
    let found = pairs(vec![
        wire(0).preflight("PUT", API, PAGE, "").at(0).took(5).status(204).allow(PAGE).methods("PUT").build(),
        lost(1, 10).build(),
        wire(2).preflight("PUT", API, PAGE, "").at(20).took(5).status(204).allow(PAGE).methods("PUT").build(),
        lost(3, 30).build(),
    ]);
    assert_eq!(found.iter().map(kind).collect::<Vec<_>>(), ["preflighted", "preflighted"]);
}

#[test]
fn an_inner_hop_joins_the_outer_one() {
    let inner =
        wire(1).actual("GET", "http://backend:8080/v1/orders", PAGE, &[]).header_in("x-forwarded-for", "10.0.0.1");
    let found = pairs(vec![
        inner.at(2).took(5).status(200).on("10.0.0.9:8080").build(),
        wire(0).actual("GET", API, PAGE, &[]).tls().at(0).took(10).status(200).allow(PAGE).build(),
    ]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].inner_hops.len(), 1);
    assert_eq!(&*found[0].url, API);
    assert_eq!(found[0].behind_proxy, None);
}

#[test]
fn an_inner_hop_alone_says_so() {
    let inner = wire(0).actual("GET", "http://backend:8080/v1/orders", PAGE, &[]).header_in("via", "1.1 lb");
    let found = pairs(vec![inner.at(2).took(5).status(200).build()]);
    assert_eq!(found[0].behind_proxy, Some("via"));
}

#[test]
fn a_redirect_chain_knows_its_hops_and_its_page() {
    let found = pairs(vec![
        browser(0)
            .actual("GET", API, PAGE, &[])
            .at(0)
            .took(10)
            .status(302)
            .allow(PAGE)
            .header("location", "https://login.example/sso")
            .build(),
        browser(1).actual("GET", "https://login.example/sso", "null", &[]).at(11).took(10).status(200).build(),
    ]);
    assert_eq!(found.len(), 2);
    assert_eq!(found[1].redirected_from.len(), 1);
    assert_eq!(found[1].page.as_ref().map(ToString::to_string).as_deref(), Some(PAGE));
}

#[test]
fn an_exporter_that_hides_preflights_is_named_as_the_reason() {
    let found = pairs(vec![
        Recorded::new(&exchanges::HIDES_PREFLIGHTS, 0).actual("PUT", API, PAGE, &[]).at(0).took(5).status(200).build(),
    ]);
    assert!(matches!(found[0].kind, PairKind::Unexplained { why: MissingPreflight::Hidden, .. }));
}

#[test]
fn same_origin_navigations_and_no_cors_are_no_cors_requests() {
    let same = browser(0).actual("POST", "https://app.example/x", PAGE, &[]).at(0).took(1).status(200).build();
    let navigation = browser(1)
        .actual("POST", API, PAGE, &[])
        .header_in("sec-fetch-mode", "navigate")
        .at(1)
        .took(1)
        .status(200)
        .build();
    let image = browser(2)
        .actual("GET", API, PAGE, &[])
        .header_in("sec-fetch-mode", "no-cors")
        .at(2)
        .took(1)
        .status(200)
        .build();
    let socket =
        wire(3).actual("GET", API, PAGE, &[]).header_in("upgrade", "websocket").at(3).took(1).status(200).build();
    assert!(pairs(vec![same, navigation, image, socket]).is_empty());
}

#[test]
fn behind_tls_offload_nothing_is_judged() {
    let mut pairer = Pairer::new(Bounds::default());
    pairer.add(wire(0).actual("POST", "http://app.example:8080/x", PAGE, &[]).at(0).took(1).status(200).build());
    pairer.finish();
    assert!(pairer.settled().is_empty());
    assert_eq!(pairer.counts().not_judged.get("behind-tls-offload"), Some(&1));
}

#[test]
fn two_ports_of_one_host_in_the_clear_are_two_origins() {
    let page = "http://app.example:3000";
    let answered = wire(0).actual("POST", "http://app.example:8080/x", page, &[]).at(0).took(1).status(200).build();
    assert_eq!(pairs(vec![answered]).len(), 1);
}

#[test]
fn a_cookie_proves_the_mode_and_its_absence_proves_nothing() {
    let with = browser(0).actual("GET", API, PAGE, &[]).header_in("cookie", "sid=1").at(0).took(1).status(200).build();
    let without = wire(0).actual("GET", API, PAGE, &[]).at(0).took(1).status(200).build();
    assert_eq!(pairs(vec![with])[0].credentials.mode, Mode::Include);
    assert_eq!(pairs(vec![without])[0].credentials.mode, Mode::Unknown);
}

#[test]
fn what_the_browser_did_after_a_wildcard_tells_the_mode() {
    // Refused although `*` is fine without credentials: they were included.
    let refused = pairs(vec![
        browser(0).actual("PUT", API, PAGE, &[]).provisional().at(0).took(30).failed(NoResponse::Blocked).build(),
        browser(1).preflight("PUT", API, PAGE, "").at(1).took(20).status(204).allow("*").methods("PUT").build(),
    ]);
    assert_eq!((refused[0].credentials.mode, refused[0].credentials.certain), (Mode::Include, false));
    // Sent after such a preflight: they were not.
    let sent = pairs(vec![
        wire(0).preflight("PUT", API, PAGE, "").at(1).took(20).status(204).allow("*").methods("PUT").build(),
        wire(1).actual("PUT", API, PAGE, &[]).at(25).took(30).status(200).allow("*").build(),
    ]);
    assert_eq!((sent[0].credentials.mode, sent[0].credentials.certain), (Mode::NotInclude, true));
}

#[test]
fn a_request_that_got_no_answer_was_sent_all_the_same() {
    let found = pairs(vec![
        wire(0).preflight("PUT", API, PAGE, "").at(1).took(20).status(204).allow("*").methods("PUT").build(),
        wire(1).actual("PUT", API, PAGE, &[]).at(25).took(30).failed(NoResponse::Closed).build(),
    ]);
    assert_eq!((found[0].credentials.mode, found[0].credentials.certain), (Mode::NotInclude, true));
}

#[test]
fn a_refused_preflight_does_not_take_the_request_of_the_next_try() {
    // With credentials `*` is refused; six seconds later the page tries again without.
    let found = pairs(vec![
        wire(0).preflight("PUT", API, PAGE, "").at(0).took(5).status(204).allow("*").methods("PUT").build(),
        wire(1).preflight("PUT", API, PAGE, "").at(6000).took(5).status(204).allow("*").methods("PUT").build(),
        wire(2).actual("PUT", API, PAGE, &[]).at(6006).took(5).status(200).allow("*").build(),
    ]);
    let kinds: Vec<_> = found.iter().map(|pair| (kind(pair), members(pair).len())).collect();
    assert_eq!(kinds, [("preflight-only", 1), ("preflighted", 2)]);
    assert_eq!(found[1].preflight().unwrap().exchange().place, Place::Frame { input: 0, frame: 2, stream: 1 });
}

#[test]
fn a_refused_preflight_does_not_take_a_request_that_a_later_one_covers() {
    let found = pairs(vec![
        wire(0).preflight("PUT", API, PAGE, "").at(0).took(5).status(204).allow("*").methods("PUT").build(),
        wire(1).preflight("PUT", API, PAGE, "").at(3000).took(5).status(204).allow("*").methods("PUT").build(),
        wire(2).actual("PUT", API, PAGE, &[]).at(3006).took(5).status(200).allow("*").build(),
        wire(3).actual("PUT", API, PAGE, &[]).at(3500).took(5).status(200).allow("*").build(),
    ]);
    let kinds: Vec<&str> = found.iter().map(kind).collect();
    assert_eq!(kinds, ["preflight-only", "preflighted", "cached"]);
}

#[test]
fn waiting_candidates_are_capped_and_counted() {
    let bounds = Bounds { waiting: 8, ..Bounds::default() };
    let mut pairer = Pairer::new(bounds);
    for index in 0..50 {
        let url = format!("https://api.example/{index}");
        pairer.add(browser(index).actual("GET", &url, PAGE, &[]).at(i64::from(index)).took(1).status(200).build());
    }
    assert!(pairer.counts().settled_early > 0);
    pairer.finish();
    assert_eq!(pairer.settled().len(), 50);
}

#[test]
fn waiting_candidates_are_bounded_by_their_memory_too() {
    let settled_early = |waiting_bytes| {
        let mut pairer = Pairer::new(Bounds { waiting_bytes, ..Bounds::default() });
        for index in 0..50 {
            let url = format!("https://api.example/{index}");
            pairer.add(browser(index).actual("GET", &url, PAGE, &[]).at(i64::from(index)).took(1).status(200).build());
        }
        let early = pairer.counts().settled_early;
        pairer.finish();
        assert_eq!(pairer.settled().len(), 50);
        early
    };
    assert!(settled_early(4096) > 0);
    assert_eq!(settled_early(Bounds::default().waiting_bytes), 0);
}

#[test]
fn a_long_capture_settles_behind_its_own_clock() {
    let mut pairer = Pairer::new(Bounds::default());
    for index in 0..200 {
        let at = i64::from(index) * 1_000;
        pairer.add(wire(index).actual("GET", API, PAGE, &[]).at(at).took(1).status(200).build());
    }
    let early = pairer.settled().len();
    assert!(early > 100, "only {early} of 200 settled before the end");
    pairer.finish();
    assert_eq!(early + pairer.settled().len(), 200);
}

#[test]
fn a_preflight_whose_request_comes_minutes_later_is_no_reason_to_wait_for_ever() {
    for late in [31_000, 61_000, 600_000] {
        let mut pairer = Pairer::new(Bounds::default());
        pairer
            .add(wire(0).preflight("PUT", API, PAGE, "").at(0).took(20).status(204).allow("*").methods("PUT").build());
        for index in 0..3 {
            let at = late + i64::from(index) * 10;
            pairer.add(wire(1 + index).actual("PUT", API, PAGE, &[]).at(at).took(5).status(200).allow("*").build());
        }
        pairer.finish();
        assert!(pairer.settled().len() >= 3, "{late}");
    }
}

/// A random capture of either vantage: requests to two URLs, preflighted or not.
fn capture() -> impl Strategy<Value = Vec<Exchange>> {
    capture_with_gaps(Just(137))
}

/// The same with so many milliseconds between requests.
fn capture_with_gaps(gaps: impl Strategy<Value = i64>) -> impl Strategy<Value = Vec<Exchange>> {
    let one = (0..2_usize, 0..4_usize, 0..5_usize, any::<bool>(), 0..3_u8);
    (any::<bool>(), gaps, prop::collection::vec(one, 1..40)).prop_map(|(is_browser, gap, steps)| {
        let mut exchanges = Vec::new();
        for (number, (url, method, status, with_preflight, headers)) in steps.into_iter().enumerate() {
            let url = ["https://api.example/a", "https://api.example/b"][url];
            let method = ["GET", "POST", "PUT", "DELETE"][method];
            let status = [200_u16, 204, 405, 500, 0][status];
            let names: &[&str] = [&[][..], &["x-a"][..], &["x-a", "x-b"][..]][usize::from(headers)];
            let at = i64::try_from(number).unwrap_or(i64::MAX) * gap;
            let index = u32::try_from(exchanges.len()).unwrap_or(u32::MAX);
            let new = |index| if is_browser { browser(index) } else { wire(index) };
            if with_preflight {
                let preflight = new(index + 1).preflight(method, url, PAGE, &names.join(",")).at(at + 1).took(10);
                let preflight = if status == 0 {
                    preflight.failed(NoResponse::Reset)
                } else {
                    preflight.status(status).allow(PAGE).methods("*")
                };
                exchanges.push(preflight.build());
            }
            let actual = new(index).actual(method, url, PAGE, names).at(at + if is_browser { 0 } else { 20 }).took(40);
            let actual = if status == 0 { actual.failed(NoResponse::Reset) } else { actual.status(status).allow(PAGE) };
            exchanges.push(actual.build());
        }
        exchanges
    })
}

/// What a pair is, without its number.
fn signature(pair: &Pair) -> (String, Vec<Place>) {
    let mut places = members(pair);
    places.sort_unstable();
    (kind(pair).to_owned(), places)
}

proptest! {
    // Half of all captures hold such a preflight as the last property passes over.
    #![proptest_config(ProptestConfig { max_global_rejects: u32::MAX, ..ProptestConfig::default() })]

    #[test]
    fn every_cors_request_is_in_exactly_one_pair(capture in capture_with_gaps(prop::sample::select(vec![0, 137, 9000, 45_000, 500_000]))) {
        let places: Vec<Place> = capture.iter().map(|exchange| exchange.place).collect();
        let mut seen: BTreeMap<Place, usize> = BTreeMap::new();
        for pair in pairs(capture) {
            for place in members(&pair) {
                *seen.entry(place).or_default() += 1;
            }
        }
        for place in &places {
            prop_assert_eq!(seen.get(place), Some(&1), "{:?}", place);
        }
        prop_assert_eq!(seen.len(), places.len());
    }

    #[test]
    fn the_order_of_arrival_changes_nothing(
        (in_order, shuffled) in capture().prop_flat_map(|capture| (Just(capture.clone()), Just(capture).prop_shuffle()))
    ) {
        // A preflight that fails on the wire is shown at once; packets come in the order of completion, so what
        // it repeats came before it. A shuffle cannot keep that promise.
        let shown_at_once = |exchange: &Exchange| {
            exchange.recorder.vantage == Vantage::Wire
                && exchange.is_preflight()
                && exchange.head().is_some_and(|response| response.status >= 400)
        };
        prop_assume!(!in_order.iter().any(shown_at_once));
        let mut left: Vec<_> = pairs(in_order).iter().map(signature).collect();
        let mut right: Vec<_> = pairs(shuffled).iter().map(signature).collect();
        left.sort();
        right.sort();
        prop_assert_eq!(left, right);
    }
}
