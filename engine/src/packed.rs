//! Volumes in the order of a packed 16-ary tree: nodes of 640 bytes, records and vertices beside their leaf.
//!
//! The tree is implicit: the children of node i of a level are nodes 16 i to 16 i + 15 of the level below, and
//! the volumes of leaf i are slots 16 i to 16 i + 15. A `Packed` without upper levels is read through: so the
//! newest volumes are kept, which arrive one by one.

use crate::order::{WIDTH, order_of};
use crate::record::{AXES, Box5, Owner, Record, describe_into};
use crate::shape::{Core, Vertex};
use crate::simd::prefetch;
use crate::volume::{Parts, Volumes};

/// Sixteen boxes, axis by axis.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Node {
    pub low: [[f32; WIDTH]; AXES],
    pub high: [[f32; WIDTH]; AXES],
}

impl Node {
    /// Boxes that overlap nothing.
    pub const EMPTY: Self = Self { low: [[f32::INFINITY; WIDTH]; AXES], high: [[f32::NEG_INFINITY; WIDTH]; AXES] };

    pub fn set(&mut self, lane: usize, b: &Box5) {
        for d in 0..AXES {
            self.low[d][lane] = b.low[d];
            self.high[d][lane] = b.high[d];
        }
    }

    #[must_use]
    pub fn get(&self, lane: usize) -> Box5 {
        Box5 { low: std::array::from_fn(|d| self.low[d][lane]), high: std::array::from_fn(|d| self.high[d][lane]) }
    }

    /// The box about all sixteen.
    #[must_use]
    pub fn union(&self) -> Box5 {
        let mut all = Box5::EMPTY;
        for d in 0..AXES {
            for lane in 0..WIDTH {
                let (low, high) = (self.low[d][lane], self.high[d][lane]);
                all.low[d] = if low < all.low[d] { low } else { all.low[d] };
                all.high[d] = if high > all.high[d] { high } else { all.high[d] };
            }
        }
        all
    }
}

/// A bit for each box of the node that overlaps `b`. Touching is overlapping.
///
/// Written by hand for AVX2: what the compiler makes of the plain loop spends half its time on turning lanes into
/// bits, and this is a quarter of a join.
#[inline]
#[must_use]
pub fn overlaps(node: &Node, b: &Box5) -> u32 {
    #[cfg(target_arch = "x86_64")]
    if crate::simd::has_v3() {
        // SAFETY: the processor has just been asked for AVX2.
        return unsafe { overlaps_v3(node, b) };
    }
    overlaps_plain(node, b)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn overlaps_v3(node: &Node, b: &Box5) -> u32 {
    use std::arch::x86_64::{
        _CMP_GE_OQ, _CMP_LE_OQ, _mm256_and_ps, _mm256_cmp_ps, _mm256_load_ps, _mm256_movemask_ps, _mm256_set1_ps,
    };
    let mut mask = 0;
    for half in 0..2 {
        let at = |lanes: &[f32; WIDTH]| {
            let eight: *const f32 = lanes[half * 8..].as_ptr();
            // SAFETY: eight lanes from 0 or 8 of sixteen; a Node is aligned to 64 bytes and its rows are of 64.
            unsafe { _mm256_load_ps(eight) }
        };
        let mut all = _mm256_and_ps(
            _mm256_cmp_ps::<_CMP_LE_OQ>(at(&node.low[0]), _mm256_set1_ps(b.high[0])),
            _mm256_cmp_ps::<_CMP_GE_OQ>(at(&node.high[0]), _mm256_set1_ps(b.low[0])),
        );
        for d in 1..AXES {
            let low = _mm256_cmp_ps::<_CMP_LE_OQ>(at(&node.low[d]), _mm256_set1_ps(b.high[d]));
            let high = _mm256_cmp_ps::<_CMP_GE_OQ>(at(&node.high[d]), _mm256_set1_ps(b.low[d]));
            all = _mm256_and_ps(all, _mm256_and_ps(low, high));
        }
        mask |= (_mm256_movemask_ps(all) as u32) << (8 * half);
    }
    mask
}

fn overlaps_plain(node: &Node, b: &Box5) -> u32 {
    let mut mask = 0;
    for lane in 0..WIDTH {
        let meets = |d: usize| node.low[d][lane] <= b.high[d] && node.high[d][lane] >= b.low[d];
        mask |= u32::from((0..AXES).all(meets)) << lane;
    }
    mask
}

/// Volumes as they come, with their records, not yet in any order.
#[derive(Clone, Debug, Default)]
pub struct Loose {
    pub boxes: Vec<Box5>,
    pub records: Vec<Record>,
    pub ids: Vec<u64>,
    pub vertices: Vec<Vertex>,
    pub parts: Parts,
    pub origin_ms: i64,
}

impl Loose {
    #[must_use]
    pub fn with_room(rows: usize, vertices: usize, origin_ms: i64) -> Self {
        Self {
            boxes: Vec::with_capacity(rows),
            records: Vec::with_capacity(rows),
            ids: Vec::with_capacity(rows),
            vertices: Vec::with_capacity(vertices),
            parts: Parts::default(),
            origin_ms,
        }
    }

    /// Describes every volume, by up to two threads.
    #[must_use]
    pub fn of(volumes: &Volumes, ids: Vec<u64>, owner: impl Fn(usize) -> Owner + Sync, threads: usize) -> Self {
        let rows = volumes.len();
        let origin_ms = origin_of(volumes);
        let (mut boxes, mut records) = (vec![Box5::EMPTY; rows], vec![Record::NONE; rows]);
        let fill = |from: usize, boxes: &mut [Box5], records: &mut [Record]| {
            for (i, (axes, record)) in boxes.iter_mut().zip(records).enumerate() {
                let (row, core) = (from + i, volumes.core(from + i));
                let first = volumes.firsts[row];
                describe_into(core, &volumes.extents[row], owner(row), first, origin_ms, record, axes);
            }
        };
        if threads > 1 && rows > 4096 {
            let ((a, b), (x, y)) = (boxes.split_at_mut(rows / 2), records.split_at_mut(rows / 2));
            std::thread::scope(|scope| {
                scope.spawn(|| fill(0, a, x));
                fill(rows / 2, b, y);
            });
        } else {
            fill(0, &mut boxes, &mut records);
        }
        let (vertices, parts) = (volumes.vertices.clone(), volumes.parts.clone());
        Self { boxes, records, ids, vertices, parts, origin_ms }
    }

    #[must_use]
    pub fn core(&self, row: usize) -> Core<'_> {
        core_at(&self.records[row], &self.vertices, &self.parts, row)
    }
}

