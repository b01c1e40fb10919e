"""What runs without a visitor: booking workers that carry orders through, and the sweeping of lapsed holds."""
