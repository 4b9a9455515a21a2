"""The demo's story: two weeks on a de-confliction line and the day itself. An exercise; every position in it is invented."""
