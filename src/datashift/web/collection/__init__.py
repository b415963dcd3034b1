"""What comes in: uploads, and the road from a file to a figure that somebody else has reviewed."""
