"""The command line, one group of commands per module."""
