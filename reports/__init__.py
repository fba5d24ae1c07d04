"""What a facilitator sees: pure functions from facts to tables, and how tables are drawn."""
