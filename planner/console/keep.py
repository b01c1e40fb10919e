"""Keep the processes of a prepared site: payment sandbox, booking workers and web server, until Ctrl-C ends them all.

`planner start` becomes this program once database and engine are ready.
"""

import secrets
import sys

import click

from planner.console.family import Family
from planner.console.start import taken_port
from planner.settings import Settings, read_settings

FIRST_SANDBOX_PORT = 4242


@click.command()
@click.option("--host", required=True)
@click.option("--port", type=int, required=True)
@click.option("--workers", type=int, required=True)
def keep(host: str, port: int, workers: int) -> None:
    """Start the processes and stay with them."""
    family = Family()
    try:
        told = {"LOCAL_ADDRESS": f"http://localhost:{port}"}
        told |= start_sandbox(family, read_settings(), port)
        for number in range(1, workers + 1):
            name = f"booking-{number}"
            family.add(f"booking worker {number}", [sys.executable, "-m", "planner.jobs.worker", name], **told)
        serve = [sys.executable, "-m", "gunicorn", "-c", "python:planner.console.server", "-b", f"{host}:{port}"]
        family.add("web server", serve, **told)
        family.stay()
    finally:
        family.end()


def start_sandbox(family: Family, settings: Settings, port: int) -> dict[str, str]:
    """Start the payment sandbox where no payment account is connected; return what the others must know of it."""
    if not settings.is_demo:
        return {}
    sandbox_port, secret = taken_port("127.0.0.1", None, FIRST_SANDBOX_PORT), f"whsec_{secrets.token_hex(16)}"
    address = f"http://127.0.0.1:{sandbox_port}"
    family.add(
        "payment sandbox",
        [
            sys.executable, "-m", "planner.sandbox", "--port", str(sandbox_port), "--with-parent",
            "--data", str(settings.instance_folder / "sandbox.sqlite3"),
            "--webhook", f"http://127.0.0.1:{port}/hooks/stripe", "--webhook-secret", secret,
            "--public-url", f"http://localhost:{sandbox_port}",
        ],
    )  # fmt: skip
    return {"SANDBOX_URL": address, "STRIPE_WEBHOOK_SECRET": secret}


if __name__ == "__main__":
    keep()
