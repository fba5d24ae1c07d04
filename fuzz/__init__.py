"""Hands in what nobody would write or send, for as long as it is let, and tells what went wrong.

`make fuzz` runs every kind in turn, ten minutes in all. Every input is made of a seed and the files in
`fuzz.corpus`, so the same seed makes the same inputs in the same order.
"""
