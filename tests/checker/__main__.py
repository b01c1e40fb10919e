"""`python -m tests.checker ANSWER.json BRIEF.json [TODAY]`: print what is wrong; exit 1 if anything is."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

from .check import check_answer


def main(arguments: list[str]) -> int:
    if len(arguments) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    answer, brief = (json.loads(Path(name).read_text(encoding="utf-8")) for name in arguments[:2])
    today = date.fromisoformat(arguments[2]) if len(arguments) == 3 else None
    found = check_answer(brief, answer, today=today)
    for violation in found:
        print(violation)
    print(f"{len(found)} violations in {len(answer.get('itineraries') or [])} itineraries")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
