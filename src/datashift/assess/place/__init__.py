"""Where answers come from: positions, travel, clumps (checks K26 and K27)."""
