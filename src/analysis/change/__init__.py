"""What changed between two months."""
