"""A booking worker: a process with a fixed id that takes orders from the queue and carries them through.

    python -m planner.jobs.worker booking-1

Each worker needs an id of its own that stays the same over restarts: what it began before it was killed is taken up by
the next process with that id. Two processes with one id would do the same work twice.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
from types import FrameType

from dbos import DBOS, DBOSConfig
from flask import Flask

from planner.gateways.queue import APPLICATION, QUEUE, VERSION, WORKFLOW, queue_url
from planner.jobs.sweeper import sweep_for_ever

MOST_STEPS = 500
SHORT_WAIT_S = 3.0
AT_ONCE = 8
LOOK_S = 0.2

log = logging.getLogger(__name__)


def launch(app: Flask, executor_id: str) -> None:
    """Start taking orders in threads of this process."""
    from planner.flow.confirm_booking import take_next_step
    from planner.settings import Settings

    settings: Settings = app.extensions["planner.settings"]
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": queue_url(settings.database, settings.instance_folder.resolve()),
        "executor_id": executor_id,
        "application_version": VERSION,
        "log_level": "WARNING",
        "max_executor_threads": 4 * AT_ONCE,
    }
    DBOS(config=config)

    @DBOS.step(name="take_next_step", retries_allowed=True, interval_seconds=0.5, backoff_rate=1.5, max_attempts=12)
    def step(order_id: str) -> dict[str, object]:
        with app.app_context():
            went = take_next_step(order_id, app.extensions["planner.services"])
            return {"step": went.step, "is_over": went.is_over, "wait_s": went.wait_s}

    @DBOS.workflow(name=WORKFLOW)
    def advance_order(order_id: str) -> str:
        """Take steps until nothing is to be done for a while; the order is then due again in our own database."""
        for _ in range(MOST_STEPS):
            went = step(order_id)
            wait_s = float(str(went["wait_s"]))
            if went["is_over"] or wait_s > SHORT_WAIT_S:
                return str(went["step"])
            if wait_s:
                DBOS.sleep(wait_s)
        return "parked"

    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=LOOK_S)


def run(executor_id: str) -> None:
    """Work until somebody ends this process."""
    from planner.app import create_app

    over = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        over.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    app = create_app()
    launch(app, executor_id)
    print(f"booking worker {executor_id} is ready", flush=True)
    sweep_for_ever(app, over)
    DBOS.destroy()


if __name__ == "__main__":
    run(sys.argv[1])
