"""Random use of a whole link under random faults, with every promise of the client checked."""
