//! Volumes in columns: NumPy arrays (or anything NumPy reads without copying, Arrow arrays among them).

use numpy::{Element, PyArray1, PyArrayMethods, PyReadonlyArray1};
use pyo3::prelude::*;

use super::errors::unlocked;
use super::objects::Reading;
use crate::check;
use crate::fault::Fault;
use crate::shape::Vertex;
use crate::volume::{Extent, Volumes};

const LON_E7_MAX: i64 = 1_800_000_000;
const LAT_E7_MAX: i64 = 900_000_000;

/// Many volumes, validated once. Rows are counted from 0.
#[pyclass(frozen, name = "Volumes", module = "standclear_engine")]
pub struct PyVolumes {
    pub volumes: Volumes,
}

/// Calls `$body` with `$array` bound to the array as whatever type of whole numbers it has.
macro_rules! with_integers {
    ($object:expr, $array:ident => $body:expr; $($kind:ty),*) => {
        $(if let Ok(array) = $object.cast::<PyArray1<$kind>>() {
            let $array = array.readonly();
            return $body;
        })*
    };
}

fn collect<T: Element + Copy, U>(array: &PyReadonlyArray1<'_, T>, turn: impl Fn(T) -> U) -> Vec<U> {
    match array.as_slice() {
        Ok(slice) => slice.iter().map(|&value| turn(value)).collect(),
        Err(_) => array.as_array().iter().map(|&value| turn(value)).collect(),
    }
}

/// A column of whole numbers: an array of any integer type, or one number for all rows.
pub fn integers(object: &Bound<'_, PyAny>, rows: Option<usize>, field: &'static str) -> PyResult<Vec<i64>> {
    if let (Some(rows), Ok(value)) = (rows, object.extract::<i64>()) {
        return Ok(vec![value; rows]);
    }
    let values = whole_numbers(object, field)?;
    match rows {
        Some(expected) if values.len() != expected => {
            Err(Fault::UnequalLengths { field, expected, actual: values.len() }.into())
        }
        _ => Ok(values),
    }
}

fn whole_numbers(object: &Bound<'_, PyAny>, field: &'static str) -> PyResult<Vec<i64>> {
    with_integers!(object, array => Ok(collect(&array, i64::from)); i64, i32, u32, u8, u16, i16, i8);
    if let Ok(array) = object.cast::<PyArray1<u64>>() {
        let values = collect(&array.readonly(), |value| value);
        return values
            .iter()
            .enumerate()
            .map(|(row, &value)| i64::try_from(value).map_err(|_| Fault::row(row, field, "too large").into()))
            .collect();
    }
    if let Ok(array) = object.cast::<PyArray1<f64>>() {
        let values = collect(&array.readonly(), |value| value);
        return values
            .iter()
            .enumerate()
            .map(|(row, &value)| {
                if value.is_finite() && value.fract() == 0.0 && value.abs() < 9e15 {
                    Ok(value as i64)
                } else {
                    Err(Fault::row(row, field, format!("{value} is not a whole number")).into())
                }
            })
            .collect();
    }
    object
        .extract::<Vec<i64>>()
        .map_err(|_| Fault::argument(field, "give a one-dimensional array of whole numbers").into())
}

/// Ids: 64 bits without sign.
pub fn ids(object: &Bound<'_, PyAny>, rows: Option<usize>) -> PyResult<Vec<u64>> {
    let values = if let Ok(array) = object.cast::<PyArray1<u64>>() {
        collect(&array.readonly(), |value| value)
    } else if let Ok(values) = object.extract::<Vec<u64>>() {
        values
    } else {
        whole_numbers(object, "ids")?
            .into_iter()
            .enumerate()
            .map(|(row, value)| u64::try_from(value).map_err(|_| Fault::row(row, "ids", "negative")))
            .collect::<Result<_, _>>()?
    };
    match rows {
        Some(expected) if values.len() != expected => {
            Err(Fault::UnequalLengths { field: "ids", expected, actual: values.len() }.into())
        }
        _ => Ok(values),
    }
}

