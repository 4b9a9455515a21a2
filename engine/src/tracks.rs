//! Where a position goes on its course, and when it first comes to a zone.
//!
//! A path is reckoned in legs of equal time on a constant course over the ellipsoid, in double precision, and
//! rounded to e7. From there on all is exact: each leg is a volume (a line of no radius, in its own interval),
//! and the first leg that meets a zone says when, no earlier than which.

use crate::filter::{RADIAN, radii};
use crate::shape::Vertex;

const LON_E7: f64 = 1.8e9;
const LAT_E7: f64 = 9e8;

/// A course over ground.
#[derive(Clone, Copy, Debug)]
pub struct Course {
    pub lon_e7: i32,
    pub lat_e7: i32,
    /// From true north, clockwise.
    pub course_deg: f64,
    pub speed_cm_s: f64,
}

/// The paths of each leg, in order: one, or two where it crosses ±180 degrees.
#[must_use]
pub fn legs(course: &Course, legs: usize, leg_ms: i64) -> Vec<Vec<[Vertex; 2]>> {
    let (sine, cosine) = course.course_deg.to_radians().sin_cos();
    let metres = course.speed_cm_s / 100.0 * leg_ms as f64 / 1000.0;
    let (mut lon, mut lat) = (f64::from(course.lon_e7), f64::from(course.lat_e7));
    let mut all = Vec::with_capacity(legs);
    for _ in 0..legs {
        let (sin_lat, cos_lat) = (lat * RADIAN).sin_cos();
        let (meridian, _) = radii(sin_lat, cos_lat);
        let to_lat = (lat + metres * cosine / meridian / RADIAN).clamp(-LAT_E7, LAT_E7);
        let (sin_mid, cos_mid) = ((lat + to_lat) / 2.0 * RADIAN).sin_cos();
        let (_, parallel) = radii(sin_mid, cos_mid);
        let to_lon = lon + (metres * sine / parallel.max(1.0) / RADIAN).clamp(-LON_E7, LON_E7);
        all.push(cut((lon, lat), (to_lon, to_lat)));
        lon = if to_lon > LON_E7 {
            to_lon - 2.0 * LON_E7
        } else if to_lon < -LON_E7 {
            to_lon + 2.0 * LON_E7
        } else {
            to_lon
        };
        lat = to_lat;
    }
    all
}

/// A leg from `a` to `b`, cut where it leaves the range of longitudes.
fn cut(a: (f64, f64), b: (f64, f64)) -> Vec<[Vertex; 2]> {
    let vertex = |lon: f64, lat: f64| [lon.clamp(-LON_E7, LON_E7).round() as i32, lat.round() as i32];
    if b.0.abs() <= LON_E7 {
        return vec![[vertex(a.0, a.1), vertex(b.0, b.1)]];
    }
    let side = LON_E7.copysign(b.0);
    let lat = a.1 + (b.1 - a.1) * (side - a.0) / (b.0 - a.0);
    vec![[vertex(a.0, a.1), vertex(side, lat)], [vertex(-side, lat), vertex(b.0 - 2.0 * side, b.1)]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_north_at_ten_metres_a_second_is_a_third_of_a_degree() {
        let course = Course { lon_e7: 0, lat_e7: 0, course_deg: 0.0, speed_cm_s: 1000.0 };
        let path = legs(&course, 60, 60_000);
        assert_eq!(60, path.len());
        let end = path[59][0][1];
        assert_eq!(0, end[0]);
        assert!((end[1] - 3_255_700).abs() < 1_000);
        assert!(path.windows(2).all(|pair| pair[0][0][1] == pair[1][0][0]));
    }

    #[test]
    fn a_leg_over_the_antimeridian_is_cut_there() {
        let course = Course { lon_e7: 1_799_990_000, lat_e7: 100_000_000, course_deg: 90.0, speed_cm_s: 20_000.0 };
        let path = legs(&course, 2, 60_000);
        assert_eq!(2, path[0].len());
        assert_eq!([1_800_000_000, 100_000_000], path[0][0][1]);
        assert_eq!([-1_800_000_000, 100_000_000], path[0][1][0]);
        assert_eq!(1, path[1].len());
    }
}
