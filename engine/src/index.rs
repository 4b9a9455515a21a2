//! The index: packed runs, a tail that is written, and snapshots that nobody waits for.
//!
//! A reader takes the present [`State`] by its pointer and keeps it as long as it likes: nothing in it ever
//! changes. A writer changes the state in place while nobody else holds it, and a copy of its small parts
//! otherwise (the tail has at most [`TAIL`] volumes). Full tails and small runs are merged in the background
//! ([`crate::merge`]); the result is put in by a change of the pointer.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::decide::Counts;
use crate::exact::within::stated_distance_cm;
use crate::fault::Fault;
use crate::join::{Live, Question, Walk};
use crate::merge::Merger;
use crate::packed::{Loose, Packed};
use crate::rules::{Filter, Rules};

/// Volumes in the tail: read through at about 0.4 us, and copied in about 15 us if a reader holds it.
pub const TAIL: usize = 1024;
/// From this many volumes on a call makes a run of its own.
const BULK: usize = TAIL;

/// A packed set, and which of its slots have been removed.
#[derive(Clone, Debug)]
pub struct Run {
    pub packed: Arc<Packed>,
    pub dead: Arc<Vec<u64>>,
    pub removed: usize,
    /// Tells runs apart, also after slots were removed.
    pub serial: u64,
}

impl Run {
    #[must_use]
    pub fn new(packed: Packed, serial: u64) -> Self {
        Self { packed: Arc::new(packed), dead: Arc::new(Vec::new()), removed: 0, serial }
    }

    #[must_use]
    pub fn live(&self) -> Live<'_> {
        Live { packed: &self.packed, dead: &self.dead }
    }

    #[must_use]
    pub fn holds(&self, id: u64) -> bool {
        let (live, mut held) = (self.live(), false);
        self.packed.slots_of(id, |slot| held |= !live.is_dead(slot));
        held
    }

    /// The slots of an id that are not removed.
    pub fn slots_of(&self, id: u64, mut found: impl FnMut(usize)) {
        let live = self.live();
        self.packed.slots_of(id, |slot| {
            if !live.is_dead(slot) {
                found(slot);
            }
        });
    }

    /// Removes some slots; those removed before are left as they are.
    pub fn bury(&mut self, slots: impl IntoIterator<Item = usize>) {
        let dead = Arc::make_mut(&mut self.dead);
        dead.resize(self.packed.len().div_ceil(64).max(TAIL / 64), 0);
        for slot in slots {
            let bit = 1 << (slot & 63);
            self.removed += usize::from(dead[slot >> 6] & bit == 0);
            dead[slot >> 6] |= bit;
        }
    }
}

/// The slots of some notices, found before the state is changed.
#[derive(Default)]
struct Graves {
    /// By the serial of a run: (slot, id).
    of_runs: Vec<(u64, Vec<(usize, u64)>)>,
}

impl Graves {
    fn of(state: &State, ids: &[u64]) -> Self {
        let mut of_runs = Vec::new();
        for run in state.runs.iter().chain(std::iter::once(&state.tail)) {
            let mut slots = Vec::new();
            for &id in ids {
                run.slots_of(id, |slot| slots.push((slot, id)));
            }
            if !slots.is_empty() {
                of_runs.push((run.serial, slots));
            }
        }
        Self { of_runs }
    }

    /// Removes them. A run that has been merged since is looked through again, by id.
    fn close(self, state: &mut State) {
        for (serial, slots) in self.of_runs {
            let mut runs = state.runs.iter_mut().chain(std::iter::once(&mut state.tail));
            if let Some(run) = runs.find(|run| run.serial == serial) {
                run.bury(slots.into_iter().map(|(slot, _)| slot));
                continue;
            }
            for run in state.runs.iter_mut().chain(std::iter::once(&mut state.tail)) {
                let mut found = Vec::new();
                for &(_, id) in &slots {
                    run.slots_of(id, |slot| found.push(slot));
                }
                if !found.is_empty() {
                    run.bury(found);
                }
            }
        }
    }
}

