"""``planner start`` as a person meets it: one command, an address, Ctrl-C."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request

import pytest

from planner.settings import ROOT
from tests.conftest import free_port, wait_until_it_answers

pytestmark = pytest.mark.slow


def test_the_site_answers_compressed_and_kept_apart_from_other_sites(live_server):
    request = urllib.request.Request(f"{live_server}/api/openapi.json", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200 and answer.headers["Content-Encoding"] == "gzip"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_start_says_what_it_does_and_ctrl_c_ends_everything(loaded_instance):
    environment = {**os.environ, "LINTAS_INSTANCE": str(loaded_instance), "WEB_WORKERS": "2"}
    for name in ("DATABASE_URL", "SITE_URL", "SECRET_KEY"):
        environment.pop(name, None)
    log = loaded_instance / "second.log"
    port = free_port()
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "planner.console", "start", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until_it_answers(f"http://localhost:{port}/health", process, log)
        os.killpg(process.pid, signal.SIGINT)
        process.wait(20)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    said = log.read_text()
    assert f"http://localhost:{port}" in said
    assert re.search(r"Bringing the database up to date \.\.\. .*\(\d+\.\d s\)", said)
    assert "Traceback" not in said
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("a process of the site lives on after Ctrl-C")
