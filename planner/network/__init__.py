"""The islands as a network: stops, timetables by service day, transfers on demand, and what they cost."""
