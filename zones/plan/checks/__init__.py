"""What a check of the seed looks at."""
