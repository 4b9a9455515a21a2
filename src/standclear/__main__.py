"""`python -m standclear` is the command line."""

from __future__ import annotations

import sys

from standclear.cli.main import main

sys.exit(main())
