"""What runs an installation of the shop: one command per module of `commands`, stdlib only."""
