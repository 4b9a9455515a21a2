"""WORDS, where and when: shapes, bands, intervals, volumes, and the exact predicate."""
