"""Interpreters and environments, found and made the same way by every script here.

Everything lands inside the repository folder (`.toolchain/`, `.envs/`, both git-ignored); outside
it only uv's own cache changes. House rule: standard library only, Python 3.11.
"""
