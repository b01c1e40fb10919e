"""Designs trips: briefs in, a handful of complete itineraries out, or the reasons why there is none."""
