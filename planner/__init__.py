"""Plan trips from Bali over Lombok, Sumbawa and Komodo to Flores.

This module stays light: importing the engine loads neither Flask nor SQLAlchemy. It only says where compiled
engine code is kept, because numba reads that name once, when it is first imported.
"""

import os
from hashlib import blake2b
from pathlib import Path

__version__ = "0.1.0"

_HERE = Path(__file__).resolve().parent


def _engine_digest() -> str:
    """Name the engine's code: numba would go on using what it compiled from another module's older functions."""
    digest = blake2b(digest_size=6)
    for part in ("values", "routing", "design"):
        for path in sorted((_HERE / part).glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


os.environ.setdefault("NUMBA_CACHE_DIR", str(_HERE.parent / "instance" / "numba-cache" / _engine_digest()))
