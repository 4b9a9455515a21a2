//! The certified shortcut: what single precision in a plane can say for sure about `cores_within`.
//!
//! Let `d` be the distance of the two cores in the plane scaled at latitude f0 (metres east p0 = N cos f0,
//! metres north M0), and D the true distance on the ellipsoid. Over a band of latitudes that holds f0 and
//! reaches `bend` radians to either side of it, ln(N cos f) changes by at most tan|f|max per radian (its slope
//! is M/N tan f, and M <= N), and ln M by at most 1.5 e²/(1-e²) < 0.0102. So every length in the band is
//! within 1 ± e of its length in the plane, with e = 1.2 (tan|f|max + 0.0102) bend, as exp(x) - 1 <= 1.2 x for
//! x <= 0.35.
//!
//! * **Yes.** The straight line of length d in the plane is a path in the band: D <= (1 + e) d. If that is at
//!   most R, the cores are truly within R, and the predicate (proven never to miss) says yes.
//! * **No.** If the predicate says yes by its chords, the chords are within R + 46 cm, so the curves, each
//!   within 22.87 cm of its chords, are within T = R + 92 cm in space, and D <= T' = T (1 + 0.042 (T/6335 km)²),
//!   for a section through the centre has no radius of curvature under 6335 km. That shortest path strays
//!   less than T'/2 from the latitudes of its ends, so if the band is that much wider, d <= (1 + e) T'.
//!   Hence d > (1 + e) T' means the chords say no; `contains` is then asked exactly.
//!
//! `d` itself comes in single precision with an error of at most [`ROUNDING`] times the largest coordinate:
//! a coordinate carries three roundings, a difference of two and a projection some twelve more, and a sign of
//! an orientation can only be wrong where an end lies that near to the other's line, in which case the end is
//! that near to the other edge, or one of the other's ends to this one. A crossing that is seen is checked in
//! integers before it is believed. Twenty roundings of 2^-24 times 2√2 are 3.4e-6; we take 6e-6.
//!
//! Where any assumption fails (near a pole, a wide band, a half turn of longitude) the filter stays silent and
//! integers decide.

use crate::exact::inside::inside;
use crate::plane::{Flat, Found, Rect, Scale, nearest};
use crate::shape::{Core, Form, Vertex};

/// Error of a distance in the plane, per metre of the largest coordinate.
const ROUNDING: f64 = 6e-6;
/// The band may reach this far from the origin, in radians.
const BAND_MAX: f64 = 0.05;
/// The least cosine of latitude in the band.
const COSINE_MIN: f64 = 0.19;
/// Longitudes may reach this far from the origin, in e7: 20 degrees.
const LON_SPAN_E7: i64 = 200_000_000;
/// One e7 in radians.
pub const RADIAN: f64 = std::f64::consts::PI / 1.8e9;
/// How much further than its reach the predicate may look, in metres, rounded up.
pub const SLACK_M: f64 = 0.92;
/// The least radius of curvature of the ellipsoid, in metres, rounded down.
const CURVATURE_M: f64 = 6_335_000.0;
const EQUATOR_M: f64 = 6_378_137.0;
const E2: f64 = 0.006_694_379_990_14;
const TURN_E7: i64 = 3_600_000_000;

/// The lon/lat box of a core, in e7.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub west: i32,
    pub east: i32,
    pub south: i32,
    pub north: i32,
}

impl Bounds {
    #[must_use]
    pub fn of(vertices: &[Vertex]) -> Self {
        let mut all = Self { west: i32::MAX, east: i32::MIN, south: i32::MAX, north: i32::MIN };
        for v in vertices {
            all.west = all.west.min(v[0]);
            all.east = all.east.max(v[0]);
            all.south = all.south.min(v[1]);
            all.north = all.north.max(v[1]);
        }
        all
    }

    #[must_use]
    pub fn holds(&self, v: Vertex) -> bool {
        self.west <= v[0] && v[0] <= self.east && self.south <= v[1] && v[1] <= self.north
    }

    /// The middle of the box.
    #[must_use]
    pub fn middle(&self) -> Vertex {
        let half = |a: i32, b: i32| ((i64::from(a) + i64::from(b)) >> 1) as i32;
        [half(self.west, self.east), half(self.south, self.north)]
    }
}

/// Metres of meridian and of parallel per radian at a latitude: (M, N cos).
#[must_use]
pub fn radii(sine: f64, cosine: f64) -> (f64, f64) {
    let w2 = 1.0 - E2 * sine * sine;
    let n = EQUATOR_M / w2.sqrt();
    (n * (1.0 - E2) / w2, n * cosine)
}

/// The straightest length on the ground of a straight line in space, or more, for up to 1,000 km.
#[must_use]
pub fn ground_of(chord_m: f64) -> f64 {
    let ratio = chord_m / CURVATURE_M;
    chord_m * (1.0 + 0.042 * ratio * ratio)
}

/// One core laid out to be compared with many others.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    flat: Flat,
    scale: Scale,
    bounds: Option<Bounds>,
    sine: f64,
    cosine: f64,
    /// How far the core's own latitudes reach from the origin, in radians.
    bend: f64,
}

/// Room that a comparison needs; kept by the caller from one to the next.
#[derive(Clone, Debug, Default)]
pub struct Room {
    flat: Flat,
}

