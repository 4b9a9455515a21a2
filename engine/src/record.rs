//! What the engine keeps of a volume: a 64-byte record, and the box that the tree is made of.
//!
//! A record settles most pairs without a look at vertices: its centre and two radii bound the core from
//! outside (`outer_m`) and from inside (`inner_m`).

use crate::filter::{Bounds, RADIAN, radii};
use crate::shape::{Core, Form};
use crate::volume::{Extent, GEOID_CM, Reference, form_of};

/// Axes of a box: x, y, z in metres of Earth-centred space, time and height.
pub const AXES: usize = 5;
/// Bound of the second derivative of a place, in metres (docs/spec/geometry.md, the proof, step 2).
const CURVE_M: f64 = 6.4e6;
/// Half of what the predicate may look beyond its reach, and roundings of a centimetre, in metres.
const PAD_M: f64 = 0.55;
/// `inner_m` of a core that has no point known to be near the centre.
const FAR_M: f32 = -1e9;

/// One volume of one notice, in a cache line.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Record {
    /// The place of the middle of the core's lon/lat box, in cm.
    pub centre_cm: [i32; 3],
    /// Every point of the core is within this of the centre, through space.
    pub outer_m: f32,
    /// A point at a distance g of the centre on the ground is within max(0, g - `inner_m`) of the core.
    pub inner_m: f32,
    pub first: u32,
    pub start_ms: i64,
    pub end_ms: i64,
    pub lower_cm: i32,
    pub upper_cm: i32,
    pub radius_cm: u32,
    /// A bit for each release the notice has: who may see that it is there.
    pub release: u32,
    pub count: u16,
    pub party: u16,
    pub part: u16,
    pub kind: u8,
    /// Bits 0-1 form, 2-3 reference of heights, 4 several parts.
    pub(crate) flags: u8,
}

const _: () = assert!(size_of::<Record>() == 64);

/// Whose a volume is, and of what kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    pub party: u16,
    pub kind: u8,
    pub release: u32,
    pub part: u16,
}

/// A box in five axes, rounded outward. Time is in ms from an origin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Box5 {
    pub low: [f32; AXES],
    pub high: [f32; AXES],
}

impl Box5 {
    pub const EMPTY: Self = Self { low: [f32::INFINITY; AXES], high: [f32::NEG_INFINITY; AXES] };

    #[inline]
    #[must_use]
    pub fn with(mut self, other: &Self) -> Self {
        for d in 0..AXES {
            self.low[d] = if other.low[d] < self.low[d] { other.low[d] } else { self.low[d] };
            self.high[d] = if other.high[d] > self.high[d] { other.high[d] } else { self.high[d] };
        }
        self
    }
}

/// The next lower single-precision number.
#[inline]
#[must_use]
pub fn down(value: f64) -> f32 {
    (value as f32).next_down()
}

/// The next higher single-precision number.
#[inline]
#[must_use]
pub fn up(value: f64) -> f32 {
    (value as f32).next_up()
}

impl Record {
    /// A record of nothing, to be written over.
    pub const NONE: Self = Self {
        centre_cm: [0; 3],
        outer_m: 0.0,
        inner_m: 0.0,
        first: 0,
        start_ms: 0,
        end_ms: 0,
        lower_cm: 0,
        upper_cm: 0,
        radius_cm: 0,
        release: 0,
        count: 0,
        party: 0,
        part: 0,
        kind: 0,
        flags: 0,
    };

    #[must_use]
    pub fn form(&self) -> Form {
        form_of(self.flags)
    }

    #[must_use]
    pub fn has_parts(&self) -> bool {
        self.flags & 16 != 0
    }

    #[inline]
    #[must_use]
    pub fn extent(&self) -> Extent {
        Extent {
            radius_cm: i64::from(self.radius_cm),
            lower_cm: i64::from(self.lower_cm),
            upper_cm: i64::from(self.upper_cm),
            start_ms: self.start_ms,
            end_ms: self.end_ms,
            reference: Reference::from_code(self.flags >> 2),
        }
    }

