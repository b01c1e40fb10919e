"""What is sold and on which terms: quotes, holds, orders and their money, as pure values and rules."""
