"""EDGES: the service over HTTP."""