/// A moment near most of the volumes, so that single precision resolves time finely about it.
fn origin_of(volumes: &Volumes) -> i64 {
    let step = volumes.len().div_ceil(255).max(1);
    let mut starts: Vec<i64> = volumes.extents.iter().step_by(step).map(|x| x.start_ms).collect();
    if starts.is_empty() {
        return 0;
    }
    let middle = starts.len() / 2;
    *starts.select_nth_unstable(middle).1
}

/// How many nodes a tree of so many volumes has, on all levels.
fn nodes_for(volumes: usize) -> usize {
    let (mut total, mut level) = (0, volumes);
    while level > 1 {
        level = level.div_ceil(WIDTH);
        total += level;
    }
    total.max(1)
}

fn core_at<'a>(record: &Record, vertices: &'a [Vertex], parts: &'a Parts, slot: usize) -> Core<'a> {
    let first = record.first as usize;
    let ends = if record.has_parts() { parts.of(slot as u32) } else { &[] };
    Core::new(record.form(), &vertices[first..first + usize::from(record.count)], ends)
}

/// Volumes in the order of the tree. A slot is a place in that order.
#[derive(Clone, Debug)]
pub struct Packed {
    /// All levels, leaves first.
    pub nodes: Vec<Node>,
    /// Where each level begins in `nodes`; one level only means: read through.
    pub levels: Vec<usize>,
    pub records: Vec<Record>,
    pub ids: Vec<u64>,
    pub vertices: Vec<Vertex>,
    pub parts: Parts,
    pub origin_ms: i64,
    /// From an id to its slots; made for what must be found by id.
    pub table: Option<IdTable>,
}

impl Packed {
    /// No volumes yet, to be pushed one by one.
    #[must_use]
    pub fn flat(origin_ms: i64) -> Self {
        Self {
            nodes: Vec::new(),
            levels: vec![0],
            records: Vec::new(),
            ids: Vec::new(),
            vertices: Vec::new(),
            parts: Parts::default(),
            origin_ms,
            table: None,
        }
    }

