//! The errors as Python sees them: one class for each remedy, with fields.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::create_exception;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;

use crate::fault::Fault;

create_exception!(standclear_engine, EngineError, PyValueError, "Refused: nothing was changed.");
create_exception!(standclear_engine, BadVolume, EngineError, "A row is no volume: `row`, `field`, `reason`.");
create_exception!(standclear_engine, DuplicateId, EngineError, "An id is there already: `row`, `id`.");
create_exception!(standclear_engine, UnknownId, EngineError, "An id is not in the index: `row`, `id`.");
create_exception!(
    standclear_engine,
    UnequalLengths,
    EngineError,
    "A column has another length than the first: `field`, `expected`, `actual`."
);
create_exception!(standclear_engine, BadArgument, EngineError, "An argument is out of range: `field`, `reason`.");

create_exception!(
    standclear_engine,
    EngineBroken,
    PyRuntimeError,
    "A mistake of the engine's own. What was asked was not done; make a new index."
);

/// Works without the interpreter's lock. A panic ends here, as an ordinary exception.
pub fn unlocked<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    guarded(|| py.detach(work))
}

/// Works with the lock held, for what is too short to let it go.
pub fn guarded<T>(work: impl FnOnce() -> T) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
        EngineBroken::new_err(said.unwrap_or("a panic without words").to_owned())
    })
}

impl From<Fault> for PyErr {
    fn from(fault: Fault) -> Self {
        let text = fault.to_string();
        Python::attach(|py| {
            let error = match &fault {
                Fault::BadVolume { .. } => BadVolume::new_err(text),
                Fault::DuplicateId { .. } => DuplicateId::new_err(text),
                Fault::UnknownId { .. } => UnknownId::new_err(text),
                Fault::UnequalLengths { .. } => UnequalLengths::new_err(text),
                Fault::BadArgument { .. } => BadArgument::new_err(text),
            };
            let value = error.value(py);
            let told = match fault {
                Fault::BadVolume { row, field, reason } => value
                    .setattr("row", row)
                    .and_then(|()| value.setattr("field", field))
                    .and_then(|()| value.setattr("reason", reason)),
                Fault::DuplicateId { row, id } | Fault::UnknownId { row, id } => {
                    value.setattr("row", row).and_then(|()| value.setattr("id", id))
                }
                Fault::UnequalLengths { field, expected, actual } => value
                    .setattr("field", field)
                    .and_then(|()| value.setattr("expected", expected))
                    .and_then(|()| value.setattr("actual", actual)),
                Fault::BadArgument { field, reason } => {
                    value.setattr("field", field).and_then(|()| value.setattr("reason", reason))
                }
            };
            told.err().unwrap_or(error)
        })
    }
}

pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("EngineBroken", py.get_type::<EngineBroken>())?;
    module.add("EngineError", py.get_type::<EngineError>())?;
    module.add("BadVolume", py.get_type::<BadVolume>())?;
    module.add("DuplicateId", py.get_type::<DuplicateId>())?;
    module.add("UnknownId", py.get_type::<UnknownId>())?;
    module.add("UnequalLengths", py.get_type::<UnequalLengths>())?;
    module.add("BadArgument", py.get_type::<BadArgument>())
}
