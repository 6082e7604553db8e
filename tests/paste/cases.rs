//! Failing requests with an attack in one place each, as the entries of a HAR.

use crate::stacks::{STACKS, Sign, languages};
use serde_json::{Value, json};

pub(crate) const ORIGIN: &str = "https://app.shop.test";
/// A value that no output needs, but that a placeholder of a server would bring in.
pub(crate) const COOKIE: &str = "cookie-of-a-user=1";

/// Where a file may hold something that a writer did not expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Origin,
    Method,
    HeaderName,
    HeaderValue,
    Path,
    Query,
    Host,
    StatusText,
    Server,
    AllowOrigin,
    AllowMethods,
    AllowHeaders,
    Vary,
    Location,
}

impl Place {
    pub(crate) const ALL: [Self; 14] = [
        Self::Origin,
        Self::Method,
        Self::HeaderName,
        Self::HeaderValue,
        Self::Path,
        Self::Query,
        Self::Host,
        Self::StatusText,
        Self::Server,
        Self::AllowOrigin,
        Self::AllowMethods,
        Self::AllowHeaders,
        Self::Vary,
        Self::Location,
    ];

    /// The ways of failing in which what stands at this place is read most.
    fn ways(self) -> &'static [Way] {
        match self {
            Self::AllowOrigin => &[Way::Mismatch, Way::Twice],
            Self::AllowMethods => &[Way::Method, Way::Header],
            Self::AllowHeaders => &[Way::Header, Way::Method],
            Self::HeaderValue => &[Way::Actual, Way::Wildcard],
            Self::Location => &[Way::Redirect, Way::ActualRedirect],
            _ => &Way::ALL,
        }
    }
}

/// How a request fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Missing,
    Mismatch,
    Wildcard,
    Method,
    Header,
    Twice,
    Login,
    Actual,
    Redirect,
    ActualRedirect,
    Network,
}

impl Way {
    /// Whether what has to be tried afterwards is the same request.
    pub(crate) fn asks_again(self) -> bool {
        !matches!(self, Self::Redirect | Self::ActualRedirect)
    }

    pub(crate) const ALL: [Self; 11] = [
        Self::Missing,
        Self::Mismatch,
        Self::Method,
        Self::Header,
        Self::Actual,
        Self::Twice,
        Self::Wildcard,
        Self::Login,
        Self::Redirect,
        Self::ActualRedirect,
        Self::Network,
    ];
}

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) stack: &'static str,
    sign: Sign,
    pub(crate) way: Way,
    pub(crate) place: Place,
    /// None: an honest request.
    pub(crate) attack: Option<String>,
    pub(crate) origin: String,
    pub(crate) method: String,
    pub(crate) header: String,
    value: String,
    target: String,
    host: String,
    /// What the server allows where that is not enough: an origin, methods, names; and its Vary.
    own: [&'static str; 4],
}

/// Other things that honest servers allow; their configurations have other shapes.
const OWN: [[&str; 4]; 5] = [
    ["https://app.shop.test/", "GET", "", ""],
    ["app.shop.test", "*", "*", ""],
    ["null", "", "x-b", "Accept"],
    ["https://*.shop.test", "GET,HEAD,PUT,PATCH,POST,DELETE", "authorization", "Origin"],
    ["http://app.shop.test:8080", "GET, PUT", "*, x-b", "*"],
];

