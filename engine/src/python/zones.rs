//! Positions against zones as Python sees them.

use numpy::{IntoPyArray, PyArray1, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::columns::{coordinates, integers};
use super::errors::unlocked;
use super::index::{PyIndex, threads_of};
use super::rules::{filter_of, margin_of};
use crate::entries::{Ahead, Tracks, entries};
use crate::fault::Fault;
use crate::tracks::{Course, legs};
use crate::volume::{FOREVER_MS, HEIGHT_CM_MAX, Margin, Reference};
use crate::zones::{Positions, WINDOW_MS_MAX, Zones};

const LEGS_MAX: usize = 1440;

/// The zones of an index that hold within a window, ready for positions.
#[pyclass(frozen, name = "Zones", module = "standclear_engine")]
pub struct PyZones {
    zones: Zones,
}

struct Reports {
    lon_e7: Vec<i32>,
    lat_e7: Vec<i32>,
    at_ms: Vec<i64>,
    height_cm: Option<Vec<i64>>,
    reference: Reference,
}

/// One number, or one for each row, within its range.
fn column(object: &Bound<'_, PyAny>, rows: usize, low: i64, high: i64, field: &'static str) -> PyResult<Vec<i64>> {
    let values = match object.extract::<i64>() {
        Ok(value) => vec![value],
        Err(_) => integers(object, Some(rows), field)?,
    };
    match values.iter().position(|value| !(low..=high).contains(value)) {
        None => Ok(values),
        Some(row) => Err(Fault::row(row, field, format!("{}: give {low} to {high}", values[row])).into()),
    }
}

fn reference_of(name: &str) -> PyResult<Reference> {
    match name {
        "w84" => Ok(Reference::W84),
        "msl" => Ok(Reference::Msl),
        "sfc" => Ok(Reference::Sfc),
        "std" => Ok(Reference::Std),
        _ => Err(Fault::argument("reference", format!("{name} is not w84, msl, sfc or std")).into()),
    }
}

fn reports(
    lon: &Bound<'_, PyAny>,
    lat: &Bound<'_, PyAny>,
    at_ms: &Bound<'_, PyAny>,
    height_cm: Option<&Bound<'_, PyAny>>,
    reference: &str,
    window: (i64, i64),
) -> PyResult<Reports> {
    let row_of = |row| row;
    let lon_e7 = coordinates(lon, 1_800_000_000, "lon", &row_of)?;
    let lat_e7 = coordinates(lat, 900_000_000, "lat", &row_of)?;
    if lon_e7.len() != lat_e7.len() {
        return Err(Fault::UnequalLengths { field: "lat", expected: lon_e7.len(), actual: lat_e7.len() }.into());
    }
    let rows = lon_e7.len();
    let height_cm = match height_cm {
        Some(heights) => Some(column(heights, rows, -HEIGHT_CM_MAX, HEIGHT_CM_MAX, "height_cm")?),
        None => None,
    };
    let at_ms = column(at_ms, rows, window.0, window.1, "at_ms")?;
    Ok(Reports { lon_e7, lat_e7, at_ms, height_cm, reference: reference_of(reference)? })
}

#[pymethods]
impl PyZones {
    /// The zones that hold between two moments, ready for positions.
    #[new]
    #[pyo3(signature = (index, start_ms, end_ms, *, margin=None, parties=None, kinds=None, release=0))]
    #[allow(clippy::too_many_arguments)] // named at every call
    fn new(
        py: Python<'_>,
        index: &PyIndex,
        start_ms: i64,
        end_ms: i64,
        margin: Option<&Bound<'_, PyAny>>,
        parties: Option<&Bound<'_, PyAny>>,
        kinds: Option<&Bound<'_, PyAny>>,
        release: u32,
    ) -> PyResult<Self> {
        if !(0..=FOREVER_MS).contains(&start_ms) || end_ms < start_ms || end_ms - start_ms > WINDOW_MS_MAX {
            return Err(Fault::argument("end_ms", format!("give at most {WINDOW_MS_MAX} ms from start_ms")).into());
        }
        let (margin, filter) = (margin_or_none(margin)?, filter_of(parties, kinds, release)?);
        let runs = index.index.snapshot().all();
        Ok(Self { zones: unlocked(py, || Zones::of(runs, (start_ms, end_ms), margin, &filter))? })
    }

    /// The zones each position is in, at its moment: a dict of arrays `row`, `zone`, `part`.
    #[pyo3(signature = (lon, lat, at_ms, *, height_cm=None, reference="w84", threads=0))]
    #[allow(clippy::too_many_arguments)] // they are columns
    fn inside<'py>(
        &self,
        py: Python<'py>,
        lon: &Bound<'py, PyAny>,
        lat: &Bound<'py, PyAny>,
        at_ms: &Bound<'py, PyAny>,
        height_cm: Option<&Bound<'py, PyAny>>,
        reference: &str,
        threads: usize,
    ) -> PyResult<Bound<'py, PyDict>> {
        let zones = &self.zones;
        let given = reports(lon, lat, at_ms, height_cm, reference, (zones.start_ms, zones.end_ms))?;
        let rows = given.lon_e7.len();
        let positions = Positions {
            lon_e7: &given.lon_e7,
            lat_e7: &given.lat_e7,
            at_ms: &given.at_ms,
            height_cm: given.height_cm.as_deref(),
            reference: given.reference,
        };
        let ask = |range: std::ops::Range<usize>| {
            let (mut row, mut zone, mut part) = (Vec::new(), Vec::new(), Vec::new());
            zones.inside(&positions, range, &mut |r, id, p| {
                row.push(u64::from(r));
                zone.push(id);
                part.push(p);
            });
            (row, zone, part)
        };
        let threads = threads_of(threads).min(rows / 65_536 + 1);
        let (row, zone, part) = unlocked(py, || {
            let each = rows.div_ceil(threads).max(1);
            let mut all = (Vec::new(), Vec::new(), Vec::new());
            std::thread::scope(|scope| {
                let others: Vec<_> = (1..threads)
                    .map(|i| scope.spawn(move || ask((i * each).min(rows)..((i + 1) * each).min(rows))))
                    .collect();
                all = ask(0..each.min(rows));
                for other in others {
                    // A panic in a thread goes on in this one, and from here to Python as an exception.
                    let mut piece = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                    all.0.append(&mut piece.0);
                    all.1.append(&mut piece.1);
                    all.2.append(&mut piece.2);
                }
            });
            all
        })?;
        let dict = PyDict::new(py);
        dict.set_item("row", row.into_pyarray(py))?;
        dict.set_item("zone", zone.into_pyarray(py))?;
        dict.set_item("part", part.into_pyarray(py))?;
        Ok(dict)
    }

    fn __len__(&self) -> usize {
        self.zones.len()
    }
}

