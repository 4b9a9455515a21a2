//! Volumes of space and time, validated once, and the margins between them.

use crate::exact::within::cores_within;
use crate::shape::{Core, Form, Vertex};

/// No hazard known is larger; the same limit as in Python (`RADIUS_CM_MAX`).
pub const RADIUS_CM_MAX: i64 = 100_000_000;
/// "No limit" of height, either way.
pub const HEIGHT_CM_MAX: i64 = 200_000_000;
/// The end of time: the last millisecond of the year 9999.
pub const FOREVER_MS: i64 = 253_402_300_799_999;
/// The geoid lies within this of the ellipsoid.
pub const GEOID_CM: i64 = 11_000;
/// A record counts its vertices in 16 bits. (The service refuses shapes of more than 4,096.)
pub const VERTICES_MAX: usize = 65_535;
/// A margin in time longer than a leap year separates nothing.
pub const TIME_MARGIN_MS_MAX: i64 = 31_622_400_000;

/// What a height is measured from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Reference {
    W84 = 0,
    Msl = 1,
    Sfc = 2,
    Std = 3,
}

impl Reference {
    #[must_use]
    pub fn from_code(code: u8) -> Self {
        match code & 3 {
            0 => Self::W84,
            1 => Self::Msl,
            2 => Self::Sfc,
            _ => Self::Std,
        }
    }
}

/// What must lie between two volumes that do not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Margin {
    pub horizontal_cm: i64,
    pub vertical_cm: i64,
    pub time_ms: i64,
}

/// Height and time of a volume, and its radius.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    pub radius_cm: i64,
    pub lower_cm: i64,
    pub upper_cm: i64,
    pub start_ms: i64,
    pub end_ms: i64,
    pub reference: Reference,
}

/// The heights are not certainly further apart than the margin: `bands_meet`.
#[inline]
#[must_use]
pub fn bands_meet(a: &Extent, b: &Extent, margin_cm: i64) -> bool {
    let margin = if a.reference == b.reference {
        margin_cm
    } else if (a.reference as u8) < 2 && (b.reference as u8) < 2 {
        margin_cm + GEOID_CM
    } else {
        return true;
    };
    a.lower_cm <= b.upper_cm + margin && b.lower_cm <= a.upper_cm + margin
}

/// No more than the margin lies between the intervals: `intervals_meet`.
#[inline]
#[must_use]
pub fn intervals_meet(a: &Extent, b: &Extent, margin_ms: i64) -> bool {
    a.start_ms <= b.end_ms + margin_ms && b.start_ms <= a.end_ms + margin_ms
}

/// `decide/1` for one pair of volumes, in integers only.
#[must_use]
pub fn meets(a: Core<'_>, x: &Extent, b: Core<'_>, y: &Extent, margin: &Margin) -> bool {
    intervals_meet(x, y, margin.time_ms)
        && bands_meet(x, y, margin.vertical_cm)
        && cores_within(a, b, x.radius_cm + y.radius_cm + margin.horizontal_cm)
}

/// Many volumes in columns: what every bulk call takes.
#[derive(Clone, Debug, Default)]
pub struct Volumes {
    pub forms: Vec<u8>,
    pub extents: Vec<Extent>,
    /// Where the vertices of each volume begin; one more than there are volumes.
    pub firsts: Vec<u32>,
    pub vertices: Vec<Vertex>,
    /// The ends of the parts of volumes that have more than one.
    pub parts: Parts,
}

/// The ends of parts, for the few cores that have several.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// (row, where its ends begin), ascending by row.
    rows: Vec<(u32, u32)>,
    ends: Vec<u32>,
}

impl Parts {
    /// The ends of the parts of a row; empty if it has one part.
    #[must_use]
    pub fn of(&self, row: u32) -> &[u32] {
        match self.rows.binary_search_by_key(&row, |entry| entry.0) {
            Err(_) => &[],
            Ok(i) => {
                let end = self.rows.get(i + 1).map_or(self.ends.len(), |entry| entry.1 as usize);
                &self.ends[self.rows[i].1 as usize..end]
            }
        }
    }

    /// Keeps the ends of a row, which MUST be above all rows kept before.
    pub fn push(&mut self, row: u32, ends: &[u32]) {
        debug_assert!(self.rows.last().is_none_or(|last| last.0 < row));
        self.rows.push((row, self.ends.len() as u32));
        self.ends.extend_from_slice(ends);
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn clear(&mut self) {
        self.rows.clear();
        self.ends.clear();
    }

    #[must_use]
    pub fn bytes(&self) -> usize {
        self.rows.len() * 8 + self.ends.len() * 4
    }
}

#[must_use]
pub fn form_of(code: u8) -> Form {
    match code & 3 {
        0 => Form::Point,
        1 => Form::Line,
        _ => Form::Area,
    }
}

impl Volumes {
    #[must_use]
    pub fn len(&self) -> usize {
        self.extents.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.extents.is_empty()
    }

    #[must_use]
    pub fn core(&self, row: usize) -> Core<'_> {
        let vertices = &self.vertices[self.firsts[row] as usize..self.firsts[row + 1] as usize];
        let ends = if self.parts.is_empty() { &[] } else { self.parts.of(row as u32) };
        Core::new(form_of(self.forms[row]), vertices, ends)
    }

    /// Forgets all volumes and keeps the room.
    pub fn clear(&mut self) {
        self.forms.clear();
        self.extents.clear();
        self.firsts.clear();
        self.vertices.clear();
        self.parts.clear();
    }

    /// Adds a volume already validated.
    pub fn push(&mut self, core: Core<'_>, extent: Extent) {
        if self.firsts.is_empty() {
            self.firsts.push(0);
        }
        if !core.is_single() {
            let mut end = 0;
            let ends: Vec<u32> = core
                .parts()
                .map(|part| {
                    end += part.len() as u32;
                    end
                })
                .collect();
            self.parts.push(self.extents.len() as u32, &ends);
        }
        self.forms.push(core.form() as u8);
        self.extents.push(extent);
        self.vertices.extend_from_slice(core.vertices());
        self.firsts.push(self.vertices.len() as u32);
    }
}
