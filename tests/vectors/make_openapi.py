"""Write the API's document as it is served, src/standclear/web/openapi.json, from docs/api/openapi.yaml."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    document = yaml.safe_load((ROOT / "docs" / "api" / "openapi.yaml").read_text("utf-8"))
    text = json.dumps(document, indent=1, ensure_ascii=False)
    (ROOT / "src" / "standclear" / "web" / "openapi.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
