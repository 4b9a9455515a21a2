//! `Index` and `Packed` as Python sees them.

use std::cell::RefCell;
use std::sync::Arc;

use numpy::IntoPyArray;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use super::columns::{PyVolumes, codes, ids};
use super::errors::{guarded, unlocked};
use super::objects::Reading;
use super::rules::{PyRules, filter_of, margin_of, owners_of};
use crate::fault::Fault;
use crate::index::{Index, Run};
use crate::packed::{Loose, Packed};
use crate::record::{Owner, describe};
use crate::rules::Rules;
use crate::stream::{Pairs, Stream, Wanted};
use crate::volume::Volumes;

/// Threads for a bulk call: as many as asked for, or as the machine has.
pub fn threads_of(asked: usize) -> usize {
    if asked > 0 { asked } else { std::thread::available_parallelism().map_or(1, usize::from) }
}

/// Volumes packed once, to be asked about many times.
#[pyclass(frozen, name = "Packed", module = "standclear_engine")]
pub struct PyPacked {
    pub run: Run,
}

#[pymethods]
impl PyPacked {
    #[new]
    #[pyo3(signature = (volumes, *, party, kind, release=None, ids=None, threads=0))]
    fn new(
        volumes: &Bound<'_, PyAny>,
        party: &Bound<'_, PyAny>,
        kind: &Bound<'_, PyAny>,
        release: Option<&Bound<'_, PyAny>>,
        ids: Option<&Bound<'_, PyAny>>,
        threads: usize,
    ) -> PyResult<Self> {
        let py = volumes.py();
        let volumes = volumes_of(volumes)?;
        let volumes = &volumes.get().volumes;
        let owners = owners_of(volumes.len(), party, kind, release)?;
        let ids = match ids {
            Some(given) => super::columns::ids(given, Some(volumes.len()))?,
            None => (0..volumes.len() as u64).collect(),
        };
        let threads = threads_of(threads);
        let run = unlocked(py, || {
            let loose = Loose::of(volumes, ids, |row| owners[row], threads);
            Run::new(Packed::pack(&loose, false, threads), 0)
        })?;
        Ok(Self { run })
    }

    fn __len__(&self) -> usize {
        self.run.packed.len()
    }
}

/// Columns as they are, or a sequence of our own volumes.
fn volumes_of<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyVolumes>> {
    match object.cast::<PyVolumes>() {
        Ok(volumes) => Ok(volumes.clone()),
        Err(_) => Bound::new(object.py(), PyVolumes::read(object)?),
    }
}

/// Room to read the volumes of one notice into, one for each thread.
#[derive(Default)]
struct Notice {
    reading: Reading,
    volumes: Volumes,
}

thread_local! {
    static NOTICE: RefCell<Notice> = RefCell::default();
}

impl Notice {
    /// Reads one volume, or a list or tuple of them, and hands them on.
    fn read<T>(object: &Bound<'_, PyAny>, then: impl FnOnce(&Volumes) -> T) -> PyResult<T> {
        // Reading runs Python, which may come back here; then the inner call has a room of its own.
        let mut own =
            NOTICE.with(|room| room.try_borrow_mut().map(|mut room| std::mem::take(&mut *room))).unwrap_or_default();
        own.volumes.clear();
        own.fill(object)?;
        let result = then(&own.volumes);
        NOTICE.with(|room| room.try_borrow_mut().map(|mut room| *room = own)).ok();
        Ok(result)
    }

    fn fill(&mut self, object: &Bound<'_, PyAny>) -> PyResult<()> {
        if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
            for (row, volume) in object.try_iter()?.enumerate() {
                self.reading.read_into(row, &volume?, &mut self.volumes)?;
            }
        } else {
            self.reading.read_into(0, object, &mut self.volumes)?;
        }
        if self.volumes.is_empty() {
            return Err(Fault::argument("volumes", "empty").into());
        }
        if self.volumes.len() > usize::from(u16::MAX) {
            return Err(Fault::argument("volumes", "more than 65535 of one notice").into());
        }
        Ok(())
    }
}

