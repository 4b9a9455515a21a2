//! A grid of longitude and latitude: for each cell the zones that a position in it may be in.
//!
//! A bit for each cell says whether it holds anything: half a megabyte, so most positions are settled by one
//! look into the second-level cache. The cells that do are found by counting bits before them.

/// One zone as a cell knows it, 32 bytes: enough to settle most positions.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(32))]
pub struct Entry {
    /// The zone's centre; its longitude by whole turns next to the cell, modulo 2^32.
    pub lon_e7: i32,
    pub lat_e7: i32,
    /// Length of a unit of longitude in units of latitude.
    pub narrow: f32,
    /// A position nearer than this (squared, in units of latitude) is in the zone; negative: never certain.
    pub in_square: f32,
    /// A position further than this is not.
    pub out_square: f32,
    pub zone: u32,
    /// When the zone holds, from the grid's first moment, in ms.
    pub start: i32,
    pub end: i32,
}

/// Cells of one size, by rows from the south-west.
pub struct Grid {
    size_e7: u32,
    columns: u32,
    rows: u32,
    bits: Vec<u64>,
    /// Filled cells before each word of `bits`.
    before: Vec<u32>,
    /// Where the entries of each filled cell begin; one more than there are.
    firsts: Vec<u32>,
    pub entries: Vec<Entry>,
}

/// Cells from west to east and from south to north, both ends included; west may be negative and east beyond
/// the last column, which then wrap around.
#[derive(Clone, Copy, Debug)]
pub struct Cover {
    pub west: i64,
    pub east: i64,
    pub south: i64,
    pub north: i64,
}

impl Cover {
    #[must_use]
    pub fn cells(&self) -> i64 {
        (self.east - self.west + 1) * (self.north - self.south + 1)
    }
}

const TURN_E7: i64 = 3_600_000_000;

impl Grid {
    /// A grid of cells of `size_e7`, which divides 180 degrees, filled with the entries that cover some cells.
    #[must_use]
    pub fn of(size_e7: u32, covers: &[(Cover, Entry)]) -> Self {
        let (columns, rows) = (3_600_000_000u32 / size_e7, 1_800_000_000 / size_e7);
        let mut pairs: Vec<(u32, u32, i8)> = Vec::new();
        for (i, (cover, _)) in covers.iter().enumerate() {
            for row in cover.south..=cover.north {
                for column in cover.west..=cover.east {
                    let turn = column.div_euclid(i64::from(columns));
                    let column = column.rem_euclid(i64::from(columns));
                    pairs.push(((row * i64::from(columns) + column) as u32, i as u32, turn as i8));
                }
            }
        }
        pairs.sort_unstable();
        let cells = columns as usize * rows as usize;
        let mut grid = Self {
            size_e7,
            columns,
            rows,
            bits: vec![0; cells.div_ceil(64)],
            before: Vec::new(),
            firsts: Vec::new(),
            entries: Vec::with_capacity(pairs.len()),
        };
        let mut last = u32::MAX;
        for (cell, i, turn) in pairs {
            if cell != last {
                grid.firsts.push(grid.entries.len() as u32);
                grid.bits[cell as usize >> 6] |= 1 << (cell & 63);
                last = cell;
            }
            let entry = covers[i as usize].1;
            let lon = i64::from(entry.lon_e7) - i64::from(turn) * TURN_E7;
            grid.entries.push(Entry { lon_e7: lon as u32 as i32, ..entry });
        }
        grid.firsts.push(grid.entries.len() as u32);
        let mut filled = 0;
        for word in &grid.bits {
            grid.before.push(filled);
            filled += word.count_ones();
        }
        grid
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The cell of a position.
    #[inline(always)]
    #[must_use]
    pub fn cell(&self, lon_e7: i32, lat_e7: i32) -> u32 {
        let column = ((i64::from(lon_e7) + 1_800_000_000) as u32 / self.size_e7).min(self.columns - 1);
        let row = ((i64::from(lat_e7) + 900_000_000) as u32 / self.size_e7).min(self.rows - 1);
        row * self.columns + column
    }

    /// The row or column of an angle counted from the south or west end; not wrapped.
    #[must_use]
    pub fn step(&self, from_end_e7: f64) -> i64 {
        (from_end_e7 / f64::from(self.size_e7)).floor() as i64
    }

    #[must_use]
    pub fn columns(&self) -> i64 {
        i64::from(self.columns)
    }

    #[must_use]
    pub fn rows(&self) -> i64 {
        i64::from(self.rows)
    }

    #[inline(always)]
    #[must_use]
    pub fn is_filled(&self, cell: u32) -> bool {
        self.bits[cell as usize >> 6] >> (cell & 63) & 1 == 1
    }

    /// The number of a filled cell among the filled.
    #[inline(always)]
    #[must_use]
    pub fn rank(&self, cell: u32) -> u32 {
        let word = cell as usize >> 6;
        self.before[word] + (self.bits[word] & ((1 << (cell & 63)) - 1)).count_ones()
    }

    #[inline(always)]
    #[must_use]
    pub fn first(&self, rank: u32) -> &u32 {
        &self.firsts[rank as usize]
    }

    /// The entries of a filled cell, by its number among the filled.
    #[inline(always)]
    #[must_use]
    pub fn entries_of(&self, rank: u32) -> &[Entry] {
        &self.entries[self.firsts[rank as usize] as usize..self.firsts[rank as usize + 1] as usize]
    }
}
