"""From one release to the next, without a request that fails."""
