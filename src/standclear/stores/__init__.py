"""EDGES: where entries live."""
