"""Tests of the module itself: values and functions, on a clock that the tests make up."""
