"""Products with stock, and the orders that take from it; all in memory."""
