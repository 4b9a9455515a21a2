//! How an edge is cut, and where its cuts are.

use super::place::{Place, place_fine, sincos};
use super::{BEND_CM, PIECE_E7};
use crate::shape::Vertex;

/// Length bound of one chord, in cm.
const CHORD_MAX_CM: i64 = 335_104;
/// Reaches are clamped here before anything is squared.
const CLAMP_CM: i64 = 2_000_000_000;

/// An edge from `a` to `b`, cut into 2^`halvings` pieces.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    pub a: Vertex,
    pub b: Vertex,
    pub halvings: u32,
}

impl Edge {
    #[must_use]
    pub fn new(a: Vertex, b: Vertex) -> Self {
        Self { a, b, halvings: halvings(a, b) }
    }

    /// The place of cut `i`, 0 <= i <= 2^halvings.
    #[must_use]
    pub fn cut(&self, i: i64) -> Place {
        let shift = 16 - self.halvings;
        let along = |a: i32, b: i32| (i64::from(a) << 16) + i * ((i64::from(b) - i64::from(a)) << shift);
        place_fine(along(self.a[0], self.b[0]), along(self.a[1], self.b[1]))
    }
}

/// The least k for which 2^k pieces are short enough.
#[must_use]
pub fn halvings(a: Vertex, b: Vertex) -> u32 {
    let dx = (i64::from(a[0]) - i64::from(b[0])).unsigned_abs();
    let dy = (i64::from(a[1]) - i64::from(b[1])).unsigned_abs();
    let (dx, dy) = (u128::from(dx), u128::from(dy));
    let piece_squared = (PIECE_E7 * PIECE_E7) as u128;
    let fixed = (dy * dy + 2 * dx * dy) << 30;
    // The cosine never exceeds 2^30 + 1, so where that passes at k = 0 the true one does.
    if fixed + ((1 << 30) + 1) * dx * dx <= piece_squared << 30 {
        return 0;
    }
    let least = if (a[1] > 0) == (b[1] > 0) { a[1].unsigned_abs().min(b[1].unsigned_abs()) } else { 0 };
    let cosine = (sincos(i64::from(least) << 16).1 >> 30) + 1;
    let needed = fixed + cosine as u128 * dx * dx;
    let mut k = 0;
    while needed > piece_squared << (30 + 2 * k) {
        k += 1;
    }
    k
}

/// How far the curve of a run of 2^j chords may leave the box of its two end points, in cm.
#[must_use]
pub fn reach_of_run(j: u32) -> i64 {
    if j == 0 {
        return 0;
    }
    let bend = BEND_CM << (2 * j); // j <= 15: 35 bits
    let half = (CHORD_MAX_CM << j) / 2;
    (bend.min(half) + 2).min(CLAMP_CM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_has_at_most_fifteen_halvings_and_a_short_one_none() {
        assert_eq!(0, halvings([0, 0], [0, 0]));
        assert_eq!(0, halvings([0, 0], [299_999, 0]));
        assert_eq!(1, halvings([0, 0], [300_000, 0])); // the cosine is rounded up
        assert_eq!(0, halvings([0, 600_000_000], [400_000, 600_000_000]));
        assert!(halvings([-1_800_000_000, -900_000_000], [1_800_000_000, 900_000_000]) <= 15);
        // Along a parallel near the pole the cosine spares the pieces.
        assert!(halvings([-1_800_000_000, 899_000_000], [1_800_000_000, 899_000_000]) <= 9);
    }

    #[test]
    fn the_first_and_last_cut_are_the_ends() {
        let edge = Edge::new([123, -456], [77_000_000, 45_000_000]);
        assert_eq!(super::super::place::place(123, -456), edge.cut(0));
        assert_eq!(super::super::place::place(77_000_000, 45_000_000), edge.cut(1 << edge.halvings));
    }
}
