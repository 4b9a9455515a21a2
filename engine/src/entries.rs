//! Predicted entry: the first leg of each position's path that meets a zone.

use crate::exact::within::cores_within;
use crate::index::Run;
use crate::join::{Live, Question, Walk};
use crate::packed::{Loose, Packed};
use crate::record::Owner;
use crate::rules::{Filter, Rules};
use crate::shape::{Core, Form, Vertex};
use crate::tracks::{Course, legs};
use crate::volume::{Extent, HEIGHT_CM_MAX, Margin, Reference, Volumes, intervals_meet};

/// A zone that a position comes to, and when at the earliest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub row: u32,
    pub id: u64,
    pub part: u16,
    pub first_ms: i64,
}

/// Positions with course and speed.
pub struct Tracks<'a> {
    pub courses: &'a [Course],
    pub at_ms: &'a [i64],
    /// Heights, or none: then every height is meant.
    pub height_cm: Option<&'a [i64]>,
    pub reference: Reference,
}

/// How far ahead, and in what steps.
#[derive(Clone, Copy)]
pub struct Ahead {
    pub legs: usize,
    pub leg_ms: i64,
}

/// The zones that each position's path meets, with the start of the first leg that does.
#[must_use]
pub fn entries(runs: &[Run], tracks: &Tracks<'_>, ahead: Ahead, margin: Margin, filter: &Filter) -> Vec<Entry> {
    let paths: Vec<Vec<Vec<[Vertex; 2]>>> =
        tracks.courses.iter().map(|course| legs(course, ahead.legs, ahead.leg_ms)).collect();
    if paths.is_empty() {
        return Vec::new();
    }
    let rules = Rules::uniform(margin, true);
    let loose =
        Loose::of(&volumes_of(tracks, &paths, ahead), (0..paths.len() as u64).collect(), |_| Owner::default(), 1);
    let asked = Packed::pack(&loose, false, 1);
    let (asking, question) =
        (Live { packed: &asked, dead: &[] }, Question { rules: &rules, filter, within_one: false });
    let (mut walk, mut found) = (Walk::default(), Vec::new());
    for leaf in 0..asked.leaves() {
        walk.renew();
        for run in runs {
            walk.begin(asking, leaf, &run.packed, &question);
            walk.go_on(asking, run.live(), &question, usize::MAX, |i, j| {
                let row = asked.ids[i as usize] as usize;
                let at_ms = tracks.at_ms[if tracks.at_ms.len() == 1 { 0 } else { row }];
                if let Some(first_ms) =
                    first_leg(&paths[row], at_ms, ahead, &asked, i as usize, run, j as usize, margin)
                {
                    let part = run.packed.records[j as usize].part;
                    found.push(Entry { row: row as u32, id: run.packed.ids[j as usize], part, first_ms });
                }
            });
        }
    }
    found.sort_unstable_by_key(|entry| (entry.row, entry.first_ms, entry.id, entry.part));
    found
}

/// The start of the first leg that meets the zone. The whole path meets it in some moment of its interval, but a
/// leg is where it is only in its own, so there may be none.
#[allow(clippy::too_many_arguments)] // two volumes, each by its set and slot
fn first_leg(
    path: &[Vec<[Vertex; 2]>],
    at_ms: i64,
    ahead: Ahead,
    asked: &Packed,
    i: usize,
    run: &Run,
    j: usize,
    margin: Margin,
) -> Option<i64> {
    let (whole, zone) = (asked.records[i].extent(), run.packed.records[j].extent());
    let core = run.packed.core(j);
    path.iter().enumerate().find_map(|(number, pieces)| {
        let start_ms = at_ms + number as i64 * ahead.leg_ms;
        let leg = Extent { start_ms, end_ms: start_ms + ahead.leg_ms, ..whole };
        let reach_cm = zone.radius_cm + margin.horizontal_cm;
        (intervals_meet(&leg, &zone, margin.time_ms)
            && pieces.iter().any(|piece| cores_within(Core::new(Form::Line, piece, &[]), core, reach_cm)))
        .then_some(start_ms)
    })
}

/// Each path whole, as a volume.
fn volumes_of(tracks: &Tracks<'_>, paths: &[Vec<Vec<[Vertex; 2]>>], ahead: Ahead) -> Volumes {
    let mut all = Volumes::default();
    let (mut vertices, mut ends) = (Vec::new(), Vec::new());
    for (row, path) in paths.iter().enumerate() {
        vertices.clear();
        ends.clear();
        for piece in path.iter().flatten() {
            if vertices.last() == Some(&piece[0]) {
                vertices.push(piece[1]);
            } else {
                if !vertices.is_empty() {
                    ends.push(vertices.len() as u32);
                }
                vertices.extend(piece);
            }
        }
        ends.push(vertices.len() as u32);
        let parts: &[u32] = if ends.len() > 1 { &ends } else { &[] };
        let at = |column: &[i64]| column[if column.len() == 1 { 0 } else { row }];
        let start_ms = at(tracks.at_ms);
        let (lower_cm, upper_cm) = match tracks.height_cm {
            Some(heights) => (at(heights), at(heights)),
            None => (-HEIGHT_CM_MAX, HEIGHT_CM_MAX),
        };
        let extent = Extent {
            radius_cm: 0,
            lower_cm,
            upper_cm,
            start_ms,
            end_ms: start_ms + ahead.leg_ms * ahead.legs as i64,
            reference: tracks.reference,
        };
        all.push(Core::new(Form::Line, &vertices, parts), extent);
    }
    all
}
