"""What a machine must be and have before the shop is brought up on it."""
