"""Fuzzing: what must hold whatever octets come in. `scripts/fuzz` drives it; see docs/capture.md.

A target is a function of octets that raises when a promise is broken. It decides by itself what the
octets stand for, so that the same octets always do the same.
"""
