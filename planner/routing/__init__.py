"""Finds journeys: what can be reached from where, when, for how much, over how rough a sea."""
