"""The reference data that ships with the planner, and the programme that builds it from the tables as given."""
