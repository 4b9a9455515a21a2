//! Checks of what enters: ranges of coordinates, radii, heights and times.

use crate::fault::Fault;
use crate::shape::{Form, Vertex};
use crate::volume::{
    Extent, FOREVER_MS, HEIGHT_CM_MAX, Margin, RADIUS_CM_MAX, Reference, TIME_MARGIN_MS_MAX, VERTICES_MAX,
};

/// A longitude or latitude in degrees, rounded to e7. Not a number and infinities are refused.
pub fn degrees_to_e7(value: f64, limit: i64, row: usize, field: &'static str) -> Result<i32, Fault> {
    if !value.is_finite() {
        return Err(Fault::row(row, field, format!("{value} is not a number of degrees")));
    }
    whole_e7((value * 1e7).round() as i64, limit, row, field)
}

/// A longitude or latitude in e7, within its limit.
pub fn whole_e7(value: i64, limit: i64, row: usize, field: &'static str) -> Result<i32, Fault> {
    if (-limit..=limit).contains(&value) {
        Ok(value as i32)
    } else {
        Err(Fault::row(row, field, format!("{value} is out of range: give -{limit} to {limit}")))
    }
}

/// The extent is in order and within the limits.
pub fn extent(row: usize, x: &Extent) -> Result<(), Fault> {
    if !(0..=RADIUS_CM_MAX).contains(&x.radius_cm) {
        return Err(Fault::row(
            row,
            "radius_cm",
            format!("{} is out of range: give 0 to {RADIUS_CM_MAX}", x.radius_cm),
        ));
    }
    for (field, value) in [("lower_cm", x.lower_cm), ("upper_cm", x.upper_cm)] {
        if !(-HEIGHT_CM_MAX..=HEIGHT_CM_MAX).contains(&value) {
            let reason = format!("{value} is out of range: give -{HEIGHT_CM_MAX} to {HEIGHT_CM_MAX}");
            return Err(Fault::row(row, field, reason));
        }
    }
    for (field, value) in [("start_ms", x.start_ms), ("end_ms", x.end_ms)] {
        if !(0..=FOREVER_MS).contains(&value) {
            return Err(Fault::row(row, field, format!("{value} is out of range: give 0 to {FOREVER_MS}")));
        }
    }
    if x.upper_cm < x.lower_cm {
        return Err(Fault::row(row, "upper_cm", "the band is inside out: give an upper limit at or above the lower"));
    }
    if x.end_ms < x.start_ms {
        return Err(Fault::row(row, "end_ms", "the interval ends before it starts"));
    }
    Ok(())
}

pub fn reference(row: usize, code: i64) -> Result<Reference, Fault> {
    match code {
        0..=3 => Ok(Reference::from_code(code as u8)),
        _ => Err(Fault::row(row, "reference", format!("{code} is no reference: 0 w84, 1 msl, 2 sfc, 3 std"))),
    }
}

pub fn form(row: usize, code: i64) -> Result<Form, Fault> {
    match code {
        0..=2 => Ok(crate::volume::form_of(code as u8)),
        _ => Err(Fault::row(row, "form", format!("{code} is no form: 0 point, 1 line, 2 area"))),
    }
}

/// Each part has the vertices its form needs, and a ring does not repeat its first vertex.
pub fn parts<'a>(row: usize, form: Form, parts: impl Iterator<Item = &'a [Vertex]>) -> Result<(), Fault> {
    let (mut count, mut vertices) = (0, 0);
    for part in parts {
        count += 1;
        vertices += part.len();
        let least = match form {
            Form::Point => 1,
            Form::Line => 2,
            Form::Area => 3,
        };
        if part.len() < least {
            return Err(Fault::row(row, "vertices", format!("part {} has too few: give at least {least}", count - 1)));
        }
        if form == Form::Area && part[0] == part[part.len() - 1] {
            return Err(Fault::row(
                row,
                "vertices",
                format!("ring {} repeats its first vertex: leave it out", count - 1),
            ));
        }
    }
    if count == 0 {
        return Err(Fault::row(row, "vertices", "empty"));
    }
    if form == Form::Point && vertices != 1 {
        return Err(Fault::row(row, "vertices", "a point has one vertex"));
    }
    if vertices > VERTICES_MAX {
        return Err(Fault::row(row, "vertices", format!("more than {VERTICES_MAX}")));
    }
    Ok(())
}

/// A margin within its limits.
pub fn margin(m: &Margin) -> Result<(), Fault> {
    let table = [
        ("horizontal_cm", m.horizontal_cm, RADIUS_CM_MAX),
        ("vertical_cm", m.vertical_cm, HEIGHT_CM_MAX),
        ("time_ms", m.time_ms, TIME_MARGIN_MS_MAX),
    ];
    for (field, value, limit) in table {
        if !(0..=limit).contains(&value) {
            return Err(Fault::argument(field, format!("{value} is out of range: give 0 to {limit}")));
        }
    }
    Ok(())
}
