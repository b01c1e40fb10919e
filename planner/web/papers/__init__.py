"""The papers of a trip that an agency sold, each read from the booking: nothing on them is typed a second time."""
