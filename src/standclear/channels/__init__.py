"""EDGES: the ways to reach a desk. Adapters are strangers to each other; they share a contract suite and the words."""