    /// The two axes of the box that come from whole numbers: time from `origin_ms`, and height, each widened.
    ///
    /// Heights above the sea are widened to the ellipsoid; those above the ground or of pressure separate from
    /// nothing, so they have no ends.
    #[inline]
    pub fn set_time_and_height(&self, axes: &mut Box5, origin_ms: i64, time_ms: i64, vertical_cm: i64) {
        axes.low[3] = down((self.start_ms - origin_ms - time_ms) as f64);
        axes.high[3] = up((self.end_ms - origin_ms + time_ms) as f64);
        let widened = match Reference::from_code(self.flags >> 2) {
            Reference::W84 => vertical_cm,
            Reference::Msl => vertical_cm + GEOID_CM,
            Reference::Sfc | Reference::Std => {
                (axes.low[4], axes.high[4]) = (f32::NEG_INFINITY, f32::INFINITY);
                return;
            }
        };
        axes.low[4] = down((i64::from(self.lower_cm) - widened) as f64);
        axes.high[4] = up((i64::from(self.upper_cm) + widened) as f64);
    }
}

/// The record of a volume, and its box about its radius. `first` is where its vertices are kept.
#[must_use]
pub fn describe(core: Core<'_>, extent: &Extent, owner: Owner, first: u32, origin_ms: i64) -> (Record, Box5) {
    let (mut record, mut axes) = (Record::NONE, Box5::EMPTY);
    describe_into(core, extent, owner, first, origin_ms, &mut record, &mut axes);
    (record, axes)
}

/// [`describe`], written where it is to be kept: copies of 104 bytes were a fifth of the time of packing.
pub fn describe_into(
    core: Core<'_>,
    extent: &Extent,
    owner: Owner,
    first: u32,
    origin_ms: i64,
    record: &mut Record,
    axes: &mut Box5,
) {
    let vertices = core.vertices();
    let bounds = Bounds::of(vertices);
    let [lon_e7, lat_e7] = bounds.middle();
    let (sin_lat, cos_lat) = (f64::from(lat_e7) * RADIAN).sin_cos();
    let (sin_lon, cos_lon) = (f64::from(lon_e7) * RADIAN).sin_cos();
    let cos_lat = cos_lat.max(0.0);
    let (meridian, parallel) = radii(sin_lat, cos_lat);
    let w2 = 1.0 - 0.006_694_379_990_14 * sin_lat * sin_lat;
    let centre = [parallel * cos_lon, parallel * sin_lon, meridian * w2 * sin_lat];
    let east = [-parallel * sin_lon, parallel * cos_lon];
    let north = [-meridian * sin_lat * cos_lon, -meridian * sin_lat * sin_lon, meridian * cos_lat];
    let (mut low, mut high, mut widest) = ([0f64; 3], [0f64; 3], 0f64);
    let mut pad = 0.0;
    if vertices.len() > 1 {
        for v in vertices {
            let dx = (i64::from(v[0]) - i64::from(lon_e7)) as f64 * RADIAN;
            let dy = (i64::from(v[1]) - i64::from(lat_e7)) as f64 * RADIAN;
            let at = [dx * east[0] + dy * north[0], dx * east[1] + dy * north[1], dy * north[2]];
            for d in 0..3 {
                low[d] = if at[d] < low[d] { at[d] } else { low[d] };
                high[d] = if at[d] > high[d] { at[d] } else { high[d] };
            }
            let square = at[0] * at[0] + at[1] * at[1] + at[2] * at[2];
            widest = if square > widest { square } else { widest };
        }
        // Taylor's remainder over the box: half the second derivative, Q (f² + 2 f l + C l²).
        let f = (f64::from(bounds.north) - f64::from(bounds.south) + 2.0) * 0.5 * RADIAN;
        let l = (f64::from(bounds.east) - f64::from(bounds.west) + 2.0) * 0.5 * RADIAN;
        pad = 0.5 * CURVE_M * (f * f + 2.0 * f * l + (cos_lat + f).min(1.0) * l * l);
    }
    let around = pad + extent.radius_cm as f64 / 100.0 + PAD_M;
    for d in 0..3 {
        axes.low[d] = down(centre[d] + low[d] - around);
        axes.high[d] = up(centre[d] + high[d] + around);
    }
    let inner_m = if vertices.len() > 1 { inner(core, &bounds, sin_lat, cos_lat, meridian, parallel) } else { 0.0 };
    *record = Record {
        centre_cm: centre.map(|v| (v * 100.0).round() as i32),
        outer_m: up(widest.sqrt() + pad),
        inner_m,
        first,
        start_ms: extent.start_ms,
        end_ms: extent.end_ms,
        lower_cm: extent.lower_cm as i32,
        upper_cm: extent.upper_cm as i32,
        radius_cm: extent.radius_cm as u32,
        release: owner.release,
        count: vertices.len() as u16,
        party: owner.party,
        part: owner.part,
        kind: owner.kind,
        flags: core.form() as u8 | (extent.reference as u8) << 2 | u8::from(!core.is_single()) << 4,
    };
    record.set_time_and_height(axes, origin_ms, 0, 0);
}

