"""Times as people write them: dates, times of day, zones, the calendar they are in, and windows of two."""
