//! The predicate by itself, row by row: what the tests compare with Python, path by path.

use numpy::{IntoPyArray, PyArray1, PyArray2};
use pyo3::prelude::*;

use super::columns::{PyVolumes, integers};
use super::errors::unlocked;
use crate::check;
use crate::exact::place::place;
use crate::exact::within::{cores_within, stated_distance_cm};
use crate::fault::Fault;
use crate::filter::{Frame, Room};
use crate::volume::{Margin, Volumes, bands_meet, intervals_meet};

fn same_length(a: &Volumes, b: &Volumes) -> Result<(), Fault> {
    if a.len() == b.len() {
        return Ok(());
    }
    Err(Fault::UnequalLengths { field: "b", expected: a.len(), actual: b.len() })
}

/// For each row 1 if the volumes meet, 0 if not; with path "filter" also -1 where the filter is silent.
///
/// The margin in distance is one number, or one for each row.
#[pyfunction]
#[pyo3(signature = (a, b, horizontal_cm, vertical_cm=0, time_ms=0, path="both"))]
pub fn pairs_meet<'py>(
    py: Python<'py>,
    a: &PyVolumes,
    b: &PyVolumes,
    horizontal_cm: &Bound<'py, PyAny>,
    vertical_cm: i64,
    time_ms: i64,
    path: &str,
) -> PyResult<Bound<'py, PyArray1<i8>>> {
    let (a, b) = (&a.volumes, &b.volumes);
    same_length(a, b)?;
    let horizontal = integers(horizontal_cm, Some(a.len()), "horizontal_cm")?;
    for &horizontal_cm in &horizontal {
        check::margin(&Margin { horizontal_cm, vertical_cm, time_ms })?;
    }
    let (ask_filter, ask_integers) = match path {
        "both" => (true, true),
        "filter" => (true, false),
        "integers" => (false, true),
        _ => return Err(Fault::argument("path", "give both, filter or integers").into()),
    };
    let answers = unlocked(py, || {
        let (mut frame, mut room) = (Frame::default(), Room::default());
        let mut one = |row: usize| {
            let (x, y) = (&a.extents[row], &b.extents[row]);
            if !intervals_meet(x, y, time_ms) || !bands_meet(x, y, vertical_cm) {
                return 0;
            }
            let reach = x.radius_cm + y.radius_cm + horizontal[row];
            let (p, q) = (a.core(row), b.core(row));
            let settled = if ask_filter {
                frame.lay(p);
                frame.settle(p, q, reach, &mut room)
            } else {
                None
            };
            match settled {
                Some(answer) => i8::from(answer),
                None if ask_integers => i8::from(cores_within(p, q, reach)),
                None => -1,
            }
        };
        (0..a.len()).map(&mut one).collect::<Vec<i8>>()
    })?;
    Ok(answers.into_pyarray(py))
}

/// The stated distance of the cores of each row, in cm.
#[pyfunction]
pub fn stated_distances_cm<'py>(py: Python<'py>, a: &PyVolumes, b: &PyVolumes) -> PyResult<Bound<'py, PyArray1<i64>>> {
    let (a, b) = (&a.volumes, &b.volumes);
    same_length(a, b)?;
    let distances: Vec<i64> =
        unlocked(py, || (0..a.len()).map(|row| stated_distance_cm(a.core(row), b.core(row))).collect())?;
    Ok(distances.into_pyarray(py))
}

/// The places of vertices in e7, in whole cm: an array of (x, y, z).
#[pyfunction]
pub fn places<'py>(
    py: Python<'py>,
    lon_e7: &Bound<'py, PyAny>,
    lat_e7: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyArray2<i64>>> {
    let row_of = |row| row;
    let lon = super::columns::coordinates(lon_e7, 1_800_000_000, "lon_e7", &row_of)?;
    let lat = super::columns::coordinates(lat_e7, 900_000_000, "lat_e7", &row_of)?;
    if lon.len() != lat.len() {
        return Err(Fault::UnequalLengths { field: "lat_e7", expected: lon.len(), actual: lat.len() }.into());
    }
    let rows: Vec<Vec<i64>> = lon.iter().zip(&lat).map(|(&lon, &lat)| place(lon, lat).to_vec()).collect();
    PyArray2::from_vec2(py, &rows).map_err(|_| Fault::argument("lon_e7", "empty").into())
}
