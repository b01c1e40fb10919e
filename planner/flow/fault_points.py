"""Named places where a test may kill a process, to see that nothing is lost. Off unless the environment names one."""

from __future__ import annotations

import os
import time

BEFORE_SUPPLIER = "before_supplier"
AFTER_SUPPLIER = "after_supplier"
AFTER_CAPTURE = "after_capture"
BEFORE_COMMIT = "before_commit"


def fault(point: str) -> None:
    """A named place where a test may kill this process: off unless LINTAS_FAULTS names it and a file to write to.

    `LINTAS_FAULTS=after_supplier:/path` writes this process's id into the file and waits to be killed; it does so once
    for each such file.
    """
    wanted = os.environ.get("LINTAS_FAULTS", "")
    if not wanted.startswith(f"{point}:"):
        return
    path = wanted.partition(":")[2]
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    os.write(handle, str(os.getpid()).encode())
    os.close(handle)
    time.sleep(600)
