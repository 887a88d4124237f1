"""Real Home Assistant processes against a real simulator on a real pseudo-terminal."""
