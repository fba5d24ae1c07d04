"""Who learns, and what they have done: frozen records and pure functions over them."""