impl Case {
    fn new(number: usize, (stack, _, sign): (&'static str, &str, Sign), way: Way, place: Place) -> Self {
        Self {
            stack,
            sign,
            way,
            place,
            attack: None,
            origin: ORIGIN.to_owned(),
            method: "PUT".to_owned(),
            header: "x-a".to_owned(),
            value: "v1".to_owned(),
            target: "/v1/orders".to_owned(),
            host: format!("api{number}.shop.test"),
            own: ["https://www.shop.test", "GET, POST", "x-b, x-requested-with", "Accept-Encoding"],
        }
    }

    /// With an attack behind the honest value, or in its place.
    fn attacked(mut self, attack: &str, bare: bool) -> Self {
        let put = |honest: &str| if bare { attack.to_owned() } else { format!("{honest}{attack}") };
        match self.place {
            Place::Origin => self.origin = put(ORIGIN),
            Place::Method => self.method = put("PUT"),
            Place::HeaderName => self.header = put("x-a"),
            Place::HeaderValue => self.value = put("v1"),
            Place::Path => self.target = format!("/{}", put("v1/orders")),
            Place::Query => self.target = format!("/v1/orders?page=2&x={attack}"),
            Place::Host => self.host = format!("{}{attack}", self.host),
            _ => {}
        }
        self.attack = Some(put(""));
        self
    }

    /// Whether nothing may be printed for pasting: such an origin, method or name is none. Blanks around a
    /// value are not part of it; a comma makes two names, and an empty one is none.
    pub(crate) fn refused(&self) -> bool {
        let within = |text: &str, more: &str| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
        };
        let origin = self.origin.trim();
        let serialized = origin.split_once("://").is_some_and(|(scheme, rest)| {
            let (host, port) = rest.split_once(':').unwrap_or((rest, "1"));
            within(scheme, "+.-") && within(host, ".-_") && port.parse::<u16>().is_ok() && within(port, "")
        });
        let method = self.method.trim();
        let method = method.chars().all(|c| c.is_ascii_alphabetic()) && !method.is_empty();
        let names =
            self.header.split(',').map(str::trim).filter(|name| !name.is_empty()).all(|name| within(name, "-_"));
        !(serialized || origin == "null") || !method || !names
    }

    /// Whether curl is told to send this very request, or its preflight.
    pub(crate) fn is_asked_by(&self, call: &[String]) -> bool {
        let (url, origin) = (format!("https://{}{}", self.host, self.target), format!("Origin: {}", self.origin));
        let method = [&self.method, "OPTIONS"].iter().any(|method| call.windows(2).any(|pair| pair == ["-X", method]));
        method && call.contains(&url) && call.contains(&origin)
    }

    /// An honest value, followed by the attack where it is this place's turn.
    fn here(&self, place: Place, honest: &str) -> String {
        let attack = self.attack.as_deref().filter(|_| place == self.place).unwrap_or_default();
        format!("{honest}{attack}")
    }

