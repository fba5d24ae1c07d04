"""What the product does: one verb per module, each gathers, decides and keeps in one transaction."""
