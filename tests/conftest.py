"""Settings that hold for every test: how Hypothesis draws, and what a failure prints.

The profile `ci` is the default: the same examples every time, so that a failure is one on every machine.
`deep` draws anew: `make test T=pure A='--hypothesis-profile=deep'`; what it finds is printed as a line that
reproduces it, and the seed of the run stands in the header.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci",
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "deep",
    max_examples=2_000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci")


def pytest_report_header(config: pytest.Config) -> str:
    profile = config.getoption("hypothesis_profile", None) or "ci"
    seed = config.getoption("hypothesis_seed", None)
    return f"standclear: hypothesis profile {profile}, seed {seed if seed is not None else 'of the profile'}"
