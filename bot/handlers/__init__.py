"""One conversation per module: what came in, which academy function answers it."""
