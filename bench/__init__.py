"""Speed and memory, each figure beside an anchor that is measured in the same run.

An absolute time on a shared machine means nothing. So every figure is a ratio of two things that
took turns a moment ago, and no figure of an earlier run is read from anywhere.
"""