/// Everything the index holds at one moment.
#[derive(Clone, Debug)]
pub struct State {
    pub runs: Vec<Run>,
    pub tail: Run,
    pub next_serial: u64,
}

impl State {
    fn empty() -> Self {
        Self { runs: Vec::new(), tail: Run::new(Packed::flat(0), 0), next_serial: 1 }
    }

    /// All runs, the tail last.
    #[must_use]
    pub fn all(&self) -> Vec<Run> {
        self.runs.iter().chain(std::iter::once(&self.tail)).filter(|run| !run.packed.is_empty()).cloned().collect()
    }

    #[must_use]
    pub fn holds(&self, id: u64) -> bool {
        self.tail.holds(id) || self.runs.iter().rev().any(|run| run.holds(id))
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.runs.iter().chain(std::iter::once(&self.tail)).map(|run| run.packed.len() - run.removed).sum()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[must_use]
    pub fn bytes(&self) -> usize {
        self.runs.iter().chain(std::iter::once(&self.tail)).map(|run| run.packed.bytes() + run.dead.len() * 8).sum()
    }

    fn serial(&mut self) -> u64 {
        self.next_serial += 1;
        self.next_serial
    }

    fn push(&mut self, loose: &Loose, row: usize) -> bool {
        let mut full = false;
        if self.tail.packed.len() == TAIL {
            let serial = self.serial();
            let fresh = Run::new(Packed::flat(loose.origin_ms), serial);
            self.runs.push(std::mem::replace(&mut self.tail, fresh));
            full = true;
        } else if self.tail.packed.is_empty() {
            self.tail = Run::new(Packed::flat(loose.origin_ms), self.tail.serial);
        }
        let tail = Arc::make_mut(&mut self.tail.packed);
        let mut axes = loose.boxes[row];
        loose.records[row].set_time_and_height(&mut axes, tail.origin_ms, 0, 0);
        tail.push(loose.ids[row], loose.core(row), loose.records[row], &axes);
        full
    }
}

/// A volume that meets the one asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Match {
    pub id: u64,
    pub part: u16,
    /// Which of the volumes asked about.
    pub asked: u32,
    pub first_ms: i64,
    pub distance_cm: i64,
}

/// Notices that come and go, and questions about them.
pub struct Index {
    pub rules: Arc<Rules>,
    shared: Arc<Shared>,
    merger: Merger,
    walks: Mutex<Vec<Walk>>,
}

/// What the index and its merger share.
pub struct Shared {
    state: Mutex<Arc<State>>,
    /// Held by whoever changes what the index holds, for the whole of the change.
    writing: Mutex<()>,
}

/// A lock whose holder panicked guards values that are whole all the same: changes are made by moves.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    #[must_use]
    pub fn snapshot(&self) -> Arc<State> {
        Arc::clone(&locked(&self.state))
    }

    /// Changes the state in place, or a copy of it if a reader holds it.
    pub fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(Arc::make_mut(&mut locked(&self.state)))
    }
}