/// A column of small numbers, each at most `max`; one number stands for all rows.
pub fn codes(object: &Bound<'_, PyAny>, rows: usize, max: u32, field: &'static str) -> PyResult<Vec<u32>> {
    integers(object, Some(rows), field)?
        .into_iter()
        .enumerate()
        .map(|(row, value)| {
            u32::try_from(value)
                .ok()
                .filter(|&value| value <= max)
                .ok_or_else(|| Fault::row(row, field, format!("{value} is out of range: give 0 to {max}")).into())
        })
        .collect()
}

/// Coordinates: whole e7, or degrees in floating point. `row_of` turns a vertex into its row for the error.
pub fn coordinates(
    object: &Bound<'_, PyAny>,
    limit: i64,
    field: &'static str,
    row_of: &dyn Fn(usize) -> usize,
) -> PyResult<Vec<i32>> {
    let checked = |i: usize, value: i64| check::whole_e7(value, limit, row_of(i), field);
    if let Ok(array) = object.cast::<PyArray1<i32>>() {
        let values = collect(&array.readonly(), |value| value);
        if let Some(i) = values.iter().position(|&value| i64::from(value).abs() > limit) {
            checked(i, i64::from(values[i]))?;
        }
        return Ok(values);
    }
    if let Ok(array) = object.cast::<PyArray1<f64>>() {
        let degrees = |(i, value): (usize, f64)| check::degrees_to_e7(value, limit, row_of(i), field);
        let values: Result<_, Fault> =
            collect(&array.readonly(), |value| value).into_iter().enumerate().map(degrees).collect();
        return Ok(values?);
    }
    let values: Result<_, Fault> =
        whole_numbers(object, field)?.into_iter().enumerate().map(|(i, value)| checked(i, value)).collect();
    Ok(values?)
}

/// Offsets, Arrow's way: from 0, never falling, one more than there are rows, the last at `end`.
fn offsets(object: &Bound<'_, PyAny>, end: Option<usize>, field: &'static str) -> PyResult<Vec<u32>> {
    let values = whole_numbers(object, field)?;
    if values.first() != Some(&0) {
        return Err(Fault::argument(field, "must begin with 0").into());
    }
    if let Some(row) = values.windows(2).position(|pair| pair[1] < pair[0]) {
        return Err(Fault::row(row, field, "falls").into());
    }
    let last = *values.last().unwrap_or(&0);
    if let Some(end) = end
        && last != end as i64
    {
        return Err(Fault::UnequalLengths { field, expected: end, actual: last as usize }.into());
    }
    if last > i64::from(u32::MAX) {
        return Err(Fault::argument(field, "more than 2^32 vertices").into());
    }
    Ok(values.into_iter().map(|value| value as u32).collect())
}

