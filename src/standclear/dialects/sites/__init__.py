"""Lists of sites: which column says what, what kind of site a row is, which rows are doubtful, and the answers."""
