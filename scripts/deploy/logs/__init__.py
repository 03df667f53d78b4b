"""The logs of all containers, for people."""
