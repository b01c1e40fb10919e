"""Tests mirror the package; `tests/checker` proves plans by its own reading of the data."""
