//! The predicate `distance/1` in integers: the law, with nothing left out and nothing approximated.
//!
//! Every other module may only *shorten the way* to what this one says. The definition and its proof
//! are in `docs/spec/geometry.md`; the names of the steps (`sincos`, `place`, cut, `inside`, `contains`,
//! `cores_within`) are the same there, in Python and here.
//!
//! Widths (built with overflow checks in tests): an angle in 2^-16 e7 has 48 bits, a place 30 bits,
//! a difference of places 31, a component of a chord 19. The one product that outgrows 128 bits is in
//! [`wide`].

pub mod chord;
pub mod cut;
pub mod inside;
pub mod place;
pub mod wide;
pub mod within;

/// An edge and its chords are never further apart than this, in cm, at a cut of one piece.
pub const BEND_CM: i64 = 22;
/// A piece of an edge is at most this long, in e7 of a degree of latitude.
pub const PIECE_E7: i64 = 300_000;
/// A distance above the diameter of the earth, in cm: no wider reach decides anything differently.
pub const REACH_MAX_CM: i64 = 1_300_000_000;
