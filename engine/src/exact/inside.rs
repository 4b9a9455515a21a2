//! `inside` and `contains`: even-odd over all rings, in the plane of longitude and latitude.

use crate::shape::{Core, Form, Vertex};

/// The vertex lies inside the area by the even-odd rule over all its rings.
///
/// Both products have at most 32 + 31 bits, so they are compared, never subtracted.
#[must_use]
pub fn inside(area: Core<'_>, v: Vertex) -> bool {
    let mut within = false;
    let (lon_v, lat_v) = (i64::from(v[0]), i64::from(v[1]));
    for ring in area.parts() {
        let mut a = ring[ring.len() - 1];
        for &b in ring {
            if (a[1] > v[1]) != (b[1] > v[1]) {
                let (lon_a, lat_a) = (i64::from(a[0]), i64::from(a[1]));
                let left = (i64::from(b[0]) - lon_a) * (lat_v - lat_a);
                let right = (i64::from(b[1]) - lat_a) * (lon_v - lon_a);
                within ^= (left > right) == (b[1] > a[1]);
            }
            a = b;
        }
    }
    within
}

/// `outer` is an area and holds the first vertex of some part of `inner`.
#[must_use]
pub fn contains(outer: Core<'_>, inner: Core<'_>) -> bool {
    outer.form() == Form::Area && inner.parts().any(|part| inside(outer, part[0]))
}
