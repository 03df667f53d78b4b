"""What `init` does, part by part; each part tells first whether it is done already."""
