"""The starter catalogue: complete courses that the README, the demo and the tests use."""
