"""Whom we call: payments, suppliers, mail, the queue of booking workers. Each translates its vendor's errors."""
