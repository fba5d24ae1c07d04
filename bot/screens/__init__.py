"""One module per part of the product: how each message looks on a phone."""
