"""TOP: the command line."""
