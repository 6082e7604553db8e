//! Sentences in which values of a capture are marked as such, until they are shown.
//!
//! Owns [`Captured`], a value that cannot be printed, and [`Prose`], what sentences are made of: literals, numbers
//! and such values. A `String` does not compile into one. Masks nothing: [`Masker::show`](super::Masker::show) does.

use std::borrow::Cow;
use std::fmt::Write as _;

/// How a value of a capture is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Shape {
    /// A URL, an origin or a path: part by part.
    Address,
    /// Anything else: what looks like a secret is replaced.
    Text,
    /// Given by the user, or known to be harmless: as it is.
    Given,
}

/// A value of a capture. It has no `Display`, `Deref` or `Serialize`: the masker shows it, nothing else does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Captured<'a> {
    shape: Shape,
    text: Cow<'a, str>,
    role: Option<Role>,
}

impl<'a> Captured<'a> {
    /// A URL, an origin or a path.
    pub fn address(text: impl Into<Cow<'a, str>>) -> Self {
        Self { shape: Shape::Address, text: text.into(), role: None }
    }

    /// A header line, a name, a body's words, somebody's error: any text.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self { shape: Shape::Text, text: text.into(), role: None }
    }

    /// What the user gave, as the name of a file, and values that were checked to be harmless.
    pub fn given(text: impl Into<Cow<'a, str>>) -> Self {
        Self { shape: Shape::Given, text: text.into(), role: None }
    }

    /// The same as what it is of its request.
    #[must_use]
    pub fn of_request(self, role: Role) -> Self {
        Self { role: Some(role), ..self }
    }
}

/// What of its request a sentence repeats. Where requests share an answer, other words stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A host.
    Host,
    /// `server of api.example`.
    Server,
    /// `of api.example`.
    OfServer,
    /// A path behind its method: `/a` of `GET /a`.
    Target,
    /// Another path.
    Path,
    /// A method.
    Method,
    /// `the POST`: one request.
    Request,
    /// Words for one request; these are those for many, with `{}` for their number.
    One(&'static str),
}

/// Which bytes of a sentence have a role.
pub type Roles = Box<[(usize, usize, Role)]>;

/// A part of a sentence in a role.
#[derive(Debug, Clone, Copy)]
pub struct As<P>(pub Role, pub P);

impl<P: Piece> Piece for As<P> {
    fn add_to(&self, prose: &mut Prose) {
        let (from, roles) = (prose.text.len(), prose.roles.len());
        self.1.add_to(prose);
        // The whole has one role, whatever its parts have.
        prose.roles.truncate(roles);
        if prose.text.len() > from {
            prose.roles.push((from, prose.text.len(), self.0));
        }
    }
}

/// A captured value within a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Span {
    from: usize,
    to: usize,
    shape: Shape,
}

/// Words of this program around values of a capture.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Prose {
    text: String,
    captured: Vec<Span>,
    roles: Vec<(usize, usize, Role)>,
}

/// What may stand in a sentence.
pub trait Piece {
    /// Adds it to the end.
    fn add_to(&self, prose: &mut Prose);
}

impl Prose {
    /// No words.
    pub const fn new() -> Self {
        Self { text: String::new(), captured: Vec::new(), roles: Vec::new() }
    }