impl Index {
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        let shared = Arc::new(Shared { state: Mutex::new(Arc::new(State::empty())), writing: Mutex::new(()) });
        let merger = Merger::start(Arc::clone(&shared));
        Self { rules: Arc::new(rules), shared, merger, walks: Mutex::new(Vec::new()) }
    }

    #[must_use]
    pub fn snapshot(&self) -> Arc<State> {
        self.shared.snapshot()
    }

    /// Adds notices. All or none: an id that is there, or the same part twice, is a fault.
    pub fn insert(&self, loose: &Loose, threads: usize) -> Result<(), Fault> {
        no_part_twice(loose)?;
        let packed = (loose.ids.len() >= BULK).then(|| Packed::pack(loose, true, threads));
        let _writing = locked(&self.shared.writing);
        let now = self.snapshot();
        let mut last = None;
        for (row, &id) in loose.ids.iter().enumerate() {
            if last != Some(id) && now.holds(id) {
                return Err(Fault::DuplicateId { row, id });
            }
            last = Some(id);
        }
        drop(now);
        self.add(loose, packed, Graves::default());
        Ok(())
    }

    /// Replaces notices by others of the same ids. All or none: an id that is not there is a fault.
    pub fn replace(&self, loose: &Loose, threads: usize) -> Result<(), Fault> {
        no_part_twice(loose)?;
        let packed = (loose.ids.len() >= BULK).then(|| Packed::pack(loose, true, threads));
        let _writing = locked(&self.shared.writing);
        let now = self.snapshot();
        let mut ids = Vec::new();
        for (row, &id) in loose.ids.iter().enumerate() {
            if ids.last() != Some(&id) {
                if !now.holds(id) {
                    return Err(Fault::UnknownId { row, id });
                }
                ids.push(id);
            }
        }
        let graves = Graves::of(&now, &ids);
        drop(now);
        self.add(loose, packed, graves);
        Ok(())
    }

    fn add(&self, loose: &Loose, packed: Option<Packed>, graves: Graves) {
        let full = self.shared.change(|state| {
            graves.close(state);
            match packed {
                Some(packed) => {
                    let serial = state.serial();
                    state.runs.push(Run::new(packed, serial));
                    true
                }
                None => (0..loose.ids.len()).fold(false, |full, row| state.push(loose, row) | full),
            }
        });
        if full {
            self.merger.wake();
        }
    }

    /// Removes notices with all their volumes. All or none: an id that is not there is a fault.
    pub fn remove(&self, ids: &[u64]) -> Result<(), Fault> {
        let _writing = locked(&self.shared.writing);
        let now = self.snapshot();
        let mut seen = HashSet::new();
        for (row, &id) in ids.iter().enumerate() {
            if !now.holds(id) || (ids.len() > 1 && !seen.insert(id)) {
                return Err(Fault::UnknownId { row, id });
            }
        }
        let graves = Graves::of(&now, ids);
        drop(now);
        self.shared.change(|state| graves.close(state));
        self.merger.wake_if(|| self.snapshot().runs.iter().any(|run| run.removed * 2 > run.packed.len()));
        Ok(())
    }

    /// The volumes that meet any of those asked about, by id. `why` also finds the distance.
    #[must_use]
    pub fn check(&self, asked: &Packed, rules: &Rules, filter: &Filter, why: bool) -> (Vec<Match>, Counts) {
        let state = self.snapshot();
        let mut walk = locked(&self.walks).pop().unwrap_or_default();
        walk.bench.counts = Counts::default();
        let mut matches = Vec::new();
        let asking = Live { packed: asked, dead: &[] };
        let question = Question { rules, filter, within_one: false };
        for leaf in 0..asked.leaves() {
            walk.renew();
            for run in state.runs.iter().chain(std::iter::once(&state.tail)).filter(|run| !run.packed.is_empty()) {
                walk.begin(asking, leaf, &run.packed, &question);
                walk.go_on(asking, run.live(), &question, usize::MAX, |i, j| {
                    let (x, y) = (&asked.records[i as usize], &run.packed.records[j as usize]);
                    let distance_cm =
                        if why { stated_distance_cm(asked.core(i as usize), run.packed.core(j as usize)) } else { -1 };
                    let first_ms = x.start_ms.max(y.start_ms);
                    matches.push(Match {
                        id: run.packed.ids[j as usize],
                        part: y.part,
                        asked: i,
                        first_ms,
                        distance_cm,
                    });
                });
            }
        }
        let counts = walk.bench.counts;
        locked(&self.walks).push(walk);
        matches.sort_unstable();
        (matches, counts)
    }

    /// Waits until nothing is left to merge. For tests and benches.
    pub fn settle(&self) {
        self.merger.wait_idle();
    }
}

fn no_part_twice(loose: &Loose) -> Result<(), Fault> {
    if loose.ids.len() == 1 {
        return Ok(());
    }
    let mut seen = HashSet::with_capacity(loose.ids.len());
    for (row, (&id, record)) in loose.ids.iter().zip(&loose.records).enumerate() {
        if !seen.insert((id, record.part)) {
            return Err(Fault::DuplicateId { row, id });
        }
    }
    Ok(())
}
