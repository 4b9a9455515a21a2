//! What can be wrong with what the engine is given. Nothing is changed by a call that ends in one of these.

/// A refusal: it names the row, and the field, that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A row is no volume: fix the field.
    BadVolume { row: usize, field: &'static str, reason: String },
    /// An id is there already, or twice in one call.
    DuplicateId { row: usize, id: u64 },
    /// An id that is not in the index.
    UnknownId { row: usize, id: u64 },
    /// A column has another length than the first.
    UnequalLengths { field: &'static str, expected: usize, actual: usize },
    /// An argument that is not a row is out of its range.
    BadArgument { field: &'static str, reason: String },
}

impl Fault {
    /// The refusal of a row.
    pub fn row(row: usize, field: &'static str, reason: impl Into<String>) -> Self {
        Self::BadVolume { row, field, reason: reason.into() }
    }

    /// The refusal of an argument.
    pub fn argument(field: &'static str, reason: impl Into<String>) -> Self {
        Self::BadArgument { field, reason: reason.into() }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::BadVolume { row, field, reason } => write!(out, "row {row}: {field}: {reason}"),
            Self::DuplicateId { row, id } => write!(out, "row {row}: id {id} is there already"),
            Self::UnknownId { row, id } => write!(out, "row {row}: id {id} is not in the index"),
            Self::UnequalLengths { field, expected, actual } => {
                write!(out, "{field}: {actual} long, not {expected}")
            }
            Self::BadArgument { field, reason } => write!(out, "{field}: {reason}"),
        }
    }
}
