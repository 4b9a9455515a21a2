//! Merging in the background: small runs into larger ones, so that few are left to ask.
//!
//! Runs fall into tiers of size, each four times the one below. When four runs of a tier are there, they and all
//! smaller ones become one. Packing happens without any lock. What was removed meanwhile is removed from the
//! result, mostly before the lock is taken for the change of the pointer, so that no call waits for long.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::index::{Run, Shared, State, TAIL};
use crate::packed::{Loose, Packed};

/// Runs of one tier that are merged.
const FEW: usize = 4;
/// Removals that may be left for the moment of the change.
const LEFT_OVER: usize = 256;
/// How often a change that would take too long is put off.
const ATTEMPTS: usize = 16;
/// How often memory that readers still held is looked at again.
const LATER: Duration = Duration::from_millis(20);

#[derive(Default)]
struct Signal {
    woken: bool,
    stop: bool,
    idle: bool,
}

/// The thread that merges. It ends with the index.
pub struct Merger {
    signal: Arc<(Mutex<Signal>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Merger {
    #[must_use]
    pub fn start(shared: Arc<Shared>) -> Self {
        let signal = Arc::new((Mutex::new(Signal { idle: true, ..Signal::default() }), Condvar::new()));
        let theirs = Arc::clone(&signal);
        let spawned = std::thread::Builder::new().name("standclear-merge".into()).spawn(move || run(&shared, &theirs));
        // Without a thread nothing is merged: slower to ask, and still right.
        Self { signal, thread: spawned.ok() }
    }

    pub fn wake(&self) {
        let mut signal = self.signal.0.lock().unwrap_or_else(PoisonError::into_inner);
        (signal.woken, signal.idle) = (true, false);
        self.signal.1.notify_all();
    }

    pub fn wake_if(&self, worth: impl FnOnce() -> bool) {
        if worth() {
            self.wake();
        }
    }

    pub fn wait_idle(&self) {
        if self.thread.is_none() {
            return;
        }
        let mut signal = self.signal.0.lock().unwrap_or_else(PoisonError::into_inner);
        while !signal.idle {
            signal = self.signal.1.wait(signal).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Merger {
    fn drop(&mut self) {
        self.signal.0.lock().unwrap_or_else(PoisonError::into_inner).stop = true;
        self.signal.1.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // its panics were caught and end only the merging
        }
    }
}

fn run(shared: &Shared, signal: &(Mutex<Signal>, Condvar)) {
    // Memory of runs that readers still hold: freed here, never in a reader's call.
    let mut retired: Vec<Arc<Packed>> = Vec::new();
    loop {
        retired.retain(|packed| Arc::strong_count(packed) > 1);
        let mut now = signal.0.lock().unwrap_or_else(PoisonError::into_inner);
        while !now.woken && !now.stop {
            now.idle = true;
            signal.1.notify_all();
            if retired.is_empty() {
                now = signal.1.wait(now).unwrap_or_else(PoisonError::into_inner);
            } else {
                now = signal.1.wait_timeout(now, LATER).unwrap_or_else(PoisonError::into_inner).0;
                break;
            }
        }
        if now.stop {
            return;
        }
        if !std::mem::take(&mut now.woken) {
            continue;
        }
        drop(now);
        let merged = catch_unwind(AssertUnwindSafe(|| while merge_some(shared, &mut retired) {}));
        if merged.is_err() {
            // The state is as it was: a merge changes it only by its last step. Nothing is merged any more.
            let mut now = signal.0.lock().unwrap_or_else(PoisonError::into_inner);
            (now.idle, now.stop) = (true, true);
            signal.1.notify_all();
            return;
        }
    }
}

/// The tier of a run by its size.
fn tier(run: &Run) -> u32 {
    let live = run.packed.len() - run.removed;
    (live.max(1) / TAIL).max(1).ilog2() / 2
}

/// The runs to merge next, if any.
fn choose(state: &State) -> Vec<Run> {
    let full: Vec<&Run> = state.runs.iter().collect();
    let highest = full.iter().map(|run| tier(run)).max().unwrap_or(0);
    for t in 0..=highest {
        if full.iter().filter(|run| tier(run) == t).count() >= FEW {
            return full.into_iter().filter(|run| tier(run) <= t).cloned().collect();
        }
    }
    full.into_iter().find(|run| run.removed * 2 > run.packed.len()).cloned().into_iter().collect()
}

/// Merges once; false if there was nothing to merge.
fn merge_some(shared: &Shared, retired: &mut Vec<Arc<Packed>>) -> bool {
    let mut chosen = choose(&shared.snapshot());
    if chosen.is_empty() {
        return false;
    }
    let mut merged = Run::new(Packed::pack(&gather(&chosen), true, 1), 0);
    let mut old = None;
    for attempt in 0..ATTEMPTS {
        while catch_up(&mut chosen, &shared.snapshot(), &mut merged) > LEFT_OVER {}
        old = shared.change(|state| {
            if behind(&chosen, state) > LEFT_OVER && attempt + 1 < ATTEMPTS {
                return None; // much was removed just now: that is caught up with outside the lock
            }
            catch_up(&mut chosen, state, &mut merged);
            Some(put(state, &chosen, &mut merged))
        });
        if old.is_some() {
            break;
        }
    }
    let old = old.unwrap_or_default();
    retired.extend(old.into_iter().map(|run| run.packed));
    retired.extend(chosen.into_iter().map(|run| run.packed));
    retired.sort_by_key(Arc::as_ptr);
    retired.dedup_by(|a, b| Arc::ptr_eq(a, b));
    true
}

/// Puts the merged run in the place of those it is made of, and gives those back.
fn put(state: &mut State, chosen: &[Run], merged: &mut Run) -> Vec<Run> {
    let kept = |run: &Run| !chosen.iter().any(|old| old.serial == run.serial);
    let (mut runs, old): (Vec<Run>, Vec<Run>) = std::mem::take(&mut state.runs).into_iter().partition(kept);
    if !merged.packed.is_empty() {
        state.next_serial += 1;
        merged.serial = state.next_serial;
        runs.insert(0, merged.clone());
    }
    state.runs = runs;
    old
}

/// How many removals from the chosen runs `merged` does not know of.
fn behind(chosen: &[Run], state: &State) -> usize {
    let of =
        |old: &Run| state.runs.iter().find(|run| run.serial == old.serial).map_or(0, |run| run.removed - old.removed);
    chosen.iter().map(of).sum()
}

/// Removes from `merged` what has been removed from the chosen runs since they were last looked at.
fn catch_up(chosen: &mut [Run], state: &State, merged: &mut Run) -> usize {
    let (mut count, mut gone) = (0, Vec::new());
    for old in chosen {
        let Some(now) = state.runs.iter().find(|run| run.serial == old.serial) else {
            continue;
        };
        if Arc::ptr_eq(&now.dead, &old.dead) {
            continue;
        }
        for (word, &bits) in now.dead.iter().enumerate() {
            let mut fresh = bits & !old.dead.get(word).copied().unwrap_or(0);
            while fresh != 0 {
                let slot = word * 64 + fresh.trailing_zeros() as usize;
                fresh &= fresh - 1;
                gone.clear();
                merged.slots_of(now.packed.ids[slot], |slot| gone.push(slot));
                count += gone.len();
                if !gone.is_empty() {
                    merged.bury(gone.iter().copied());
                }
            }
        }
        (old.dead, old.removed) = (Arc::clone(&now.dead), now.removed);
    }
    count
}

/// The volumes of some runs that have not been removed.
fn gather(runs: &[Run]) -> Loose {
    let live: usize = runs.iter().map(|run| run.packed.len() - run.removed).sum();
    let vertices = runs.iter().map(|run| run.packed.vertices.len()).sum();
    let largest = runs.iter().max_by_key(|run| run.packed.len());
    let mut all = Loose::with_room(live, vertices, largest.map_or(0, |run| run.packed.origin_ms));
    for run in runs {
        let (from, alive) = (&run.packed, run.live());
        for slot in (0..from.len()).filter(|&slot| !alive.is_dead(slot)) {
            let mut axes = from.nodes[slot / 16].get(slot % 16);
            let mut record = from.records[slot];
            record.set_time_and_height(&mut axes, all.origin_ms, 0, 0);
            let first = record.first as usize;
            if record.has_parts() {
                all.parts.push(all.records.len() as u32, from.parts.of(slot as u32));
            }
            record.first = all.vertices.len() as u32;
            all.vertices.extend_from_slice(&from.vertices[first..first + usize::from(record.count)]);
            all.boxes.push(axes);
            all.records.push(record);
            all.ids.push(from.ids[slot]);
        }
    }
    all
}
