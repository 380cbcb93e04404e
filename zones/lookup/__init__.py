"""What a lookup is made of."""