    /// A sentence of a pattern whose `{}` stand for the pieces; `prose!` counts them at compile time.
    pub fn filled(pattern: &'static str, pieces: &[&dyn Piece]) -> Self {
        let text = String::with_capacity(pattern.len() + 16 * pieces.len());
        let mut prose = Self { text, ..Self::new() };
        let mut literals = pattern.split("{}");
        prose.text.push_str(literals.next().unwrap_or_default());
        for (piece, literal) in pieces.iter().zip(literals) {
            piece.add_to(&mut prose);
            prose.text.push_str(literal);
        }
        prose
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Adds a piece to the end.
    pub fn push(&mut self, piece: impl Piece) {
        piece.add_to(self);
    }

    /// The parts with a separator between each two.
    pub fn joined<P: Piece>(parts: impl IntoIterator<Item = P>, separator: &'static str) -> Self {
        let mut prose = Self::new();
        for (index, part) in parts.into_iter().enumerate() {
            if index > 0 {
                prose.text.push_str(separator);
            }
            part.add_to(&mut prose);
        }
        prose
    }

    /// `a`, `a and b`, `a, b and c`.
    pub fn listed<P: Piece>(parts: impl IntoIterator<Item = P>) -> Self {
        let mut parts: Vec<P> = parts.into_iter().collect();
        let Some(last) = parts.pop() else { return Self::new() };
        let mut prose = Self::joined(&parts, ", ");
        if !prose.is_empty() {
            prose.push(" and ");
        }
        prose.push(last);
        prose
    }

    /// At most `room` characters, with `…` where something was cut, before a value and never inside one.
    #[must_use]
    pub fn shortened(mut self, room: usize) -> Self {
        let Some((end, blank)) = super::cut(&self.text, room) else { return self };
        self.text.truncate(end);
        self.text.push_str(blank);
        self.text.push('…');
        self.captured.retain_mut(|span| {
            span.to = span.to.min(end);
            span.from < span.to
        });
        self.roles.retain(|(_, to, _)| *to <= end);
        self
    }

    /// Literals and values in order; of a literal the shape is None.
    pub(super) fn parts(&self) -> impl Iterator<Item = (Option<Shape>, &str)> {
        let mut at = 0;
        let spans = self.captured.iter().flat_map(move |span| {
            let before = std::mem::replace(&mut at, span.to);
            [(None, before..span.from), (Some(span.shape), span.from..span.to)]
        });
        let end = self.captured.last().map_or(0, |span| span.to);
        let parts = spans.chain([(None, end..self.text.len())]);
        parts.filter_map(|(shape, range)| Some((shape, self.text.get(range)?))).filter(|(_, text)| !text.is_empty())
    }

    /// What it says apart from the names of its request: equal for requests that share an answer.
    pub fn unnamed(&self) -> impl Iterator<Item = &str> {
        let mut at = 0;
        let gaps = self.roles.iter().map(move |(from, to, _)| std::mem::replace(&mut at, *to)..*from);
        let end = self.roles.last().map_or(0, |(_, to, _)| *to);
        gaps.chain(std::iter::once(end..self.text.len())).map(|range| self.text.get(range).unwrap_or_default())
    }

    /// The parts in a role, in order.
    pub(super) fn roles(&self) -> &[(usize, usize, Role)] {
        &self.roles
    }

    /// The words with what was captured as it is: for whoever masks them, and for tests.
    pub fn bare(&self) -> &str {
        &self.text
    }
}

impl From<&'static str> for Prose {
    fn from(text: &'static str) -> Self {
        Self { text: text.to_owned(), ..Self::new() }
    }
}

/// By its words with what was captured as it is.
impl PartialEq<&str> for Prose {
    fn eq(&self, words: &&str) -> bool {
        self.text == *words
    }
}

impl From<Captured<'_>> for Prose {
    fn from(captured: Captured<'_>) -> Self {
        let mut prose = Self::new();
        prose.push(captured);
        prose
    }
}

impl<P: Piece> From<As<P>> for Prose {
    fn from(part: As<P>) -> Self {
        let mut prose = Self::new();
        prose.push(part);
        prose
    }
}

impl Piece for Captured<'_> {
    fn add_to(&self, prose: &mut Prose) {
        let from = prose.text.len();
        prose.text.push_str(&self.text);
        if self.shape != Shape::Given && !self.text.is_empty() {
            prose.captured.push(Span { from, to: prose.text.len(), shape: self.shape });
        }
        if let Some(role) = self.role.filter(|_| !self.text.is_empty()) {
            prose.roles.push((from, prose.text.len(), role));
        }
    }
}

impl Piece for Prose {
    fn add_to(&self, prose: &mut Prose) {
        let by = prose.text.len();
        prose.text.push_str(&self.text);
        let moved = self.captured.iter().map(|span| Span { from: span.from + by, to: span.to + by, ..*span });
        prose.captured.extend(moved);
        prose.roles.extend(self.roles.iter().map(|(from, to, role)| (from + by, to + by, *role)));
    }
}

impl Piece for &'static str {
    fn add_to(&self, prose: &mut Prose) {
        prose.text.push_str(self);
    }
}

