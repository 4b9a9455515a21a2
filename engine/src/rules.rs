//! Which pairs concern each other, and how far apart they must be: a table over kinds, and filters.

use crate::record::Record;
use crate::volume::Margin;

/// Kinds are numbered below this.
pub const KINDS_MAX: usize = 64;

/// The margins for each pair of kinds; a pair without one does not concern each other.
#[derive(Clone, Debug)]
pub struct Rules {
    table: Vec<Option<Margin>>,
    /// For each kind the widest margin of any pair it is in.
    widest: [Option<Margin>; KINDS_MAX],
    /// Pairs of the same party count too.
    pub same_party: bool,
}

impl Rules {
    /// The same margin for all pairs.
    #[must_use]
    pub fn uniform(margin: Margin, same_party: bool) -> Self {
        Self { table: vec![Some(margin); KINDS_MAX * KINDS_MAX], widest: [Some(margin); KINDS_MAX], same_party }
    }

    /// A table over pairs of kinds, either order; pairs not listed have `otherwise`.
    #[must_use]
    pub fn of(pairs: &[(u8, u8, Option<Margin>)], otherwise: Option<Margin>, same_party: bool) -> Self {
        let mut table = vec![otherwise; KINDS_MAX * KINDS_MAX];
        for &(a, b, margin) in pairs {
            table[usize::from(a) * KINDS_MAX + usize::from(b)] = margin;
            table[usize::from(b) * KINDS_MAX + usize::from(a)] = margin;
        }
        let widest = std::array::from_fn(|kind| {
            table[kind * KINDS_MAX..(kind + 1) * KINDS_MAX].iter().flatten().copied().reduce(|x, y| Margin {
                horizontal_cm: x.horizontal_cm.max(y.horizontal_cm),
                vertical_cm: x.vertical_cm.max(y.vertical_cm),
                time_ms: x.time_ms.max(y.time_ms),
            })
        });
        Self { table, widest, same_party }
    }

    #[inline]
    #[must_use]
    pub fn margin(&self, a: u8, b: u8) -> Option<&Margin> {
        self.table[usize::from(a) * KINDS_MAX + usize::from(b)].as_ref()
    }

    /// The widest margin of a kind; `None` if it concerns no other.
    #[must_use]
    pub fn widest(&self, kind: u8) -> Option<Margin> {
        self.widest[usize::from(kind)]
    }
}

/// Which volumes of the index a question is about.
#[derive(Clone, Debug)]
pub struct Filter {
    /// A bit for each party asked about; `None` is all.
    pub parties: Option<Box<[u64]>>,
    /// A bit for each kind asked about.
    pub kinds: u64,
    /// Only volumes with some of these bits of release; 0 is all.
    pub release: u32,
}

impl Default for Filter {
    fn default() -> Self {
        Self { parties: None, kinds: u64::MAX, release: 0 }
    }
}

impl Filter {
    /// Only these parties.
    #[must_use]
    pub fn bits_of(parties: &[u16]) -> Box<[u64]> {
        let mut bits = vec![0u64; 1024].into_boxed_slice();
        for &party in parties {
            bits[usize::from(party >> 6)] |= 1 << (party & 63);
        }
        bits
    }

    #[inline]
    #[must_use]
    pub fn admits(&self, record: &Record) -> bool {
        self.kinds >> record.kind & 1 == 1
            && (self.release == 0 || self.release & record.release != 0)
            && self
                .parties
                .as_ref()
                .is_none_or(|bits| bits[usize::from(record.party >> 6)] >> (record.party & 63) & 1 == 1)
    }
}
