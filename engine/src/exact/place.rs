//! `sincos` and `place`: from an angle to whole centimetres of Earth-centred space, bit for bit.

const ONE: i128 = 1 << 60;
/// round(pi 2^88 / 1.8e9): turns 2^-16 e7 into radians.
const RAD: i128 = 540_153_240_694_945_931;
/// round(e^2 2^60), WGS84.
const E2: i128 = 7_718_094_650_643_697;
/// The equatorial radius, in cm.
const A_CM: u128 = 637_813_700;
/// 90 degrees, in 2^-16 e7.
const QUARTER: i64 = 900_000_000 << 16;

/// A place in Earth-centred space, in whole cm.
pub type Place = [i64; 3];

/// Sine and cosine of an angle in 2^-16 e7, each times 2^60.
#[must_use]
pub fn sincos(angle: i64) -> (i64, i64) {
    let shifted = angle + QUARTER / 2;
    let quadrant = shifted.div_euclid(QUARTER);
    let rest = shifted.rem_euclid(QUARTER);
    let x = (i128::from(rest - QUARTER / 2) * RAD) >> 44;
    let xx = (x * x) >> 60;
    let mut s = ONE;
    for d in [272, 210, 156, 110, 72, 42, 20, 6] {
        s = ONE - i128::from(((xx * s) >> 60) as u64 / d);
    }
    let s = ((x * s) >> 60) as i64;
    let mut c = ONE;
    for d in [240, 182, 132, 90, 56, 30, 12, 2] {
        c = ONE - i128::from(((xx * c) >> 60) as u64 / d);
    }
    let c = c as i64;
    match quadrant.rem_euclid(4) {
        0 => (s, c),
        1 => (c, -s),
        2 => (-s, -c),
        _ => (-c, s),
    }
}

/// The place of a longitude and latitude, both in 2^-16 e7.
#[must_use]
pub fn place_fine(lon: i64, lat: i64) -> Place {
    let (sf, cf) = sincos(lat);
    let (sl, cl) = sincos(lon);
    let (sf, cf, sl, cl) = (i128::from(sf), i128::from(cf), i128::from(sl), i128::from(cl));
    let w = (((ONE - ((E2 * ((sf * sf) >> 60)) >> 60)) << 60) as u128).isqrt();
    let n = ((A_CM << 80) / w) as i128;
    let p = (n * cf) >> 60;
    let whole = |v: i128| ((v + (1 << 19)) >> 20) as i64;
    [whole((p * cl) >> 60), whole((p * sl) >> 60), whole((((n * (ONE - E2)) >> 60) * sf) >> 60)]
}

/// The place of a vertex in e7.
#[must_use]
pub fn place(lon_e7: i32, lat_e7: i32) -> Place {
    place_fine(i64::from(lon_e7) << 16, i64::from(lat_e7) << 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_definition_hold() {
        let table: [((i64, i64), Place); 8] = [
            ((0, 0), [637_813_700, 0, 0]),
            ((1_800_000_000, 0), [-637_813_700, 0, 0]),
            ((-1_800_000_000, 0), [-637_813_700, 0, 0]),
            ((0, 900_000_000), [0, 0, 635_675_231]),
            ((0, -900_000_000), [0, 0, -635_675_231]),
            ((377_000_000, 553_000_000), [287_940_925, 222_546_037, 522_046_805]),
            ((-1_799_999_999, 700_000_000), [-218_792_765, 0, 597_104_001]),
            ((450_000_000, 450_000_000), [319_441_915, 319_441_915, 448_734_841]),
        ];
        for ((lon, lat), expected) in table {
            assert_eq!(expected, place_fine(lon << 16, lat << 16));
        }
        assert_eq!((705_042_675_278_820_254, 912_218_626_109_223_826), sincos(377_000_000 << 16));
    }

    #[test]
    fn both_names_of_the_antimeridian_and_all_names_of_a_pole_are_one_place() {
        for lat in [-900_000_000, -700_000_001, 0, 123_456_789, 900_000_000] {
            assert_eq!(place(1_800_000_000, lat), place(-1_800_000_000, lat));
        }
        for lon in [-1_800_000_000, -1, 0, 7, 1_234_567_890] {
            assert_eq!(place(0, 900_000_000), place(lon, 900_000_000));
        }
    }
}
