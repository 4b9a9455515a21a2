"""Standclear: who was told what, when, and who answered, on a record that nobody can forge."""
