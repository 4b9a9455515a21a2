//! The golden vectors of the geometry, which Python made, hold here to the last bit.

use std::fs;
use std::path::Path;

use standclear_engine::exact::cut::Edge;
use standclear_engine::exact::place::{place_fine, sincos};

/// Every whole number of each line of a file of vectors.
fn numbers(name: &str) -> Vec<Vec<i64>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/geometry").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines()
        .map(|line| {
            line.split(|c: char| !c.is_ascii_digit() && c != '-').filter_map(|word| word.parse().ok()).collect()
        })
        .filter(|line: &Vec<i64>| !line.is_empty())
        .collect()
}

#[test]
fn sines_and_cosines_are_those_of_the_vectors() {
    let lines = numbers("sincos.json");
    assert!(lines.len() > 50);
    for line in lines {
        assert_eq!((line[1], line[2]), sincos(line[0]), "at {}", line[0]);
    }
}

#[test]
fn places_are_those_of_the_vectors() {
    let lines = numbers("places.json");
    assert!(lines.len() > 500);
    for line in lines {
        assert_eq!([line[2], line[3], line[4]], place_fine(line[0], line[1]), "at {line:?}");
    }
}

#[test]
fn edges_are_cut_as_in_the_vectors() {
    let lines = numbers("edges.json");
    assert!(lines.len() > 100);
    for line in lines {
        let vertex = |i: usize| [line[i] as i32, line[i + 1] as i32];
        let edge = Edge::new(vertex(0), vertex(2));
        assert_eq!(line[4], i64::from(edge.halvings), "edge {:?}", &line[..4]);
        for cut in line[5..].chunks(4) {
            assert_eq!([cut[1], cut[2], cut[3]], edge.cut(cut[0]), "cut {} of {:?}", cut[0], &line[..4]);
        }
    }
}
