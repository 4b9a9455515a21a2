"""WORDS, the log as arithmetic: C2SP formats, unchanged."""