    /// Packs loose volumes. `with_table` makes the table of ids.
    #[must_use]
    pub fn pack(loose: &Loose, with_table: bool, threads: usize) -> Self {
        let reach = [1000.0, 1000.0, 1000.0, 300_000.0, 15_000.0];
        let order = order_of(&loose.boxes, reach, threads);
        let count = order.len();
        let mut packed = Self::flat(loose.origin_ms);
        packed.nodes.reserve_exact(nodes_for(count));
        packed.nodes.resize(count.div_ceil(WIDTH), Node::EMPTY);
        packed.records.reserve_exact(count);
        packed.ids.reserve_exact(count);
        packed.vertices.reserve_exact(loose.vertices.len());
        for (slot, &row) in order.iter().enumerate() {
            let row = row as usize;
            // Rows come in no order of memory: ask for those that follow.
            if let Some(&later) = order.get(slot + 12) {
                prefetch(&loose.records[later as usize]);
                prefetch(&loose.boxes[later as usize]);
            }
            if let Some(&later) = order.get(slot + 6) {
                prefetch(&loose.vertices[loose.records[later as usize].first as usize]);
            }
            packed.nodes[slot / WIDTH].set(slot % WIDTH, &loose.boxes[row]);
            let mut record = loose.records[row];
            let first = record.first as usize;
            record.first = packed.vertices.len() as u32;
            packed.vertices.extend_from_slice(&loose.vertices[first..first + usize::from(record.count)]);
            if record.has_parts() {
                packed.parts.push(slot as u32, loose.parts.of(row as u32));
            }
            packed.records.push(record);
            packed.ids.push(loose.ids[row]);
        }
        packed.raise();
        if with_table {
            packed.table = Some(IdTable::of(&packed.ids));
        }
        packed
    }

    /// Builds the levels above the leaves.
    fn raise(&mut self) {
        let (mut start, mut count) = (0, self.nodes.len());
        while count > 1 {
            let above = count.div_ceil(WIDTH);
            self.levels.push(start + count);
            for i in 0..above {
                let mut node = Node::EMPTY;
                for (lane, child) in
                    self.nodes[start + i * WIDTH..start + count.min((i + 1) * WIDTH)].iter().enumerate()
                {
                    node.set(lane, &child.union());
                }
                self.nodes.push(node);
            }
            (start, count) = (start + count, above);
        }
    }

    /// Adds one volume at the end. Only for a `Packed` made by [`Packed::flat`].
    pub fn push(&mut self, id: u64, core: Core<'_>, record: Record, axes: &Box5) {
        debug_assert!(self.levels.len() == 1);
        let slot = self.records.len();
        if slot.is_multiple_of(WIDTH) {
            self.nodes.push(Node::EMPTY);
        }
        self.nodes[slot / WIDTH].set(slot % WIDTH, axes);
        if !core.is_single() {
            let mut end = 0;
            let ends: Vec<u32> = core
                .parts()
                .map(|part| {
                    end += part.len() as u32;
                    end
                })
                .collect();
            self.parts.push(slot as u32, &ends);
        }
        self.records.push(Record { first: self.vertices.len() as u32, ..record });
        self.ids.push(id);
        self.vertices.extend_from_slice(core.vertices());
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// How many leaves there are.
    #[must_use]
    pub fn leaves(&self) -> usize {
        self.len().div_ceil(WIDTH)
    }

    #[must_use]
    pub fn core(&self, slot: usize) -> Core<'_> {
        core_at(&self.records[slot], &self.vertices, &self.parts, slot)
    }

    /// Calls `found(leaf, its box)` for every leaf whose box overlaps `b`, from leaf `from` on. Where there are
    /// no boxes of leaves, every leaf is near, and has `b` for its box.
    #[inline]
    pub fn leaves_near(&self, b: &Box5, from: usize, mut found: impl FnMut(u32, Box5)) {
        if self.levels.len() == 1 {
            (from..self.leaves()).for_each(|leaf| found(leaf as u32, *b));
            return;
        }
        // Nodes of a level are numbered within it; a pending entry is (level, number).
        let mut pending = [(0u32, 0u32); 16 * 10];
        let mut count = 1;
        pending[0] = (self.levels.len() as u32 - 1, 0);
        while count > 0 {
            count -= 1;
            let (level, number) = pending[count];
            let node = &self.nodes[self.levels[level as usize] + number as usize];
            let mut mask = overlaps(node, b);
            if level == 1 {
                while mask != 0 {
                    let lane = mask.trailing_zeros();
                    let leaf = number * WIDTH as u32 + lane;
                    mask &= mask - 1;
                    if leaf as usize >= from {
                        found(leaf, node.get(lane as usize));
                    }
                }
                continue;
            }
            let below = self.levels[level as usize - 1];
            while mask != 0 {
                let lane = 31 - mask.leading_zeros();
                mask ^= 1 << lane;
                let child = number * WIDTH as u32 + lane;
                // The last leaf under this child, to leave out what lies wholly before `from`.
                if ((child as usize + 1) << (4 * (level - 1))) > from {
                    prefetch(&self.nodes[below + child as usize]);
                    pending[count] = (level - 1, child);
                    count += 1;
                }
            }
        }
    }

