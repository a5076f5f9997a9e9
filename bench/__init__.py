"""Benchmarks: ratios to a stated floor in the same run, never timed tests."""
