"""Tests of the rules, file by file."""
