//! Our own `Volume` as Python keeps it, read by its fields (duck-typed): `core`, `radius_cm`, `band`, `interval`.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use crate::check;
use crate::fault::Fault;
use crate::shape::{Core, Form, Vertex};
use crate::volume::{Extent, Reference, Volumes};

/// Room to read one volume into; reused.
#[derive(Default)]
pub struct Reading {
    vertices: Vec<Vertex>,
    ends: Vec<u32>,
    /// Types of cores seen, by address, and the form each had.
    forms: [(usize, Form); 4],
    next_form: usize,
}

impl Reading {
    /// Reads a volume and appends it. On an error nothing is appended.
    pub fn read_into(&mut self, row: usize, volume: &Bound<'_, PyAny>, into: &mut Volumes) -> PyResult<()> {
        let py = volume.py();
        self.vertices.clear();
        self.ends.clear();
        let core = volume.getattr(intern!(py, "core"))?;
        let form = self.core(row, &core)?;
        let extent = read_extent(row, volume)?;
        if self.vertices.is_empty() {
            return Err(Fault::row(row, "vertices", "empty").into());
        }
        let ends: &[u32] = if self.ends.len() > 1 { &self.ends } else { &[] };
        let mut start = 0;
        let whole = [self.vertices.len() as u32];
        let parts = if ends.is_empty() { &whole[..] } else { ends };
        check::parts(
            row,
            form,
            parts.iter().map(|&end| {
                let part = &self.vertices[start..end as usize];
                start = end as usize;
                part
            }),
        )?;
        into.push(Core::new(form, &self.vertices, ends), extent);
        Ok(())
    }

    /// Reads the vertices of a core. Which field it has is remembered by its type: asking for one that is not there
    /// costs as much as all the rest.
    fn core(&mut self, row: usize, core: &Bound<'_, PyAny>) -> PyResult<Form> {
        let kind = core.get_type_ptr() as usize;
        let known = self.forms.iter().find(|(known, _)| *known == kind).map(|&(_, form)| form);
        for form in known.into_iter().chain([Form::Point, Form::Line, Form::Area]) {
            let Some(value) = core.getattr_opt(Self::field(core.py(), form))? else { continue };
            if known != Some(form) {
                self.forms[self.next_form % 4] = (kind, form);
                self.next_form += 1;
            }
            match form {
                Form::Point => self.vertex(row, &value)?,
                Form::Line | Form::Area => self.parts(row, &value)?,
            }
            return Ok(form);
        }
        Err(Fault::row(row, "core", "has neither `at` nor `paths` nor `rings`").into())
    }

    fn field<'py>(py: Python<'py>, form: Form) -> &'py Bound<'py, PyString> {
        match form {
            Form::Point => intern!(py, "at"),
            Form::Line => intern!(py, "paths"),
            Form::Area => intern!(py, "rings"),
        }
    }

    fn vertex(&mut self, row: usize, vertex: &Bound<'_, PyAny>) -> PyResult<()> {
        let (lon, lat): (i64, i64) = match vertex.cast::<PyTuple>() {
            Ok(pair) if pair.len() == 2 => {
                (pair.get_borrowed_item(0)?.extract()?, pair.get_borrowed_item(1)?.extract()?)
            }
            _ => vertex.extract()?,
        };
        let lon = check::whole_e7(lon, 1_800_000_000, row, "lon_e7")?;
        let lat = check::whole_e7(lat, 900_000_000, row, "lat_e7")?;
        self.vertices.push([lon, lat]);
        Ok(())
    }

    fn parts(&mut self, row: usize, parts: &Bound<'_, PyAny>) -> PyResult<()> {
        each(parts, |part| {
            each(part, |vertex| self.vertex(row, vertex))?;
            self.ends.push(self.vertices.len() as u32);
            Ok(())
        })?;
        Ok(())
    }
}

/// Every item of a tuple, or of anything that can be gone through.
fn each(items: &Bound<'_, PyAny>, mut take: impl FnMut(&Bound<'_, PyAny>) -> PyResult<()>) -> PyResult<()> {
    if let Ok(tuple) = items.cast::<PyTuple>() {
        return tuple.iter_borrowed().try_for_each(|item| take(&item));
    }
    for item in items.try_iter()? {
        take(&item?)?;
    }
    Ok(())
}

fn read_extent(row: usize, volume: &Bound<'_, PyAny>) -> PyResult<Extent> {
    let py = volume.py();
    let band = volume.getattr(intern!(py, "band"))?;
    let interval = volume.getattr(intern!(py, "interval"))?;
    let reference = band.getattr(intern!(py, "reference"))?;
    let reference = match reference.extract::<&str>()? {
        "w84" => Reference::W84,
        "msl" => Reference::Msl,
        "sfc" => Reference::Sfc,
        "std" => Reference::Std,
        other => {
            return Err(Fault::row(row, "reference", format!("{other} is not w84, msl, sfc or std")).into());
        }
    };
    let extent = Extent {
        radius_cm: volume.getattr(intern!(py, "radius_cm"))?.extract()?,
        lower_cm: band.getattr(intern!(py, "lower_cm"))?.extract()?,
        upper_cm: band.getattr(intern!(py, "upper_cm"))?.extract()?,
        start_ms: interval.getattr(intern!(py, "start_ms"))?.extract()?,
        end_ms: interval.getattr(intern!(py, "end_ms"))?.extract()?,
        reference,
    };
    check::extent(row, &extent)?;
    Ok(extent)
}
