//! Margins and filters as Python gives them.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::columns::codes;
use crate::check;
use crate::fault::Fault;
use crate::rules::{Filter, KINDS_MAX, Rules};
use crate::volume::Margin;

/// Which pairs of kinds concern each other, and the margins between them.
#[pyclass(frozen, name = "Rules", module = "standclear_engine")]
pub struct PyRules {
    pub rules: Rules,
}

#[pymethods]
impl PyRules {
    #[new]
    #[pyo3(signature = (*, margin=None, pairs=None, same_party=false))]
    fn new(margin: Option<&Bound<'_, PyAny>>, pairs: Option<&Bound<'_, PyDict>>, same_party: bool) -> PyResult<Self> {
        let otherwise = margin.map(margin_of).transpose()?;
        let mut table = Vec::new();
        for (kinds, margin) in pairs.into_iter().flatten() {
            let (a, b): (u8, u8) = kinds.extract()?;
            for kind in [a, b] {
                if usize::from(kind) >= KINDS_MAX {
                    return Err(Fault::argument("pairs", format!("kind {kind}: give 0 to {}", KINDS_MAX - 1)).into());
                }
            }
            let margin = if margin.is_none() { None } else { Some(margin_of(&margin)?) };
            table.push((a, b, margin));
        }
        Ok(Self { rules: Rules::of(&table, otherwise, same_party) })
    }
}

/// A margin: (horizontal_cm, vertical_cm, time_ms), or anything with these fields.
pub fn margin_of(object: &Bound<'_, PyAny>) -> PyResult<Margin> {
    let (horizontal_cm, vertical_cm, time_ms) = if object.is_instance_of::<PyTuple>() {
        object.extract()?
    } else {
        let field = |name: &str| object.getattr(name).and_then(|value| value.extract::<i64>());
        (field("horizontal_cm")?, field("vertical_cm")?, field("time_ms")?)
    };
    let margin = Margin { horizontal_cm, vertical_cm, time_ms };
    check::margin(&margin)?;
    Ok(margin)
}

/// The filter of a question: parties, kinds and releases asked about.
pub fn filter_of(
    parties: Option<&Bound<'_, PyAny>>,
    kinds: Option<&Bound<'_, PyAny>>,
    release: u32,
) -> PyResult<Filter> {
    let mut filter = Filter { release, ..Filter::default() };
    if let Some(parties) = parties {
        let parties: Vec<u16> = parties.try_iter()?.map(|p| p?.extract()).collect::<PyResult<_>>()?;
        filter.parties = Some(Filter::bits_of(&parties));
    }
    if let Some(kinds) = kinds {
        filter.kinds = 0;
        for kind in kinds.try_iter()? {
            let kind: u8 = kind?.extract()?;
            if usize::from(kind) >= KINDS_MAX {
                return Err(Fault::argument("kinds", format!("{kind}: give 0 to {}", KINDS_MAX - 1)).into());
            }
            filter.kinds |= 1 << kind;
        }
    }
    Ok(filter)
}

/// Party, kind and release of each row; one number stands for all.
pub fn owners_of(
    rows: usize,
    party: &Bound<'_, PyAny>,
    kind: &Bound<'_, PyAny>,
    release: Option<&Bound<'_, PyAny>>,
) -> PyResult<Vec<crate::record::Owner>> {
    let party = codes(party, rows, u32::from(u16::MAX), "party")?;
    let kind = codes(kind, rows, KINDS_MAX as u32 - 1, "kind")?;
    let release = match release {
        Some(release) => codes(release, rows, u32::MAX, "release")?,
        None => vec![u32::MAX; rows],
    };
    Ok((0..rows)
        .map(|row| crate::record::Owner {
            party: party[row] as u16,
            kind: kind[row] as u8,
            release: release[row],
            part: 0,
        })
        .collect())
}
