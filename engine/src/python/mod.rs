//! The Python module `standclear_engine`.

mod columns;
mod errors;
mod index;
mod objects;
mod pairs;
mod rules;
mod zones;

use pyo3::prelude::*;

/// Every conflict among millions of volumes, exactly as the predicate decide/1 has it.
#[pymodule]
fn standclear_engine(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("PREDICATE_ID", "decide/1")?;
    errors::add_to(module)?;
    module.add_class::<columns::PyVolumes>()?;
    module.add_class::<rules::PyRules>()?;
    module.add_class::<index::PyIndex>()?;
    module.add_class::<index::PyPacked>()?;
    module.add_class::<index::PyStream>()?;
    module.add_class::<zones::PyZones>()?;
    module.add_function(wrap_pyfunction!(zones::entries_ahead, module)?)?;
    module.add_function(wrap_pyfunction!(zones::legs_ahead, module)?)?;
    module.add_function(wrap_pyfunction!(pairs::pairs_meet, module)?)?;
    module.add_function(wrap_pyfunction!(pairs::stated_distances_cm, module)?)?;
    module.add_function(wrap_pyfunction!(pairs::places, module)?)?;
    Ok(())
}
