"""Prints measured figures in columns; nothing here judges them."""

from collections.abc import Sequence


def tell(what: str, figure: str) -> None:
    print(f"  {what:44} {figure}", flush=True)


def share(values: Sequence[float], part: float) -> float:
    """Return the value below which that part of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


def spread(values_s: Sequence[float]) -> str:
    """Say how long things took, in milliseconds."""
    p50, p90, p95, p99 = (round(share(values_s, part) * 1000) for part in (0.5, 0.9, 0.95, 0.99))
    return f"p50 {p50}, p90 {p90}, p95 {p95}, p99 {p99} ms of {len(values_s)}"


def promise(what: str, promised_s: float, values_s: Sequence[float], part: float) -> None:
    """Say what was promised of a share of all, and what was measured."""
    measured = share(values_s, part) * 1000
    tell(f"{what}, p{round(part * 100)}", f"promise < {promised_s * 1000:.0f} ms / measured {measured:.0f} ms")
