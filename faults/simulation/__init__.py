"""The whole service on one loop, whose time, order and luck come from a seed: a failing one replays."""
