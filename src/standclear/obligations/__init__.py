"""REASON: who owes whom what, by when."""
