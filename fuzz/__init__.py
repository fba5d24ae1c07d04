"""Reads courses that nobody would write, for as long as it is let, and tells what went wrong.

`make fuzz` runs it for ten minutes. Every input is made of a seed and the files in `fuzz.corpus`, so
the same seed makes the same inputs in the same order.
"""
