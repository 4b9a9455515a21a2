//! Positions against zones: which zones each of many positions is in, at its moment and height.
//!
//! A position is a volume of no extent: a point, one height (or all), one moment; a zone is any volume of the
//! index that holds within a window. The answer is that of `decide/1`. The grid proposes; a comparison in the
//! plane about the zone's centre, certified as in [`crate::filter`], settles most; the rest take the way of
//! every pair.

use crate::decide::{Asker, Bench, second_look};
use crate::filter::{Bounds, RADIAN, SLACK_M, ground_of, radii};
use crate::grid::{Cover, Entry, Grid};
use crate::index::Run;
use crate::record::Record;
use crate::rules::Filter;
use crate::shape::{Core, Form};
use crate::simd::prefetch;
use crate::volume::{Extent, Margin, Reference, bands_meet};

/// Fine cells are an eighth of a degree, coarse ones four degrees.
const FINE_E7: u32 = 1_250_000;
const COARSE_E7: u32 = 40_000_000;
/// A zone over more fine cells than this goes into the coarse grid.
const COVER_MAX: i64 = 2048;
/// Positions worked on together: their waits for memory overlap.
const BATCH: usize = 256;
/// A window is at most this long, in ms: times in it fit 32 bits.
pub const WINDOW_MS_MAX: i64 = 2_000_000_000;

/// Where a zone is kept.
#[derive(Clone, Copy, Debug)]
struct Seat {
    run: u32,
    slot: u32,
}

/// The zones that hold within a window, ready for positions.
pub struct Zones {
    runs: Vec<Run>,
    seats: Vec<Seat>,
    fine: Grid,
    coarse: Grid,
    margin: Margin,
    pub start_ms: i64,
    pub end_ms: i64,
}

/// Positions in columns. One height or moment may stand for all.
#[derive(Clone, Copy)]
pub struct Positions<'a> {
    pub lon_e7: &'a [i32],
    pub lat_e7: &'a [i32],
    pub at_ms: &'a [i64],
    /// Heights, or none: then every height is meant.
    pub height_cm: Option<&'a [i64]>,
    pub reference: Reference,
}

impl Positions<'_> {
    fn of<T: Copy>(column: &[T], row: usize) -> T {
        if column.len() == 1 { column[0] } else { column[row] }
    }
}

impl Zones {
    /// The volumes of some runs that hold within the window and pass the filter.
    #[must_use]
    pub fn of(runs: Vec<Run>, window: (i64, i64), margin: Margin, filter: &Filter) -> Self {
        let mut seats = Vec::new();
        let (mut fine, mut coarse) = (Vec::new(), Vec::new());
        let (fine_grid, coarse_grid) = (Grid::of(FINE_E7, &[]), Grid::of(COARSE_E7, &[]));
        for (number, run) in runs.iter().enumerate() {
            let live = run.live();
            for (slot, record) in run.packed.records.iter().enumerate() {
                let (start, end) = (record.start_ms - margin.time_ms, record.end_ms + margin.time_ms);
                if live.is_dead(slot) || end < window.0 || start > window.1 || !filter.admits(record) {
                    continue;
                }
                let relative = |ms: i64| (ms - window.0).clamp(-1, WINDOW_MS_MAX + 1) as i32;
                let times = (relative(start), relative(end));
                let bounds = Bounds::of(run.packed.core(slot).vertices());
                let (entry, reach_m) = entry_of(record, &bounds, &margin, seats.len() as u32, times);
                let cover = cover_of(&fine_grid, &bounds, reach_m);
                if cover.cells() <= COVER_MAX {
                    fine.push((cover, entry));
                } else {
                    coarse.push((cover_of(&coarse_grid, &bounds, reach_m), entry));
                }
                seats.push(Seat { run: number as u32, slot: slot as u32 });
            }
        }
        let (fine, coarse) = (Grid::of(FINE_E7, &fine), Grid::of(COARSE_E7, &coarse));
        Self { runs, seats, fine, coarse, margin, start_ms: window.0, end_ms: window.1 }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.seats.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// Calls `found(row, id, part)` for each zone that a position of `rows` is in.
    pub fn inside(
        &self,
        positions: &Positions<'_>,
        rows: std::ops::Range<usize>,
        found: &mut impl FnMut(u32, u64, u16),
    ) {
        let mut look = Look { zones: self, positions, asker: Asker::default(), bench: Bench::default() };
        let mut filled = [(0u32, 0u32); BATCH];
        let mut start = rows.start;
        while start < rows.end {
            let end = rows.end.min(start + BATCH);
            for grid in [&self.fine, &self.coarse] {
                if grid.is_empty() {
                    continue;
                }
                let mut count = 0;
                for row in start..end {
                    let cell = grid.cell(positions.lon_e7[row], positions.lat_e7[row]);
                    filled[count] = (row as u32, cell);
                    count += usize::from(grid.is_filled(cell));
                }
                for item in &mut filled[..count] {
                    item.1 = grid.rank(item.1);
                    prefetch(grid.first(item.1));
                }
                for item in &filled[..count] {
                    prefetch(&grid.entries[*grid.first(item.1) as usize]);
                }
                for &(row, rank) in &filled[..count] {
                    look.at_cell(row as usize, grid.entries_of(rank), found);
                }
            }
            start = end;
        }
    }

    fn record(&self, seat: Seat) -> (&Record, &Run) {
        let run = &self.runs[seat.run as usize];
        (&run.packed.records[seat.slot as usize], run)
    }
}

struct Look<'a> {
    zones: &'a Zones,
    positions: &'a Positions<'a>,
    asker: Asker,
    bench: Bench,
}