fn floats(object: &Bound<'_, PyAny>, rows: usize, field: &'static str) -> PyResult<Vec<f64>> {
    let values = if let Ok(value) = object.extract::<f64>() {
        vec![value; rows]
    } else if let Ok(array) = object.cast::<PyArray1<f64>>() {
        array.readonly().as_array().iter().copied().collect()
    } else {
        object.extract().map_err(|_| Fault::argument(field, "give a number or a one-dimensional array of them"))?
    };
    if values.len() != rows {
        return Err(Fault::UnequalLengths { field, expected: rows, actual: values.len() }.into());
    }
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(values),
        Some(row) => Err(Fault::row(row, field, format!("{} is not a number", values[row])).into()),
    }
}

fn margin_or_none(margin: Option<&Bound<'_, PyAny>>) -> PyResult<Margin> {
    margin.map_or(Ok(Margin::default()), margin_of)
}

/// The zones that positions come to within some minutes on course: arrays `row`, `zone`, `part`, `first_ms`.
#[pyfunction]
#[pyo3(signature = (index, lon, lat, at_ms, course_deg, speed_cm_s, minutes, *, step_s=60, height_cm=None,
                    reference="w84", margin=None, parties=None, kinds=None, release=0))]
#[allow(clippy::too_many_arguments)] // they are columns
pub fn entries_ahead<'py>(
    py: Python<'py>,
    index: &PyIndex,
    lon: &Bound<'py, PyAny>,
    lat: &Bound<'py, PyAny>,
    at_ms: &Bound<'py, PyAny>,
    course_deg: &Bound<'py, PyAny>,
    speed_cm_s: &Bound<'py, PyAny>,
    minutes: i64,
    step_s: i64,
    height_cm: Option<&Bound<'py, PyAny>>,
    reference: &str,
    margin: Option<&Bound<'py, PyAny>>,
    parties: Option<&Bound<'py, PyAny>>,
    kinds: Option<&Bound<'py, PyAny>>,
    release: u32,
) -> PyResult<Bound<'py, PyDict>> {
    let ahead = ahead_of(minutes, step_s)?;
    let given = reports(lon, lat, at_ms, height_cm, reference, (0, FOREVER_MS - ahead.leg_ms * ahead.legs as i64))?;
    let courses = courses_of(&given.lon_e7, &given.lat_e7, course_deg, speed_cm_s)?;
    let (margin, filter) = (margin_or_none(margin)?, filter_of(parties, kinds, release)?);
    let runs = index.index.snapshot().all();
    let tracks = Tracks {
        courses: &courses,
        at_ms: &given.at_ms,
        height_cm: given.height_cm.as_deref(),
        reference: given.reference,
    };
    let found = unlocked(py, || entries(&runs, &tracks, ahead, margin, &filter))?;
    let dict = PyDict::new(py);
    dict.set_item("row", found.iter().map(|e| u64::from(e.row)).collect::<Vec<u64>>().into_pyarray(py))?;
    dict.set_item("zone", found.iter().map(|e| e.id).collect::<Vec<u64>>().into_pyarray(py))?;
    dict.set_item("part", found.iter().map(|e| e.part).collect::<Vec<u16>>().into_pyarray(py))?;
    dict.set_item("first_ms", found.iter().map(|e| e.first_ms).collect::<Vec<i64>>().into_pyarray(py))?;
    Ok(dict)
}