    /// The request and its preflight.
    pub(crate) fn entries(&self, number: usize) -> [Value; 2] {
        let url = format!("https://{}{}", self.host, self.target);
        let started = format!("2026-11-24T{:02}:{:02}:{:02}.000Z", number / 3600 % 24, number / 60 % 60, number % 60);
        let line = |name: &str, value: &str| json!({"name": name, "value": value});
        let (allow, methods, names) =
            ("Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers");
        let own = self.here(Place::AllowOrigin, self.own[0]);
        let (way, asked) = (self.way, format!("{},x-requested-with", self.header));
        let all = [line(allow, &self.origin), line(methods, &self.method), line(names, &asked)];
        let some_methods =
            self.here(Place::AllowMethods, if way == Way::Header { "GET, POST, PUT" } else { self.own[1] });
        let some_names = self.here(Place::AllowHeaders, self.own[2]);
        let (mut status, mut failing) = match way {
            Way::Missing | Way::Network => (405, vec![]),
            Way::Mismatch => (200, vec![line(allow, &own), line(methods, &self.method), line(names, &asked)]),
            Way::Method => (200, vec![line(allow, &self.origin), line(methods, &some_methods), line(names, &asked)]),
            Way::Header => {
                (200, vec![line(allow, &self.origin), line(methods, &some_methods), line(names, &some_names)])
            }
            Way::Twice => (200, vec![line(allow, &self.origin), line(allow, &own)]),
            Way::Login => (401, vec![]),
            Way::Actual => (500, vec![]),
            Way::Wildcard => (200, vec![line(allow, "*")]),
            Way::Redirect | Way::ActualRedirect => {
                (302, vec![line("Location", &self.here(Place::Location, "https://login.shop.test/a?b=c"))])
            }
        };
        if !self.own[3].is_empty() {
            failing.push(line("Vary", &self.here(Place::Vary, self.own[3])));
        }
        let (mut body, mut reason) = ("", "");
        match self.sign {
            Sign::Header(name, value) => failing.push(line(name, &self.here(Place::Server, value))),
            Sign::Body(text) => {
                body = text;
                failing.push(line("X-Content-Type-Options", "nosniff"));
            }
            Sign::Reason(text) => reason = text,
            Sign::Bare(name, value) => {
                failing = vec![line(name, value)];
                status = 204;
            }
        }
        if self.stack == "rails" {
            failing.push(line("X-Request-Id", "7f2c"));
        }
        let response = |status: u16, headers: &[Value], body: &str| {
            json!({"status": status, "statusText": self.here(Place::StatusText, reason), "httpVersion": "HTTP/1.1", "headers": headers,
                "content": {"size": body.len(), "mimeType": "text/html", "text": body}, "redirectURL": ""})
        };
        let none =
            |error: &str| json!({"status": 0, "statusText": "", "httpVersion": "", "headers": [], "_error": error});
        let sent = matches!(way, Way::Actual | Way::Wildcard | Way::ActualRedirect);
        let request = |method: &str, headers: Vec<Value>| json!({"method": method, "url": url, "httpVersion": "HTTP/1.1", "headers": headers});
        let mut headers =
            vec![line("Origin", &self.origin), line(&self.header, &self.value), line("X-Requested-With", &self.value)];
        headers.push(line("Content-Type", &format!("text/plain{}", self.here(Place::HeaderValue, ""))));
        if way == Way::Wildcard {
            headers.push(line("Cookie", COOKIE));
        }
        let mut actual = if sent { response(status, &failing, body) } else { none("net::ERR_FAILED") };
        actual["_error"] = "net::ERR_FAILED".into();
        let preflight = match way {
            Way::Network => none("net::ERR_CONNECTION_REFUSED"),
            _ if sent => response(204, &all, ""),
            _ => response(status, &failing, body),
        };
        let question = vec![
            line("Origin", &self.origin),
            line("Access-Control-Request-Method", &self.method),
            line("Access-Control-Request-Headers", &asked),
        ];
        [(request(&self.method, headers), actual, "fetch"), (request("OPTIONS", question), preflight, "preflight")].map(
            |(request, response, kind)| {
                json!({"startedDateTime": started, "time": 5, "_resourceType": kind, "request": request, "response": response})
            },
        )
    }
}

/// Places but the origin have their turn with an attack and a language once in so many.
const TURNS: usize = 16;

/// Honest requests of every stack in every way, then every attack in every language at every place.
pub(crate) fn all(attacks: &[String]) -> Vec<Case> {
    let mut cases = Vec::new();
    for stack in STACKS {
        for way in Way::ALL {
            cases.push(Case::new(cases.len(), *stack, way, Place::Origin));
        }
        for own in OWN {
            for way in [Way::Mismatch, Way::Method, Way::Header, Way::Twice, Way::Wildcard] {
                cases.push(Case { own, ..Case::new(cases.len(), *stack, way, Place::Origin) });
            }
        }
        for way in [Way::Missing, Way::Mismatch, Way::Wildcard] {
            cases.push(Case { origin: "null".to_owned(), ..Case::new(cases.len(), *stack, way, Place::Origin) });
        }
    }
    for (at, attack) in attacks.iter().enumerate() {
        for (row, language) in languages().into_iter().enumerate() {
            let stacks: Vec<_> = STACKS.iter().filter(|(_, of, _)| *of == language).collect();
            for (column, place) in Place::ALL.into_iter().enumerate() {
                // The origin stands in every configuration; what else there is takes turns.
                let turn = at + row + column;
                if place != Place::Origin && turn % TURNS != 0 {
                    continue;
                }
                let ways = place.ways();
                let case =
                    Case::new(cases.len(), *stacks[turn / TURNS % stacks.len()], ways[turn / 2 % ways.len()], place);
                cases.push(case.attacked(attack, turn % 5 == 0));
            }
        }
    }
    cases
}

/// The requests as one HAR, two entries each.
pub(crate) fn har(cases: &[Case]) -> String {
    let entries: Vec<Value> = cases.iter().enumerate().flat_map(|(number, case)| case.entries(number)).collect();
    json!({"log": {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"}, "pages": [], "entries": entries}}).to_string()
}
