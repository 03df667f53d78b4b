"""Typed attributes of products: what there is to be said, and what is said of each."""