/// The volumes of one notice, their parts numbered, as they come.
fn loose_of(all: &Volumes, id: u64, owner: Owner) -> Loose {
    let origin_ms = all.extents[0].start_ms;
    let mut loose = Loose::with_room(all.len(), 0, origin_ms);
    for row in 0..all.len() {
        let owner = Owner { part: row as u16, ..owner };
        let (record, axes) = describe(all.core(row), &all.extents[row], owner, all.firsts[row], origin_ms);
        loose.records.push(record);
        loose.boxes.push(axes);
        loose.ids.push(id);
    }
    (loose.vertices, loose.parts) = (all.vertices.clone(), all.parts.clone());
    loose
}

/// The volumes of one notice as a set to ask with.
fn asked_of(all: &Volumes, owner: Owner) -> Packed {
    let origin_ms = all.extents[0].start_ms;
    let mut asked = Packed::flat(origin_ms);
    for row in 0..all.len() {
        let core = all.core(row);
        let (record, axes) = describe(core, &all.extents[row], owner, 0, origin_ms);
        asked.push(row as u64, core, record, &axes);
    }
    asked
}

/// Notices that come and go, and every question about which of them meet.
#[pyclass(frozen, name = "Index", module = "standclear_engine")]
pub struct PyIndex {
    pub index: Index,
}

impl PyIndex {
    fn rules(&self, margin: Option<&Bound<'_, PyAny>>) -> PyResult<Arc<Rules>> {
        match margin {
            None => Ok(Arc::clone(&self.index.rules)),
            Some(margin) => Ok(Arc::new(Rules::uniform(margin_of(margin)?, self.index.rules.same_party))),
        }
    }

    #[allow(clippy::too_many_arguments)] // they are columns
    fn enter(
        &self,
        given: &Bound<'_, PyAny>,
        volumes: &Bound<'_, PyAny>,
        party: &Bound<'_, PyAny>,
        kind: &Bound<'_, PyAny>,
        release: Option<&Bound<'_, PyAny>>,
        parts: Option<&Bound<'_, PyAny>>,
        change: impl Fn(&Index, &Loose, usize) -> Result<(), Fault> + Sync + Send,
    ) -> PyResult<()> {
        let py = given.py();
        if let Ok(id) = given.extract::<u64>() {
            let owner = owners_of(1, party, kind, release)?[0];
            let loose = Notice::read(volumes, |all| loose_of(all, id, owner))?;
            return Ok(guarded(|| change(&self.index, &loose, 1))??);
        }
        let volumes = volumes_of(volumes)?;
        let volumes = &volumes.get().volumes;
        let ids = ids(given, Some(volumes.len()))?;
        let mut owners = owners_of(volumes.len(), party, kind, release)?;
        if let Some(parts) = parts {
            let parts = codes(parts, volumes.len(), u32::from(u16::MAX), "parts")?;
            owners.iter_mut().zip(parts).for_each(|(owner, part)| owner.part = part as u16);
        }
        let threads = threads_of(0);
        unlocked(py, || {
            if volumes.is_empty() {
                return Ok(());
            }
            let loose = Loose::of(volumes, ids, |row| owners[row], threads);
            change(&self.index, &loose, threads)
        })??;
        Ok(())
    }
}

#[pymethods]
impl PyIndex {
    #[new]
    fn new(rules: &PyRules) -> Self {
        Self { index: Index::new(rules.rules.clone()) }
    }

    /// Adds notices: one id with its volume or volumes, or an array of ids with as many volumes.
    #[pyo3(signature = (ids, volumes, *, party, kind, release=None, parts=None))]
    fn insert(
        &self,
        ids: &Bound<'_, PyAny>,
        volumes: &Bound<'_, PyAny>,
        party: &Bound<'_, PyAny>,
        kind: &Bound<'_, PyAny>,
        release: Option<&Bound<'_, PyAny>>,
        parts: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        self.enter(ids, volumes, party, kind, release, parts, Index::insert)
    }