impl Frame {
    /// Lays the core out about the middle of its box. A core too wide or too near a pole is only noted.
    pub fn lay(&mut self, core: Core<'_>) {
        let bounds = Bounds::of(core.vertices());
        let [lon_e7, lat_e7] = bounds.middle();
        let (sine, cosine) = (f64::from(lat_e7) * RADIAN).sin_cos();
        let wide = i64::from(bounds.east) - i64::from(bounds.west) > LON_SPAN_E7;
        let bend = (f64::from(bounds.north) - f64::from(lat_e7) + 1.0) * RADIAN;
        if wide || bend > BAND_MAX || cosine < COSINE_MIN {
            self.bounds = None;
            return;
        }
        let (meridian, parallel) = radii(sine, cosine);
        self.scale = Scale { lon_e7, lat_e7, east: (parallel * RADIAN) as f32, north: (meridian * RADIAN) as f32 };
        (self.sine, self.cosine, self.bend, self.bounds) = (sine, cosine, bend, Some(bounds));
        self.flat.lay(core, &self.scale, 0);
        self.flat.arrange();
    }

    /// What the filter can say of `cores_within(mine, other, reach_cm)`, where `mine` is the core laid out here.
    pub fn settle(&self, mine: Core<'_>, other: Core<'_>, reach_cm: i64, room: &mut Room) -> Option<bool> {
        let bounds = self.bounds?;
        let theirs = Bounds::of(other.vertices());
        let reach_m = reach_cm as f64 / 100.0;
        let limit = ground_of(reach_m + SLACK_M);
        // The band: both cores, and as far beyond as a shortest path may stray.
        let north = f64::from(theirs.north) - f64::from(self.scale.lat_e7);
        let south = f64::from(self.scale.lat_e7) - f64::from(theirs.south);
        let bend = (north.max(south) * RADIAN).max(self.bend) + limit / (2.0 * CURVATURE_M);
        let cosine = self.cosine - bend;
        if bend > BAND_MAX || cosine < COSINE_MIN {
            return None;
        }
        let e = 1.2 * ((self.sine.abs() + bend) / cosine + 0.0102) * bend;
        let turn = turn_of(self.scale.lon_e7, theirs)?;
        room.flat.lay(other, &self.scale, turn as u32 as i32);
        let widest = f64::from(room.flat.rect.reach().max(self.flat.rect.reach()));
        let error = ROUNDING * widest + 1e-3;
        let enough = reach_m / (1.0 + e) - error;
        let over = limit * (1.0 + e) + error;
        let skip = margin_of(&self.flat.rect, over);
        let (enough_square, over_square) = if enough > 0.0 {
            ((enough * enough * 0.999_999) as f32, over * over * 1.000_001)
        } else {
            (-1.0, over * over * 1.000_001)
        };
        let few = self.flat.sides.len() < 4 && room.flat.sides.len() > self.flat.sides.len();
        let found = if few {
            room.flat.arrange();
            nearest(&self.flat.sides, &room.flat.eights, margin_of(&room.flat.rect, over), enough_square)
        } else {
            nearest(&room.flat.sides, &self.flat.eights, skip, enough_square)
        };
        match found {
            Found::Square(square) if square <= enough_square => Some(true),
            Found::Square(square) if f64::from(square) > over_square => {
                Some(holds(mine, &bounds, other) || holds(other, &theirs, mine))
            }
            Found::Square(_) => None,
            Found::Crossing(..) => cross(mine, other, turn).then_some(true),
        }
    }
}

/// The whole turn of longitude that brings a core next to an origin; `None` where it would still be far.
fn turn_of(lon_e7: i32, bounds: Bounds) -> Option<i64> {
    let (west, east) = (i64::from(bounds.west) - i64::from(lon_e7), i64::from(bounds.east) - i64::from(lon_e7));
    let turn = if west + east > TURN_E7 {
        -TURN_E7
    } else if west + east < -TURN_E7 {
        TURN_E7
    } else {
        0
    };
    (west + turn >= -LON_SPAN_E7 && east + turn <= LON_SPAN_E7).then_some(turn)
}

fn margin_of(rect: &Rect, by: f64) -> Rect {
    let by = (by * 1.000_01) as f32;
    Rect { west: rect.west - by, east: rect.east + by, south: rect.south - by, north: rect.north + by }
}

/// `contains`, exactly, with the box asked first.
fn holds(outer: Core<'_>, bounds: &Bounds, inner: Core<'_>) -> bool {
    outer.form() == Form::Area && inner.parts().any(|part| bounds.holds(part[0]) && inside(outer, part[0]))
}

/// Two edges share a point, exactly, in the plane of longitude and latitude.
fn cross(a: Core<'_>, b: Core<'_>, turn: i64) -> bool {
    let side = |p: Vertex64, q: Vertex64, r: Vertex64| {
        (i128::from(q.0 - p.0) * i128::from(r.1 - p.1) - i128::from(q.1 - p.1) * i128::from(r.0 - p.0)).signum()
    };
    let wide = |v: Vertex, turn: i64| (i64::from(v[0]) + turn, i64::from(v[1]));
    a.edges().any(|(p, q)| {
        let (p, q) = (wide(p, 0), wide(q, 0));
        b.edges().any(|(r, s)| {
            let (r, s) = (wide(r, turn), wide(s, turn));
            side(p, q, r) * side(p, q, s) < 0 && side(r, s, p) * side(r, s, q) < 0
        })
    })
}

type Vertex64 = (i64, i64);
