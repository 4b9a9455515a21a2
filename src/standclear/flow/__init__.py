"""FLOW: the stages, in order; the only place where async begins."""
