"""REASON: which notices meet, and what an activity was aware of."""