    /// Replaces notices that are there, with all their volumes.
    #[pyo3(signature = (ids, volumes, *, party, kind, release=None, parts=None))]
    fn replace(
        &self,
        ids: &Bound<'_, PyAny>,
        volumes: &Bound<'_, PyAny>,
        party: &Bound<'_, PyAny>,
        kind: &Bound<'_, PyAny>,
        release: Option<&Bound<'_, PyAny>>,
        parts: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        self.enter(ids, volumes, party, kind, release, parts, Index::replace)
    }

    /// Removes notices with all their volumes: one id, or an array of ids.
    fn remove(&self, ids: &Bound<'_, PyAny>) -> PyResult<()> {
        if let Ok(id) = ids.extract::<u64>() {
            return Ok(guarded(|| self.index.remove(&[id]))??);
        }
        let given = super::columns::ids(ids, None)?;
        Ok(unlocked(ids.py(), || self.index.remove(&given))??)
    }

    /// What meets one volume, or several of one notice: a list of (id, part, asked, first_ms, distance_cm).
    #[pyo3(signature = (volumes, *, party, kind, margin=None, parties=None, kinds=None, release=0, why=false))]
    #[allow(clippy::too_many_arguments)] // named at every call
    fn check<'py>(
        &self,
        volumes: &Bound<'py, PyAny>,
        party: u16,
        kind: u8,
        margin: Option<&Bound<'py, PyAny>>,
        parties: Option<&Bound<'py, PyAny>>,
        kinds: Option<&Bound<'py, PyAny>>,
        release: u32,
        why: bool,
    ) -> PyResult<Bound<'py, PyList>> {
        let py = volumes.py();
        if usize::from(kind) >= crate::rules::KINDS_MAX {
            return Err(Fault::argument("kind", "out of range: give 0 to 63").into());
        }
        let asked = Notice::read(volumes, |all| asked_of(all, Owner { party, kind, release: 0, part: 0 }))?;
        let filter = filter_of(parties, kinds, release)?;
        let own;
        let rules: &Rules = match margin {
            None => &self.index.rules,
            Some(_) => {
                own = self.rules(margin)?;
                &own
            }
        };
        let ask = || self.index.check(&asked, rules, &filter, why).0;
        let matches = if asked.len() > 1 { unlocked(py, ask)? } else { guarded(ask)? };
        PyList::new(
            py,
            matches
                .into_iter()
                .map(|m| (m.id, m.part, m.asked, m.first_ms, if why { Some(m.distance_cm) } else { None })),
        )
    }

    /// All pairs of volumes asked about and volumes in the index that meet, as a stream of pieces.
    #[pyo3(signature = (asked, *, margin=None, parties=None, kinds=None, release=0, parts=false, why=false,
                        threads=0, chunk=1_000_000))]
    #[allow(clippy::too_many_arguments)] // named at every call
    fn join(
        &self,
        asked: &Bound<'_, PyAny>,
        margin: Option<&Bound<'_, PyAny>>,
        parties: Option<&Bound<'_, PyAny>>,
        kinds: Option<&Bound<'_, PyAny>>,
        release: u32,
        parts: bool,
        why: bool,
        threads: usize,
        chunk: usize,
    ) -> PyResult<PyStream> {
        let filter = filter_of(parties, kinds, release)?;
        let asking = match asked.cast::<PyPacked>() {
            Ok(packed) => vec![packed.get().run.clone()],
            Err(_) => asked.cast::<Self>().map_err(PyErr::from)?.get().index.snapshot().all(),
        };
        let base = self.index.snapshot().all();
        let wanted = Wanted { parts, why };
        let stream = Stream::between(asking, &base, self.rules(margin)?, filter, wanted, threads_of(threads));
        Ok(PyStream::new(stream, chunk, wanted))
    }

    /// All pairs of volumes in the index that meet, each once, as a stream of pieces.
    #[pyo3(signature = (*, margin=None, parties=None, kinds=None, release=0, parts=false, why=false, threads=0,
                        chunk=1_000_000))]
    #[allow(clippy::too_many_arguments)] // named at every call
    fn self_join(
        &self,
        margin: Option<&Bound<'_, PyAny>>,
        parties: Option<&Bound<'_, PyAny>>,
        kinds: Option<&Bound<'_, PyAny>>,
        release: u32,
        parts: bool,
        why: bool,
        threads: usize,
        chunk: usize,
    ) -> PyResult<PyStream> {
        let filter = filter_of(parties, kinds, release)?;
        let wanted = Wanted { parts, why };
        let runs = self.index.snapshot().all();
        let stream = Stream::within(&runs, self.rules(margin)?, filter, wanted, threads_of(threads));
        Ok(PyStream::new(stream, chunk, wanted))
    }

    /// Waits until the background has merged what it can.
    fn settle(&self, py: Python<'_>) -> PyResult<()> {
        unlocked(py, || self.index.settle())
    }

    fn __len__(&self) -> usize {
        self.index.snapshot().len()
    }

    fn __contains__(&self, id: u64) -> bool {
        self.index.snapshot().holds(id)
    }

    /// Bytes that the index keeps.
    #[getter]
    fn nbytes(&self) -> usize {
        self.index.snapshot().bytes()
    }

    /// How many packed runs there are, the tail among them.
    #[getter]
    fn runs(&self) -> usize {
        self.index.snapshot().all().len()
    }
}