#[pymethods]
impl PyVolumes {
    /// Volumes from columns. See the stub for the columns.
    #[new]
    #[pyo3(signature = (*, form, lon, lat, vertex_offsets, radius_cm, lower_cm, upper_cm, reference, start_ms,
                        end_ms, part_offsets=None))]
    #[allow(clippy::too_many_arguments)] // they are columns, named at every call
    fn new(
        form: &Bound<'_, PyAny>,
        lon: &Bound<'_, PyAny>,
        lat: &Bound<'_, PyAny>,
        vertex_offsets: &Bound<'_, PyAny>,
        radius_cm: &Bound<'_, PyAny>,
        lower_cm: &Bound<'_, PyAny>,
        upper_cm: &Bound<'_, PyAny>,
        reference: &Bound<'_, PyAny>,
        start_ms: &Bound<'_, PyAny>,
        end_ms: &Bound<'_, PyAny>,
        part_offsets: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let py = form.py();
        let vertex_offsets = offsets(vertex_offsets, None, "vertex_offsets")?;
        let part_offsets = match part_offsets {
            Some(object) => Some(offsets(object, Some(vertex_offsets.len() - 1), "part_offsets")?),
            None => None,
        };
        let rows = part_offsets.as_ref().map_or(vertex_offsets.len(), Vec::len) - 1;
        let row_of = |vertex: usize| {
            let part = vertex_offsets.partition_point(|&first| first as usize <= vertex).saturating_sub(1);
            part_offsets.as_ref().map_or(part, |parts| parts.partition_point(|&p| p as usize <= part).saturating_sub(1))
        };
        let lon = coordinates(lon, LON_E7_MAX, "lon", &row_of)?;
        let lat = coordinates(lat, LAT_E7_MAX, "lat", &row_of)?;
        let total = vertex_offsets[vertex_offsets.len() - 1] as usize;
        for (field, actual) in [("lon", lon.len()), ("lat", lat.len())] {
            if actual != total {
                return Err(Fault::UnequalLengths { field, expected: total, actual }.into());
            }
        }
        let column = |object: &Bound<'_, PyAny>, field| integers(object, Some(rows), field);
        let columns = Columns {
            form: column(form, "form")?,
            radius_cm: column(radius_cm, "radius_cm")?,
            lower_cm: column(lower_cm, "lower_cm")?,
            upper_cm: column(upper_cm, "upper_cm")?,
            reference: column(reference, "reference")?,
            start_ms: column(start_ms, "start_ms")?,
            end_ms: column(end_ms, "end_ms")?,
        };
        let volumes = unlocked(py, || columns.assemble(&lon, &lat, vertex_offsets, part_offsets))??;
        Ok(Self { volumes })
    }

    /// Volumes from a sequence of our own `Volume` (or anything with its fields).
    #[staticmethod]
    fn of(volumes: &Bound<'_, PyAny>) -> PyResult<Self> {
        Self::read(volumes)
    }

    fn __len__(&self) -> usize {
        self.volumes.len()
    }
}

impl PyVolumes {
    /// Reads a sequence of volumes by their fields.
    pub fn read(volumes: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut all = Volumes::default();
        let mut reading = Reading::default();
        for (row, volume) in volumes.try_iter()?.enumerate() {
            reading.read_into(row, &volume?, &mut all)?;
        }
        if all.firsts.is_empty() {
            all.firsts.push(0);
        }
        Ok(Self { volumes: all })
    }
}

struct Columns {
    form: Vec<i64>,
    radius_cm: Vec<i64>,
    lower_cm: Vec<i64>,
    upper_cm: Vec<i64>,
    reference: Vec<i64>,
    start_ms: Vec<i64>,
    end_ms: Vec<i64>,
}

impl Columns {
    fn assemble(
        &self,
        lon: &[i32],
        lat: &[i32],
        vertex_offsets: Vec<u32>,
        part_offsets: Option<Vec<u32>>,
    ) -> Result<Volumes, Fault> {
        let rows = self.form.len();
        let vertices: Vec<Vertex> = lon.iter().zip(lat).map(|(&lon, &lat)| [lon, lat]).collect();
        let mut volumes = Volumes {
            forms: Vec::with_capacity(rows),
            extents: Vec::with_capacity(rows),
            firsts: Vec::new(),
            vertices,
            parts: Default::default(),
        };
        let mut ends = Vec::new();
        for row in 0..rows {
            let form = check::form(row, self.form[row])?;
            let (first, last) = match &part_offsets {
                Some(parts) => (parts[row] as usize, parts[row + 1] as usize),
                None => (row, row + 1),
            };
            let bounds = &vertex_offsets[first..=last];
            check::parts(row, form, bounds.windows(2).map(|w| &volumes.vertices[w[0] as usize..w[1] as usize]))?;
            if last - first > 1 {
                ends.clear();
                ends.extend(bounds[1..].iter().map(|&end| end - bounds[0]));
                volumes.parts.push(row as u32, &ends);
            }
            let extent = Extent {
                radius_cm: self.radius_cm[row],
                lower_cm: self.lower_cm[row],
                upper_cm: self.upper_cm[row],
                start_ms: self.start_ms[row],
                end_ms: self.end_ms[row],
                reference: check::reference(row, self.reference[row])?,
            };
            check::extent(row, &extent)?;
            volumes.forms.push(form as u8);
            volumes.extents.push(extent);
        }
        volumes.firsts = match part_offsets {
            Some(parts) => parts.iter().map(|&part| vertex_offsets[part as usize]).collect(),
            None => vertex_offsets,
        };
        Ok(volumes)
    }
}
