//! `cores_within`: some chord of one core within reach of some chord of the other, or one core inside the other.
//!
//! The allowed shortcut is taken at every level: boxes of whole cores, of groups of edges, of edges, of runs
//! of chords. It skips only what cannot be within reach, so the order of the work changes no answer.

use super::REACH_MAX_CM;
use super::chord::chords_within;
use super::cut::{Edge, reach_of_run};
use super::inside::contains;
use super::place::Place;
use crate::shape::Core;

/// Edges in a group; a box is kept for each.
const GROUP: usize = 16;

/// The box of some places, in cm.
#[derive(Clone, Copy)]
struct Box3 {
    low: Place,
    high: Place,
}

impl Box3 {
    const EMPTY: Self = Self { low: [i64::MAX / 4; 3], high: [i64::MIN / 4; 3] };

    fn of_run(p: Place, q: Place, reach: i64) -> Self {
        Self {
            low: std::array::from_fn(|d| p[d].min(q[d]) - reach),
            high: std::array::from_fn(|d| p[d].max(q[d]) + reach),
        }
    }

    fn with(self, other: Self) -> Self {
        Self {
            low: std::array::from_fn(|d| self.low[d].min(other.low[d])),
            high: std::array::from_fn(|d| self.high[d].max(other.high[d])),
        }
    }

    fn further_than(&self, other: &Self, reach: i64) -> bool {
        let mut sum = 0i128;
        for d in 0..3 {
            let gap = (other.low[d] - self.high[d]).max(self.low[d] - other.high[d]).max(0);
            if gap > reach {
                return true;
            }
            sum += i128::from(gap) * i128::from(gap);
        }
        sum > i128::from(reach) * i128::from(reach)
    }
}

/// All cuts of an edge, and the boxes of all its runs: kept where runs bend so much for their length that the
/// bound of their reach says nothing (near the poles).
struct Cuts {
    places: Vec<Place>,
    /// The box of run `first` of level `l` is at 2^(halvings - l) + first / 2^l.
    boxes: Vec<Box3>,
}

/// Cuts are all made for edges of at most this many halvings.
const HALVINGS_CUT: u32 = 9;

impl Cuts {
    fn of(edge: &Edge) -> Self {
        let count = 1usize << edge.halvings;
        let places: Vec<Place> = (0..=count as i64).map(|i| edge.cut(i)).collect();
        let mut boxes = vec![Box3::EMPTY; 2 * count];
        for i in 0..count {
            boxes[count + i] = Box3::of_run(places[i], places[i + 1], 0);
        }
        for i in (1..count).rev() {
            boxes[i] = boxes[2 * i].with(boxes[2 * i + 1]);
        }
        Self { places, boxes }
    }
}

/// A run of 2^`level` consecutive chords of an edge.
#[derive(Clone, Copy)]
struct Run {
    edge: Edge,
    first: i64,
    level: u32,
    /// Where the cuts of the edge are kept, if they are.
    cuts: Option<u32>,
    from: Place,
    to: Place,
    around: Box3,
}

impl Run {
    fn halves(&self, all: &[Cuts]) -> [Self; 2] {
        let level = self.level - 1;
        let middle = self.first + (1 << level);
        let (at, boxes) = match self.cuts {
            Some(i) => {
                let cuts = &all[i as usize];
                let number = (1usize << (self.edge.halvings - level)) + (self.first >> level) as usize;
                (cuts.places[middle as usize], [cuts.boxes[number], cuts.boxes[number + 1]])
            }
            None => {
                let (at, reach) = (self.edge.cut(middle), reach_of_run(level));
                (at, [Box3::of_run(self.from, at, reach), Box3::of_run(at, self.to, reach)])
            }
        };
        [
            Self { level, to: at, around: boxes[0], ..*self },
            Self { level, first: middle, from: at, around: boxes[1], ..*self },
        ]
    }
}

/// A core with the places of its vertices.
pub struct Placed {
    runs: Vec<Run>,
    cuts: Vec<Cuts>,
    groups: Vec<Box3>,
    around: Box3,
}

