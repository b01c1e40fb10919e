"""The independent checker: reads the shipped data with its own eyes and says what is wrong with an answer."""
