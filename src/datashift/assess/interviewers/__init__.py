"""What differs from one interviewer to another, and what was asked again (checks K19, K20, K28, K29)."""
