"""Small immutable values that every floor above speaks in: money, times, parties, interests."""
