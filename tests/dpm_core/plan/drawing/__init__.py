"""Tests of the pictures, file by file."""
