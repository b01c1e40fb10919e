"""Plan trips from Bali over Lombok, Sumbawa and Komodo to Flores.

This module stays light: importing the engine loads neither Flask nor SQLAlchemy. It only says where compiled
engine code is kept, because numba reads that name once, when it is first imported.
"""

import os
from pathlib import Path

__version__ = "0.1.0"

os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).resolve().parent.parent / "instance" / "numba-cache"))
