//! A core as the engine sees it: a form and its vertices, borrowed from wherever they are kept.

/// A vertex (lon_e7, lat_e7).
pub type Vertex = [i32; 2];

/// What the vertices of a core make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Form {
    #[default]
    Point = 0,
    Line = 1,
    Area = 2,
}

/// A point, one or more paths, or an area of one or more rings (the last vertex not repeated).
#[derive(Clone, Copy, Debug)]
pub struct Core<'a> {
    form: Form,
    vertices: &'a [Vertex],
    /// Where each part ends in `vertices`; empty means one part.
    ends: &'a [u32],
}

impl<'a> Core<'a> {
    /// A core over vertices already validated: every part has the vertices its form needs.
    #[must_use]
    pub fn new(form: Form, vertices: &'a [Vertex], ends: &'a [u32]) -> Self {
        debug_assert!(!vertices.is_empty());
        Self { form, vertices, ends }
    }

    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    #[must_use]
    pub fn vertices(&self) -> &'a [Vertex] {
        self.vertices
    }

    #[must_use]
    pub fn is_single(&self) -> bool {
        self.ends.len() <= 1
    }

    /// The parts (rings, paths, or the point), in order.
    pub fn parts(&self) -> impl Iterator<Item = &'a [Vertex]> + use<'a> {
        let (vertices, ends) = (self.vertices, self.ends);
        let mut start = 0;
        (0..ends.len().max(1)).map(move |i| {
            let end = ends.get(i).map_or(vertices.len(), |&end| end as usize);
            let part = &vertices[start..end];
            start = end;
            part
        })
    }

    /// The edges: a point is one edge of no length, a path is open, a ring closes itself.
    pub fn edges(&self) -> impl Iterator<Item = (Vertex, Vertex)> + use<'a> {
        let form = self.form;
        self.parts().flat_map(move |part| {
            let count = match form {
                Form::Point => 1,
                Form::Line => part.len() - 1,
                Form::Area => part.len(),
            };
            (0..count).map(move |i| (part[i], part[if i + 1 == part.len() { 0 } else { i + 1 }]))
        })
    }

    /// How far its chords may be from its edges, rounded up: the definition's slack, in cm.
    #[must_use]
    pub fn slack_cm(&self) -> i64 {
        if self.form == Form::Point { 1 } else { crate::exact::BEND_CM + 1 }
    }
}