/// The radius of a disc about the centre inside the core; or, negative, how far the centre is from the core.
///
/// In the plane scaled at the centre, with the same bound of lengths as the filter (`e`); where that does not
/// hold, nothing is claimed.
fn inner(core: Core<'_>, bounds: &Bounds, sine: f64, cosine: f64, meridian: f64, parallel: f64) -> f32 {
    let bend = (f64::from(bounds.north) - f64::from(bounds.south) + 2.0) * 0.5 * RADIAN;
    let least = cosine - bend;
    if bend > 0.05 || least < 0.19 || i64::from(bounds.east) - i64::from(bounds.west) > 400_000_000 {
        return FAR_M;
    }
    let e = 1.2 * ((sine.abs() + bend) / least + 0.0102) * bend;
    let [lon_e7, lat_e7] = bounds.middle();
    let (kx, ky) = ((parallel * RADIAN) as f32, (meridian * RADIAN) as f32);
    let at = |v: [i32; 2]| ((v[0] - lon_e7) as f32 * kx, (v[1] - lat_e7) as f32 * ky);
    let (mut least_square, mut inside, mut widest) = (f32::MAX, false, 0f32);
    for (a, b) in core.edges() {
        let ((ax, ay), (bx, by)) = (at(a), at(b));
        let (ux, uy) = (bx - ax, by - ay);
        let whole = ux * ux + uy * uy;
        let along = -(ax * ux + ay * uy);
        let t = if along <= 0.0 || whole <= 0.0 {
            0.0
        } else if along >= whole {
            1.0
        } else {
            along / whole
        };
        let (rx, ry) = (ax + t * ux, ay + t * uy);
        let square = rx * rx + ry * ry;
        least_square = if square < least_square { square } else { least_square };
        let far = ax.abs() + ay.abs();
        widest = if far > widest { far } else { widest };
        if (a[1] > lat_e7) != (b[1] > lat_e7) {
            let left = (i64::from(b[0]) - i64::from(a[0])) * (i64::from(lat_e7) - i64::from(a[1]));
            let right = (i64::from(b[1]) - i64::from(a[1])) * (i64::from(lon_e7) - i64::from(a[0]));
            inside ^= (left > right) == (b[1] > a[1]);
        }
    }
    // Single precision: the same count of roundings as the filter's, about a nearer origin.
    let (distance, error) = (f64::from(least_square.sqrt()), 6e-6 * f64::from(widest) + 1e-3);
    if inside && core.form() == Form::Area {
        down(((distance - error) / (1.0 + e)).max(0.0))
    } else {
        down(-(distance + error) * (1.0 + e))
    }
}
