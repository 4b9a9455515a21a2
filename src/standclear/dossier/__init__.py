"""The bundle an investigator opens: format, assembly, verification."""
