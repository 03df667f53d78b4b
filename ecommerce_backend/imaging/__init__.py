"""Pictures from strangers, made harmless. It knows nothing of products or requests."""
