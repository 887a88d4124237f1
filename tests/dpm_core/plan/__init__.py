"""Tests of the plan: documents, rules and pictures, on texts that the tests write."""
