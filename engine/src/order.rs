//! The order of the leaves: halves upon halves, along the axis that parts them best.

use crate::record::{AXES, Box5};

/// Volumes in a node.
pub const WIDTH: usize = 16;
/// Items looked at to choose an axis.
const SAMPLE: usize = 128;
/// Below this many items a second thread is not worth its start.
const ALONE: usize = 20_000;
/// Heights and times without end count as this much for the order, so that means stay finite.
const CLIP: f32 = 1e13;

#[derive(Clone, Copy)]
struct Item {
    middle: [f32; AXES],
    row: u32,
}

fn clip(value: f32) -> f32 {
    value.clamp(-CLIP, CLIP)
}

/// The rows in the order of the leaves: nodes of 16 are near each other, and so are nodes of nodes.
///
/// `reach` is the typical extent of a question, per axis: parting finer than that gains nothing.
#[must_use]
pub fn order_of(boxes: &[Box5], reach: [f32; AXES], threads: usize) -> Vec<u32> {
    let mut items: Vec<Item> = boxes
        .iter()
        .enumerate()
        .map(|(row, b)| Item {
            middle: std::array::from_fn(|d| (clip(b.low[d]) + clip(b.high[d])) * 0.5),
            row: row as u32,
        })
        .collect();
    part(&mut items, boxes, &reach, threads);
    items.into_iter().map(|item| item.row).collect()
}

/// Parts the items so that every aligned group of 16, 256, 4096 … of the result belongs together.
fn part(items: &mut [Item], boxes: &[Box5], reach: &[f32; AXES], threads: usize) {
    if items.len() <= WIDTH {
        return;
    }
    // The largest power of 16 that is less than the length: the size of a whole child.
    let mut child = WIDTH;
    while child * WIDTH < items.len() {
        child *= WIDTH;
    }
    halve(items, boxes, child, reach, threads);
}

/// Parts the items into children of `child` each (the last may be short), then each child.
fn halve(items: &mut [Item], boxes: &[Box5], child: usize, reach: &[f32; AXES], threads: usize) {
    let children = items.len().div_ceil(child);
    if children <= 1 {
        part(items, boxes, reach, threads);
        return;
    }
    let at = children.div_ceil(2) * child;
    let at = if at >= items.len() { (children - 1) * child } else { at };
    let axis = best_axis(items, boxes, reach);
    items.select_nth_unstable_by(at, |a, b| a.middle[axis].total_cmp(&b.middle[axis]));
    let (left, right) = items.split_at_mut(at);
    if threads > 1 && left.len() > ALONE {
        std::thread::scope(|scope| {
            scope.spawn(|| halve(left, boxes, child, reach, threads / 2));
            halve(right, boxes, child, reach, threads - threads / 2);
        });
    } else {
        halve(left, boxes, child, reach, 1);
        halve(right, boxes, child, reach, 1);
    }
}

/// The axis along which the middles spread widest, measured in typical lengths.
fn best_axis(items: &[Item], boxes: &[Box5], reach: &[f32; AXES]) -> usize {
    let step = items.len().div_ceil(SAMPLE);
    let (mut low, mut high, mut length) = ([f32::MAX; AXES], [f32::MIN; AXES], [0f32; AXES]);
    let mut count = 0f32;
    for item in items.iter().step_by(step) {
        let around = &boxes[item.row as usize];
        for d in 0..AXES {
            low[d] = if item.middle[d] < low[d] { item.middle[d] } else { low[d] };
            high[d] = if item.middle[d] > high[d] { item.middle[d] } else { high[d] };
            length[d] += clip(around.high[d]) - clip(around.low[d]);
        }
        count += 1.0;
    }
    let gain = |d: usize| (high[d] - low[d]) / (length[d] / count + reach[d] + 1e-3);
    (1..AXES).fold(0, |best, d| if gain(d) > gain(best) { d } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_there_once_and_neighbours_are_near() {
        for count in [1, 16, 17, 255, 256, 257, 5000, 70_000] {
            let boxes: Vec<Box5> = (0..count as u32)
                .map(|i| {
                    let x = (i.wrapping_mul(2_654_435_761) >> 8) as f32;
                    Box5 { low: [x; AXES], high: [x + 1.0; AXES] }
                })
                .collect();
            let order = order_of(&boxes, [1.0; AXES], 2);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert!(sorted.iter().enumerate().all(|(i, &row)| i as u32 == row));
            if count == 70_000 {
                let wide = |group: &[u32]| {
                    let xs = || group.iter().map(|&row| boxes[row as usize].low[0]);
                    xs().fold(f32::MIN, f32::max) - xs().fold(f32::MAX, f32::min)
                };
                let mean = order.chunks(16).map(wide).sum::<f32>() / (70_000.0 / 16.0);
                assert!(mean < 16_777_216.0 / 70_000.0 * 16.0 * 2.0);
            }
        }
    }
}
