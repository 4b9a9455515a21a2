//! One volume against many: the cascade from the record to the integers.
//!
//! 1. the rules: do the kinds concern each other, is the other party's, is it released;
//! 2. time and height, in integers;
//! 3. the centres and the two radii of the records: far apart, or certainly near;
//! 4. the plane in single precision ([`crate::filter`]);
//! 5. integers ([`crate::exact`]).
//!
//! Each step decides only what it has proven; the last decides everything.

use crate::exact::within::cores_within;
use crate::filter::{Frame, Room, SLACK_M, ground_of};
use crate::record::Record;
use crate::rules::Rules;
use crate::shape::Core;
use crate::volume::{Margin, bands_meet, intervals_meet};

/// Roundings of centres to a centimetre, on both sides, in metres.
const ROUNDED_M: f64 = 0.03;
/// `ground_of` is proven up to this chord.
const CHORD_MAX_M: f64 = 1_000_000.0;

/// How many pairs each step has settled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub asked: u64,
    pub apart: u64,
    pub by_record: u64,
    pub by_plane: u64,
    pub by_integers: u64,
}

impl Counts {
    pub fn add(&mut self, other: &Self) {
        self.asked += other.asked;
        self.apart += other.apart;
        self.by_record += other.by_record;
        self.by_plane += other.by_plane;
        self.by_integers += other.by_integers;
    }
}

/// A volume that is compared with others, laid out in the plane when first needed.
#[derive(Clone, Debug, Default)]
pub struct Asker {
    frame: Frame,
    laid: bool,
}

impl Asker {
    /// Forgets the volume asked about before.
    pub fn renew(&mut self) {
        self.laid = false;
    }
}

/// What a thread needs for its comparisons, besides what they are about.
#[derive(Debug, Default)]
pub struct Bench {
    pub room: Room,
    pub counts: Counts,
}

/// Whether time and height meet, and what the records alone say of the distance.
#[inline]
fn by_records(x: &Record, y: &Record, margin: &Margin) -> (bool, i64, Option<bool>) {
    let (a, b) = (x.extent(), y.extent());
    if !intervals_meet(&a, &b, margin.time_ms) || !bands_meet(&a, &b, margin.vertical_cm) {
        return (false, 0, None);
    }
    let reach_cm = a.radius_cm + b.radius_cm + margin.horizontal_cm;
    let gap = |d: usize| f64::from(x.centre_cm[d] - y.centre_cm[d]) * 0.01;
    let (dx, dy, dz) = (gap(0), gap(1), gap(2));
    let chord = (dx * dx + dy * dy + dz * dz).sqrt();
    let reach_m = reach_cm as f64 * 0.01;
    if chord - f64::from(x.outer_m) - f64::from(y.outer_m) > reach_m + SLACK_M + ROUNDED_M {
        return (true, reach_cm, Some(false));
    }
    let inner = f64::from(x.inner_m) + f64::from(y.inner_m);
    let near = chord < CHORD_MAX_M && ground_of(chord + ROUNDED_M) + ROUNDED_M <= reach_m + inner;
    (true, reach_cm, near.then_some(true))
}

/// What the rules and the records say of two volumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    No,
    Yes,
    /// The cores must be asked, at this reach in cm.
    Open(i64),
}

/// Steps 1 to 3.
#[inline]
pub fn first_look(x: &Record, y: &Record, rules: &Rules, counts: &mut Counts) -> First {
    if !rules.same_party && x.party == y.party {
        return First::No;
    }
    let Some(margin) = rules.margin(x.kind, y.kind) else {
        return First::No;
    };
    counts.asked += 1;
    let (meet, reach_cm, known) = by_records(x, y, margin);
    if !meet {
        counts.apart += 1;
        return First::No;
    }
    match known {
        Some(answer) => {
            counts.by_record += 1;
            if answer { First::Yes } else { First::No }
        }
        None => First::Open(reach_cm),
    }
}

/// Steps 4 and 5.
pub fn second_look(asker: &mut Asker, a: Core<'_>, b: Core<'_>, reach_cm: i64, bench: &mut Bench) -> bool {
    if !asker.laid {
        asker.frame.lay(a);
        asker.laid = true;
    }
    if let Some(answer) = asker.frame.settle(a, b, reach_cm, &mut bench.room) {
        bench.counts.by_plane += 1;
        return answer;
    }
    bench.counts.by_integers += 1;
    cores_within(a, b, reach_cm)
}
