"""Other standards' words, read and written without touching a file or socket."""
