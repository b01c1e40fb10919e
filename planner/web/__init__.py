"""What all doors share: safety headers, languages, errors, limits, logs, preferences."""