impl Placed {
    #[must_use]
    pub fn new(core: Core<'_>) -> Self {
        let mut runs: Vec<Run> = Vec::with_capacity(core.vertices().len());
        let mut all = Vec::new();
        for (a, b) in core.edges() {
            let edge = Edge::new(a, b);
            let from = match runs.last() {
                Some(last) if last.edge.b == a => last.to,
                _ => edge.cut(0),
            };
            let to = if a == b { from } else { edge.cut(1 << edge.halvings) };
            let reach = reach_of_run(edge.halvings);
            let mut run = Run {
                edge,
                first: 0,
                level: edge.halvings,
                cuts: None,
                from,
                to,
                around: Box3::of_run(from, to, reach),
            };
            let length = (0..3).map(|d| (to[d] - from[d]).abs()).max().unwrap_or(0);
            if (1..=HALVINGS_CUT).contains(&edge.halvings) && length < 8 * reach {
                run.cuts = Some(all.len() as u32);
                all.push(Cuts::of(&edge));
                run.around = all[all.len() - 1].boxes[1];
            }
            runs.push(run);
        }
        let groups: Vec<Box3> =
            runs.chunks(GROUP).map(|group| group.iter().fold(Box3::EMPTY, |all, run| all.with(run.around))).collect();
        let around = groups.iter().fold(Box3::EMPTY, |all, &group| all.with(group));
        Self { runs, cuts: all, groups, around }
    }

    /// Some chord of one and some chord of the other are within `reach_cm`, slack included.
    #[must_use]
    pub fn chords_within(&self, other: &Self, reach_cm: i64) -> bool {
        let mut search = Exactly { reach_cm };
        search.cores(self, other)
    }

    /// The least distance of the chords in double precision, in cm: a guess, true to a millionth of it.
    fn guess_cm(&self, other: &Self) -> f64 {
        let mut search = Nearest { least_square: f64::MAX };
        search.cores(self, other);
        search.least_square.sqrt()
    }
}

/// A search over pairs of runs, from whole cores down to chords.
trait Search {
    /// Nothing in the two boxes can matter.
    fn skips(&self, a: &Box3, b: &Box3) -> bool;

    /// Two chords; true ends the search.
    fn chords(&mut self, a: &Run, b: &Run) -> bool;

    fn cores(&mut self, a: &Placed, b: &Placed) -> bool {
        if self.skips(&a.around, &b.around) {
            return false;
        }
        for (i, group) in a.groups.iter().enumerate() {
            if self.skips(group, &b.around) {
                continue;
            }
            for (j, facing) in b.groups.iter().enumerate() {
                if self.skips(group, facing) {
                    continue;
                }
                let theirs = &b.runs[j * GROUP..b.runs.len().min((j + 1) * GROUP)];
                for run in &a.runs[i * GROUP..a.runs.len().min((i + 1) * GROUP)] {
                    if self.skips(&run.around, facing) {
                        continue;
                    }
                    if theirs.iter().any(|other| self.runs(a, run, b, other)) {
                        return true;
                    }
                }
            }
        }
        false
    }

    fn runs(&mut self, of_a: &Placed, a: &Run, of_b: &Placed, b: &Run) -> bool {
        if self.skips(&a.around, &b.around) {
            return false;
        }
        if a.level == 0 && b.level == 0 {
            return self.chords(a, b);
        }
        if a.level >= b.level {
            a.halves(&of_a.cuts).iter().any(|half| self.runs(of_a, half, of_b, b))
        } else {
            b.halves(&of_b.cuts).iter().any(|half| self.runs(of_a, a, of_b, half))
        }
    }
}

/// Whether some chords are within a reach: exactly.
struct Exactly {
    reach_cm: i64,
}

impl Search for Exactly {
    fn skips(&self, a: &Box3, b: &Box3) -> bool {
        a.further_than(b, self.reach_cm)
    }

    fn chords(&mut self, a: &Run, b: &Run) -> bool {
        chords_within(a.from, a.to, b.from, b.to, self.reach_cm)
    }
}

/// The least distance of any chords, in double precision.
struct Nearest {
    least_square: f64,
}

impl Search for Nearest {
    fn skips(&self, a: &Box3, b: &Box3) -> bool {
        let gap = |d: usize| (b.low[d] - a.high[d]).max(a.low[d] - b.high[d]).max(0) as f64;
        gap(0) * gap(0) + gap(1) * gap(1) + gap(2) * gap(2) > self.least_square
    }

    fn chords(&mut self, a: &Run, b: &Run) -> bool {
        self.least_square = self.least_square.min(chord_gap_square(a, b));
        false
    }
}