/// Pairs that meet, in pieces. An iterator; each piece is a dict of arrays.
#[pyclass(name = "Stream", module = "standclear_engine")]
pub struct PyStream {
    stream: Stream,
    chunk: usize,
    wanted: Wanted,
}

impl PyStream {
    fn new(stream: Stream, chunk: usize, wanted: Wanted) -> Self {
        Self { stream, chunk: chunk.max(1), wanted }
    }

    fn dict<'py>(&self, py: Python<'py>, pairs: Pairs) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        dict.set_item("a", pairs.a.into_pyarray(py))?;
        dict.set_item("b", pairs.b.into_pyarray(py))?;
        if self.wanted.parts {
            dict.set_item("part_a", pairs.part_a.into_pyarray(py))?;
            dict.set_item("part_b", pairs.part_b.into_pyarray(py))?;
        }
        if self.wanted.why {
            dict.set_item("first_ms", pairs.first_ms.into_pyarray(py))?;
            dict.set_item("distance_cm", pairs.distance_cm.into_pyarray(py))?;
        }
        Ok(dict)
    }
}

#[pymethods]
impl PyStream {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let (stream, chunk) = (&mut self.stream, self.chunk);
        match unlocked(py, || stream.next(chunk))? {
            None => Ok(None),
            Some(pairs) => self.dict(py, pairs).map(Some),
        }
    }

    /// All that is left, in one piece. Memory grows with what is found.
    fn all<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let stream = &mut self.stream;
        let pairs = unlocked(py, || stream.next(usize::MAX / 2))?.unwrap_or_default();
        self.dict(py, pairs)
    }

    /// How the pairs so far were settled: asked, apart (time or height), by_record, by_plane, by_integers.
    #[getter]
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (counts, dict) = (self.stream.counts(), PyDict::new(py));
        dict.set_item("asked", counts.asked)?;
        dict.set_item("apart", counts.apart)?;
        dict.set_item("by_record", counts.by_record)?;
        dict.set_item("by_plane", counts.by_plane)?;
        dict.set_item("by_integers", counts.by_integers)?;
        Ok(dict)
    }
}
