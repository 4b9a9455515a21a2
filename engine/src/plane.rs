//! The distance of two cores in a plane tangent near them, in single precision, eight edges at a time.
//!
//! Edges are straight in longitude and latitude, so they stay straight under any scaling of the two axes.
//! What a distance in this plane says about the true one is worked out in [`crate::filter`].

use crate::shape::{Core, Form, Vertex};
use crate::simd::dispatched;

/// Lanes of the kernel.
pub const LANES: usize = 8;
/// Coordinates of lanes that hold no edge: far from anything, and no trouble when squared.
const NOWHERE: f32 = 1e15;

/// The scale of a plane: metres per e7 along longitude and latitude, about an origin.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scale {
    pub lon_e7: i32,
    pub lat_e7: i32,
    pub east: f32,
    pub north: f32,
}

impl Scale {
    /// The vertex in metres from the origin. `turn` is 0 or a whole turn of longitude, modulo 2^32.
    #[inline(always)]
    fn at(&self, v: Vertex, turn: i32) -> (f32, f32) {
        let lon = v[0].wrapping_add(turn).wrapping_sub(self.lon_e7);
        let lat = v[1].wrapping_sub(self.lat_e7);
        (lon as f32 * self.east, lat as f32 * self.north)
    }
}

/// One edge: start, extent, and one over its length squared (0 for an edge of no length).
#[derive(Clone, Copy, Debug, Default)]
pub struct Side {
    pub x: f32,
    pub y: f32,
    pub u: f32,
    pub v: f32,
    pub inverse: f32,
}

/// Eight edges side by side.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(32))]
pub struct Eight {
    x: [f32; LANES],
    y: [f32; LANES],
    u: [f32; LANES],
    v: [f32; LANES],
    inverse: [f32; LANES],
}

impl Eight {
    const NOWHERE: Self =
        Self { x: [NOWHERE; LANES], y: [NOWHERE; LANES], u: [0.0; LANES], v: [0.0; LANES], inverse: [0.0; LANES] };
}

/// The box of some edges in the plane.
#[derive(Clone, Copy, Debug)]
pub struct Rect {
    pub west: f32,
    pub east: f32,
    pub south: f32,
    pub north: f32,
}

impl Rect {
    /// The largest coordinate, either way.
    #[must_use]
    pub fn reach(&self) -> f32 {
        self.east.max(-self.west).max(self.north).max(-self.south)
    }
}

/// A core in the plane: its edges one by one and eight by eight.
///
/// Every vertex is the start of some edge: an open path ends with an edge of no length.
#[derive(Clone, Debug)]
pub struct Flat {
    pub sides: Vec<Side>,
    pub eights: Vec<Eight>,
    pub rect: Rect,
}

impl Default for Flat {
    fn default() -> Self {
        Self { sides: Vec::new(), eights: Vec::new(), rect: Rect { west: 0.0, east: 0.0, south: 0.0, north: 0.0 } }
    }
}

impl Flat {
    /// Lays a core out in the plane, reusing the room of what was here before.
    pub fn lay(&mut self, core: Core<'_>, scale: &Scale, turn: i32) {
        self.sides.clear();
        let mut rect = Rect { west: f32::MAX, east: f32::MIN, south: f32::MAX, north: f32::MIN };
        for part in core.parts() {
            let first = self.sides.len();
            for &vertex in part {
                let (x, y) = scale.at(vertex, turn);
                rect.west = if x < rect.west { x } else { rect.west };
                rect.east = if x > rect.east { x } else { rect.east };
                rect.south = if y < rect.south { y } else { rect.south };
                rect.north = if y > rect.north { y } else { rect.north };
                self.sides.push(Side { x, y, u: 0.0, v: 0.0, inverse: 0.0 });
            }
            let sides = &mut self.sides[first..];
            let mut next = if core.form() == Form::Area {
                (sides[0].x, sides[0].y)
            } else {
                let last = sides[sides.len() - 1];
                (last.x, last.y)
            };
            for side in sides.iter_mut().rev() {
                side.u = next.0 - side.x;
                side.v = next.1 - side.y;
                let square = side.u * side.u + side.v * side.v;
                side.inverse = if square > 0.0 { 1.0 / square } else { 0.0 };
                next = (side.x, side.y);
            }
        }
        self.rect = rect;
    }

    /// Arranges the edges eight by eight.
    pub fn arrange(&mut self) {
        self.eights.clear();
        for sides in self.sides.chunks(LANES) {
            let mut eight = Eight::NOWHERE;
            for (lane, side) in sides.iter().enumerate() {
                eight.x[lane] = side.x;
                eight.y[lane] = side.y;
                eight.u[lane] = side.u;
                eight.v[lane] = side.v;
                eight.inverse[lane] = side.inverse;
            }
            self.eights.push(eight);
        }
    }
}

