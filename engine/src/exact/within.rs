//! `cores_within`: some chord of one core within reach of some chord of the other, or one core inside the other.
//!
//! The allowed shortcut is taken at every level: boxes of whole cores, of groups of edges, of edges, of runs
//! of chords. It skips only what cannot be within reach, so the order of the work changes no answer.

use super::chord::chords_within;
use super::cut::{Edge, reach_of_run};
use super::inside::contains;
use super::place::Place;
use super::REACH_MAX_CM;
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

/// A run of 2^`level` consecutive chords of an edge.
#[derive(Clone, Copy)]
struct Run {
    edge: Edge,
    first: i64,
    level: u32,
    from: Place,
    to: Place,
    around: Box3,
}

impl Run {
    fn new(edge: Edge, first: i64, level: u32, from: Place, to: Place) -> Self {
        Self { edge, first, level, from, to, around: Box3::of_run(from, to, reach_of_run(level)) }
    }

    fn halves(&self) -> [Self; 2] {
        let level = self.level - 1;
        let middle = self.first + (1 << level);
        let at = self.edge.cut(middle);
        [
            Self::new(self.edge, self.first, level, self.from, at),
            Self::new(self.edge, middle, level, at, self.to),
        ]
    }
}

/// A core with the places of its vertices.
pub struct Placed {
    runs: Vec<Run>,
    groups: Vec<Box3>,
    around: Box3,
}

impl Placed {
    #[must_use]
    pub fn new(core: Core<'_>) -> Self {
        let mut runs: Vec<Run> = Vec::with_capacity(core.vertices().len());
        for (a, b) in core.edges() {
            let edge = Edge::new(a, b);
            let from = match runs.last() {
                Some(last) if last.edge.b == a => last.to,
                _ => edge.cut(0),
            };
            let to = if a == b { from } else { edge.cut(1 << edge.halvings) };
            runs.push(Run::new(edge, 0, edge.halvings, from, to));
        }
        let groups: Vec<Box3> = runs
            .chunks(GROUP)
            .map(|group| group.iter().fold(Box3::EMPTY, |all, run| all.with(run.around)))
            .collect();
        let around = groups.iter().fold(Box3::EMPTY, |all, &group| all.with(group));
        Self { runs, groups, around }
    }

    /// Some chord of one and some chord of the other are within `reach_cm`, slack included.
    #[must_use]
    pub fn chords_within(&self, other: &Self, reach_cm: i64) -> bool {
        if self.around.further_than(&other.around, reach_cm) {
            return false;
        }
        for (i, group) in self.groups.iter().enumerate() {
            if group.further_than(&other.around, reach_cm) {
                continue;
            }
            for (j, facing) in other.groups.iter().enumerate() {
                if group.further_than(facing, reach_cm) {
                    continue;
                }
                let mine = &self.runs[i * GROUP..self.runs.len().min((i + 1) * GROUP)];
                let theirs = &other.runs[j * GROUP..other.runs.len().min((j + 1) * GROUP)];
                if groups_within(mine, theirs, facing, reach_cm) {
                    return true;
                }
            }
        }
        false
    }
}

fn groups_within(mine: &[Run], theirs: &[Run], facing: &Box3, reach_cm: i64) -> bool {
    mine.iter().any(|run| {
        !run.around.further_than(facing, reach_cm) && theirs.iter().any(|other| runs_within(run, other, reach_cm))
    })
}

fn runs_within(a: &Run, b: &Run, reach_cm: i64) -> bool {
    if a.around.further_than(&b.around, reach_cm) {
        return false;
    }
    if a.level == 0 && b.level == 0 {
        return chords_within(a.from, a.to, b.from, b.to, reach_cm);
    }
    if a.level >= b.level {
        a.halves().iter().any(|half| runs_within(half, b, reach_cm))
    } else {
        b.halves().iter().any(|half| runs_within(a, half, reach_cm))
    }
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
    let mut above = 1;
    while !within(above) {
        above *= 2; // ends: within() holds at the diameter of the earth
    }
    let mut below = above / 2;
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
        let hole = [[0, 0], [10_000_000, 0], [10_000_000, 10_000_000], [0, 10_000_000],
            [4_000_000, 4_000_000], [6_000_000, 4_000_000], [6_000_000, 6_000_000], [4_000_000, 6_000_000]];
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
