//! Every conflict among millions of volumes, as the predicate `decide/1` has it.
//!
//! Read in this order: [`exact`] is the law in integers; [`shape`] and `volume` are what it is asked about;
//! `filter` answers most pairs in single precision, within a certified bound; `packed`
//! proposes the pairs; `index` keeps them while notices come and go. The Python module is in `python`.

#![deny(unsafe_op_in_unsafe_fn)]

pub mod check;
pub mod decide;
pub mod entries;
pub mod exact;
pub mod fault;
pub mod filter;
pub mod grid;
pub mod index;
pub mod join;
pub mod merge;
pub mod order;
pub mod packed;
pub mod plane;
#[cfg(feature = "python")]
mod python;
pub mod record;
pub mod rules;
pub mod shape;
pub mod simd;
pub mod stream;
pub mod tracks;
pub mod volume;
pub mod zones;