    /// The slots of an id.
    pub fn slots_of(&self, id: u64, mut found: impl FnMut(usize)) {
        match &self.table {
            Some(table) => table.slots_of(id, &self.ids, found),
            None => (0..self.len()).filter(|&slot| self.ids[slot] == id).for_each(&mut found),
        }
    }

    /// Bytes kept, as allocated.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>()
            + self.records.capacity() * size_of::<Record>()
            + self.ids.capacity() * 8
            + self.vertices.capacity() * 8
            + self.parts.bytes()
            + self.table.as_ref().map_or(0, |table| table.slots.len() * 4)
    }
}

/// From an id to its slots: open addressing over slots, so 8 bytes a volume at most.
#[derive(Clone, Debug)]
pub struct IdTable {
    slots: Vec<u32>,
}

const FREE: u32 = u32::MAX;

/// SplitMix64's finaliser: ids are often consecutive.
fn mix(id: u64) -> u64 {
    let id = (id ^ (id >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let id = (id ^ (id >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    id ^ (id >> 31)
}

impl IdTable {
    #[must_use]
    pub fn of(ids: &[u64]) -> Self {
        // Two thirds full at most; not a power of two, so that memory stays even.
        let mut table = Self { slots: vec![FREE; ids.len() + ids.len() / 2 + 1] };
        for (slot, &id) in ids.iter().enumerate() {
            let mut at = table.start(id);
            while table.slots[at] != FREE {
                at = if at + 1 == table.slots.len() { 0 } else { at + 1 };
            }
            table.slots[at] = slot as u32;
        }
        table
    }

    fn start(&self, id: u64) -> usize {
        ((u128::from(mix(id)) * self.slots.len() as u128) >> 64) as usize
    }

    fn slots_of(&self, id: u64, ids: &[u64], mut found: impl FnMut(usize)) {
        let mut at = self.start(id);
        while self.slots[at] != FREE {
            let slot = self.slots[at] as usize;
            if ids[slot] == id {
                found(slot);
            }
            at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_comparing_boxes_agree() {
        let mut seed = 1u64;
        let mut random = || {
            seed = mix(seed.wrapping_add(0x9e37_79b9_7f4a_7c15));
            (seed >> 40) as f32 / 16_777_216.0
        };
        for _ in 0..20_000 {
            let mut node = Node::EMPTY;
            for lane in 0..11 {
                let low: [f32; AXES] = std::array::from_fn(|_| (random() * 8.0).floor());
                node.set(lane, &Box5 { low, high: low.map(|v| v + (random() * 4.0).floor()) });
            }
            let low: [f32; AXES] = std::array::from_fn(|_| (random() * 8.0).floor());
            let asked = Box5 { low, high: low.map(|v| v + (random() * 4.0).floor()) };
            let expected = (0..WIDTH).fold(0, |mask, lane| {
                let b = node.get(lane);
                let meets = (0..AXES).all(|d| b.low[d] <= asked.high[d] && b.high[d] >= asked.low[d]);
                mask | u32::from(meets) << lane
            });
            assert_eq!(expected, overlaps(&node, &asked));
            assert_eq!(expected, overlaps_plain(&node, &asked));
            assert_eq!(0, expected >> 11);
        }
    }

    #[test]
    fn an_id_is_found_in_every_slot_it_has_and_no_other_is() {
        let ids: Vec<u64> = (0..5000u64).map(|i| i / 3 * 7).collect();
        let table = IdTable::of(&ids);
        for id in 0..2000 {
            let mut slots = Vec::new();
            table.slots_of(id, &ids, |slot| slots.push(slot));
            slots.sort_unstable();
            let expected: Vec<usize> = (0..ids.len()).filter(|&slot| ids[slot] == id).collect();
            assert_eq!(expected, slots);
        }
    }
}