fn ahead_of(minutes: i64, step_s: i64) -> PyResult<Ahead> {
    if !(1..=1440).contains(&minutes) || !(1..=3600).contains(&step_s) {
        return Err(Fault::argument("minutes", "give 1 to 1440 minutes, in steps of 1 to 3600 s").into());
    }
    let legs = ((minutes * 60 + step_s - 1) / step_s) as usize;
    if legs > LEGS_MAX {
        return Err(Fault::argument("step_s", format!("more than {LEGS_MAX} steps: give longer ones")).into());
    }
    Ok(Ahead { legs, leg_ms: step_s * 1000 })
}

fn courses_of(
    lon_e7: &[i32],
    lat_e7: &[i32],
    course_deg: &Bound<'_, PyAny>,
    speed_cm_s: &Bound<'_, PyAny>,
) -> PyResult<Vec<Course>> {
    let rows = lon_e7.len();
    let course = floats(course_deg, rows, "course_deg")?;
    let speed = floats(speed_cm_s, rows, "speed_cm_s")?;
    if let Some(row) = speed.iter().position(|speed| !(0.0..=1e7).contains(speed)) {
        return Err(Fault::row(row, "speed_cm_s", "out of range: give 0 to 10000000").into());
    }
    Ok((0..rows)
        .map(|row| Course { lon_e7: lon_e7[row], lat_e7: lat_e7[row], course_deg: course[row], speed_cm_s: speed[row] })
        .collect())
}

/// One straight piece of a leg: from and to, each (lon_e7, lat_e7).
type Piece = ((i32, i32), (i32, i32));

/// The legs of one position's path, as `entries` reckons them: a list of lists of ((lon, lat), (lon, lat)).
#[pyfunction]
#[pyo3(signature = (lon_e7, lat_e7, course_deg, speed_cm_s, minutes, *, step_s=60))]
pub fn legs_ahead(
    lon_e7: i32,
    lat_e7: i32,
    course_deg: f64,
    speed_cm_s: f64,
    minutes: i64,
    step_s: i64,
) -> PyResult<Vec<Vec<Piece>>> {
    let ahead = ahead_of(minutes, step_s)?;
    let course = Course { lon_e7, lat_e7, course_deg, speed_cm_s };
    let pair = |piece: &[[i32; 2]; 2]| ((piece[0][0], piece[0][1]), (piece[1][0], piece[1][1]));
    Ok(legs(&course, ahead.legs, ahead.leg_ms).iter().map(|pieces| pieces.iter().map(pair).collect()).collect())
}
