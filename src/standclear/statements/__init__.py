"""WORDS, what is said: the signed statement and its bodies."""