/// What the kernel found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Found {
    /// The least square distance of a start of one from an edge of the other; stops early at `enough`.
    Square(f32),
    /// A side and an eight that seem to hold two edges that cross.
    Crossing(usize, usize),
}

#[inline(always)]
fn clamped(t: f32) -> f32 {
    let t = if t > 0.0 { t } else { 0.0 };
    if t < 1.0 { t } else { 1.0 }
}

/// The kernel: every side against every eight.
#[inline(always)]
fn nearest_body(sides: &[Side], eights: &[Eight], skip: Rect, enough: f32) -> Found {
    let mut least = f32::MAX;
    for (i, p) in sides.iter().enumerate() {
        let (ex, ey) = (p.x + p.u, p.y + p.v);
        if (p.x < skip.west && ex < skip.west)
            || (p.x > skip.east && ex > skip.east)
            || (p.y < skip.south && ey < skip.south)
            || (p.y > skip.north && ey > skip.north)
        {
            continue;
        }
        for (j, q) in eights.iter().enumerate() {
            let mut best = [0f32; LANES];
            let mut crossed = [0u32; LANES];
            for l in 0..LANES {
                let (wx, wy) = (p.x - q.x[l], p.y - q.y[l]);
                let t = clamped((wx * q.u[l] + wy * q.v[l]) * q.inverse[l]);
                let (rx, ry) = (wx - t * q.u[l], wy - t * q.v[l]);
                let from_p = rx * rx + ry * ry;
                let s = clamped(-(wx * p.u + wy * p.v) * p.inverse);
                let (rx, ry) = (wx + s * p.u, wy + s * p.v);
                let from_q = rx * rx + ry * ry;
                best[l] = if from_p < from_q { from_p } else { from_q };
                let across = p.u * q.v[l] - p.v * q.u[l];
                let c1 = p.v * wx - p.u * wy;
                let c3 = q.u[l] * wy - q.v[l] * wx;
                let c2 = c1 + across;
                let c4 = c3 - across;
                crossed[l] = u32::from(c1 * c2 < 0.0) & u32::from(c3 * c4 < 0.0);
            }
            let mut any = 0u32;
            for l in 0..LANES {
                least = if best[l] < least { best[l] } else { least };
                any |= crossed[l];
            }
            if any != 0 {
                return Found::Crossing(i, j);
            }
            if least <= enough {
                return Found::Square(least);
            }
        }
    }
    Found::Square(least)
}

dispatched!(
    /// The least distance of `sides` from `eights`, squared. Sides beyond `skip` are left out; it stops at `enough`.
    pub fn nearest(sides: &[Side], eights: &[Eight], skip: Rect, enough: f32) -> Found = nearest_body
);

#[cfg(test)]
mod tests {
    use super::*;

    const EVERYWHERE: Rect = Rect { west: -1e9, east: 1e9, south: -1e9, north: 1e9 };

    fn flat(form: Form, vertices: &[Vertex]) -> Flat {
        let mut flat = Flat::default();
        flat.lay(Core::new(form, vertices, &[]), &Scale { lon_e7: 0, lat_e7: 0, east: 1.0, north: 1.0 }, 0);
        flat.arrange();
        flat
    }

    #[test]
    fn the_least_distance_is_found_from_either_side() {
        let square = flat(Form::Area, &[[0, 0], [100, 0], [100, 100], [0, 100]]);
        let path = flat(Form::Line, &[[-50, 200], [50, 130], [150, 200]]);
        assert_eq!(Found::Square(900.0), nearest(&square.sides, &path.eights, EVERYWHERE, 0.0));
        assert_eq!(Found::Square(900.0), nearest(&path.sides, &square.eights, EVERYWHERE, 0.0));
        let point = flat(Form::Point, &[[103, 104]]);
        assert_eq!(Found::Square(25.0), nearest(&point.sides, &square.eights, EVERYWHERE, 0.0));
        assert_eq!(Found::Square(25.0), nearest(&square.sides, &point.eights, EVERYWHERE, 0.0));
    }

    #[test]
    fn a_crossing_is_seen_where_no_vertex_is_near() {
        let square = flat(Form::Area, &[[0, 0], [100, 0], [100, 100], [0, 100]]);
        let path = flat(Form::Line, &[[-500, 50], [500, 51]]);
        assert!(matches!(nearest(&path.sides, &square.eights, EVERYWHERE, 0.0), Found::Crossing(0, 0)));
    }
}
