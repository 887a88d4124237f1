"""How fast this is, measured against the wire, a raw floor and a peer: run `scripts/bench`."""
