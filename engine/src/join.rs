//! Sixteen volumes at a time against a tree, resumable after any leaf so that memory stays bounded.

use crate::decide::{Asker, Bench, First, first_look, second_look};
use crate::order::WIDTH;
use crate::packed::{Node, Packed, overlaps};
use crate::record::{Box5, down, up};
use crate::rules::{Filter, Rules};
use crate::simd::prefetch;

/// A set of volumes with those that have been removed from it.
#[derive(Clone, Copy)]
pub struct Live<'a> {
    pub packed: &'a Packed,
    /// A bit for each slot removed; empty if none is.
    pub dead: &'a [u64],
}

impl Live<'_> {
    #[inline]
    #[must_use]
    pub fn is_dead(&self, slot: usize) -> bool {
        !self.dead.is_empty() && self.dead[slot >> 6] >> (slot & 63) & 1 == 1
    }
}

/// What is asked of every pair.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    pub rules: &'a Rules,
    pub filter: &'a Filter,
    /// Both sets are one: each pair once, no volume with itself.
    pub within_one: bool,
}

/// Pairs looked at before those still open are taken up: long enough to hide the wait for memory.
const BATCH: usize = 48;

/// A leaf of the tree near the askers.
#[derive(Clone, Copy)]
struct Near {
    leaf: u32,
    around: Box5,
}

/// A pair whose records (or then vertices) have been asked for.
#[derive(Clone, Copy)]
struct Pending {
    lane: u32,
    slot: u32,
    reach_cm: i64,
}

/// A walk of one leaf of askers over a tree.
///
/// Memory is what it waits for, so it works in three passes: boxes first, asking for the records of what
/// overlaps; then records, asking for the vertices of what they leave open; then vertices.
pub struct Walk {
    pub bench: Bench,
    askers: Vec<Asker>,
    node: Node,
    boxes: [Box5; WIDTH],
    near: Vec<Near>,
    next: usize,
    asking_leaf: usize,
    candidates: Vec<Pending>,
    open: Vec<Pending>,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            bench: Bench::default(),
            askers: vec![Asker::default(); WIDTH],
            node: Node::EMPTY,
            boxes: [Box5::EMPTY; WIDTH],
            near: Vec::new(),
            next: 0,
            asking_leaf: 0,
            candidates: Vec::new(),
            open: Vec::new(),
        }
    }
}

impl Walk {
    /// Forgets the volumes asked about before. Before the first `begin` with a leaf of askers.
    pub fn renew(&mut self) {
        self.askers.iter_mut().for_each(Asker::renew);
    }

    /// Starts with a leaf of the asking set: finds the leaves of `base` near any of its volumes.
    pub fn begin(&mut self, asking: Live<'_>, leaf: usize, base: &Packed, question: &Question<'_>) {
        self.asking_leaf = leaf;
        self.near.clear();
        self.next = 0;
        self.node = Node::EMPTY;
        let mut union = Box5::EMPTY;
        let first = leaf * WIDTH;
        for lane in 0..WIDTH.min(asking.packed.len() - first) {
            if asking.is_dead(first + lane) {
                continue;
            }
            if let Some(around) = asked_box(asking.packed, first + lane, base.origin_ms, question.rules) {
                self.node.set(lane, &around);
                self.boxes[lane] = around;
                union = union.with(&around);
            }
        }
        if union.low[0] <= union.high[0] {
            let from = if question.within_one { leaf } else { 0 };
            let near = &mut self.near;
            base.leaves_near(&union, from, |leaf, around| {
                prefetch(&base.nodes[leaf as usize]);
                near.push(Near { leaf, around });
            });
        }
    }

    /// Goes on until `room` pairs are found or the walk is over; true if it is over. `found` gets both slots.
    ///
    /// It may exceed `room` by the pairs of one leaf and one batch.
    pub fn go_on(
        &mut self,
        asking: Live<'_>,
        base: Live<'_>,
        question: &Question<'_>,
        room: usize,
        mut found: impl FnMut(u32, u32),
    ) -> bool {
        let mut count = 0;
        while self.next < self.near.len() {
            if count >= room {
                return false;
            }
            let near = self.near[self.next];
            self.next += 1;
            self.look_at_boxes(base, &near, question);
            if self.candidates.len() >= BATCH || self.next == self.near.len() {
                count += self.decide(asking, base, question, &mut found);
            }
        }
        true
    }

    /// First pass: which boxes of a leaf overlap which askers'.
    #[inline]
    fn look_at_boxes(&mut self, base: Live<'_>, near: &Near, question: &Question<'_>) {
        let leaf = near.leaf as usize;
        let node = &base.packed.nodes[leaf];
        let mut askers = overlaps(&self.node, &near.around);
        while askers != 0 {
            let lane = askers.trailing_zeros() as usize;
            askers &= askers - 1;
            let mut mask = overlaps(node, &self.boxes[lane]);
            if question.within_one && leaf == self.asking_leaf {
                mask &= !((2u32 << lane) - 1);
            }
            while mask != 0 {
                let slot = leaf * WIDTH + mask.trailing_zeros() as usize;
                mask &= mask - 1;
                prefetch(&base.packed.records[slot]);
                prefetch(&base.packed.ids[slot]);
                self.candidates.push(Pending { lane: lane as u32, slot: slot as u32, reach_cm: 0 });
            }
        }
    }

    /// Second and third pass: records, then vertices.
    fn decide(
        &mut self,
        asking: Live<'_>,
        base: Live<'_>,
        question: &Question<'_>,
        found: &mut impl FnMut(u32, u32),
    ) -> usize {
        let first = self.asking_leaf * WIDTH;
        let mut count = 0;
        for pending in self.candidates.drain(..) {
            let slot = pending.slot as usize;
            let record = &base.packed.records[slot];
            if base.is_dead(slot) || !question.filter.admits(record) {
                continue;
            }
            let asker = &asking.packed.records[first + pending.lane as usize];
            match first_look(asker, record, question.rules, &mut self.bench.counts) {
                First::No => {}
                First::Yes => {
                    found((first + pending.lane as usize) as u32, pending.slot);
                    count += 1;
                }
                First::Open(reach_cm) => {
                    prefetch(&base.packed.vertices[record.first as usize]);
                    self.open.push(Pending { reach_cm, ..pending });
                }
            }
        }
        for pending in self.open.drain(..) {
            let (lane, slot) = (pending.lane as usize, pending.slot as usize);
            let (a, b) = (asking.packed.core(first + lane), base.packed.core(slot));
            if second_look(&mut self.askers[lane], a, b, pending.reach_cm, &mut self.bench) {
                found((first + lane) as u32, pending.slot);
                count += 1;
            }
        }
        count
    }
}

/// The box of what a volume may meet: about its margins, in the time of the other set.
#[must_use]
pub fn asked_box(packed: &Packed, slot: usize, origin_ms: i64, rules: &Rules) -> Option<Box5> {
    let record = &packed.records[slot];
    let margin = rules.widest(record.kind)?;
    let mut around = packed.nodes[slot / WIDTH].get(slot % WIDTH);
    let wide = margin.horizontal_cm as f64 / 100.0;
    for d in 0..3 {
        around.low[d] = down(f64::from(around.low[d]) - wide);
        around.high[d] = up(f64::from(around.high[d]) + wide);
    }
    record.set_time_and_height(&mut around, origin_ms, margin.time_ms, margin.vertical_cm);
    Some(around)
}
