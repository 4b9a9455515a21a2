"""Places as people write them: characters, words, grammar, grids, datums, doubts and the read-back."""
