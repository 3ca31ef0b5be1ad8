"""Proof by real traffic: what a site promises, measured from pods inside its slices."""