impl<P: Piece> Piece for &P {
    fn add_to(&self, prose: &mut Prose) {
        (**self).add_to(prose);
    }
}

impl<P: Piece> Piece for Option<P> {
    fn add_to(&self, prose: &mut Prose) {
        if let Some(piece) = self {
            piece.add_to(prose);
        }
    }
}

macro_rules! numbers {
    ($($number:ty),+) => {
        $(impl Piece for $number {
            fn add_to(&self, prose: &mut Prose) {
                prose.text.push_str(&self.to_string());
            }
        })+
    };
}

numbers!(u8, u16, i64, u32, u64, u128, usize, std::net::IpAddr, std::net::SocketAddr);

/// A number with so many digits behind its point.
#[derive(Debug, Clone, Copy)]
pub struct Decimal(pub f64, pub usize);

impl Piece for Decimal {
    fn add_to(&self, prose: &mut Prose) {
        let Self(number, digits) = *self;
        let _ = write!(prose.text, "{number:.digits$}");
    }
}

/// A whole number with leading zeros, as in `02:16:45.203`.
#[derive(Debug, Clone, Copy)]
pub struct Padded(pub i64, pub usize);

impl Piece for Padded {
    fn add_to(&self, prose: &mut Prose) {
        let Self(number, digits) = *self;
        let _ = write!(prose.text, "{number:0digits$}");
    }
}

/// A byte in two hexadecimal digits.
#[derive(Debug, Clone, Copy)]
pub struct Hexadecimal(pub u8);

impl Piece for Hexadecimal {
    fn add_to(&self, prose: &mut Prose) {
        let _ = write!(prose.text, "{:02x}", self.0);
    }
}

/// One piece of several kinds.
pub fn piece<'p, P: Piece + 'p>(piece: &'p P) -> &'p (dyn Piece + 'p) {
    piece
}

/// How many `{}` a pattern has.
pub const fn gaps(pattern: &str) -> usize {
    let (bytes, mut at, mut gaps) = (pattern.as_bytes(), 1, 0);
    while at < bytes.len() {
        if bytes[at - 1] == b'{' && bytes[at] == b'}' {
            gaps += 1;
        }
        at += 1;
    }
    gaps
}

/// A sentence: `prose!("the value {} is not {}", Captured::text(value), Captured::address(origin))`.
macro_rules! prose {
    ($pattern:literal $(, $piece:expr)* $(,)?) => {{
        const { assert!($crate::secrets::gaps($pattern) == [$(stringify!($piece)),*].len(), "as many pieces as gaps") };
        $crate::secrets::Prose::filled($pattern, &[$($crate::secrets::piece(&$piece)),*])
    }};
}

pub(crate) use prose;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::Masker;

    #[test]
    fn only_what_was_captured_is_masked() {
        let url = "https://a.example/x?token=s3cr3t";
        let prose = prose!("token=abcdef123456 stays, {} does not ({} times)", Captured::address(url), 2_u32);
        let shown = Masker::new().show(&prose);
        assert_eq!(shown, "token=abcdef123456 stays, https://a.example/x?token=token-1 does not (2 times)");
    }

    #[test]
    fn parts_of_parts_keep_their_values() {
        let value = |text: &'static str| Captured::text(text);
        let list = Prose::listed([value("a"), value("b"), value("c")]);
        assert_eq!(list.bare(), "a, b and c");
        let outer = prose!("x {} y", list);
        let captured: Vec<&str> = outer.parts().filter(|(shape, _)| shape.is_some()).map(|(_, text)| text).collect();
        assert_eq!(captured, ["a", "b", "c"]);
        assert_eq!(Prose::listed([value("a"), value("b")]).bare(), "a and b");
        assert_eq!(Prose::listed(Vec::<Captured<'_>>::new()).bare(), "");
    }

    #[test]
    fn a_cut_sentence_keeps_what_is_left_of_its_values() {
        let prose = prose!("one {} two three", Captured::text("four five")).shortened(12);
        assert_eq!(prose.bare(), "one four …");
        let captured: Vec<&str> = prose.parts().filter(|(shape, _)| shape.is_some()).map(|(_, text)| text).collect();
        assert_eq!(captured, ["four"]);
    }
}
