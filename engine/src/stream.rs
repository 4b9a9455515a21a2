//! A whole join, given out in pieces: several threads, each resuming where it stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::decide::Counts;
use crate::exact::within::stated_distance_cm;
use crate::index::Run;
use crate::join::{Question, Walk};
use crate::rules::{Filter, Rules};

/// What is told of each pair besides the two ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub parts: bool,
    pub why: bool,
}

/// Pairs, in columns.
#[derive(Debug, Default)]
pub struct Pairs {
    pub a: Vec<u64>,
    pub b: Vec<u64>,
    pub part_a: Vec<u16>,
    pub part_b: Vec<u16>,
    /// The first instant at which both are under way (or the second begins, if only the margin joins them).
    pub first_ms: Vec<i64>,
    /// The stated distance of the cores: no truer bound holds at every place on the ground.
    pub distance_cm: Vec<i64>,
}

impl Pairs {
    fn push(&mut self, a: &Run, i: usize, b: &Run, j: usize, wanted: Wanted) {
        let (x, y) = (&a.packed.records[i], &b.packed.records[j]);
        self.a.push(a.packed.ids[i]);
        self.b.push(b.packed.ids[j]);
        if wanted.parts {
            self.part_a.push(x.part);
            self.part_b.push(y.part);
        }
        if wanted.why {
            self.first_ms.push(x.start_ms.max(y.start_ms));
            self.distance_cm.push(stated_distance_cm(a.packed.core(i), b.packed.core(j)));
        }
    }

    fn append(&mut self, other: &mut Self) {
        self.a.append(&mut other.a);
        self.b.append(&mut other.b);
        self.part_a.append(&mut other.part_a);
        self.part_b.append(&mut other.part_b);
        self.first_ms.append(&mut other.first_ms);
        self.distance_cm.append(&mut other.distance_cm);
    }
}

/// One asking run, and the runs it is compared with; the flag says that it is compared with itself.
pub struct Side {
    pub asking: Run,
    pub bases: Vec<(Run, bool)>,
}

/// What all threads of a join share.
struct Plan {
    sides: Vec<Side>,
    /// The number of the first leaf of each side, and of one past the last.
    starts: Vec<usize>,
    rules: Arc<Rules>,
    filter: Filter,
    wanted: Wanted,
    next_leaf: AtomicUsize,
}

/// Where a thread is: side, leaf, and which base; `begun` once the walk has been started there.
struct Place {
    side: usize,
    leaf: usize,
    base: usize,
    begun: bool,
}

#[derive(Default)]
struct Worker {
    walk: Walk,
    place: Option<Place>,
    found: Pairs,
}

/// A join under way. Memory is bounded by what one call of `next` may find.
pub struct Stream {
    plan: Plan,
    workers: Vec<Worker>,
}

impl Stream {
    #[must_use]
    pub fn new(sides: Vec<Side>, rules: Arc<Rules>, filter: Filter, wanted: Wanted, threads: usize) -> Self {
        let mut starts = vec![0];
        for side in &sides {
            starts.push(starts[starts.len() - 1] + side.asking.packed.leaves());
        }
        let leaves = starts[starts.len() - 1];
        let plan = Plan { sides, starts, rules, filter, wanted, next_leaf: AtomicUsize::new(0) };
        let threads = threads.clamp(1, leaves.div_ceil(64).max(1));
        Self { plan, workers: (0..threads).map(|_| Worker::default()).collect() }
    }

    /// The join of one set with another.
    #[must_use]
    pub fn between(
        asking: Vec<Run>,
        base: &[Run],
        rules: Arc<Rules>,
        filter: Filter,
        wanted: Wanted,
        threads: usize,
    ) -> Self {
        let bases: Vec<(Run, bool)> = base.iter().map(|run| (run.clone(), false)).collect();
        let sides = asking.into_iter().map(|asking| Side { asking, bases: bases.clone() }).collect();
        Self::new(sides, rules, filter, wanted, threads)
    }

    /// The join of a set with itself: each pair once.
    #[must_use]
    pub fn within(runs: &[Run], rules: Arc<Rules>, filter: Filter, wanted: Wanted, threads: usize) -> Self {
        let sides = (0..runs.len())
            .map(|i| Side {
                asking: runs[i].clone(),
                bases: runs[i..].iter().enumerate().map(|(k, run)| (run.clone(), k == 0)).collect(),
            })
            .collect();
        Self::new(sides, rules, filter, wanted, threads)
    }

    /// About `room` further pairs (256 a thread more at most); `None` when there are no more.
    pub fn next(&mut self, room: usize) -> Option<Pairs> {
        let each = room.div_ceil(self.workers.len());
        let plan = &self.plan;
        if self.workers.len() == 1 {
            self.workers[0].go_on(plan, each);
        } else {
            std::thread::scope(|scope| {
                for worker in &mut self.workers {
                    scope.spawn(move || worker.go_on(plan, each));
                }
            });
        }
        let mut all = Pairs::default();
        for worker in &mut self.workers {
            if all.a.is_empty() {
                all = std::mem::take(&mut worker.found);
            } else {
                all.append(&mut worker.found);
            }
        }
        (!all.a.is_empty()).then_some(all)
    }

    /// How the pairs so far were settled.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut all = Counts::default();
        self.workers.iter().for_each(|worker| all.add(&worker.walk.bench.counts));
        all
    }
}

impl Plan {
    /// The next leaf that no thread has taken.
    fn take(&self) -> Option<Place> {
        let number = self.next_leaf.fetch_add(1, Ordering::Relaxed);
        if number >= self.starts[self.starts.len() - 1] {
            return None;
        }
        let side = self.starts.partition_point(|&start| start <= number) - 1;
        Some(Place { side, leaf: number - self.starts[side], base: 0, begun: false })
    }
}

impl Worker {
    fn go_on(&mut self, plan: &Plan, room: usize) {
        while self.found.a.len() < room {
            let place = match &mut self.place {
                Some(place) => place,
                None => match plan.take() {
                    None => return,
                    Some(place) => {
                        self.walk.renew();
                        self.place.insert(place)
                    }
                },
            };
            let side = &plan.sides[place.side];
            let Some((base, within_one)) = side.bases.get(place.base) else {
                self.place = None;
                continue;
            };
            let question = Question { rules: &plan.rules, filter: &plan.filter, within_one: *within_one };
            let (asking, live) = (side.asking.live(), base.live());
            if !place.begun {
                self.walk.begin(asking, place.leaf, &base.packed, &question);
                place.begun = true;
            }
            let left = room - self.found.a.len();
            let found = &mut self.found;
            let over = self.walk.go_on(asking, live, &question, left, |i, j| {
                found.push(&side.asking, i as usize, base, j as usize, plan.wanted);
            });
            if over {
                place.base += 1;
                place.begun = false;
            }
        }
    }
}
