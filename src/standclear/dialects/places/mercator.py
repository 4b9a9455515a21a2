"""UTM to degrees on WGS 84, by the series of Krüger (1912) in the third flattening, to its fourth order.

Good to a millimetre within the zones. Used for values that people typed, never for a decision.
"""

from __future__ import annotations

import math
from typing import Final

_A: Final = 6_378_137.0
_N: Final = (1 / 298.257223563) / (2 - 1 / 298.257223563)
_SCALE: Final = 0.9996
_FALSE_EASTING: Final = 500_000.0
_FALSE_NORTHING: Final = 10_000_000.0
_RADIUS: Final = _A / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)
_BETA: Final = (
    _N / 2 - 2 * _N**2 / 3 + 37 * _N**3 / 96 - _N**4 / 360,
    _N**2 / 48 + _N**3 / 15 - 437 * _N**4 / 1440,
    17 * _N**3 / 480 - 37 * _N**4 / 840,
    4397 * _N**4 / 161_280,
)
_E: Final = 2 * math.sqrt(_N) / (1 + _N)  # the first eccentricity


def degrees_of(zone: int, easting_m: float, northing_m: float, *, is_south: bool) -> tuple[float, float]:
    """Longitude and latitude of a UTM position."""
    northing = northing_m - (_FALSE_NORTHING if is_south else 0.0)
    xi0, eta0 = northing / (_SCALE * _RADIUS), (easting_m - _FALSE_EASTING) / (_SCALE * _RADIUS)
    xi, eta = xi0, eta0
    for j, beta in enumerate(_BETA, start=1):
        xi -= beta * math.sin(2 * j * xi0) * math.cosh(2 * j * eta0)
        eta -= beta * math.cos(2 * j * xi0) * math.sinh(2 * j * eta0)
    tau_conformal = math.sin(xi) / math.hypot(math.sinh(eta), math.cos(xi))
    tau = tau_conformal
    for _ in range(5):  # Newton, on the tangent of latitude; three steps reach the last digit
        sigma = math.sinh(_E * math.atanh(_E * tau / math.hypot(1.0, tau)))
        here = tau * math.hypot(1.0, sigma) - sigma * math.hypot(1.0, tau)
        slope = math.hypot(1.0, here) * math.hypot(1.0, tau) * (1 - _E**2) / (1 + (1 - _E**2) * tau**2)
        tau += (tau_conformal - here) / slope
    lon = math.degrees(math.atan2(math.sinh(eta), math.cos(xi))) + zone * 6 - 183
    return lon, math.degrees(math.atan(tau))