impl Look<'_> {
    /// All entries of the cell of one position.
    #[inline(always)]
    fn at_cell(&mut self, row: usize, entries: &[Entry], found: &mut impl FnMut(u32, u64, u16)) {
        let (lon, lat) = (self.positions.lon_e7[row], self.positions.lat_e7[row]);
        let at = (Positions::of(self.positions.at_ms, row) - self.zones.start_ms) as i32;
        for entry in entries {
            if at < entry.start || at > entry.end {
                continue;
            }
            let x = lon.wrapping_sub(entry.lon_e7) as f32 * entry.narrow;
            let y = lat.wrapping_sub(entry.lat_e7) as f32;
            let square = x * x + y * y;
            if square > entry.out_square {
                continue;
            }
            self.near(row, entry, square <= entry.in_square, found);
        }
    }

    /// A position near a zone that holds at its moment: `inside` if the distance is settled.
    #[inline(never)]
    fn near(&mut self, row: usize, entry: &Entry, inside: bool, found: &mut impl FnMut(u32, u64, u16)) {
        let (positions, margin) = (self.positions, &self.zones.margin);
        let seat = self.zones.seats[entry.zone as usize];
        let (record, run) = self.zones.record(seat);
        if let Some(heights) = positions.height_cm {
            let height = Positions::of(heights, row);
            let here = Extent {
                radius_cm: 0,
                lower_cm: height,
                upper_cm: height,
                start_ms: 0,
                end_ms: 0,
                reference: positions.reference,
            };
            if !bands_meet(&here, &record.extent(), margin.vertical_cm) {
                return;
            }
        }
        if !inside {
            let point = [[positions.lon_e7[row], positions.lat_e7[row]]];
            let here = Core::new(Form::Point, &point, &[]);
            let reach_cm = i64::from(record.radius_cm) + margin.horizontal_cm;
            self.asker.renew();
            let core = run.packed.core(seat.slot as usize);
            if !second_look(&mut self.asker, here, core, reach_cm, &mut self.bench) {
                return;
            }
        }
        found(row as u32, run.packed.ids[seat.slot as usize], record.part);
    }
}

/// What the cells know of a zone, and how far from its core a position may be in it, in metres on the ground.
fn entry_of(record: &Record, bounds: &Bounds, margin: &Margin, zone: u32, times: (i32, i32)) -> (Entry, f64) {
    let reach_m = (i64::from(record.radius_cm) + margin.horizontal_cm) as f64 / 100.0;
    let limit = ground_of(reach_m + SLACK_M);
    let [lon_e7, lat_e7] = bounds.middle();
    let (sine, cosine) = (f64::from(lat_e7) * RADIAN).sin_cos();
    let (meridian, parallel) = radii(sine, cosine.max(0.0));
    let furthest = limit + ground_of(f64::from(record.outer_m));
    // As in the filter: lengths in the band are within 1 ± e of those in the plane.
    let bend = furthest / 6_335_000.0 + 1e-6;
    let least = cosine - bend;
    let mut entry = Entry {
        lon_e7,
        lat_e7,
        narrow: (parallel / meridian) as f32,
        in_square: -1.0,
        out_square: f32::INFINITY,
        zone,
        start: times.0,
        end: times.1,
    };
    if bend < 0.05 && least > 0.19 {
        let e = 1.2 * ((sine.abs() + bend) / least + 0.0102) * bend;
        let unit = meridian * RADIAN; // metres in a unit of latitude
        let surely = (reach_m + f64::from(record.inner_m)) / (1.0 + e) - 0.05;
        if surely > 0.0 {
            entry.in_square = ((surely / unit).powi(2) * 0.999_99) as f32;
        }
        entry.out_square = (((furthest * (1.0 + e) + 0.05) / unit).powi(2) * 1.000_01) as f32;
    }
    (entry, limit)
}

/// The cells that hold every position within `reach_m` of a box.
fn cover_of(grid: &Grid, bounds: &Bounds, reach_m: f64) -> Cover {
    let north_south = reach_m / 6_335_000.0 / RADIAN + 2.0;
    let (south, north) = (f64::from(bounds.south) - north_south, f64::from(bounds.north) + north_south);
    let highest = (north.abs().max(south.abs()) * RADIAN).min(std::f64::consts::FRAC_PI_2);
    let parallel = highest.cos() * 6_378_000.0;
    let rows = (grid.step(south + 9e8).clamp(0, grid.rows() - 1), grid.step(north + 9e8).clamp(0, grid.rows() - 1));
    let east_west = reach_m / parallel.max(1e-9) / RADIAN + 2.0;
    let (west, east) = (f64::from(bounds.west) - east_west, f64::from(bounds.east) + east_west);
    let (mut west, mut east) =
        if east - west < 3.5e9 { (grid.step(west + 1.8e9), grid.step(east + 1.8e9)) } else { (0, grid.columns() - 1) };
    if east - west + 1 >= grid.columns() {
        (west, east) = (0, grid.columns() - 1);
    }
    Cover { west, east, south: rows.0, north: rows.1 }
}
