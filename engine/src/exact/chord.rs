//! Whether two straight lines in space are within a reach of each other, by exact rational comparison.

use super::place::Place;
use super::wide;

fn minus(a: Place, b: Place) -> Place {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: Place, b: Place) -> i64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Point `w` (from the line's start) is within sqrt(`reach_squared`) of the line from the origin along `v`.
fn point_within(w: Place, v: Place, reach_squared: i64) -> bool {
    let along = dot(w, v);
    let whole = dot(v, v);
    if along <= 0 {
        return dot(w, w) <= reach_squared;
    }
    if along >= whole {
        let end = minus(w, v);
        return dot(end, end) <= reach_squared;
    }
    // |w|^2 - along^2 / whole <= reach^2, multiplied out: 105 bits.
    let excess = i128::from(dot(w, w)) - i128::from(reach_squared);
    excess * i128::from(whole) <= i128::from(along) * i128::from(along)
}

/// The chords `p0 p1` and `q0 q1` are within `reach_cm` (at most [`super::REACH_MAX_CM`]) of each other.
///
/// The nearest points are an end of one of them, or inside both; then their distance is that of
/// the two lines, (w·n)²/n·n.
#[must_use]
pub fn chords_within(p0: Place, p1: Place, q0: Place, q1: Place, reach_cm: i64) -> bool {
    let reach_squared = reach_cm * reach_cm;
    let u = minus(p1, p0);
    let v = minus(q1, q0);
    let w = minus(p0, q0);
    if point_within(w, v, reach_squared)
        || point_within(minus(p1, q0), v, reach_squared)
        || point_within(minus(q0, p0), u, reach_squared)
        || point_within(minus(q1, p0), u, reach_squared)
    {
        return true;
    }
    let (a, b, c) = (i128::from(dot(u, u)), i128::from(dot(u, v)), i128::from(dot(v, v)));
    let (d, e) = (i128::from(dot(u, w)), i128::from(dot(v, w)));
    let area = a * c - b * b;
    let s = b * e - c * d;
    let t = a * e - b * d;
    if area == 0 || s < 0 || s > area || t < 0 || t > area {
        return false;
    }
    let n = [
        i128::from(u[1] * v[2] - u[2] * v[1]),
        i128::from(u[2] * v[0] - u[0] * v[2]),
        i128::from(u[0] * v[1] - u[1] * v[0]),
    ];
    let across = (i128::from(w[0]) * n[0] + i128::from(w[1]) * n[1] + i128::from(w[2]) * n[2]).unsigned_abs();
    let normal = (n[0] * n[0] + n[1] * n[1] + n[2] * n[2]) as u128;
    wide::product(across, across) <= wide::product(reach_squared as u128, normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touching_is_within_and_one_short_is_not() {
        let cases: [(Place, Place, Place, Place, i64); 4] = [
            ([0, 0, 0], [0, 0, 0], [3, 4, 0], [3, 4, 0], 5),
            ([0, 0, 0], [100, 0, 0], [50, 7, 0], [50, 90, 0], 7),
            ([-100, 0, 0], [100, 0, 0], [0, -100, 9], [0, 100, 9], 9),
            ([0, 0, 0], [100, 0, 0], [-30, 40, 0], [-60, 80, 0], 50),
        ];
        for (p0, p1, q0, q1, reach) in cases {
            assert!(chords_within(p0, p1, q0, q1, reach));
            assert!(chords_within(q0, q1, p1, p0, reach));
            assert!(!chords_within(p0, p1, q0, q1, reach - 1));
        }
    }

    #[test]
    fn the_widest_operands_do_not_overflow() {
        let far = 637_813_700;
        let long = 335_104;
        let p0 = [far, 0, 0];
        let q0 = [-far, 0, 0];
        let p1 = [far, long, 0];
        let q1 = [-far, 0, long];
        assert!(chords_within(p0, p1, q0, q1, 2 * far));
        assert!(!chords_within(p0, p1, q0, q1, 2 * far - 1));
        assert!(chords_within(p0, p1, q0, q1, super::super::REACH_MAX_CM));
    }
}
