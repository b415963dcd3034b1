"""Export: submissions as files that other programs read, row by row, in little memory."""
