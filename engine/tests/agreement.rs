//! With overflow checks on: what the filter, the records and the tree say is what the integers say.

use std::sync::Arc;

use standclear_engine::exact::within::{cores_within, stated_distance_cm};
use standclear_engine::filter::{Frame, Room};
use standclear_engine::index::Run;
use standclear_engine::packed::{Loose, Packed};
use standclear_engine::record::Owner;
use standclear_engine::rules::{Filter, Rules};
use standclear_engine::shape::{Core, Form, Vertex};
use standclear_engine::stream::{Stream, Wanted};
use standclear_engine::volume::{Extent, Margin, Reference, Volumes, meets};

/// A small generator of numbers, the same everywhere (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn up_to(&mut self, limit: i64) -> i64 {
        (self.next() % limit.unsigned_abs().max(1)) as i64
    }

    /// From -limit to limit, each order of magnitude as likely as the next.
    fn about(&mut self, limit: i64) -> i64 {
        let limit = limit >> self.up_to(20);
        self.up_to(2 * limit + 1) - limit
    }

    fn vertex(&mut self, near: Vertex, size: i64) -> Vertex {
        let lon = (i64::from(near[0]) + self.about(size)).clamp(-1_800_000_000, 1_800_000_000);
        let lat = (i64::from(near[1]) + self.about(size)).clamp(-900_000_000, 900_000_000);
        [lon as i32, lat as i32]
    }

    /// A core about a vertex; rings may cross themselves.
    fn core(&mut self, near: Vertex, size: i64) -> (Form, Vec<Vertex>) {
        let count = 1 + self.up_to(7) as usize;
        let mut vertices: Vec<Vertex> = (0..count).map(|_| self.vertex(near, size)).collect();
        if vertices.len() >= 3 && vertices[0] != vertices[count - 1] && self.up_to(2) == 0 {
            return (Form::Area, vertices);
        }
        if count == 1 {
            return (Form::Point, vertices);
        }
        vertices.truncate(4);
        (Form::Line, vertices)
    }

    /// Anywhere: often near ±180 degrees, a pole, or the equator.
    fn place(&mut self) -> Vertex {
        let lon = match self.up_to(3) {
            0 => [-1_799_990_000, 1_799_990_000][self.up_to(2) as usize],
            _ => self.up_to(3_600_000_000) - 1_800_000_000,
        };
        let lat = match self.up_to(8) {
            0 => [-899_000_000, 899_500_000][self.up_to(2) as usize],
            1 => 0,
            _ => self.up_to(1_500_000_000) - 750_000_000,
        };
        [lon as i32, lat as i32]
    }
}

#[test]
fn the_filter_says_nothing_that_the_integers_deny() {
    let mut random = Random(1);
    let (mut frame, mut room, mut settled) = (Frame::default(), Room::default(), 0);
    for _ in 0..40_000 {
        let place = random.place();
        let size = 1_000 << random.up_to(16);
        let (a, b) = (random.core(place, size), random.core(place, 4 * size));
        let (a, b) = (Core::new(a.0, &a.1, &[]), Core::new(b.0, &b.1, &[]));
        let stated = stated_distance_cm(a, b);
        assert_eq!(stated, stated_distance_cm(b, a));
        for shift in [0, -1, 1, -60, 60, -3_000, 3_000, 1_000_000] {
            let reach = stated + shift;
            if !(0..=300_000_000).contains(&reach) {
                continue;
            }
            assert_eq!(reach >= stated, cores_within(a, b, reach));
            for (mine, other) in [(a, b), (b, a)] {
                frame.lay(mine);
                if let Some(answer) = frame.settle(mine, other, reach, &mut room) {
                    assert_eq!(reach >= stated, answer, "{mine:?} {other:?} at {reach}, stated {stated}");
                    settled += 1;
                }
            }
        }
    }
    assert!(settled > 100_000);
}

#[test]
fn the_tree_finds_every_pair_that_the_integers_find() {
    let mut random = Random(2);
    let mut volumes = Volumes::default();
    let places: Vec<Vertex> = (0..12).map(|_| random.place()).collect();
    for _ in 0..600 {
        let place = places[random.up_to(12) as usize];
        let size = 1_000 << random.up_to(16);
        let (form, vertices) = random.core(place, size);
        let (lower_cm, start_ms) = (random.up_to(100_000), random.up_to(50_000_000));
        let extent = Extent {
            radius_cm: random.up_to(3) * random.up_to(2_000_000),
            lower_cm,
            upper_cm: lower_cm + random.up_to(60_000),
            start_ms,
            end_ms: start_ms + random.up_to(20_000_000),
            reference: Reference::from_code(random.up_to(4) as u8),
        };
        volumes.push(Core::new(form, &vertices, &[]), extent);
    }
    let margin = Margin { horizontal_cm: 50_000, vertical_cm: 15_000, time_ms: 300_000 };
    let mut expected = Vec::new();
    for i in 0..volumes.len() {
        for j in i + 1..volumes.len() {
            if meets(volumes.core(i), &volumes.extents[i], volumes.core(j), &volumes.extents[j], &margin) {
                expected.push((i as u64, j as u64));
            }
        }
    }
    assert!(expected.len() > 500);
    let loose = Loose::of(&volumes, (0..volumes.len() as u64).collect(), |_| Owner::default(), 2);
    let run = Run::new(Packed::pack(&loose, false, 2), 1);
    let rules = Arc::new(Rules::uniform(margin, true));
    let mut stream = Stream::within(&[run], rules, Filter::default(), Wanted::default(), 2);
    let mut found = Vec::new();
    while let Some(pairs) = stream.next(100) {
        found.extend(pairs.a.iter().zip(&pairs.b).map(|(&a, &b)| (a.min(b), a.max(b))));
    }
    found.sort_unstable();
    assert_eq!(expected, found);
}