/// The squared distance of two chords in double precision.
fn chord_gap_square(a: &Run, b: &Run) -> f64 {
    let minus = |p: Place, q: Place| -> [f64; 3] { std::array::from_fn(|d| (p[d] - q[d]) as f64) };
    let dot = |p: [f64; 3], q: [f64; 3]| p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
    let (u, v, w) = (minus(a.to, a.from), minus(b.to, b.from), minus(a.from, b.from));
    let (uu, uv, vv, uw, vw) = (dot(u, u), dot(u, v), dot(v, v), dot(u, w), dot(v, w));
    let at = |s: f64, t: f64| {
        let gap: [f64; 3] = std::array::from_fn(|d| w[d] + s * u[d] - t * v[d]);
        dot(gap, gap)
    };
    let along = |top: f64, whole: f64| {
        if whole > 0.0 { (top / whole).clamp(0.0, 1.0) } else { 0.0 }
    };
    let mut least = at(0.0, along(vw, vv)).min(at(1.0, along(vw + uv, vv)));
    least = least.min(at(along(-uw, uu), 0.0)).min(at(along(uv - uw, uu), 1.0));
    let area = uu * vv - uv * uv;
    if area > 0.0 {
        let (s, t) = ((uv * vw - vv * uw) / area, (uu * vw - uv * uw) / area);
        if (0.0..=1.0).contains(&s) && (0.0..=1.0).contains(&t) {
            least = least.min(at(s, t));
        }
    }
    least
}

/// The two cores are within `reach_cm` of each other: one contains the other, or their chords are near.
#[must_use]
pub fn cores_within(a: Core<'_>, b: Core<'_>, reach_cm: i64) -> bool {
    if reach_cm < 0 {
        return false;
    }
    contains(a, b) || contains(b, a) || edges_within(a, b, reach_cm)
}

/// The chords of the two cores are within `reach_cm` plus the slack of both.
#[must_use]
pub fn edges_within(a: Core<'_>, b: Core<'_>, reach_cm: i64) -> bool {
    let reach = (reach_cm.min(REACH_MAX_CM) + a.slack_cm() + b.slack_cm()).min(REACH_MAX_CM);
    Placed::new(a).chords_within(&Placed::new(b), reach)
}

/// The least reach, in cm, at which the cores are within it.
#[must_use]
pub fn stated_distance_cm(a: Core<'_>, b: Core<'_>) -> i64 {
    if contains(a, b) || contains(b, a) {
        return 0;
    }
    let (slack, a, b) = (a.slack_cm() + b.slack_cm(), Placed::new(a), Placed::new(b));
    let within = |reach: i64| a.chords_within(&b, (reach + slack).min(REACH_MAX_CM));
    if within(0) {
        return 0;
    }
    // The guess is right or next to it; the integers say which, whatever it is.
    let mut above = ((a.guess_cm(&b) - slack as f64).ceil() as i64).clamp(1, REACH_MAX_CM);
    let mut step = 1;
    while !within(above) {
        above += step; // ends: within() holds at the diameter of the earth
        step *= 2;
    }
    let mut below = (above - 1).max(0);
    step = 1;
    while below > 0 && within(below) {
        above = below;
        below = (below - step).max(0);
        step *= 2;
    }
    while above - below > 1 {
        let middle = below + (above - below) / 2;
        if within(middle) { above = middle } else { below = middle }
    }
    above
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::Form;

    #[test]
    fn the_stated_distances_of_the_definition_hold() {
        let point = |v: [i32; 2]| (Form::Point, vec![v], vec![]);
        let hole = [
            [0, 0],
            [10_000_000, 0],
            [10_000_000, 10_000_000],
            [0, 10_000_000],
            [4_000_000, 4_000_000],
            [6_000_000, 4_000_000],
            [6_000_000, 6_000_000],
            [4_000_000, 6_000_000],
        ];
        let square = (Form::Area, hole.to_vec(), vec![4, 8]);
        let north = |a: i32, b: i32, lat: i32| (Form::Line, vec![[a, lat], [b, lat]], vec![]);
        let table = [
            (point([0, 600_000_000]), point([1_000_000, 600_000_000]), 557_999),
            (point([1_799_999_000, 0]), point([-1_799_999_000, 0]), 2_224),
            (north(0, 20_000_000, 700_000_000), point([10_000_000, 700_500_000]), 557_788),
            (north(-1_800_000_000, 1_800_000_000, 890_000_000), point([0, 900_000_000]), 11_169_208),
            (square.clone(), point([5_000_000, 5_000_000]), 1_105_720),
            (square, point([2_000_000, 2_000_000]), 0),
        ];
        for (a, b, expected) in &table {
            let (a, b) = (Core::new(a.0, &a.1, &a.2), Core::new(b.0, &b.1, &b.2));
            assert_eq!(*expected, stated_distance_cm(a, b));
            assert_eq!(*expected, stated_distance_cm(b, a));
            assert!(cores_within(a, b, *expected));
            assert!(!cores_within(a, b, *expected - 1));
        }
    }
}
